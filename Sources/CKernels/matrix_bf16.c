// Matrix products with bf16 inputs and f32 sums (AVX512_BF16), for training where that precision is asked for.
//
// C[m, n] (+)= A[m, k] B[k, n]. B is packed into panels of 32 columns, A into strips of 12 rows, u32 = the bf16 of k = 2p
// and 2p + 1; 24 registers hold a tile of C over a block of k. Packed operands may be used again: what costs is reading
// f32 from memory, so packing goes along whole rows and asks for the next ones. The order of the sums depends on k only.
#include "CKernels.h"
#include "bf16.h"

enum { pairs_a_block = 256, panel = CK_BF16_PANEL, strip = CK_BF16_STRIP, ahead = 16 };

#if defined(__x86_64__)
int ck_bf16_available(void) {
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq");
}

/// out[p] = the bf16 of (x[2p], x[2p + 1]) for n values, 0 beyond.
BF16 static inline void pack_row(const float *x, long n, uint32_t *out, long pairs) {
  long p = 0;
  for (; p * 2 + 32 <= n; p += 16)
    _mm512_storeu_si512(out + p, adjacent(_mm512_loadu_ps(x + 2 * p), _mm512_loadu_ps(x + 2 * p + 16)));
  for (; p < pairs; p += 16) {
    const __m512 low = _mm512_maskz_loadu_ps(first_lanes(n - 2 * p), x + 2 * p);
    const __m512 high = _mm512_maskz_loadu_ps(first_lanes(n - 2 * p - 16), x + 2 * p + 16);
    _mm512_mask_storeu_epi32(out + p, first_lanes(pairs - p), adjacent(low, high));
  }
}

BF16 void ck_bf16_pack(const float *b, long ldb, int k_contiguous, long k, long n, long index, uint32_t *packed) {
  const long pairs = (k + 1) / 2, j0 = index * panel, columns = n - j0 < panel ? n - j0 : panel;
  uint32_t *out = packed + index * pairs * panel;
  if (!k_contiguous) {
    const __mmask16 m0 = first_lanes(columns), m1 = first_lanes(columns - 16);
    for (long p = 0; p < pairs; p++, out += panel) {
      const float *low = b + 2 * p * ldb + j0, *high = low + ldb;
      const __mmask16 has_high = 2 * p + 1 < k ? 0xFFFF : 0;
      _mm512_storeu_si512(out, interleave(_mm512_maskz_loadu_ps(m0, low), _mm512_maskz_loadu_ps(m0 & has_high, high)));
      _mm512_storeu_si512(out + 16, interleave(_mm512_maskz_loadu_ps(m1, low + 16), _mm512_maskz_loadu_ps(m1 & has_high, high + 16)));
    }
    return;
  }
  for (long p0 = 0; p0 < pairs; p0 += 16)
    for (long h = 0; h < panel; h += 16) {
      u16x r[16];
      UNROLL for (int j = 0; j < 16; j++) {
        const long values = h + j < columns ? k - 2 * p0 : 0;
        const float *x = b + (j0 + h + j) * ldb + 2 * p0;
        r[j] = (u16x)adjacent(_mm512_maskz_loadu_ps(first_lanes(values), x), _mm512_maskz_loadu_ps(first_lanes(values - 16), x + 16));
      }
      transpose_words(r);
      UNROLL for (int p = 0; p < 16; p++) if (p0 + p < pairs) _mm512_storeu_si512(out + (p0 + p) * panel + h, (__m512i)r[p]);
    }
}

BF16 void ck_bf16_pack_panels(const float *b, long ldb, long k, long n, long from, long to, uint32_t *packed) {
  const long pairs = (k + 1) / 2;
  for (long p = from; p < to; p++) {
    const float *low = b + 2 * p * ldb, *high = low + ldb;
    const __mmask16 has_high = 2 * p + 1 < k ? 0xFFFF : 0;
    for (long j = 0; j < n; j += panel) {
      uint32_t *out = packed + j * pairs + p * panel;
      for (long l = 0; l < panel; l += 16) {
        const __mmask16 lanes = first_lanes(n - j - l);
        __builtin_prefetch(low + ahead * ldb + j + l);
        __builtin_prefetch(high + ahead * ldb + j + l);
        _mm512_storeu_si512(out + l, interleave(_mm512_maskz_loadu_ps(lanes, low + j + l), _mm512_maskz_loadu_ps(lanes & has_high, high + j + l)));
      }
    }
  }
}

