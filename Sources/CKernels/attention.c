// Attention by tiles of 64 queries by 64 keys with a running softmax (FlashAttention: Dao et al. 2022). Scores live in
// one tile at a time, the backward pass recomputes them; tiles that the mask hides wholly are never touched.
#include "CKernels.h"
#include "vector.h"
#include "attention_mask.h"
#include "transpose.h"

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

/// C[MR, 16 NV] (+)= A[MR, k] B[k, 16 NV]; A is read at a[i * rs + kk * cs].
#define BLOCK(NAME, MR, NV)                                                                                                 \
  CK_INLINE void NAME(long k, const float *restrict a, long rs, long cs, const float *restrict b, long ldb, float *restrict c, \
                      long ldc, int adds) {                                                                                 \
    v16 s[MR][NV];                                                                                                          \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                         \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) s[i][v] = adds ? *(const v16 *)(c + i * ldc + v * 16) : (v16){0}; \
    for (long kk = 0; kk < k; kk++, b += ldb, a += cs)                                                                      \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                       \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) s[i][v] += a[i * rs] * *(const v16 *)(b + v * 16);  \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < MR; i++)                                                         \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) *(v16 *)(c + i * ldc + v * 16) = s[i][v];             \
  }
// As many sums as there are registers for: 32 with AVX-512, 16 of half their width with AVX2.
BLOCK(block_8x32, 8, 2)
BLOCK(block_8x16, 8, 1)
BLOCK(block_6x16, 6, 1)
BLOCK(block_4x16, 4, 1)

/// C[64, n] (+)= A[64, k] B[k, n], n a multiple of 16.
CK_INLINE void small_gemm(long n, long k, const float *a, long rs, long cs, const float *b, long ldb, float *c, long ldc,
                          int adds, const int wide) {
  long j = 0;
  if (wide)
    for (; j + 32 <= n; j += 32)
      for (long i = 0; i < tile; i += 8) block_8x32(k, a + i * rs, rs, cs, b + j, ldb, c + i * ldc + j, ldc, adds);
  for (; j < n; j += 16)
    if (wide) {
      for (long i = 0; i < tile; i += 8) block_8x16(k, a + i * rs, rs, cs, b + j, ldb, c + i * ldc + j, ldc, adds);
    } else {
      long i = 0;
      for (; i + 6 <= tile; i += 6) block_6x16(k, a + i * rs, rs, cs, b + j, ldb, c + i * ldc + j, ldc, adds);
      for (; i < tile; i += 4) block_4x16(k, a + i * rs, rs, cs, b + j, ldb, c + i * ldc + j, ldc, adds);
    }
}

CK_KERNEL void ck_attention_pack(const ck_attention *a, const float *x, long heads, long b, long head, int rotate, float scale,
                                 float *rows, float *columns) {
  const long padded = a->padded;
  float own[8 * CK_MAX_HEAD];
  for (long t0 = 0; t0 < a->padded_length; t0 += 8) {
    float *restrict out = rows ? rows + t0 * padded : own;
    for (long t = 0; t < 8; t++) {
      turned_row(a, x, heads, b, head, t0 + t, rotate, scale, out + t * padded);
      for (long j = a->width; j < padded; j++) out[t * padded + j] = 0;
    }
    if (!columns) continue;
    float *restrict c = columns + t0 / tile * padded * tile + t0 % tile;
    for (long j = 0; j < padded; j += 8) {
      v8 r[8];
      for (long t = 0; t < 8; t++) r[t] = *(const v8 *)(out + t * padded + j);
      transpose_8(r);
      for (long i = 0; i < 8; i++) *(v8 *)(c + (j + i) * tile) = r[i];
    }
  }
}
CK_KERNEL void ck_attention_unpack(const ck_attention *a, const float *rows, long heads, long b, long head, int rotate,
                                   float scale, float *dx, int accumulate) {
  const long width = a->width, half = width / 2;
  for (long t = 0; t < a->length; t++, rows += a->padded) {
    float *restrict out = dx + (b * a->length + t) * heads * width + head * width;
    if (!accumulate) for (long j = 0; j < width; j++) out[j] = 0;
    if (rotate && a->cosines) {
      const float *restrict cosine = a->cosines + t * half, *restrict sine = a->sines + t * half;
      for (long j = 0; j < half; j++) {
        out[j] += (rows[j] * cosine[j] + rows[j + half] * sine[j]) * scale;
        out[j + half] += (rows[j + half] * cosine[j] - rows[j] * sine[j]) * scale;
      }
    } else {
      for (long j = 0; j < width; j++) out[j] += rows[j] * scale;
    }
  }
}
CK_KERNEL void ck_attention_delta(const ck_attention *a, long b, long h, const float *y, const float *dy, float *delta) {
  CK_REASSOCIATE
  for (long t = 0; t < a->length; t++) {
    const long at = (b * a->length + t) * a->heads * a->width + h * a->width;
    float s = 0;
    for (long j = 0; j < a->width; j++) s += y[at + j] * dy[at + j];
    delta[t] = s;
  }
}

