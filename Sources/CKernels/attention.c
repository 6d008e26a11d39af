// Attention by tiles of 64 queries by 64 keys with a running softmax (FlashAttention: Dao et al. 2022). Scores live in
// one tile at a time, the backward pass recomputes them; tiles that the mask hides wholly are never touched.
#include "CKernels.h"
#include "vector.h"
#include "attention_mask.h"

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

enum { row_block = 8 };

/// C[8, 16 NV] (+)= A[8, k] B[k, 16 NV]; A is read at a[i * rs + kk * cs].
#define BLOCK(NV)                                                                                                \
  CK_INLINE void block_##NV(long k, const float *restrict a, long rs, long cs, const float *restrict b, long ldb, \
                            float *restrict c, long ldc, int accumulate) {                                       \
    v16 s[row_block][NV];                                                                                        \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < row_block; i++)                                       \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++)                                            \
        s[i][v] = accumulate ? *(const v16 *)(c + i * ldc + v * 16) : (v16){0};                                  \
    for (long kk = 0; kk < k; kk++, b += ldb, a += cs) {                                                         \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < row_block; i++)                                     \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++)                                          \
          s[i][v] += a[i * rs] * *(const v16 *)(b + v * 16);                                                     \
    }                                                                                                            \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < row_block; i++)                                       \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) *(v16 *)(c + i * ldc + v * 16) = s[i][v];  \
  }
BLOCK(1)
BLOCK(2)

/// C[64, n] (+)= A[64, k] B[k, n], n a multiple of 16.
CK_INLINE void small_gemm(long n, long k, const float *a, long rs, long cs, const float *b, long ldb, float *c, long ldc,
                          int accumulate) {
  long j = 0;
  for (; j + 32 <= n; j += 32)
    for (long i = 0; i < tile; i += row_block) block_2(k, a + i * rs, rs, cs, b + j, ldb, c + i * ldc + j, ldc, accumulate);
  for (; j < n; j += 16)
    for (long i = 0; i < tile; i += row_block) block_1(k, a + i * rs, rs, cs, b + j, ldb, c + i * ldc + j, ldc, accumulate);
}

CK_KERNEL void ck_attention_pack(const ck_attention *a, const float *x, long heads, long b, long head, int rotate, float scale,
                                 float *rows, float *columns) {
  const long padded = a->padded;
  float buffer[CK_MAX_HEAD];
  for (long t = 0; t < a->padded_length; t++) {
    float *restrict out = rows ? rows + t * padded : buffer;
    turned_row(a, x, heads, b, head, t, rotate, scale, out);
    for (long j = a->width; j < padded; j++) out[j] = 0;
    if (columns) {
      float *c = columns + (t / tile) * padded * tile + t % tile;
      for (long j = 0; j < padded; j++) c[j * tile] = out[j];
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

CK_KERNEL void ck_attention_tile(const ck_attention *a, long b, long h, long index, const float *q, const float *k_columns,
                                 const float *v, float *y, float *lse) {
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
    small_gemm(tile, padded, q + q0 * padded, padded, 1, k_columns + k0 * padded, tile, s, tile, 0);
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
    small_gemm(padded, tile, s, tile, 1, v + k0 * padded, padded, o, padded, 1);
  }
  for (long i = 0; i < tile && q0 + i < a->length; i++) {
    float *restrict out = y + (b * a->length + q0 + i) * a->heads * a->width + h * a->width;
    const float k = sum[i] > 0 ? 1.0f / sum[i] : (sum[i] != sum[i] ? sum[i] : 0);  // a row that sees nothing gives zeros
    for (long j = 0; j < a->width; j++) out[j] = o[i * padded + j] * k;
    if (lse) lse[q0 + i] = sum[i] > 0 ? best[i] + logf(sum[i]) : INFINITY;
  }
}

CK_KERNEL void ck_attention_backward(const ck_attention *a, long b, long h, const float *q, const float *k, const float *k_columns,
                                     const float *v_columns, const float *dout, const float *lse, const float *delta, float *dq,
                                     float *dk, float *dv) {
  (void)h;
  const long padded = a->padded;
  _Alignas(64) float p[tile * tile];
  _Alignas(64) float dp[tile * tile];
  for (long q0 = 0; q0 < a->padded_length; q0 += tile) {
    const tile_range range = range_of_queries(a, b, q0);
    for (long k0 = range.any_from / tile * tile; k0 < range.any_to; k0 += tile) {
      const int seen = tile_visibility(a, &range, b, q0, k0);
      if (seen == hidden) continue;
      small_gemm(tile, padded, q + q0 * padded, padded, 1, k_columns + k0 * padded, tile, p, tile, 0);
      if (seen == partly) apply_mask(a, b, q0, k0, p);
      for (long i = 0; i < tile; i++) {
        const float z = q0 + i < a->length ? lse[q0 + i] : INFINITY;
        float *restrict row = p + i * tile;
        for (int j = 0; j < tile; j++) row[j] = ck_expf(row[j] - z);
      }
      small_gemm(padded, tile, p, 1, tile, dout + q0 * padded, padded, dv + k0 * padded, padded, 1);
      small_gemm(tile, padded, dout + q0 * padded, padded, 1, v_columns + k0 * padded, tile, dp, tile, 0);
      for (long i = 0; i < tile; i++) {
        const float d = q0 + i < a->length ? delta[q0 + i] : 0;
        for (int j = 0; j < tile; j++) p[i * tile + j] *= dp[i * tile + j] - d;
      }
      small_gemm(padded, tile, p, tile, 1, k + k0 * padded, padded, dq + q0 * padded, padded, 1);
      small_gemm(padded, tile, p, 1, tile, q + q0 * padded, padded, dk + k0 * padded, padded, 1);
    }
  }
}
