// Attention as in attention.c, with bf16 inputs and f32 sums in its products (AVX512_BF16): twice the arithmetic limit.
//
// An operand is kept as pairs along the axis that its product sums over: channels for scores, positions for the rest.
#include "CKernels.h"
#include "vector.h"
#include "attention_mask.h"
#include "bf16.h"
#include "matrix_amx.h"

#if defined(__x86_64__)
enum { half_tile = tile / 2, row_block = 8 };

/// ck_expf on 16 lanes.
BF16_INLINE __m512 exp16(__m512 x) {
  const __m512 y = _mm512_max_ps(_mm512_set1_ps(-87.3f), _mm512_min_ps(_mm512_set1_ps(88.7f), x));  // in this order NaN stays
  const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(y, _mm512_set1_ps(1.44269504088896341f)), 8);
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), y);
  r = _mm512_fmadd_ps(n, _mm512_set1_ps(2.12194440e-4f), r);
  __m512 p = _mm512_set1_ps(1.9875691500e-4f);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.3981999507e-3f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(8.3334519073e-3f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(4.1665795894e-2f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.6666665459e-1f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.0000001201e-1f));
  p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, _mm512_set1_ps(1.0f)));
  return _mm512_maskz_scalef_ps(_mm512_cmp_ps_mask(x, _mm512_set1_ps(-87.3f), _CMP_NLT_UQ), p, n);
}

/// C[8, 32] (+)= A[8, k] B[k, 32] over pairs of k; A is read at a[i * rs + p * cs].
BF16_INLINE void block(long pairs, const uint32_t *restrict a, long rs, long cs, const uint32_t *restrict b, long ldb, float *restrict c,
                       long ldc, int accumulate) {
  __m512 s[row_block][2];
  UNROLL for (int i = 0; i < row_block; i++) UNROLL for (int v = 0; v < 2; v++)
      s[i][v] = accumulate ? _mm512_loadu_ps(c + i * ldc + v * 16) : _mm512_setzero_ps();
  for (long p = 0; p < pairs; p++, b += ldb, a += cs) {
    const __m512bh b0 = (__m512bh)_mm512_loadu_si512(b), b1 = (__m512bh)_mm512_loadu_si512(b + 16);
    UNROLL for (int i = 0; i < row_block; i++) {
      const __m512bh x = (__m512bh)_mm512_set1_epi32((int)a[i * rs]);
      s[i][0] = _mm512_dpbf16_ps(s[i][0], x, b0);
      s[i][1] = _mm512_dpbf16_ps(s[i][1], x, b1);
    }
  }
  UNROLL for (int i = 0; i < row_block; i++) UNROLL for (int v = 0; v < 2; v++) _mm512_storeu_ps(c + i * ldc + v * 16, s[i][v]);
}

/// C[64, n] (+)= A[64, k] B[k, n], n a multiple of 32. With `amx`, cs is 1.
BF16_INLINE void product(int amx, long n, long pairs, const uint32_t *a, long rs, long cs, const uint32_t *b, long ldb, float *c, long ldc,
                         int accumulate) {
  if (amx) {
    ck_amx_product_64(n, pairs, a, rs, b, ldb, c, ldc, accumulate);
    return;
  }
  for (long j = 0; j < n; j += 32)
    for (long i = 0; i < tile; i += row_block) block(pairs, a + i * rs, rs, cs, b + j, ldb, c + i * ldc + j, ldc, accumulate);
}

BF16 void ck_attention_bf16_pack(const ck_attention *a, const float *x, long heads, long b, long head, int rotate, float scale,
                                 uint32_t *rows, uint32_t *columns, uint32_t *pairs) {
  const long padded = a->padded, packed = padded / 2;
  _Alignas(64) float turned[2 * CK_MAX_HEAD];
  _Alignas(64) uint32_t four[4][CK_MAX_HEAD / 2];
  memset(turned, 0, sizeof turned);
  for (long t = 0; t < a->padded_length; t++) {
    float *restrict out = turned + (t & 1) * CK_MAX_HEAD;
    turned_row(a, x, heads, b, head, t, rotate, scale, out);
    if (rows || columns) {
      uint32_t *row = rows ? rows + t * packed : four[t & 3];
      for (long j = 0; j < padded; j += 32)
        _mm512_storeu_si512(row + j / 2, adjacent(_mm512_loadu_ps(out + j), _mm512_loadu_ps(out + j + 16)));
    }
    if (pairs && (t & 1))
      for (long j = 0; j < padded; j += 16)
        _mm512_storeu_si512(pairs + t / 2 * padded + j, interleave(_mm512_loadu_ps(turned + j), _mm512_loadu_ps(out + j)));
    if (columns && (t & 3) == 3)
      for (long j = 0; j < packed; j += 16) {
        __m512i r[4];
        UNROLL for (int i = 0; i < 4; i++) r[i] = _mm512_loadu_si512((rows ? rows + (t - 3 + i) * packed : four[i]) + j);
        const __m512i a0 = _mm512_unpacklo_epi32(r[0], r[1]), a1 = _mm512_unpackhi_epi32(r[0], r[1]);
        const __m512i b0 = _mm512_unpacklo_epi32(r[2], r[3]), b1 = _mm512_unpackhi_epi32(r[2], r[3]);
        const __m512i c[4] = {_mm512_unpacklo_epi64(a0, b0), _mm512_unpackhi_epi64(a0, b0), _mm512_unpacklo_epi64(a1, b1),
                              _mm512_unpackhi_epi64(a1, b1)};
        uint32_t *to = columns + t / tile * packed * tile + j * tile + (t - 3) % tile;
#define PUT(L) UNROLL for (int i = 0; i < 4; i++) _mm_storeu_si128((__m128i *)(to + (4 * L + i) * tile), _mm512_extracti32x4_epi32(c[i], L));
        PUT(0) PUT(1) PUT(2) PUT(3)
#undef PUT
      }
  }
}

