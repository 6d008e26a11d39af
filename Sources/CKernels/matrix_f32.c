// Matrix products in f32: C[m, n] (+)= op(A)[m, k] op(B)[k, n], serial; the Swift side spreads tiles over the pool.
//
// The usual blocking (Goto and van de Geijn 2008): a block of B in panels of 32 columns and a block of A in strips of rows are
// packed for L2, a kernel keeps a tile of C in registers. Each value is one chain of sums in order of k, whatever tiles are
// computed beside it.
#include "CKernels.h"
#include "vector.h"

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

enum { panel = 32, k_block = 256, n_block = 512, m_block = 132, most_rows = 12 };

/// Rows k0... of op(B), columns j0...: out[panels][kb][32], zeros beyond n.
CK_KERNEL static void pack_b(const float *b, long ldb, int transposed, long kb, long nb, float *restrict out) {
  for (long j0 = 0; j0 < nb; j0 += panel, out += kb * panel) {
    const long n = nb - j0 < panel ? nb - j0 : panel;
    if (!transposed && n == panel) {
      for (long k = 0; k < kb; k++) {
        *(v16 *)(out + k * panel) = *(const v16 *)(b + k * ldb + j0);
        *(v16 *)(out + k * panel + 16) = *(const v16 *)(b + k * ldb + j0 + 16);
      }
      continue;
    }
    // A few rows of the panel at a time: what is written to stays in L1.
    for (long k0 = 0; k0 < kb; k0 += 16)
      for (long j = 0; j < panel; j++)
        for (long k = k0; k < kb && k < k0 + 16; k++) out[k * panel + j] = j >= n ? 0 : transposed ? b[(j0 + j) * ldb + k] : b[k * ldb + j0 + j];
  }
}
/// Rows of op(A) in strips of `rows`: out[strips][kb][rows], zeros beyond m.
CK_INLINE void pack_a(const float *a, long lda, int transposed, long mb, long kb, const long rows, float *restrict out) {
  for (long i0 = 0; i0 < mb; i0 += rows, out += kb * rows) {
    const long m = mb - i0 < rows ? mb - i0 : rows;
    if (transposed)
      for (long k = 0; k < kb; k++)
        for (long i = 0; i < rows; i++) out[k * rows + i] = i < m ? a[k * lda + i0 + i] : 0;
    else
      for (long i = 0; i < rows; i++)
        for (long k = 0; k < kb; k++) out[k * rows + i] = i < m ? a[(i0 + i) * lda + k] : 0;
  }
}

/// C[MR, 16 NV] += a strip of A times 16 NV columns of a panel of B.
#define KERNEL(NAME, MR, NV)                                                                                               \
  CK_INLINE void NAME(long kb, const float *restrict a, const float *restrict b, float *restrict c, long ldc) {            \
    v16 s[MR][NV];                                                                                                         \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                        \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) s[i][v] = *(const v16 *)(c + i * ldc + 16 * v);      \
    for (long k = 0; k < kb; k++, a += MR, b += panel)                                                                     \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                      \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) s[i][v] += a[i] * *(const v16 *)(b + 16 * v);      \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                        \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) *(v16 *)(c + i * ldc + 16 * v) = s[i][v];            \
  }
KERNEL(tile_12, 12, 2)   // AVX-512: 24 registers of sums
KERNEL(tile_6, 6, 1)     // narrower vectors: 12 of AVX2's 16

/// All tiles of a block. Tiles at the edges go through a whole one.
CK_INLINE void multiply_block(long mb, long nb, long kb, const float *a, const float *b, float *c, long ldc, const int wide) {
  const long rows = wide ? 12 : 6, columns = wide ? 32 : 16;
  for (long j = 0; j < nb; j += columns) {
    const float *panels = b + j / panel * kb * panel + j % panel;
    const long n = nb - j < columns ? nb - j : columns;
    for (long i = 0; i < mb; i += rows) {
      const long m = mb - i < rows ? mb - i : rows;
      const float *strip = a + i * kb;
      float *out = c + i * ldc + j;
      float whole[most_rows * panel] = {0};
      const int edge = m < rows || n < columns;
      if (edge) for (long r = 0; r < m; r++) memcpy(whole + r * panel, out + r * ldc, (size_t)n * sizeof(float));
      if (wide) tile_12(kb, strip, panels, edge ? whole : out, edge ? panel : ldc);
      else tile_6(kb, strip, panels, edge ? whole : out, edge ? panel : ldc);
      if (edge) for (long r = 0; r < m; r++) memcpy(out + r * ldc, whole + r * panel, (size_t)n * sizeof(float));
    }
  }
}
#define SGEMM(NAME, TARGET, WIDE)                                                                                          \
  TARGET static void NAME(int ta, int tb, long m, long n, long k, const float *a, long lda, const float *b, long ldb,      \
                          float *c, long ldc) {                                                                            \
    _Alignas(64) float packed_a[m_block * k_block];                                                                        \
    _Alignas(64) float packed_b[n_block * k_block];                                                                        \
    for (long k0 = 0; k0 < k; k0 += k_block) {                                                                             \
      const long kb = k - k0 < k_block ? k - k0 : k_block;                                                                 \
      for (long j0 = 0; j0 < n; j0 += n_block) {                                                                           \
        const long nb = n - j0 < n_block ? n - j0 : n_block;                                                               \
        pack_b(b + (tb ? j0 * ldb + k0 : k0 * ldb + j0), ldb, tb, kb, nb, packed_b);                                       \
        for (long i0 = 0; i0 < m; i0 += m_block) {                                                                         \
          const long mb = m - i0 < m_block ? m - i0 : m_block;                                                             \
          pack_a(a + (ta ? k0 * lda + i0 : i0 * lda + k0), lda, ta, mb, kb, WIDE ? 12 : 6, packed_a);                      \
          multiply_block(mb, nb, kb, packed_a, packed_b, c + i0 * ldc + j0, ldc, WIDE);                                    \
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
  if (!accumulate) for (long i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(float));
  if (level < 0) level = ck_level();
#if defined(__x86_64__)
  if (level == 2) return sgemm_avx512(ta, tb, m, n, k, a, lda, b, ldb, c, ldc);
  if (level == 1) return sgemm_avx2(ta, tb, m, n, k, a, lda, b, ldb, c, ldc);
#endif
  sgemm_plain(ta, tb, m, n, k, a, lda, b, ldb, c, ldc);
}
