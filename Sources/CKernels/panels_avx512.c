// Blocks of panels for AVX-512: f32, and with BF16 and VNNI the other formats.
#include "panel_blocks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define F512 __attribute__((target("avx512f")))
#define BF512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define ROWS(i) _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++)
// No software prefetch: a panel is one stream, which the machine foresees; asking for lines in advance was measured to cost
// a third of the speed out of L3 and of memory.
#define STORE_TILE(s) ROWS(i) { _mm512_storeu_ps(tile + i * panel, s[i][0]); _mm512_storeu_ps(tile + i * panel + 16, s[i][1]); }

#define F32_BLOCK(ROWS_)                                                                                                    \
  F512 static void f32_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {              \
    enum { R = ROWS_ };                                                                                                     \
    const float *w = weights;                                                                                               \
    __m512 s[R][2];                                                                                                         \
    ROWS(i) s[i][0] = s[i][1] = _mm512_setzero_ps();                                                                        \
    for (long k = 0; k < inputs; k++, w += panel) {                                                                         \
      const __m512 w0 = _mm512_loadu_ps(w), w1 = _mm512_loadu_ps(w + 16);                                                   \
      ROWS(i) {                                                                                                             \
        const __m512 a = _mm512_set1_ps(((const float *)(x + i * stride))[k]);                                              \
        s[i][0] = _mm512_fmadd_ps(a, w0, s[i][0]);                                                                          \
        s[i][1] = _mm512_fmadd_ps(a, w1, s[i][1]);                                                                          \
      }                                                                                                                     \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
F32_BLOCK(1)
F32_BLOCK(2)
F32_BLOCK(4)
F32_BLOCK(8)
F32_BLOCK(12)

#define BF16_BLOCK(ROWS_)                                                                                                   \
  BF512 static void bf16_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {            \
    enum { R = ROWS_ };                                                                                                     \
    const uint32_t *w = weights;                                                                                            \
    __m512 s[R][2];                                                                                                         \
    ROWS(i) s[i][0] = s[i][1] = _mm512_setzero_ps();                                                                        \
    for (long p = 0; p < (inputs + 1) / 2; p++, w += panel) {                                                               \
      const __m512bh w0 = (__m512bh)_mm512_loadu_si512(w), w1 = (__m512bh)_mm512_loadu_si512(w + 16);                       \
      ROWS(i) {                                                                                                             \
        const __m512bh a = (__m512bh)_mm512_set1_epi32(((const int *)(x + i * stride))[p]);                                 \
        s[i][0] = _mm512_dpbf16_ps(s[i][0], a, w0);                                                                         \
        s[i][1] = _mm512_dpbf16_ps(s[i][1], a, w1);                                                                         \
      }                                                                                                                     \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
BF16_BLOCK(1)
BF16_BLOCK(2)
BF16_BLOCK(4)
BF16_BLOCK(8)
BF16_BLOCK(12)

F512 static void f32_pair(const void *weights, long inputs, const uint8_t *x, float *tile) {
  const float *w = weights, *v = w + inputs * panel;
  __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
  for (long k = 0; k < inputs; k++, w += panel, v += panel) {
    const __m512 a = _mm512_set1_ps(((const float *)x)[k]);
    s0 = _mm512_fmadd_ps(a, _mm512_loadu_ps(w), s0);
    s1 = _mm512_fmadd_ps(a, _mm512_loadu_ps(w + 16), s1);
    s2 = _mm512_fmadd_ps(a, _mm512_loadu_ps(v), s2);
    s3 = _mm512_fmadd_ps(a, _mm512_loadu_ps(v + 16), s3);
  }
  _mm512_storeu_ps(tile, s0), _mm512_storeu_ps(tile + 16, s1), _mm512_storeu_ps(tile + 32, s2), _mm512_storeu_ps(tile + 48, s3);
}
BF512 static void bf16_pair(const void *weights, long inputs, const uint8_t *x, float *tile) {
  const long pairs = (inputs + 1) / 2;
  const uint32_t *w = weights, *v = w + pairs * panel;
  __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
  for (long p = 0; p < pairs; p++, w += panel, v += panel) {
    const __m512bh a = (__m512bh)_mm512_set1_epi32(((const int *)x)[p]);
    s0 = _mm512_dpbf16_ps(s0, a, (__m512bh)_mm512_loadu_si512(w));
    s1 = _mm512_dpbf16_ps(s1, a, (__m512bh)_mm512_loadu_si512(w + 16));
    s2 = _mm512_dpbf16_ps(s2, a, (__m512bh)_mm512_loadu_si512(v));
    s3 = _mm512_dpbf16_ps(s3, a, (__m512bh)_mm512_loadu_si512(v + 16));
  }
  _mm512_storeu_ps(tile, s0), _mm512_storeu_ps(tile + 16, s1), _mm512_storeu_ps(tile + 32, s2), _mm512_storeu_ps(tile + 48, s3);
}

#define INPUT(i) ((const ck_input_group *)(x + i * stride) + g)
#define QUAD(i, q) _mm512_set1_epi32(((const int32_t *)INPUT(i)->x)[q])
#define SCALE_SUMS                                                                                                          \
  ROWS(i) {                                                                                                                 \
    const __m512 by = _mm512_set1_ps(INPUT(i)->scale);                                                                      \
    s[i][0] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(a[i][0]), _mm512_mul_ps(d0, by), s[i][0]);                                 \
    s[i][1] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(a[i][1]), _mm512_mul_ps(d1, by), s[i][1]);                                 \
  }
#define INT8_BLOCK(ROWS_)                                                                                                   \
  VNNI static void int8_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {             \
    enum { R = ROWS_ };                                                                                                     \
    const uint8_t *w = weights;                                                                                             \
    __m512 s[R][2];                                                                                                         \
    ROWS(i) s[i][0] = s[i][1] = _mm512_setzero_ps();                                                                        \
    for (long g = 0; g < groups_of(inputs); g++, w += int8_group_bytes) {                                                   \
      __m512i a[R][2];                                                                                                      \
      ROWS(i) a[i][0] = a[i][1] = _mm512_set1_epi32(INPUT(i)->offset);                                                      \
      const __m512 d0 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)w)), d1 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(w + 32))); \
      _Pragma("clang loop unroll(full)") for (int q = 0; q < group / 4; q++) {                                              \
        const uint8_t *at = w + panel * 2 + q * panel * 4;                                                                  \
        const __m512i w0 = _mm512_loadu_si512(at), w1 = _mm512_loadu_si512(at + 64);                                        \
        ROWS(i) {                                                                                                           \
          const __m512i quad = QUAD(i, q);                                                                                  \
          a[i][0] = _mm512_dpbusd_epi32(a[i][0], w0, quad);                                                                 \
          a[i][1] = _mm512_dpbusd_epi32(a[i][1], w1, quad);                                                                 \
        }                                                                                                                   \
      }                                                                                                                     \
      SCALE_SUMS                                                                                                            \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
