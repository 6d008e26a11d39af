// The products of matrix_bf16.c on Intel's matrix tiles (AMX), which do more than ten times the arithmetic of AVX512_BF16 there.
//
// A tile register holds 16 rows of 16 pairs. A is kept as tiles [16 rows][16 pairs], B as the panels of matrix_bf16.c, of
// which a tile is 16 pairs of half a panel. Two strips times a panel fill four accumulators; two loads of each side feed
// four products. The order of the sums depends on k only: within 16 pairs as the instruction has it, then tile by tile.
#include "matrix_amx.h"
#include "bf16.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#define AMX_INLINE AMX static inline __attribute__((always_inline))

enum { panel = CK_BF16_PANEL, rows_a_tile = 16, pairs_a_tile = 16, tile_words = rows_a_tile * pairs_a_tile, pairs_a_block = 256, chunk = 512 };

int ck_amx_available(void) {
  static int known;                                      // 0 not asked, 1 no, 2 yes; the same whoever asks first
  int found = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (!found) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    const char *wish = getenv("ATELIER_AMX");
    const int has = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d >> 22 & 1) && (d >> 24 & 1);    // AMX-BF16, AMX-TILE
    const int wanted = !wish || strcmp(wish, "0") != 0;
    // Linux hands the tiles' registers (state 18) out on request, for all threads of a process.
    enum { request_permission = 0x1023, tile_data = 18 };
    found = 1 + (wanted && has && ck_bf16_available() && syscall(SYS_arch_prctl, request_permission, tile_data) == 0);
    __atomic_store_n(&known, found, __ATOMIC_RELAXED);
  }
  return found - 1;
}

AMX void ck_amx_begin(const uint8_t rows[8]) {
  struct { uint8_t palette, start, reserved[14]; uint16_t row_bytes[16]; uint8_t rows[16]; } layout;
  memset(&layout, 0, sizeof layout);
  layout.palette = 1;
  for (int i = 0; i < 8; i++) layout.row_bytes[i] = 64, layout.rows[i] = rows ? rows[i] : rows_a_tile;
  _tile_loadconfig(&layout);
}
AMX void ck_amx_end(void) { _tile_release(); }

/// 32 values as 16 pairs, of which the first `count` values are there.
AMX_INLINE __m512i pairs_of(const float *x, long count) {
  return adjacent(_mm512_maskz_loadu_ps(first_lanes(count), x), _mm512_maskz_loadu_ps(first_lanes(count - 16), x + 16));
}

long ck_amx_left_words(long m, long k) {
  const long pairs = (k + 1) / 2;
  return (m + rows_a_tile - 1) / rows_a_tile * ((pairs + pairs_a_tile - 1) / pairs_a_tile) * tile_words;
}

AMX void ck_amx_pack_columns(const float *a, long lda, long m, long k, long from, long to, uint32_t *packed) {
  const long pairs = (k + 1) / 2, tiles = (pairs + pairs_a_tile - 1) / pairs_a_tile;
  for (long p0 = from; p0 < to; p0 += pairs_a_tile) {
    for (long i = 0; i < m; i += rows_a_tile) {
      const __mmask16 lanes = first_lanes(m - i);
      u16x r[16];
      UNROLL for (int p = 0; p < pairs_a_tile; p++) {
        const long at = 2 * (p0 + p);
        const __m512 low = _mm512_maskz_loadu_ps(at < k ? lanes : 0, a + at * lda + i);
        const __m512 high = _mm512_maskz_loadu_ps(at + 1 < k ? lanes : 0, a + (at + 1) * lda + i);
        r[p] = (u16x)interleave(low, high);
      }
      transpose_words(r);
      uint32_t *out = packed + (i / rows_a_tile * tiles + p0 / pairs_a_tile) * tile_words;
      UNROLL for (int l = 0; l < 16; l++) _mm512_storeu_si512(out + l * pairs_a_tile, (__m512i)r[l]);
    }
  }
}

/// Rows of A over one block of k, as tiles one after the other: [strips][tiles][16][16].
AMX static void pack_rows(const float *a, long lda, long rows, long values, long tiles, uint32_t *out) {
  for (long i0 = 0; i0 < rows; i0 += rows_a_tile, out += tiles * tile_words)
    for (long i = i0; i < i0 + rows_a_tile; i++) {
      uint32_t *row = out + (i - i0) * pairs_a_tile;
      for (long t = 0; t < tiles; t++)
        _mm512_store_si512(row + t * tile_words, i < rows ? pairs_of(a + i * lda + 32 * t, values - 32 * t) : _mm512_setzero_si512());
    }
}

