// Matrix products in f32: C[m, n] (+)= op(A)[m, k] op(B)[k, n], serial; the Swift side spreads tiles over the pool.
//
// The usual blocking (Goto and van de Geijn 2008): blocks of A and B are packed for L2 in strips of rows and of columns, a kernel
// keeps a tile of C in registers. Each value is a chain of sums in order of k for each block of 256, and the blocks are added in
// order, whatever tiles are computed beside it.
#include "CKernels.h"
#include "vector.h"
#include "transpose.h"

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

// A tile of C is 12 x 32 values with AVX-512 (24 registers of sums), else 6 x 16 (12 of AVX2's 16).
enum { k_block = 256, n_block = 512, m_block = 132, most_rows = 12, most_columns = 32, slack = 8 };

/// A block of an operand in strips across k: out[strips][kb][width], zeros beyond n; value (k, j) is x[k * ld + j], or
/// x[j * ld + k] with `turned`. Up to `slack` values after the end are overwritten.
CK_INLINE void pack(const float *x, long ld, const int turned, long kb, long n, const long width, float *restrict out) {
  for (long j0 = 0; j0 < n; j0 += width, out += kb * width) {
    const long some = n - j0 < width ? n - j0 : width;
    const float *in = x + (turned ? j0 * ld : j0);
    long k = 0;
    if (some == width && !turned) {
      // Vectors that reach beyond a strip's width write where the next row of it comes.
      const long last = j0 + (width + 7) / 8 * 8 <= n ? kb : 0;
      for (; k < last; k++)
        for (long j = 0; j < width; j += 8) *(v8 *)(out + k * width + j) = *(const v8 *)(in + k * ld + j);
    } else if (some == width) {
      for (; k + 8 <= kb; k += 8)
        for (long j = 0; j < width; j += 8) {
          const long rows = width - j < 8 ? width - j : 8;
          v8 r[8];
          for (long i = 0; i < 8; i++) r[i] = *(const v8 *)(in + (j + (i < rows ? i : 0)) * ld + k);
          transpose_8(r);
          if (rows == 4) for (long i = 0; i < 8; i++) *(v4 *)(out + (k + i) * width + j) = __builtin_shufflevector(r[i], r[i], 0, 1, 2, 3);
          else for (long i = 0; i < 8; i++) *(v8 *)(out + (k + i) * width + j) = r[i];
        }
    }
    for (; k < kb; k++)
      for (long j = 0; j < width; j++) out[k * width + j] = j >= some ? 0 : in[turned ? j * ld + k : k * ld + j];
  }
}

/// C[MR, 16 NV] (+)= a strip of A times a strip of B. C's lines are asked for at the start and needed at the end.
#define KERNEL(NAME, MR, NV)                                                                                               \
  CK_INLINE void NAME(long kb, const float *restrict a, const float *restrict b, float *restrict c, long ldc, int adds) {  \
    v16 s[MR][NV];                                                                                                         \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                        \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) {                                                    \
        s[i][v] = (v16){0};                                                                                                \
        __builtin_prefetch(c + i * ldc + 16 * v, 1);                                                                       \
      }                                                                                                                    \
    for (long k = 0; k < kb; k++, a += MR, b += 16 * NV)                                                                   \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                      \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) s[i][v] += a[i] * *(const v16 *)(b + 16 * v);      \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                        \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) {                                                    \
        v16 *out = (v16 *)(c + i * ldc + 16 * v);                                                                          \
        *out = adds ? *out + s[i][v] : s[i][v];                                                                            \
      }                                                                                                                    \
  }
KERNEL(tile_12, 12, 2)
KERNEL(tile_6, 6, 1)

/// All tiles of a block. Tiles at the edges go through a whole one.
CK_INLINE void multiply_block(long mb, long nb, long kb, const float *a, const float *b, float *c, long ldc, int adds, const int wide) {
  const long rows = wide ? 12 : 6, columns = wide ? 32 : 16;
  for (long j = 0; j < nb; j += columns, b += kb * columns) {
    const long n = nb - j < columns ? nb - j : columns;
    for (long i = 0; i < mb; i += rows) {
      const long m = mb - i < rows ? mb - i : rows;
      const float *strip = a + i * kb;
      float *out = c + i * ldc + j;
      const int edge = m < rows || n < columns;
      float whole[most_rows * most_columns];
      if (edge) memset(whole, 0, sizeof whole);
      if (edge && adds) for (long r = 0; r < m; r++) memcpy(whole + r * columns, out + r * ldc, (size_t)n * sizeof(float));
      if (wide) tile_12(kb, strip, b, edge ? whole : out, edge ? columns : ldc, adds);
      else tile_6(kb, strip, b, edge ? whole : out, edge ? columns : ldc, adds);
      if (edge) for (long r = 0; r < m; r++) memcpy(out + r * ldc, whole + r * columns, (size_t)n * sizeof(float));
    }
  }
}
#define SGEMM(NAME, TARGET, WIDE)                                                                                          \
  TARGET static void NAME(int ta, int tb, long m, long n, long k, const float *a, long lda, const float *b, long ldb,      \
                          int adds, float *c, long ldc) {                                                                  \
    const long rows = WIDE ? 12 : 6, columns = WIDE ? 32 : 16;                                                             \
    _Alignas(64) float packed_a[m_block * k_block + slack];                                                                \
    _Alignas(64) float packed_b[n_block * k_block + slack];                                                                \
    for (long k0 = 0; k0 < k; k0 += k_block) {                                                                             \
      const long kb = k - k0 < k_block ? k - k0 : k_block;                                                                 \
      for (long j0 = 0; j0 < n; j0 += n_block) {                                                                           \
        const long nb = n - j0 < n_block ? n - j0 : n_block;                                                               \
        if (tb) pack(b + j0 * ldb + k0, ldb, 1, kb, nb, columns, packed_b);                                                \
        else pack(b + k0 * ldb + j0, ldb, 0, kb, nb, columns, packed_b);                                                   \
        for (long i0 = 0; i0 < m; i0 += m_block) {                                                                         \
          const long mb = m - i0 < m_block ? m - i0 : m_block;                                                             \
          if (ta) pack(a + k0 * lda + i0, lda, 0, kb, mb, rows, packed_a);                                                 \
          else pack(a + i0 * lda + k0, lda, 1, kb, mb, rows, packed_a);                                                    \
          multiply_block(mb, nb, kb, packed_a, packed_b, c + i0 * ldc + j0, ldc, adds || k0 > 0, WIDE);                    \
        }                                                                                                                  \
      }                                                                                                                    \
    }                                                                                                                      \
  }
#if defined(__x86_64__)
SGEMM(sgemm_avx512, __attribute__((target("avx512f"))), 1)
SGEMM(sgemm_avx2, __attribute__((target("avx2,fma"))), 0)
#endif
SGEMM(sgemm_plain, , 0)

void ck_sgemm(int level, int ta, int tb, long m, long n, long k, const float *a, long lda, const float *b, long ldb, int accumulate,
              float *c, long ldc) {
  if (!accumulate && k == 0) for (long i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(float));
  if (level < 0) level = ck_level();
#if defined(__x86_64__)
  if (level == 2) return sgemm_avx512(ta, tb, m, n, k, a, lda, b, ldb, accumulate, c, ldc);
  if (level == 1) return sgemm_avx2(ta, tb, m, n, k, a, lda, b, ldb, accumulate, c, ldc);
#endif
  sgemm_plain(ta, tb, m, n, k, a, lda, b, ldb, accumulate, c, ldc);
}