BF16 void ck_attention_bf16_tile(const ck_attention *a, long b, long h, long index, const uint32_t *q_rows, const uint32_t *k_columns,
                                 const uint32_t *v_pairs, float *y, float *lse) {
  const long padded = a->padded, packed = padded / 2, q0 = index * tile;
  _Alignas(64) float s[tile * tile], o[tile * CK_MAX_HEAD];
  _Alignas(64) uint32_t p[tile * half_tile];
  float best[tile], sum[tile];
  for (long i = 0; i < tile; i++) best[i] = -INFINITY, sum[i] = 0;
  memset(o, 0, (size_t)(tile * padded) * 4);
  const tile_range range = range_of_queries(a, b, q0);
  if (a->amx) ck_amx_begin(NULL);
  for (long k0 = range.any_from / tile * tile; k0 < range.any_to; k0 += tile) {
    const int seen = tile_visibility(a, &range, b, q0, k0);
    if (seen == hidden) continue;
    product(a->amx, tile, packed, q_rows + q0 * packed, packed, 1, k_columns + k0 * packed, tile, s, tile, 0);
    if (seen == partly) apply_mask(a, b, q0, k0, s);
    for (long i = 0; i < tile; i++) {
      __m512 e[4];
      UNROLL for (int l = 0; l < 4; l++) e[l] = _mm512_load_ps(s + i * tile + 16 * l);
      const __m512 low = _mm512_set1_ps(-INFINITY);
      float m = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(e[0], _mm512_max_ps(e[1], low)), _mm512_max_ps(e[2], _mm512_max_ps(e[3], low))));
      m = m > best[i] ? m : best[i];
      if (m == -INFINITY) {
        memset(p + i * half_tile, 0, half_tile * 4);
        continue;
      }
      const float correction = ck_expf(best[i] - m);
      UNROLL for (int l = 0; l < 4; l++) e[l] = exp16(_mm512_sub_ps(e[l], _mm512_set1_ps(m)));
      _mm512_store_si512(p + i * half_tile, adjacent(e[0], e[1]));
      _mm512_store_si512(p + i * half_tile + 16, adjacent(e[2], e[3]));
      sum[i] = sum[i] * correction + _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(e[0], e[1]), _mm512_add_ps(e[2], e[3])));
      if (correction != 1.0f) for (long j = 0; j < padded; j++) o[i * padded + j] *= correction;
      best[i] = m;
    }
    product(a->amx, padded, half_tile, p, half_tile, 1, v_pairs + k0 / 2 * padded, padded, o, padded, 1);
  }
  if (a->amx) ck_amx_end();
  for (long i = 0; i < tile && q0 + i < a->length; i++) {
    float *restrict out = y + (b * a->length + q0 + i) * a->heads * a->width + h * a->width;
    const float k = sum[i] > 0 ? 1.0f / sum[i] : (sum[i] != sum[i] ? sum[i] : 0);  // a row that sees nothing gives zeros
    for (long j = 0; j < a->width; j++) out[j] = o[i * padded + j] * k;
    if (lse) lse[q0 + i] = sum[i] > 0 ? best[i] + logf(sum[i]) : INFINITY;
  }
}