/// C[32, 32] (+)= two strips of A times a panel of B, or one strip, or half a panel, over tiles of k. Rows of A's tiles are `a_row` words
/// apart, its tiles `a_next`, its strips `a_strip`; rows of B (pairs) are `b_row` words apart. `rest`: the last tile of a B with fewer pairs,
/// made up with zeros, as a panel; or null.
AMX_INLINE void sum_tiles(int two_strips, int two_halves, long tiles, const uint32_t *a, long a_row, long a_next, long a_strip, const uint32_t *b,
                          long b_row, const uint32_t *rest, float *c, long ldc, int accumulate) {
  const long c_bytes = ldc * 4;
  if (accumulate) {
    _tile_loadd(0, c, c_bytes);
    if (two_halves) _tile_loadd(1, c + 16, c_bytes);
    if (two_strips) _tile_loadd(2, c + 16 * ldc, c_bytes);
    if (two_strips && two_halves) _tile_loadd(3, c + 16 * ldc + 16, c_bytes);
  } else {
    _tile_zero(0), _tile_zero(1), _tile_zero(2), _tile_zero(3);
  }
  for (long t = 0; t < tiles; t++, a += a_next, b += pairs_a_tile * b_row) {
    const uint32_t *right = t + 1 == tiles && rest ? rest : b;
    _tile_loadd(6, right, b_row * 4);
    _tile_loadd(4, a, a_row * 4);
    _tile_dpbf16ps(0, 4, 6);
    if (two_halves) {
      _tile_loadd(7, right + 16, b_row * 4);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (two_strips) {
      _tile_loadd(5, a + a_strip, a_row * 4);
      _tile_dpbf16ps(2, 5, 6);
      if (two_halves) _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, c, c_bytes);
  if (two_halves) _tile_stored(1, c + 16, c_bytes);
  if (two_strips) _tile_stored(2, c + 16 * ldc, c_bytes);
  if (two_strips && two_halves) _tile_stored(3, c + 16 * ldc + 16, c_bytes);
}

/// The same of packed strips, `step` apart, and panels.
#define KERNEL(STRIPS, HALVES)                                                                                                \
  AMX static void tile_##STRIPS##_##HALVES(long tiles, const uint32_t *a, long step, const uint32_t *b, const uint32_t *rest, \
                                           float *c, long ldc, int accumulate) {                                              \
    sum_tiles(STRIPS == 2, HALVES == 2, tiles, a, pairs_a_tile, tile_words, step, b, panel, rest, c, ldc, accumulate);        \
  }
KERNEL(2, 2)
KERNEL(2, 1)
KERNEL(1, 2)
KERNEL(1, 1)

/// C[rows, columns] of a tile at the edge, by way of a whole one.
AMX static void edge_tile(long tiles, const uint32_t *a, long step, const uint32_t *b, const uint32_t *rest, float *c, long ldc, long rows,
                          long columns, int accumulate) {
  _Alignas(64) float whole[32 * panel];
  if (accumulate)
    for (long i = 0; i < rows; i++)
      for (long j = 0; j < panel; j += 16) _mm512_store_ps(whole + i * panel + j, _mm512_maskz_loadu_ps(first_lanes(columns - j), c + i * ldc + j));
  // Rows and columns beyond the edge are summed from what lies there, seen by nobody.
  if (rows > 16) (columns > 16 ? tile_2_2 : tile_2_1)(tiles, a, step, b, rest, whole, panel, accumulate);
  else (columns > 16 ? tile_1_2 : tile_1_1)(tiles, a, step, b, rest, whole, panel, accumulate);
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j += 16) _mm512_mask_storeu_ps(c + i * ldc + j, first_lanes(columns - j), _mm512_load_ps(whole + i * panel + j));
}

/// C[m, n] (+)= strips times panels over one block of k; a step from strip to strip and from panel to panel. Along the rows of
/// C, so that its lines are written whole, in chunks whose panels stay in the cache.
AMX static void multiply_block(const uint32_t *a, long a_step, const uint32_t *b, long b_step, long pairs, float *c, long ldc, long m,
                               long n, int accumulate) {
  const long tiles = (pairs + pairs_a_tile - 1) / pairs_a_tile, beyond = pairs % pairs_a_tile;
  _Alignas(64) uint32_t padded[chunk / panel][pairs_a_tile * panel];
  for (long j0 = 0; j0 < n; j0 += chunk) {
    const long j1 = j0 + chunk < n ? j0 + chunk : n;
    for (long j = j0; beyond && j < j1; j += panel) {
      uint32_t *rest = padded[(j - j0) / panel];
      memset(rest, 0, sizeof padded[0]);
      memcpy(rest, b + j / panel * b_step + (tiles - 1) * pairs_a_tile * panel, (size_t)beyond * panel * 4);
    }
    const uint32_t *x = a;
    for (long i = 0; i < m; i += 2 * rows_a_tile, x += 2 * a_step) {
      for (long j = j0; j < j1; j += panel) {
        const long rows = m - i, columns = n - j;
        float *out = c + i * ldc + j;
        const uint32_t *w = b + j / panel * b_step, *rest = beyond ? padded[(j - j0) / panel] : NULL;
        if (columns >= panel && rows >= 2 * rows_a_tile) tile_2_2(tiles, x, a_step, w, rest, out, ldc, accumulate);
        else edge_tile(tiles, x, a_step, w, rest, out, ldc, rows < 32 ? rows : 32, columns < panel ? columns : panel, accumulate);
      }
    }
  }
}

