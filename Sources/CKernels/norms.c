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

CK_KERNEL void ck_group_norm(const float *restrict x, const float *restrict weight, const float *restrict bias, float *restrict y,
                             float *restrict mean, float *restrict inverse, long channels, long area, float epsilon) {
  CK_REASSOCIATE
  const long n = channels * area;
  float s = 0, q = 0;
  for (long i = 0; i < n; i++) s += x[i];
  const float m = s / (float)n;
  for (long i = 0; i < n; i++) q += (x[i] - m) * (x[i] - m);
  const float k = 1.0f / __builtin_sqrtf(q / (float)n + epsilon);
  *mean = m;
  *inverse = k;
  for (long c = 0; c < channels; c++) {
    const float w = weight[c] * k, b = bias[c] - m * w;
    for (long i = 0; i < area; i++) y[c * area + i] = x[c * area + i] * w + b;
  }
}
CK_KERNEL void ck_group_norm_backward(const float *restrict x, const float *restrict weight, float mean, float inverse,
                                      const float *restrict dy, float *restrict dx, float *restrict dweight, float *restrict dbias,
                                      long channels, long area, int accumulate) {
  CK_REASSOCIATE
  float s = 0, p = 0;
  for (long c = 0; c < channels; c++) {
    float b = 0, w = 0;
    for (long i = 0; i < area; i++) {
      b += dy[c * area + i];
      w += dy[c * area + i] * (x[c * area + i] - mean);
    }
    dbias[c] = b;
    dweight[c] = w * inverse;
    s += b * weight[c];
    p += w * weight[c];
  }
  if (!dx) return;
  const float n = (float)(channels * area), a = s / n, k = p * inverse * inverse / n;
  for (long c = 0; c < channels; c++)
    for (long i = 0; i < area; i++) {
      const float g = inverse * (dy[c * area + i] * weight[c] - a - (x[c * area + i] - mean) * k);
      dx[c * area + i] = accumulate ? dx[c * area + i] + g : g;
    }
}