BF16 void ck_attention_bf16_backward(const ck_attention *a, long b, const ck_attention_inputs *x, const float *lse, const float *delta,
                                     float *dq, float *dk, float *dv) {
  const long padded = a->padded, packed = padded / 2;
  _Alignas(64) float p[tile * tile], dp[tile * tile];
  _Alignas(64) uint32_t by_row[tile * half_tile], by_pair[half_tile * tile], turned[tile * half_tile];
  // P and dS as the left side of a sum over queries: by pairs of them, or for tiles with these along the rows.
  const uint32_t *left = a->amx ? turned : by_pair;
  const long rs = a->amx ? half_tile : 1, cs = a->amx ? 1 : tile;
  if (a->amx) ck_amx_begin(NULL);
  for (long q0 = 0; q0 < a->padded_length; q0 += tile) {
    const tile_range range = range_of_queries(a, b, q0);
    for (long k0 = range.any_from / tile * tile; k0 < range.any_to; k0 += tile) {
      const int seen = tile_visibility(a, &range, b, q0, k0);
      if (seen == hidden) continue;
      product(a->amx, tile, packed, x->q_rows + q0 * packed, packed, 1, x->k_columns + k0 * packed, tile, p, tile, 0);
      if (seen == partly) apply_mask(a, b, q0, k0, p);
      for (long i = 0; i < tile; i += 2) {
        const __m512 z0 = _mm512_set1_ps(q0 + i < a->length ? lse[q0 + i] : INFINITY);
        const __m512 z1 = _mm512_set1_ps(q0 + i + 1 < a->length ? lse[q0 + i + 1] : INFINITY);
        float *row = p + i * tile;
        UNROLL for (int j = 0; j < tile; j += 16) {
          const __m512 e0 = exp16(_mm512_sub_ps(_mm512_load_ps(row + j), z0)), e1 = exp16(_mm512_sub_ps(_mm512_load_ps(row + tile + j), z1));
          _mm512_store_ps(row + j, e0);
          _mm512_store_ps(row + tile + j, e1);
          _mm512_store_si512(by_pair + i / 2 * tile + j, interleave(e0, e1));
        }
      }
      if (a->amx) ck_amx_turn(by_pair, turned);
      product(a->amx, padded, half_tile, left, rs, cs, x->dy_pairs + q0 / 2 * padded, padded, dv + k0 * padded, padded, 1);
      product(a->amx, tile, packed, x->dy_rows + q0 * packed, packed, 1, x->v_columns + k0 * packed, tile, dp, tile, 0);
      for (long i = 0; i < tile; i += 2) {
        const __m512 d0 = _mm512_set1_ps(q0 + i < a->length ? delta[q0 + i] : 0);
        const __m512 d1 = _mm512_set1_ps(q0 + i + 1 < a->length ? delta[q0 + i + 1] : 0);
        __m512 e[2][4];
        UNROLL for (int l = 0; l < 4; l++) {
          const long at = i * tile + 16 * l;
          e[0][l] = _mm512_mul_ps(_mm512_load_ps(p + at), _mm512_sub_ps(_mm512_load_ps(dp + at), d0));
          e[1][l] = _mm512_mul_ps(_mm512_load_ps(p + at + tile), _mm512_sub_ps(_mm512_load_ps(dp + at + tile), d1));
          _mm512_store_si512(by_pair + i / 2 * tile + 16 * l, interleave(e[0][l], e[1][l]));
        }
        UNROLL for (int r = 0; r < 2; r++) UNROLL for (int l = 0; l < 4; l += 2)
            _mm512_store_si512(by_row + (i + r) * half_tile + 8 * l, adjacent(e[r][l], e[r][l + 1]));
      }
      product(a->amx, padded, half_tile, by_row, half_tile, 1, x->k_pairs + k0 / 2 * padded, padded, dq + q0 * padded, padded, 1);
      if (a->amx) ck_amx_turn(by_pair, turned);
      product(a->amx, padded, half_tile, left, rs, cs, x->q_pairs + q0 / 2 * padded, padded, dk + k0 * padded, padded, 1);
    }
  }
  if (a->amx) ck_amx_end();
}
#else
void ck_attention_bf16_pack(const ck_attention *a, const float *x, long heads, long b, long head, int rotate, float scale,
                            uint32_t *rows, uint32_t *columns, uint32_t *pairs) {
  (void)a, (void)x, (void)heads, (void)b, (void)head, (void)rotate, (void)scale, (void)rows, (void)columns, (void)pairs;
}
void ck_attention_bf16_tile(const ck_attention *a, long b, long h, long index, const uint32_t *q_rows, const uint32_t *k_columns,
                            const uint32_t *v_pairs, float *y, float *lse) {
  (void)a, (void)b, (void)h, (void)index, (void)q_rows, (void)k_columns, (void)v_pairs, (void)y, (void)lse;
}
void ck_attention_bf16_backward(const ck_attention *a, long b, const ck_attention_inputs *x, const float *lse, const float *delta,
                                float *dq, float *dk, float *dv) {
  (void)a, (void)b, (void)x, (void)lse, (void)delta, (void)dq, (void)dk, (void)dv;
}
#endif
