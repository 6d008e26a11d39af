// Matrix products with bf16 inputs and f32 sums (AVX512_BF16), for training where that precision is asked for.
//
// C[m, n] (+)= A[m, k] B[k, n]. B is packed once into panels of 32 columns, u32 = the bf16 of rows 2p and 2p + 1; a tile
// of A's rows is packed by blocks of 256 of k, small enough that a block of B's panel stays in L1. The order of the sums
// depends on k only.
#include "CKernels.h"
#include "vector.h"

enum { k_block = 256, pairs_a_block = k_block / 2, row_stride = pairs_a_block + 8, panel = 32 };

#if defined(__x86_64__)
#include <immintrin.h>
#define BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

int ck_bf16_available(void) {
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq");
}

/// The bf16 of 16 pairs (low[i], high[i]).
BF16 static inline __m512i pairs_of(__m512 low, __m512 high) {
  const __m512i a = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(low));
  const __m512i b = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(high));
  return _mm512_or_si512(a, _mm512_slli_epi32(b, 16));
}
BF16 static inline __mmask16 first_lanes(long n) { return n >= 16 ? 0xFFFF : n <= 0 ? 0 : (__mmask16)((1u << n) - 1); }

/// out[p] = the bf16 of (x[2p], x[2p + 1]) for n values, 0 beyond.
BF16 static inline void pack_row(const float *x, long n, uint32_t *out, long pairs) {
  long p = 0;
  for (; p * 2 + 32 <= n; p += 16)
    _mm512_storeu_si512(out + p, (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + 2 * p + 16), _mm512_loadu_ps(x + 2 * p)));
  for (; p < pairs; p += 16) {
    const __m512 low = _mm512_maskz_loadu_ps(first_lanes(n - 2 * p), x + 2 * p);
    const __m512 high = _mm512_maskz_loadu_ps(first_lanes(n - 2 * p - 16), x + 2 * p + 16);
    _mm512_mask_storeu_epi32(out + p, first_lanes(pairs - p), (__m512i)_mm512_cvtne2ps_pbh(high, low));
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
      _mm512_storeu_si512(out, pairs_of(_mm512_maskz_loadu_ps(m0, low), _mm512_maskz_loadu_ps(m0 & has_high, high)));
      _mm512_storeu_si512(out + 16, pairs_of(_mm512_maskz_loadu_ps(m1, low + 16), _mm512_maskz_loadu_ps(m1 & has_high, high + 16)));
    }
    return;
  }
  uint32_t rows[panel][16];
  for (long p0 = 0; p0 < pairs; p0 += 16) {
    const long count = pairs - p0 < 16 ? pairs - p0 : 16;
    for (long j = 0; j < panel; j++) {
      if (j < columns) pack_row(b + (j0 + j) * ldb + 2 * p0, k - 2 * p0 < 32 ? k - 2 * p0 : 32, rows[j], count);
      else for (long p = 0; p < 16; p++) rows[j][p] = 0;
    }
    for (long p = 0; p < count; p++)
      for (long j = 0; j < panel; j++) out[(p0 + p) * panel + j] = rows[j][p];
  }
}

/// C[rows, 32] (+)= MR rows of packed A times a panel; A is read at a[i * rs + p * cs].
#define KERNEL(MR, NAME, RS, CS)                                                                                              \
  BF16 static void NAME##_##MR(long pairs, const uint32_t *restrict a, const uint32_t *restrict b, float *restrict c, long ldc, \
                               int accumulate, long rows, long columns) {                                                     \
    __m512 s[MR][2];                                                                                                          \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++) s[i][0] = s[i][1] = _mm512_setzero_ps();                  \
    for (long p = 0; p < pairs; p++, b += panel, a += CS) {                                                                   \
      const __m512bh b0 = (__m512bh)_mm512_loadu_si512(b), b1 = (__m512bh)_mm512_loadu_si512(b + 16);                         \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++) {                                                       \
        const __m512bh x = (__m512bh)_mm512_set1_epi32((int)a[i * RS]);                                                       \
        s[i][0] = _mm512_dpbf16_ps(s[i][0], x, b0);                                                                           \
        s[i][1] = _mm512_dpbf16_ps(s[i][1], x, b1);                                                                           \
      }                                                                                                                       \
    }                                                                                                                         \
    const __mmask16 m0 = first_lanes(columns), m1 = first_lanes(columns - 16);                                                \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++) {                                                         \
      if (i >= rows) break;                                                                                                   \
      float *out = c + i * ldc;                                                                                               \
      if (accumulate) {                                                                                                       \
        s[i][0] = _mm512_add_ps(s[i][0], _mm512_maskz_loadu_ps(m0, out));                                                     \
        s[i][1] = _mm512_add_ps(s[i][1], _mm512_maskz_loadu_ps(m1, out + 16));                                                \
      }                                                                                                                       \
      _mm512_mask_storeu_ps(out, m0, s[i][0]);                                                                                \
      _mm512_mask_storeu_ps(out + 16, m1, s[i][1]);                                                                           \
    }                                                                                                                         \
  }
