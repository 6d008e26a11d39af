// Weights into panels and out of them, inputs into the form that a panel is multiplied with (layouts: CKernels.h).
#include "panel_blocks.h"
#include "transpose.h"

typedef uint32_t u8x __attribute__((vector_size(32), aligned(4), may_alias));

static uint16_t half_of(float x) {
  uint16_t h;
  ck_f32_to_f16(&x, &h, 1);
  return h;
}
static float from_half(uint16_t h) {
  float x;
  ck_f16_to_f32(&h, &x, 1);
  return x;
}
CK_INLINE uint32_t bf16_bits(float x) {
  uint32_t u;
  memcpy(&u, &x, 4);
  return (u & 0x7FFFFFFF) > 0x7F800000 ? (u >> 16) | 0x40 : (u + 0x7FFF + ((u >> 16) & 1)) >> 16;
}
CK_INLINE float largest(const float *x, long n) {
  float m = 0;
  for (long i = 0; i < n; i++) {
    const float a = __builtin_fabsf(x[i]);
    m = a > m ? a : m;
  }
  return m;
}
CK_INLINE long rest(long inputs, long from) { return inputs - from < group ? inputs - from : group; }

/// Where the places of rows that are not there are read from.
static const float nothing[16];

/// Panels are turned in squares of 8 rows by 8 words.
CK_KERNEL static void pack_f32(const float *const *rows, long inputs, float *out) {
  long k = 0;
  for (; k + 8 <= inputs; k += 8)
    for (long j = 0; j < panel; j += 8) {
      v8 r[8];
      for (int i = 0; i < 8; i++) r[i] = *(const v8 *)(rows[j + i] ? rows[j + i] + k : nothing);
      transpose_8(r);
      for (int i = 0; i < 8; i++) *(v8 *)(out + (k + i) * panel + j) = r[i];
    }
  for (; k < inputs; k++)
    for (long j = 0; j < panel; j++) out[k * panel + j] = rows[j] ? rows[j][k] : 0;
}
CK_KERNEL static void pack_bf16(const float *const *rows, long inputs, uint32_t *out) {
  long k = 0;
  for (; k + 16 <= inputs; k += 16)
    for (long j = 0; j < panel; j += 8) {
      v8 r[8];
      for (int i = 0; i < 8; i++) {
        const u16x u = *(const u16x *)(rows[j + i] ? rows[j + i] + k : nothing);
        const u16x rounded = (u + 0x7FFF + ((u >> 16) & 1)) >> 16, quiet = (u >> 16) | 0x40;
        const u16x is_nan = (u16x)((u & 0x7FFFFFFF) > 0x7F800000), half = (is_nan & quiet) | (~is_nan & rounded);
        const u8x even = __builtin_shufflevector(half, half, 0, 2, 4, 6, 8, 10, 12, 14);
        const u8x odd = __builtin_shufflevector(half, half, 1, 3, 5, 7, 9, 11, 13, 15);
        r[i] = (v8)(even | odd << 16);
      }
      transpose_8(r);
      for (int i = 0; i < 8; i++) *(v8 *)(out + (k / 2 + i) * panel + j) = r[i];
    }
  for (; k < inputs; k += 2)
    for (long j = 0; j < panel; j++) {
      const uint32_t low = rows[j] ? bf16_bits(rows[j][k]) : 0, high = rows[j] && k + 1 < inputs ? bf16_bits(rows[j][k + 1]) : 0;
      out[k / 2 * panel + j] = low | high << 16;
    }
}
/// Scale = largest magnitude / 127, rounded to f16 before the values are divided by it.
CK_KERNEL static void pack_int8(const float *const *rows, long inputs, uint8_t *out) {
  for (long k = 0; k < inputs; k += group, out += int8_group_bytes) {
    uint16_t *scales = (uint16_t *)out;
    for (long j = 0; j < panel; j++) {
      const long n = rest(inputs, k);
      const float scale = rows[j] ? from_half(half_of(largest(rows[j] + k, n) / 127)) : 0, inverse = scale > 0 ? 1 / scale : 0;
      scales[j] = half_of(scale);
      for (long i = 0; i < group; i++) {
        float q = rows[j] && i < n ? __builtin_rintf(rows[j][k + i] * inverse) : 0;
        q = q > 127 ? 127 : q < -127 ? -127 : q;
        out[panel * 2 + (i / 4) * panel * 4 + j * 4 + i % 4] = (uint8_t)(q + 128);
      }
    }
  }
}
/// Sixteen steps from the least value to the largest.
CK_KERNEL static void pack_q4(const float *const *rows, long inputs, uint8_t *out) {
  for (long k = 0; k < inputs; k += group, out += q4_group_bytes) {
    uint16_t *scales = (uint16_t *)out, *least = scales + panel;
    uint8_t *values = out + panel * 4;
    memset(values, 0, panel * group / 2);
    for (long j = 0; j < panel; j++) {
      const long n = rest(inputs, k);
      float low = INFINITY, high = -INFINITY;
      for (long i = 0; rows[j] && i < n; i++) low = rows[j][k + i] < low ? rows[j][k + i] : low, high = rows[j][k + i] > high ? rows[j][k + i] : high;
      if (!(high >= low)) low = high = 0;
      const float scale = from_half(half_of((high - low) / 15)), base = from_half(half_of(low)), inverse = scale > 0 ? 1 / scale : 0;
      scales[j] = half_of(scale);
      least[j] = half_of(base);
      for (long i = 0; i < n; i++) {
        float q = rows[j] ? __builtin_rintf((rows[j][k + i] - base) * inverse) : 0;
        q = q > 15 ? 15 : q < 0 ? 0 : q;
        values[(i % 16) / 4 * panel * 4 + j * 4 + i % 4] |= (uint8_t)((int)q << (i < 16 ? 0 : 4));
      }
    }
  }
}
void ck_panel_pack(int format, const float *const *rows, long inputs, void *out) {
  switch (format) {
    case CK_F32: pack_f32(rows, inputs, out); break;
    case CK_BF16: pack_bf16(rows, inputs, out); break;
    case CK_INT8: pack_int8(rows, inputs, out); break;
    default: pack_q4(rows, inputs, out);
  }
}