CK_INLINE void forward_tile(const ck_attention *a, long b, long h, long index, const float *q, const float *k_columns,
                            const float *v, float *y, float *lse, const int wide) {
  CK_REASSOCIATE
  const long padded = a->padded, q0 = index * tile;
  _Alignas(64) float s[tile * tile];
  _Alignas(64) float o[tile * CK_MAX_HEAD];
  float best[tile], sum[tile];
  for (long i = 0; i < tile; i++) best[i] = -INFINITY, sum[i] = 0;
  for (long i = 0; i < tile * padded; i++) o[i] = 0;
  const tile_range range = range_of_queries(a, b, q0);
  for (long k0 = range.any_from / tile * tile; k0 < range.any_to; k0 += tile) {
    const int seen = tile_visibility(a, &range, b, q0, k0);
    if (seen == hidden) continue;
    small_gemm(tile, padded, q + q0 * padded, padded, 1, k_columns + k0 * padded, tile, s, tile, 0, wide);
    if (seen == partly) apply_mask(a, b, q0, k0, s);
    for (long i = 0; i < tile; i++) {
      float *restrict row = s + i * tile;
      float lanes[16];
      for (int l = 0; l < 16; l++) lanes[l] = row[l];
      for (int j = 16; j < tile; j += 16)
        for (int l = 0; l < 16; l++) lanes[l] = row[j + l] > lanes[l] ? row[j + l] : lanes[l];
      float m = best[i];
      for (int l = 0; l < 16; l++) m = lanes[l] > m ? lanes[l] : m;
      if (m == -INFINITY) {
        for (int j = 0; j < tile; j++) row[j] = 0;
        continue;
      }
      const float correction = ck_expf(best[i] - m);
      float total = 0;
      for (int j = 0; j < tile; j++) {
        const float e = ck_expf(row[j] - m);
        row[j] = e;
        total += e;
      }
      sum[i] = sum[i] * correction + total;
      if (correction != 1.0f) for (long j = 0; j < padded; j++) o[i * padded + j] *= correction;
      best[i] = m;
    }
    small_gemm(padded, tile, s, tile, 1, v + k0 * padded, padded, o, padded, 1, wide);
  }
  for (long i = 0; i < tile && q0 + i < a->length; i++) {
    float *restrict out = y + (b * a->length + q0 + i) * a->heads * a->width + h * a->width;
    const float k = sum[i] > 0 ? 1.0f / sum[i] : (sum[i] != sum[i] ? sum[i] : 0);  // a row that sees nothing gives zeros
    for (long j = 0; j < a->width; j++) out[j] = o[i * padded + j] * k;
    if (lse) lse[q0 + i] = sum[i] > 0 ? best[i] + logf(sum[i]) : INFINITY;
  }
}