INT8_BLOCK(1)
INT8_BLOCK(2)
INT8_BLOCK(4)
INT8_BLOCK(6)

#define Q4_BLOCK(ROWS_)                                                                                                     \
  VNNI static void q4_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {               \
    enum { R = ROWS_ };                                                                                                     \
    const uint8_t *w = weights;                                                                                             \
    const __m512i low = _mm512_set1_epi8(15);                                                                               \
    __m512 s[R][2];                                                                                                         \
    ROWS(i) s[i][0] = s[i][1] = _mm512_setzero_ps();                                                                        \
    for (long g = 0; g < groups_of(inputs); g++, w += q4_group_bytes) {                                                     \
      __m512i a[R][2];                                                                                                      \
      ROWS(i) a[i][0] = a[i][1] = _mm512_setzero_si512();                                                                   \
      const __m512 d0 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)w)), d1 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(w + 32))); \
      const __m512 m0 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(w + 64))), m1 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(w + 96))); \
      _Pragma("clang loop unroll(full)") for (int q = 0; q < group / 8; q++) {                                              \
        const uint8_t *at = w + panel * 4 + q * panel * 4;                                                                  \
        const __m512i v0 = _mm512_loadu_si512(at), v1 = _mm512_loadu_si512(at + 64);                                        \
        const __m512i l0 = _mm512_and_si512(v0, low), l1 = _mm512_and_si512(v1, low);                                       \
        const __m512i h0 = _mm512_and_si512(_mm512_srli_epi16(v0, 4), low), h1 = _mm512_and_si512(_mm512_srli_epi16(v1, 4), low); \
        ROWS(i) {                                                                                                           \
          const __m512i first = QUAD(i, q), second = QUAD(i, q + 4);                                                        \
          a[i][0] = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(a[i][0], l0, first), h0, second);                               \
          a[i][1] = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(a[i][1], l1, first), h1, second);                               \
        }                                                                                                                   \
      }                                                                                                                     \
      SCALE_SUMS                                                                                                            \
      ROWS(i) {                                                                                                             \
        const __m512 sum = _mm512_set1_ps(INPUT(i)->sum);                                                                   \
        s[i][0] = _mm512_fmadd_ps(m0, sum, s[i][0]);                                                                        \
        s[i][1] = _mm512_fmadd_ps(m1, sum, s[i][1]);                                                                        \
      }                                                                                                                     \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
Q4_BLOCK(1)
Q4_BLOCK(2)
Q4_BLOCK(4)
Q4_BLOCK(6)

ck_block_set ck_blocks_avx512(int format) {
  switch (format) {
    case CK_F32: return (ck_block_set){5, {12, 8, 4, 2, 1}, {f32_12, f32_8, f32_4, f32_2, f32_1}, f32_pair};
    case CK_BF16: return (ck_block_set){5, {12, 8, 4, 2, 1}, {bf16_12, bf16_8, bf16_4, bf16_2, bf16_1}, bf16_pair};
    case CK_INT8: return (ck_block_set){4, {6, 4, 2, 1}, {int8_6, int8_4, int8_2, int8_1}, 0};
    default: return (ck_block_set){4, {6, 4, 2, 1}, {q4_6, q4_4, q4_2, q4_1}, 0};
  }
}
#endif