void ck_panel_pack_blocks(int type, const void *const *rows, long inputs, void *out) {
  const long block = type == CK_BLOCKS_Q8_0 ? 34 : type == CK_BLOCKS_Q4_0 ? 18 : 20;
  uint8_t *at = out;
  for (long g = 0; g < inputs / group; g++, at += type == CK_BLOCKS_Q8_0 ? int8_group_bytes : q4_group_bytes) {
    memset(at, 0, type == CK_BLOCKS_Q8_0 ? int8_group_bytes : q4_group_bytes);
    for (long j = 0; j < panel; j++) {
      const uint8_t *in = rows[j] ? (const uint8_t *)rows[j] + g * block : 0;
      if (type == CK_BLOCKS_Q8_0) {
        if (in) memcpy(at + 2 * j, in, 2);
        for (int i = 0; i < group; i++) at[panel * 2 + i / 4 * panel * 4 + j * 4 + i % 4] = in ? (uint8_t)(in[2 + i] + 128) : 128;
        continue;
      }
      if (!in) continue;
      memcpy(at + 2 * j, in, 2);
      if (type == CK_BLOCKS_Q4_1) {
        memcpy(at + panel * 2 + 2 * j, in + 2, 2);
      } else {   // q - 8: the least value is -8 scales
        uint16_t scale;
        memcpy(&scale, in, 2);
        const uint16_t least = half_of(-8 * from_half(scale));
        memcpy(at + panel * 2 + 2 * j, &least, 2);
      }
      const uint8_t *values = in + block - 16;   // low halves: inputs 0...15, high halves: 16...31
      for (int i = 0; i < 16; i++) at[panel * 4 + i / 4 * panel * 4 + j * 4 + i % 4] = values[i];
    }
  }
}