KERNEL(12, by_rows, row_stride, 1)
KERNEL(8, by_rows, row_stride, 1)
KERNEL(4, by_rows, row_stride, 1)
KERNEL(12, by_columns, 1, CK_BF16_ROWS)
KERNEL(8, by_columns, 1, CK_BF16_ROWS)
KERNEL(4, by_columns, 1, CK_BF16_ROWS)

BF16 void ck_bf16_multiply(const float *a, long lda, int m_contiguous, long m, long k, const uint32_t *packed, long n, float *c,
                           long ldc, int accumulate) {
  _Alignas(64) uint32_t own[CK_BF16_ROWS * row_stride];
  const long all_pairs = (k + 1) / 2, padded = (m + 3) / 4 * 4;
  for (long k0 = 0; k0 < k; k0 += k_block) {
    const long depth = k - k0 < k_block ? k - k0 : k_block, pairs = (depth + 1) / 2;
    if (m_contiguous) {
      for (long p = 0; p < pairs; p++) {
        const float *low = a + (k0 + 2 * p) * lda, *high = low + lda;
        const __mmask16 has_high = 2 * p + 1 < depth ? 0xFFFF : 0;
        for (long i = 0; i < padded; i += 16) {
          const __mmask16 lanes = first_lanes(m - i);
          _mm512_mask_storeu_epi32(own + p * CK_BF16_ROWS + i, first_lanes(padded - i),
                                   pairs_of(_mm512_maskz_loadu_ps(lanes, low + i), _mm512_maskz_loadu_ps(lanes & has_high, high + i)));
        }
      }
    } else {
      for (long i = 0; i < m; i++) pack_row(a + i * lda + k0, depth, own + i * row_stride, pairs);
      for (long i = m; i < padded; i++) memset(own + i * row_stride, 0, (size_t)pairs * 4);
    }
    const int adds = accumulate || k0 > 0;
    for (long j = 0; j < n; j += panel) {
      const uint32_t *b = packed + j * all_pairs + k0 / 2 * panel;
      const long columns = n - j < panel ? n - j : panel;
      long i = 0;
#define RUN(MR)                                                                                                       \
  do {                                                                                                                \
    if (m_contiguous) by_columns_##MR(pairs, own + i, b, c + i * ldc + j, ldc, adds, m - i, columns);                 \
    else by_rows_##MR(pairs, own + i * row_stride, b, c + i * ldc + j, ldc, adds, m - i, columns);                    \
  } while (0)
      for (; i + 12 <= padded; i += 12) RUN(12);
      if (i + 8 <= padded) { RUN(8); i += 8; }
      if (i + 4 <= padded) RUN(4);
#undef RUN
    }
  }
}
#else
int ck_bf16_available(void) { return 0; }
void ck_bf16_pack(const float *b, long ldb, int k_contiguous, long k, long n, long index, uint32_t *packed) {
  (void)b, (void)ldb, (void)k_contiguous, (void)k, (void)n, (void)index, (void)packed;
}
void ck_bf16_multiply(const float *a, long lda, int m_contiguous, long m, long k, const uint32_t *packed, long n, float *c,
                      long ldc, int accumulate) {
  (void)a, (void)lda, (void)m_contiguous, (void)m, (void)k, (void)packed, (void)n, (void)c, (void)ldc, (void)accumulate;
}
#endif