CK_INLINE void backward(const ck_attention *a, long b, const float *q, const float *k, const float *k_columns, const float *v_columns,
                        const float *dout, const float *lse, const float *delta, float *dq, float *dk, float *dv, const int wide) {
  const long padded = a->padded;
  _Alignas(64) float p[tile * tile];
  _Alignas(64) float dp[tile * tile];
  for (long q0 = 0; q0 < a->padded_length; q0 += tile) {
    const tile_range range = range_of_queries(a, b, q0);
    for (long k0 = range.any_from / tile * tile; k0 < range.any_to; k0 += tile) {
      const int seen = tile_visibility(a, &range, b, q0, k0);
      if (seen == hidden) continue;
      small_gemm(tile, padded, q + q0 * padded, padded, 1, k_columns + k0 * padded, tile, p, tile, 0, wide);
      if (seen == partly) apply_mask(a, b, q0, k0, p);
      for (long i = 0; i < tile; i++) {
        const float z = q0 + i < a->length ? lse[q0 + i] : INFINITY;
        float *restrict row = p + i * tile;
        for (int j = 0; j < tile; j++) row[j] = ck_expf(row[j] - z);
      }
      small_gemm(padded, tile, p, 1, tile, dout + q0 * padded, padded, dv + k0 * padded, padded, 1, wide);
      small_gemm(tile, padded, dout + q0 * padded, padded, 1, v_columns + k0 * padded, tile, dp, tile, 0, wide);
      for (long i = 0; i < tile; i++) {
        const float d = q0 + i < a->length ? delta[q0 + i] : 0;
        for (int j = 0; j < tile; j++) p[i * tile + j] *= dp[i * tile + j] - d;
      }
      small_gemm(padded, tile, p, tile, 1, k + k0 * padded, padded, dq + q0 * padded, padded, 1, wide);
      small_gemm(padded, tile, p, 1, tile, q + q0 * padded, padded, dk + k0 * padded, padded, 1, wide);
    }
  }
}

#define ATTENTION(NAME, TARGET, WIDE)                                                                                       \
  TARGET static void forward_##NAME(const ck_attention *a, long b, long h, long index, const float *q, const float *k_columns, \
                                    const float *v, float *y, float *lse) {                                                 \
    forward_tile(a, b, h, index, q, k_columns, v, y, lse, WIDE);                                                            \
  }                                                                                                                         \
  TARGET static void backward_##NAME(const ck_attention *a, long b, const float *q, const float *k, const float *k_columns, \
                                     const float *v_columns, const float *dout, const float *lse, const float *delta,       \
                                     float *dq, float *dk, float *dv) {                                                     \
    backward(a, b, q, k, k_columns, v_columns, dout, lse, delta, dq, dk, dv, WIDE);                                         \
  }
#if defined(__x86_64__)
ATTENTION(avx512, __attribute__((target("avx512f"))), 1)
ATTENTION(avx2, __attribute__((target("avx2,fma"))), 0)
#endif
ATTENTION(plain, , 0)

void ck_attention_tile(int level, const ck_attention *a, long b, long h, long index, const float *q, const float *k_columns,
                       const float *v, float *y, float *lse) {
  if (level < 0) level = ck_level();
#if defined(__x86_64__)
  if (level == 2) return forward_avx512(a, b, h, index, q, k_columns, v, y, lse);
  if (level == 1) return forward_avx2(a, b, h, index, q, k_columns, v, y, lse);
#endif
  forward_plain(a, b, h, index, q, k_columns, v, y, lse);
}
void ck_attention_backward(int level, const ck_attention *a, long b, const float *q, const float *k, const float *k_columns,
                           const float *v_columns, const float *dout, const float *lse, const float *delta, float *dq, float *dk,
                           float *dv) {
  if (level < 0) level = ck_level();
#if defined(__x86_64__)
  if (level == 2) return backward_avx512(a, b, q, k, k_columns, v_columns, dout, lse, delta, dq, dk, dv);
  if (level == 1) return backward_avx2(a, b, q, k, k_columns, v_columns, dout, lse, delta, dq, dk, dv);
#endif
  backward_plain(a, b, q, k, k_columns, v_columns, dout, lse, delta, dq, dk, dv);
}