void ck_panel_row(int format, const void *data, long lane, long inputs, float *out) {
  const uint8_t *w = data;
  if (format == CK_F32) {
    for (long k = 0; k < inputs; k++) out[k] = ((const float *)w)[k * panel + lane];
  } else if (format == CK_BF16) {
    for (long k = 0; k < inputs; k++) {
      const uint32_t pair = ((const uint32_t *)w)[k / 2 * panel + lane], bits = k % 2 ? pair & 0xFFFF0000 : pair << 16;
      memcpy(out + k, &bits, 4);
    }
  } else {
    for (long k = 0; k < inputs; k += group, w += format == CK_INT8 ? int8_group_bytes : q4_group_bytes) {
      const long n = rest(inputs, k);
      const float scale = from_half(((const uint16_t *)w)[lane]);
      if (format == CK_INT8) {
        for (long i = 0; i < n; i++) out[k + i] = scale * (float)(w[panel * 2 + i / 4 * panel * 4 + lane * 4 + i % 4] - 128);
      } else {
        const float least = from_half(((const uint16_t *)w)[panel + lane]);
        for (long i = 0; i < n; i++) {
          const int both = w[panel * 4 + i % 16 / 4 * panel * 4 + lane * 4 + i % 4];
          out[k + i] = scale * (float)(i < 16 ? both & 15 : both >> 4) + least;
        }
      }
    }
  }
}

// ---- Inputs

CK_KERNEL static void prepare_bf16(const float *x, long inputs, uint32_t *out) {
  long p = 0;
  for (; 2 * p + 1 < inputs; p++) out[p] = bf16_bits(x[2 * p]) | bf16_bits(x[2 * p + 1]) << 16;
  if (2 * p < inputs) out[p] = bf16_bits(x[2 * p]);
}
CK_INLINE void prepare_group(const float *x, ck_input_group *out) {
  float lanes[16];
  for (int l = 0; l < 16; l++) {
    const float a = __builtin_fabsf(x[l]), b = __builtin_fabsf(x[l + 16]);
    lanes[l] = a > b ? a : b;
  }
  for (int half = 8; half > 0; half /= 2)
    for (int l = 0; l < half; l++) lanes[l] = lanes[l] > lanes[l + half] ? lanes[l] : lanes[l + half];
  const float most = lanes[0], inverse = most > 0 ? 127 / most : 0;
  int32_t sum = 0;
  for (int i = 0; i < group; i++) {
    const int32_t q = (int32_t)__builtin_rintf(x[i] * inverse);
    out->x[i] = (int8_t)q;
    sum += q;
  }
  out->scale = most / 127;
  out->offset = -128 * sum;
  out->sum = out->scale * (float)sum;
}
CK_KERNEL static void prepare_groups(const float *x, long inputs, ck_input_group *out) {
  long k = 0;
  for (; k + group <= inputs; k += group, out++) prepare_group(x + k, out);
  if (k < inputs) {
    float last[group] = {0};
    memcpy(last, x + k, (size_t)(inputs - k) * sizeof(float));
    prepare_group(last, out);
  }
}
void ck_prepare_inputs(int format, const float *x, long rows, long stride, long inputs, void *prepared) {
  uint8_t *out = prepared;
  for (long r = 0; r < rows; r++, x += stride, out += ck_input_bytes(format, inputs)) {
    switch (format) {
      case CK_F32: memcpy(out, x, (size_t)inputs * sizeof(float)); break;
      case CK_BF16: prepare_bf16(x, inputs, (uint32_t *)out); break;
      default: prepare_groups(x, inputs, (ck_input_group *)out);
    }
  }
}