BF16 void ck_bf16_pack_columns(const float *a, long lda, long m, long k, long from, long to, uint32_t *packed) {
  const long pairs = (k + 1) / 2;
  for (long p0 = from; p0 < to; p0 += 4) {               // four pairs of 12: whole cache lines
    const long p1 = p0 + 4 < to ? p0 + 4 : to;
    for (long i = 0; i < m; i += strip) {
      const __mmask16 lanes = first_lanes(m - i) & 0xFFF;
      uint32_t *out = packed + i * pairs;
      for (long p = p0; p < p1; p++) {
        const float *low = a + 2 * p * lda + i, *high = low + lda;
        __builtin_prefetch(low + ahead * lda);
        __builtin_prefetch(high + ahead * lda);
        const __m512i v = interleave(_mm512_maskz_loadu_ps(lanes, low), _mm512_maskz_loadu_ps(2 * p + 1 < k ? lanes : 0, high));
        if (p + 1 < p1) _mm512_storeu_si512(out + p * strip, v);                  // the 4 lanes too many are overwritten
        else _mm512_mask_storeu_epi32(out + p * strip, 0xFFF, v);
      }
    }
  }
}

/// out[p][12] = rows of `stride` values turned round; 16 pairs, of which `count` are written.
BF16 static inline void transpose(const uint32_t *rows, long stride, long count, uint32_t *out) {
  for (int q = 0; q < strip; q += 4) {
    __m512i r[4];
    for (int i = 0; i < 4; i++) r[i] = _mm512_loadu_si512(rows + (q + i) * stride);
    const __m512i a0 = _mm512_unpacklo_epi32(r[0], r[1]), a1 = _mm512_unpackhi_epi32(r[0], r[1]);
    const __m512i b0 = _mm512_unpacklo_epi32(r[2], r[3]), b1 = _mm512_unpackhi_epi32(r[2], r[3]);
    const __m512i c[4] = {_mm512_unpacklo_epi64(a0, b0), _mm512_unpackhi_epi64(a0, b0), _mm512_unpacklo_epi64(a1, b1),
                          _mm512_unpackhi_epi64(a1, b1)};    // c[i]: four rows of pairs i, i + 4, i + 8, i + 12
#define PUT(L)                                                                                                        \
  UNROLL for (int i = 0; i < 4; i++) if (4 * L + i < count)                                                           \
      _mm_storeu_si128((__m128i *)(out + (4 * L + i) * strip + q), _mm512_extracti32x4_epi32(c[i], L));
    PUT(0) PUT(1) PUT(2) PUT(3)
#undef PUT
  }
}

/// Packs `pairs` (at most pairs_a_block) pairs of `rows` rows of A into strips; asks for the strip after the next.
BF16 static void pack_rows(const float *a, long lda, long rows, long values, long pairs, uint32_t *out) {
  enum { stride = pairs_a_block + 16 };
  _Alignas(64) uint32_t own[strip * stride];
  for (long i0 = 0; i0 < rows; i0 += strip, out += pairs * strip) {
    for (long i = i0; i < i0 + strip; i++) {
      const float *x = a + i * lda;
      if (i >= rows) {
        memset(own + (i - i0) * stride, 0, (size_t)pairs * 4);
        continue;
      }
      for (long j = 0; j < values; j += 16) __builtin_prefetch(x + strip * lda + j, 0, 2);
      pack_row(x, values, own + (i - i0) * stride, pairs);
    }
    long p = 0;
    for (; p + 16 <= pairs; p += 16) transpose(own + p, stride, 16, out + p * strip);
    if (p < pairs) transpose(own + p, stride, pairs - p, out + p * strip);
  }
}

/// C[rows, 16 NV] (+)= a strip (MR rows of it) times a panel (NV halves of it).
#define KERNEL(MR, NV)                                                                                                        \
  BF16 static void tile_##MR##_##NV(long pairs, const uint32_t *restrict a, const uint32_t *restrict b, float *restrict c,    \
                                    long ldc, int accumulate, long rows, long columns) {                                      \
    __m512 s[MR][NV];                                                                                                         \
    UNROLL for (int i = 0; i < MR; i++) {                                                                                     \
      s[i][0] = s[i][NV - 1] = _mm512_setzero_ps();                                                                           \
      __builtin_prefetch(c + i * ldc, 1);                                                                                     \
      __builtin_prefetch(c + i * ldc + 16 * NV - 1, 1);                                                                       \
    }                                                                                                                         \
    for (long p = 0; p < pairs; p++, b += panel, a += strip) {                                                                \
      const __m512bh b0 = (__m512bh)_mm512_loadu_si512(b), b1 = (__m512bh)_mm512_loadu_si512(b + 16 * (NV - 1));              \
      UNROLL for (int i = 0; i < MR; i++) {                                                                                   \
        const __m512bh x = (__m512bh)_mm512_set1_epi32((int)a[i]);                                                            \
        s[i][0] = _mm512_dpbf16_ps(s[i][0], x, b0);                                                                           \
        if (NV == 2) s[i][NV - 1] = _mm512_dpbf16_ps(s[i][NV - 1], x, b1);                                                    \
      }                                                                                                                       \
    }                                                                                                                         \
    const __mmask16 m0 = first_lanes(columns), m1 = first_lanes(columns - 16);                                                \
    UNROLL for (int i = 0; i < MR; i++) {                                                                                     \
      if (i >= rows) break;                                                                                                   \
      float *out = c + i * ldc;                                                                                               \
      if (accumulate) s[i][0] = _mm512_add_ps(s[i][0], _mm512_maskz_loadu_ps(m0, out));                                       \
      _mm512_mask_storeu_ps(out, m0, s[i][0]);                                                                                \
      if (NV == 2) {                                                                                                          \
        if (accumulate) s[i][NV - 1] = _mm512_add_ps(s[i][NV - 1], _mm512_maskz_loadu_ps(m1, out + 16));                      \
        _mm512_mask_storeu_ps(out + 16, m1, s[i][NV - 1]);                                                                    \
      }                                                                                                                       \
    }                                                                                                                         \
  }