AMX void ck_amx_multiply(const uint32_t *a, const uint32_t *b, long i0, long i1, long j0, long j1, long k, float *c, long ldc, int accumulate) {
  const long all = (k + 1) / 2, tiles = (all + pairs_a_tile - 1) / pairs_a_tile;
  ck_amx_begin(NULL);
  for (long p = 0; p < all; p += pairs_a_block)
    multiply_block(a + (i0 / rows_a_tile * tiles + p / pairs_a_tile) * tile_words, tiles * tile_words, b + j0 * all + p * panel, all * panel,
                   all - p < pairs_a_block ? all - p : pairs_a_block, c + i0 * ldc + j0, ldc, i1 - i0, j1 - j0, accumulate || p > 0);
  ck_amx_end();
}

AMX void ck_amx_multiply_rows(const float *a, long lda, long m, long k, const ck_bf16_product *products, long count) {
  _Alignas(64) uint32_t own[CK_AMX_ROWS * pairs_a_block];
  const long all = (k + 1) / 2;
  ck_amx_begin(NULL);
  for (long p = 0; p < all; p += pairs_a_block) {
    const long pairs = all - p < pairs_a_block ? all - p : pairs_a_block, tiles = (pairs + pairs_a_tile - 1) / pairs_a_tile;
    pack_rows(a + 2 * p, lda, m, k - 2 * p < 2 * pairs ? k - 2 * p : 2 * pairs, tiles, own);
    for (const ck_bf16_product *t = products; t < products + count; t++)
      multiply_block(own, tiles * tile_words, t->panels + p * panel, all * panel, pairs, t->c, t->ldc, m, t->n, t->accumulate || p > 0);
  }
  ck_amx_end();
}

AMX void ck_amx_product_64(long n, long pairs, const uint32_t *a, long a_step, const uint32_t *b, long b_step, float *c, long ldc, int accumulate) {
  for (long j = 0; j < n; j += panel)
    for (long i = 0; i < 64; i += 2 * rows_a_tile)
      sum_tiles(1, 1, pairs / pairs_a_tile, a + i * a_step, a_step, pairs_a_tile, rows_a_tile * a_step, b + j, b_step, NULL, c + i * ldc + j, ldc, accumulate);
}

AMX void ck_amx_turn(const uint32_t *pairs, uint32_t *rows) {
  for (long p = 0; p < 32; p += 16)
    for (long i = 0; i < 64; i += 16) {
      u16x r[16];
      UNROLL for (int l = 0; l < 16; l++) r[l] = (u16x)_mm512_loadu_si512(pairs + (p + l) * 64 + i);
      transpose_words(r);
      UNROLL for (int l = 0; l < 16; l++) _mm512_storeu_si512(rows + (i + l) * 32 + p, (__m512i)r[l]);
    }
}

AMX double ck_amx_probe(long rounds) {
  ck_amx_begin(NULL);
  for (long r = 0; r < rounds / 8; r++) {               // as many operations a round as the other kinds have, about
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  ck_amx_end();
  return 4.0 * 2 * 16 * 16 * 32 * (rounds / 8);
}
#else
int ck_amx_available(void) { return 0; }
long ck_amx_left_words(long m, long k) { return (void)m, (void)k, 0; }
void ck_amx_pack_columns(const float *a, long lda, long m, long k, long from, long to, uint32_t *packed) {
  (void)a, (void)lda, (void)m, (void)k, (void)from, (void)to, (void)packed;
}
void ck_amx_multiply(const uint32_t *a, const uint32_t *b, long i0, long i1, long j0, long j1, long k, float *c, long ldc, int accumulate) {
  (void)a, (void)b, (void)i0, (void)i1, (void)j0, (void)j1, (void)k, (void)c, (void)ldc, (void)accumulate;
}
void ck_amx_multiply_rows(const float *a, long lda, long m, long k, const ck_bf16_product *products, long count) {
  (void)a, (void)lda, (void)m, (void)k, (void)products, (void)count;
}
#endif
