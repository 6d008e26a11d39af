// Elementwise kernels and sums.
#include "CKernels.h"
#include "vector.h"

CK_KERNEL void ck_fill(float *y, float value, long n) {
  for (long i = 0; i < n; i++) y[i] = value;
}
CK_KERNEL void ck_add(const float *a, const float *b, float *y, long n) {
  for (long i = 0; i < n; i++) y[i] = a[i] + b[i];
}
CK_KERNEL void ck_multiply(const float *a, const float *b, float *y, long n) {
  for (long i = 0; i < n; i++) y[i] = a[i] * b[i];
}
CK_KERNEL void ck_multiply_into(const float *a, const float *b, float *y, long n, int accumulate) {
  if (accumulate) for (long i = 0; i < n; i++) y[i] += a[i] * b[i];
  else for (long i = 0; i < n; i++) y[i] = a[i] * b[i];
}
CK_KERNEL void ck_scale(const float *x, float factor, float *y, long n, int accumulate) {
  if (accumulate) for (long i = 0; i < n; i++) y[i] += factor * x[i];
  else for (long i = 0; i < n; i++) y[i] = factor * x[i];
}
CK_KERNEL void ck_relu(const float *x, float *y, long n) {
  for (long i = 0; i < n; i++) y[i] = x[i] < 0 ? 0 : x[i];
}
CK_KERNEL void ck_relu_backward(const float *x, const float *dy, float *dx, long n, int accumulate) {
  const float keep = accumulate ? 1 : 0;
  for (long i = 0; i < n; i++) dx[i] = (keep != 0 ? dx[i] : 0) + (x[i] > 0 ? dy[i] : 0);
}

/// The normal distribution function by Abramowitz and Stegun 7.1.26 (absolute error below 1e-7); density is e^(-x²/2).
CK_INLINE float normal_cdf(float x, float density) {
  const float z = __builtin_fabsf(x) * 0.70710678f;
  const float t = 1.0f / (1.0f + 0.3275911f * z);
  const float tail = 0.5f * density * t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
  return x < 0 ? tail : 1.0f - tail;
}
CK_KERNEL void ck_gelu(const float *x, float *y, long n) {
  for (long i = 0; i < n; i++) y[i] = x[i] * normal_cdf(x[i], ck_expf(-0.5f * x[i] * x[i]));
}
CK_KERNEL void ck_gelu_backward(const float *x, const float *dy, float *dx, long n, int accumulate) {
  for (long i = 0; i < n; i++) {
    const float density = ck_expf(-0.5f * x[i] * x[i]);
    const float g = dy[i] * (normal_cdf(x[i], density) + x[i] * density * 0.39894228f);
    dx[i] = accumulate ? dx[i] + g : g;
  }
}
CK_KERNEL void ck_swiglu(const float *restrict gate, const float *restrict up, float *restrict y, long n) {
  for (long i = 0; i < n; i++) y[i] = gate[i] * ck_sigmoid(gate[i]) * up[i];
}
CK_KERNEL void ck_swiglu_backward(const float *restrict gate, const float *restrict up, const float *restrict dy, float *restrict dgate,
                                  float *restrict dup, long n, int accumulate_gate, int accumulate_up) {
  if (dgate && dup && !accumulate_gate && !accumulate_up) {
    for (long i = 0; i < n; i++) {
      const float s = ck_sigmoid(gate[i]), d = dy[i];
      dgate[i] = d * up[i] * s * (1.0f + gate[i] * (1.0f - s));
      dup[i] = d * gate[i] * s;
    }
    return;
  }
  if (dgate)
    for (long i = 0; i < n; i++) {
      const float s = ck_sigmoid(gate[i]);
      const float g = dy[i] * up[i] * s * (1.0f + gate[i] * (1.0f - s));
      dgate[i] = accumulate_gate ? dgate[i] + g : g;
    }
  if (dup)
    for (long i = 0; i < n; i++) {
      const float g = dy[i] * gate[i] * ck_sigmoid(gate[i]);
      dup[i] = accumulate_up ? dup[i] + g : g;
    }
}
CK_KERNEL void ck_exp(const float *x, float *y, long n) {
  for (long i = 0; i < n; i++) y[i] = ck_expf(x[i]);
}