KERNEL(12, 2)
KERNEL(8, 2)
KERNEL(4, 2)
KERNEL(12, 1)
KERNEL(8, 1)
KERNEL(4, 1)

/// C[rows, columns] (+)= strips times panels over one block of k; a step from strip to strip and from panel to panel.
BF16 static void multiply_block(const uint32_t *a, long a_step, const uint32_t *b, long b_step, long pairs, float *c, long ldc, long m,
                                long n, int accumulate) {
  for (long j = 0; j < n; j += panel, b += b_step) {
    const uint32_t *x = a;
    for (long i = 0; i < m; i += strip, x += a_step) {
      const long rows = m - i, columns = n - j;
      float *out = c + i * ldc + j;
#define RUN(MR, NV) tile_##MR##_##NV(pairs, x, b, out, ldc, accumulate, rows, columns)
      if (columns > 16) { if (rows > 8) RUN(12, 2); else if (rows > 4) RUN(8, 2); else RUN(4, 2); }
      else { if (rows > 8) RUN(12, 1); else if (rows > 4) RUN(8, 1); else RUN(4, 1); }
#undef RUN
    }
  }
}

BF16 void ck_bf16_multiply(const uint32_t *a, const uint32_t *b, long i0, long i1, long j0, long j1, long k, float *c, long ldc,
                           int accumulate) {
  const long all = (k + 1) / 2;
  for (long p = 0; p < all; p += pairs_a_block)
    multiply_block(a + i0 * all + p * strip, all * strip, b + j0 * all + p * panel, all * panel,
                   all - p < pairs_a_block ? all - p : pairs_a_block, c + i0 * ldc + j0, ldc, i1 - i0, j1 - j0, accumulate || p > 0);
}

BF16 void ck_bf16_multiply_rows(const float *a, long lda, long m, long k, const ck_bf16_product *products, long count) {
  _Alignas(64) uint32_t own[CK_BF16_ROWS * pairs_a_block];
  const long all = (k + 1) / 2;
  for (long p = 0; p < all; p += pairs_a_block) {
    const long pairs = all - p < pairs_a_block ? all - p : pairs_a_block, values = k - 2 * p < 2 * pairs ? k - 2 * p : 2 * pairs;
    pack_rows(a + 2 * p, lda, m, values, pairs, own);
    for (const ck_bf16_product *t = products; t < products + count; t++)
      multiply_block(own, pairs * strip, t->panels + p * panel, all * panel, pairs, t->c, t->ldc, m, t->n, t->accumulate || p > 0);
  }
}
#else
int ck_bf16_available(void) { return 0; }
void ck_bf16_pack(const float *b, long ldb, int k_contiguous, long k, long n, long index, uint32_t *packed) {
  (void)b, (void)ldb, (void)k_contiguous, (void)k, (void)n, (void)index, (void)packed;
}
void ck_bf16_pack_panels(const float *b, long ldb, long k, long n, long from, long to, uint32_t *packed) {
  (void)b, (void)ldb, (void)k, (void)n, (void)from, (void)to, (void)packed;
}
void ck_bf16_pack_columns(const float *a, long lda, long m, long k, long from, long to, uint32_t *packed) {
  (void)a, (void)lda, (void)m, (void)k, (void)from, (void)to, (void)packed;
}
void ck_bf16_multiply_rows(const float *a, long lda, long m, long k, const ck_bf16_product *products, long count) {
  (void)a, (void)lda, (void)m, (void)k, (void)products, (void)count;
}
void ck_bf16_multiply(const uint32_t *a, const uint32_t *b, long i0, long i1, long j0, long j1, long k, float *c, long ldc,
                      int accumulate) {
  (void)a, (void)b, (void)i0, (void)i1, (void)j0, (void)j1, (void)k, (void)c, (void)ldc, (void)accumulate;
}
#endif
