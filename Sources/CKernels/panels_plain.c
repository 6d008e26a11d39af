// Blocks of panels for any machine: vectors of 16 that the compiler splits where they are narrower.
#include "panel_blocks.h"

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4), may_alias));

#define PLAIN_BLOCK(R)                                                                                                      \
  static void plain_f32_##R(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {       \
    const float *w = weights;                                                                                               \
    v16 s[R][2];                                                                                                            \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) s[i][0] = s[i][1] = (v16){0};                            \
    for (long k = 0; k < inputs; k++, w += panel)                                                                           \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                                                      \
        const float a = ((const float *)(x + i * stride))[k];                                                               \
        s[i][0] += a * *(const v16 *)w;                                                                                     \
        s[i][1] += a * *(const v16 *)(w + 16);                                                                              \
      }                                                                                                                     \
    for (int i = 0; i < R; i++) *(v16 *)(tile + i * panel) = s[i][0], *(v16 *)(tile + i * panel + 16) = s[i][1];            \
  }                                                                                                                         \
  static void plain_bf16_##R(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {      \
    const int32_t *w = weights;                                                                                             \
    v16 s[R][2];                                                                                                            \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) s[i][0] = s[i][1] = (v16){0};                            \
    for (long p = 0; p < (inputs + 1) / 2; p++, w += panel) {                                                               \
      const i16 w0 = *(const i16 *)w, w1 = *(const i16 *)(w + 16);                                                          \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                                                      \
        const uint32_t pair = ((const uint32_t *)(x + i * stride))[p], bits[2] = {pair << 16, pair & 0xFFFF0000};           \
        float a[2];                                                                                                         \
        memcpy(a, bits, 8);                                                                                                 \
        s[i][0] += a[0] * (v16)(w0 << 16);                                                                                  \
        s[i][1] += a[0] * (v16)(w1 << 16);                                                                                  \
        s[i][0] += a[1] * (v16)(w0 & -65536);                                                                               \
        s[i][1] += a[1] * (v16)(w1 & -65536);                                                                               \
      }                                                                                                                     \
    }                                                                                                                       \
    for (int i = 0; i < R; i++) *(v16 *)(tile + i * panel) = s[i][0], *(v16 *)(tile + i * panel + 16) = s[i][1];            \
  }
PLAIN_BLOCK(1)
PLAIN_BLOCK(2)

CK_INLINE void widen_halves(const uint16_t *x, float *y) {
  for (int j = 0; j < panel; j++) {
    const uint32_t sign = (uint32_t)(x[j] & 0x8000) << 16, exponent = (x[j] >> 10) & 31, mantissa = x[j] & 0x3FF;
    const uint32_t bits = sign | (exponent == 31 ? 0x7F800000 : (exponent + 112) << 23) | mantissa << 13;
    float normal;
    memcpy(&normal, &bits, 4);
    const float small = (float)mantissa * 0x1p-24f;
    y[j] = exponent == 0 ? (sign ? -small : small) : normal;
  }
}
/// The integer sums of a quad of inputs: s[o] += Σ w[4 o + i] x[i].
CK_INLINE void add_quad(const uint8_t *w, int shift, int mask, const int8_t *x, int32_t *s) {
  for (int j = 0; j < panel; j++)
    s[j] += ((w[4 * j] >> shift) & mask) * x[0] + ((w[4 * j + 1] >> shift) & mask) * x[1] + ((w[4 * j + 2] >> shift) & mask) * x[2] +
            ((w[4 * j + 3] >> shift) & mask) * x[3];
}
static void plain_int8_1(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {
  (void)stride;
  const uint8_t *w = weights;
  const ck_input_group *in = (const ck_input_group *)x;
  for (int j = 0; j < panel; j++) tile[j] = 0;
  for (long g = 0; g < groups_of(inputs); g++, w += int8_group_bytes, in++) {
    float scale[panel];
    int32_t s[panel];
    widen_halves((const uint16_t *)w, scale);
    for (int j = 0; j < panel; j++) s[j] = in->offset;
    for (int q = 0; q < group / 4; q++) add_quad(w + panel * 2 + q * panel * 4, 0, 255, in->x + 4 * q, s);
    for (int j = 0; j < panel; j++) tile[j] += (float)s[j] * (scale[j] * in->scale);
  }
}
static void plain_q4_1(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {
  (void)stride;
  const uint8_t *w = weights;
  const ck_input_group *in = (const ck_input_group *)x;
  for (int j = 0; j < panel; j++) tile[j] = 0;
  for (long g = 0; g < groups_of(inputs); g++, w += q4_group_bytes, in++) {
    float scale[panel], least[panel];
    int32_t s[panel] = {0};
    widen_halves((const uint16_t *)w, scale);
    widen_halves((const uint16_t *)w + panel, least);
    for (int q = 0; q < group / 8; q++) {
      add_quad(w + panel * 4 + q * panel * 4, 0, 15, in->x + 4 * q, s);
      add_quad(w + panel * 4 + q * panel * 4, 4, 15, in->x + 16 + 4 * q, s);
    }
    for (int j = 0; j < panel; j++) {
      tile[j] += (float)s[j] * (scale[j] * in->scale);
      tile[j] += least[j] * in->sum;
    }
  }
}

ck_block_set ck_blocks_plain(int format) {
  switch (format) {
    case CK_F32: return (ck_block_set){2, {2, 1}, {plain_f32_2, plain_f32_1}, 0};
    case CK_BF16: return (ck_block_set){2, {2, 1}, {plain_bf16_2, plain_bf16_1}, 0};
    case CK_INT8: return (ck_block_set){1, {1}, {plain_int8_1}, 0};
    default: return (ck_block_set){1, {1}, {plain_q4_1}, 0};
  }
}
