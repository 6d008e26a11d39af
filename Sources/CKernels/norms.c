// RMSNorm (Zhang and Sennrich 2019), LayerNorm, GroupNorm: forward and backward.
#include "CKernels.h"
#include "vector.h"

CK_KERNEL void ck_rms_norm(const float *restrict x, const float *restrict weight, float *restrict y, float *restrict inverse,
                           long rows, long width, float epsilon) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float s = 0;
    for (long j = 0; j < width; j++) s += x[j] * x[j];
    const float k = 1.0f / __builtin_sqrtf(s / (float)width + epsilon);
    if (inverse) inverse[r] = k;
    for (long j = 0; j < width; j++) y[j] = x[j] * k * weight[j];
  }
}
CK_KERNEL void ck_rms_norm_backward(const float *restrict x, const float *restrict weight, const float *restrict inverse,
                                    const float *restrict dy, float *restrict dx, float *restrict dweight, long rows, long width,
                                    int accumulate) {
  CK_REASSOCIATE
  if (dweight) for (long j = 0; j < width; j++) dweight[j] = 0;
  for (long r = 0; r < rows; r++, x += width, dy += width) {
    const float k = inverse[r];
    if (dx) {
      float s = 0;
      for (long j = 0; j < width; j++) s += x[j] * dy[j] * weight[j];
      const float c = s * k * k * k / (float)width;
      if (accumulate) for (long j = 0; j < width; j++) dx[j] += dy[j] * weight[j] * k - x[j] * c;
      else for (long j = 0; j < width; j++) dx[j] = dy[j] * weight[j] * k - x[j] * c;
      dx += width;
    }
    if (dweight) for (long j = 0; j < width; j++) dweight[j] += dy[j] * x[j] * k;
  }
}

CK_KERNEL void ck_layer_norm(const float *restrict x, const float *restrict weight, const float *restrict bias, float *restrict y,
                             float *restrict mean, float *restrict inverse, long rows, long width, float epsilon) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float s = 0, q = 0;
    for (long j = 0; j < width; j++) s += x[j];
    const float m = s / (float)width;
    for (long j = 0; j < width; j++) q += (x[j] - m) * (x[j] - m);
    const float k = 1.0f / __builtin_sqrtf(q / (float)width + epsilon);
    mean[r] = m;
    inverse[r] = k;
    for (long j = 0; j < width; j++) y[j] = (x[j] - m) * k * weight[j] + bias[j];
  }
}
CK_KERNEL void ck_layer_norm_backward(const float *restrict x, const float *restrict weight, const float *restrict mean,
                                      const float *restrict inverse, const float *restrict dy, float *restrict dx,
                                      float *restrict dweight, float *restrict dbias, long rows, long width, int accumulate) {
  CK_REASSOCIATE
  if (dweight) for (long j = 0; j < width; j++) dweight[j] = 0;
  if (dbias) for (long j = 0; j < width; j++) dbias[j] = 0;
  for (long r = 0; r < rows; r++, x += width, dy += width) {
    const float m = mean[r], k = inverse[r];
    if (dx) {
      float s = 0, p = 0;
      for (long j = 0; j < width; j++) {
        const float g = dy[j] * weight[j];
        s += g;
        p += g * (x[j] - m);
      }
      const float a = s / (float)width, c = p * k * k / (float)width;
      for (long j = 0; j < width; j++) {
        const float g = k * (dy[j] * weight[j] - a - (x[j] - m) * c);
        dx[j] = accumulate ? dx[j] + g : g;
      }
      dx += width;
    }
    if (dweight) for (long j = 0; j < width; j++) dweight[j] += dy[j] * (x[j] - m) * k;
    if (dbias) for (long j = 0; j < width; j++) dbias[j] += dy[j];
  }
}

/// y = x * w + b, or its positive part.
CK_INLINE float scaled(float x, float w, float b, int relu) {
  const float y = x * w + b;
  return relu && y < 0 ? 0 : y;
}
CK_KERNEL void ck_group_norm(const float *restrict x, const float *restrict weight, const float *restrict bias, float *restrict y,
                             float *restrict mean, float *restrict inverse, long channels, long area, float epsilon, int relu) {
  CK_REASSOCIATE
  const long n = channels * area;
  float s = 0, q = 0;
  for (long i = 0; i < n; i++) s += x[i];
  const float m = s / (float)n;
  for (long i = 0; i < n; i++) q += (x[i] - m) * (x[i] - m);
  const float k = 1.0f / __builtin_sqrtf(q / (float)n + epsilon);
  *mean = m;
  *inverse = k;
  for (long c = 0; c < channels; c++, x += area, y += area) {
    const float w = weight[c] * k, b = bias[c] - m * w;
    if (relu) for (long i = 0; i < area; i++) y[i] = scaled(x[i], w, b, 1);
    else for (long i = 0; i < area; i++) y[i] = scaled(x[i], w, b, 0);
  }
}
CK_KERNEL void ck_group_norm_backward(const float *restrict x, const float *restrict weight, const float *restrict bias, float mean,
                                      float inverse, const float *restrict dy, float *restrict dx, float *restrict dweight,
                                      float *restrict dbias, long channels, long area, int relu, int accumulate) {
  CK_REASSOCIATE
  float s = 0, p = 0;
  for (long c = 0; c < channels; c++) {
    const float *restrict xs = x + c * area, *restrict d = dy + c * area, v = weight[c] * inverse, shift = bias[c] - mean * v;
    float b = 0, w = 0;
    if (relu) {                                       // dy counts where y is above 0
      for (long i = 0; i < area; i++) {
        const float g = xs[i] * v + shift > 0 ? d[i] : 0;
        b += g;
        w += g * (xs[i] - mean);
      }
    } else {
      for (long i = 0; i < area; i++) {
        b += d[i];
        w += d[i] * (xs[i] - mean);
      }
    }
    dbias[c] = b;
    dweight[c] = w * inverse;
    s += b * weight[c];
    p += w * weight[c];
  }
  if (!dx) return;
  const float n = (float)(channels * area), k = p * inverse * inverse / n * inverse, a = s / n * inverse - mean * k;
  for (long c = 0; c < channels; c++, x += area, dy += area, dx += area) {
    const float v = weight[c] * inverse, shift = bias[c] - mean * v;
    if (relu && !accumulate) for (long i = 0; i < area; i++) dx[i] = (x[i] * v + shift > 0 ? dy[i] * v : 0) - a - x[i] * k;
    else if (!accumulate) for (long i = 0; i < area; i++) dx[i] = dy[i] * v - a - x[i] * k;
    else for (long i = 0; i < area; i++) dx[i] += (!relu || x[i] * v + shift > 0 ? dy[i] * v : 0) - a - x[i] * k;
  }
}
