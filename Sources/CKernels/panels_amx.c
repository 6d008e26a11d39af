// Blocks of bf16 panels on matrix tiles, for up to 32 rows at a time: every value is summed tile by tile of 32 inputs, whatever rows
// are beside it. A row alone is bound by memory and has the same sums in vectors.
#include "bf16.h"
#include "matrix_amx.h"
#include "panel_blocks.h"

#if defined(__x86_64__)

enum { rows_a_tile = 16, pairs_a_tile = 16 };

/// Tiles for blocks of `rows`: 0, 1 and 2, 3 the sums of the first and of the next 16 rows, 4 and 5 their inputs, 6 and 7 weights.
static void begin(long rows) {
  const uint8_t first = (uint8_t)(rows < rows_a_tile ? rows : rows_a_tile), next = (uint8_t)(rows > rows_a_tile ? rows - rows_a_tile : 1);
  const uint8_t high[8] = {first, first, next, next, first, next, pairs_a_tile, pairs_a_tile};
  ck_amx_begin(high);
}

#define STEP(W, X, STRIDE)                                      \
  {                                                             \
    _tile_loadd(6, W, panel * 4);                               \
    _tile_loadd(4, X, STRIDE);                                  \
    _tile_dpbf16ps(0, 4, 6);                                    \
    _tile_loadd(7, (W) + 16, panel * 4);                        \
    _tile_dpbf16ps(1, 4, 7);                                    \
    if (two) {                                                  \
      _tile_loadd(5, (X) + rows_a_tile * (STRIDE), STRIDE);     \
      _tile_dpbf16ps(2, 5, 6);                                  \
      _tile_dpbf16ps(3, 5, 7);                                  \
    }                                                           \
  }

AMX static void bf16_rows(const void *weights, long inputs, const uint8_t *x, long stride, long rows, float *tile) {
  const long pairs = (inputs + 1) / 2, whole = pairs / pairs_a_tile, beyond = pairs % pairs_a_tile;
  const uint32_t *w = weights;
  const int two = rows > rows_a_tile;
  _tile_zero(0), _tile_zero(1), _tile_zero(2), _tile_zero(3);
  for (long t = 0; t < whole; t++, w += pairs_a_tile * panel, x += pairs_a_tile * 4) STEP(w, x, stride)
  if (beyond) {                                         // the last pairs, made up with zeros
    _Alignas(64) uint32_t last[pairs_a_tile * panel] = {0};
    _Alignas(64) uint8_t rest[2 * rows_a_tile][pairs_a_tile * 4] = {0};
    memcpy(last, w, (size_t)beyond * panel * 4);
    for (long r = 0; r < rows; r++) memcpy(rest[r], x + r * stride, (size_t)beyond * 4);
    const uint8_t *y = rest[0];
    STEP(last, y, 64)
  }
  _tile_stored(0, tile, panel * 4);
  _tile_stored(1, tile + 16, panel * 4);
  if (two) {
    _tile_stored(2, tile + rows_a_tile * panel, panel * 4);
    _tile_stored(3, tile + rows_a_tile * panel + 16, panel * 4);
  }
}

/// One row's sums over P panels, with the tiles' order of sums in vectors, which read memory faster: of each 16 pairs the even and the
/// odd inputs apart, then both onto the sum; numbers below the normal ones are zero.
#define ROW(NAME, P)                                                                                                              \
  BF16 static void NAME(const uint32_t *w, long inputs, const uint32_t *x, float *tile) {                                         \
    const long pairs = (inputs + 1) / 2;                                                                                          \
    const __m512i high = _mm512_set1_epi32((int)0xFFFF0000);                                                                      \
    const unsigned before = _mm_getcsr();                                                                                         \
    _mm_setcsr(before | 0x8040);                                                                                                  \
    __m512 s[2 * P];                                                                                                              \
    UNROLL for (int v = 0; v < 2 * P; v++) s[v] = _mm512_setzero_ps();                                                            \
    for (long p0 = 0; p0 < pairs; p0 += pairs_a_tile) {                                                                           \
      const long p1 = p0 + pairs_a_tile < pairs ? p0 + pairs_a_tile : pairs;                                                      \
      __m512 even[2 * P], odd[2 * P];                                                                                             \
      UNROLL for (int v = 0; v < 2 * P; v++) even[v] = odd[v] = _mm512_setzero_ps();                                              \
      for (long p = p0; p < p1; p++) {                                                                                            \
        const __m512i a = _mm512_set1_epi32((int)x[p]);                                                                           \
        const __m512 low_x = (__m512)_mm512_slli_epi32(a, 16), high_x = (__m512)_mm512_and_si512(a, high);                        \
        UNROLL for (int v = 0; v < 2 * P; v++) {                                                                                  \
          const __m512i b = _mm512_loadu_si512(w + ((v / 2) * pairs + p) * panel + v % 2 * 16);                                   \
          even[v] = _mm512_fmadd_ps(low_x, (__m512)_mm512_slli_epi32(b, 16), even[v]);                                            \
          odd[v] = _mm512_fmadd_ps(high_x, (__m512)_mm512_and_si512(b, high), odd[v]);                                            \
        }                                                                                                                         \
      }                                                                                                                           \
      UNROLL for (int v = 0; v < 2 * P; v++) s[v] = _mm512_add_ps(s[v], _mm512_add_ps(even[v], odd[v]));                          \
    }                                                                                                                             \
    UNROLL for (int v = 0; v < 2 * P; v++) _mm512_storeu_ps(tile + v * 16, s[v]);                                                 \
    _mm_setcsr(before);                                                                                                           \
  }
ROW(row_1, 1)
ROW(row_2, 2)

static void bf16_pair(const void *weights, long inputs, const uint8_t *x, float *tile) { row_2(weights, inputs, (const uint32_t *)x, tile); }

static void bf16_any(const void *weights, long inputs, const uint8_t *x, long stride, long rows, float *tile) {
  if (rows == 1) row_1(weights, inputs, (const uint32_t *)x, tile);
  else bf16_rows(weights, inputs, x, stride, rows, tile);
}
ck_block_set ck_blocks_amx(void) { return (ck_block_set){.pair = bf16_pair, .most = 2 * rows_a_tile, .any = bf16_any, .begin = begin, .end = ck_amx_end}; }
#endif