CK_KERNEL double ck_sum(const float *x, long n) {
  CK_REASSOCIATE
  double s = 0;
  for (long i = 0; i < n; i++) s += (double)x[i];
  return s;
}
CK_KERNEL double ck_sum_squares(const float *x, long n) {
  CK_REASSOCIATE
  double s = 0;
  for (long i = 0; i < n; i++) s += (double)x[i] * (double)x[i];
  return s;
}
CK_KERNEL void ck_column_sums(const float *restrict x, long rows, long width, float *restrict sums, int accumulate) {
  if (!accumulate) for (long j = 0; j < width; j++) sums[j] = 0;
  for (long r = 0; r < rows; r++)
    for (long j = 0; j < width; j++) sums[j] += x[r * width + j];
}
CK_KERNEL void ck_column_product_sums(const float *restrict x, const float *restrict z, long rows, long width,
                                      float *restrict sums, int accumulate) {
  if (!accumulate) for (long j = 0; j < width; j++) sums[j] = 0;
  for (long r = 0; r < rows; r++)
    for (long j = 0; j < width; j++) sums[j] += x[r * width + j] * z[r * width + j];
}
CK_KERNEL void ck_scatter_rows(const float *restrict dy, const int32_t *ids, long rows, long width, long from, long to,
                               float *restrict table_gradient) {
  for (long r = 0; r < rows; r++) {
    float *restrict t = table_gradient + (long)ids[r] * width;
    for (long j = from; j < to; j++) t[j] += dy[r * width + j];
  }
}

// ---- Number formats
CK_KERNEL void ck_f32_to_bf16(const float *x, uint16_t *y, long n) {
  for (long i = 0; i < n; i++) {
    uint32_t u;
    memcpy(&u, x + i, 4);
    const uint32_t rounded = (u + 0x7FFF + ((u >> 16) & 1)) >> 16;  // nearest, ties to even
    y[i] = (uint16_t)((u & 0x7FFFFFFF) > 0x7F800000 ? (u >> 16) | 0x40 : rounded);
  }
}
CK_KERNEL void ck_bf16_to_f32(const uint16_t *x, float *y, long n) {
  for (long i = 0; i < n; i++) {
    const uint32_t u = (uint32_t)x[i] << 16;
    memcpy(y + i, &u, 4);
  }
}
void ck_f32_to_f16(const float *x, uint16_t *y, long n) {
  for (long i = 0; i < n; i++) {
    uint32_t u;
    memcpy(&u, x + i, 4);
    const uint32_t sign = (u >> 16) & 0x8000, magnitude = u & 0x7FFFFFFF;
    uint32_t h;
    if (magnitude > 0x7F800000) h = 0x7E00;
    else if (magnitude >= 0x477FF000) h = 0x7C00;  // 65520 and more round to infinity
    else if (magnitude >= 0x38800000) h = (magnitude - 0x38000000 + 0xFFF + ((magnitude >> 13) & 1)) >> 13;
    else {  // subnormal: in units of 2^-24
      float value;
      memcpy(&value, &magnitude, 4);
      h = (uint32_t)__builtin_rintf(value * 16777216.0f);
    }
    y[i] = (uint16_t)(sign | h);
  }
}
void ck_f16_to_f32(const uint16_t *x, float *y, long n) {
  for (long i = 0; i < n; i++) {
    const uint32_t sign = (uint32_t)(x[i] & 0x8000) << 16, exponent = (x[i] >> 10) & 31, mantissa = x[i] & 0x3FF;
    if (exponent == 0) {
      const float value = (float)mantissa * 0x1p-24f;
      y[i] = sign ? -value : value;
    } else {
      const uint32_t u = sign | (exponent == 31 ? 0x7F800000 : (exponent + 112) << 23) | mantissa << 13;
      memcpy(y + i, &u, 4);
    }
  }
}
