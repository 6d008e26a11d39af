// Depthwise convolution of one channel: sums over taps of shifted rows, 64 outputs at a time; f32 (it is bound by memory).
#include "direct.h"

CK_KERNEL void ck_depthwise(const ck_direct *d, const int32_t *restrict taps, const float *restrict plane, const float *restrict filter,
                            float bias, float *restrict y, int accumulate) {
  const long row_words = d->step * d->step * d->phase_width;
  for (long oy = 0; oy < d->out_height; oy++, plane += row_words, y += d->out_width)
    for (long ox = 0; ox < d->out_width; ox += 64) {
      float s[64];                                    // lanes beyond the row are computed from what follows and dropped
      const long n = d->out_width - ox < 64 ? d->out_width - ox : 64, vectors = (n + 15) / 16;
      for (long v = 0; v < vectors; v++) {
        float *sums = s + 16 * v;
        for (int i = 0; i < 16; i++) sums[i] = bias;
        for (long t = 0; t < d->taps; t++) {
          const float w = filter[t], *from = plane + ox + 16 * v + taps[t];
          for (int i = 0; i < 16; i++) sums[i] += w * from[i];
        }
      }
      if (accumulate) for (long i = 0; i < n; i++) y[ox + i] += s[i];
      else for (long i = 0; i < n; i++) y[ox + i] = s[i];
    }
}
CK_KERNEL void ck_depthwise_filter(const ck_direct *d, const int32_t *restrict taps, const float *restrict plane,
                                   const float *restrict dy, float *restrict filter_gradient) {
  CK_REASSOCIATE
  const long row_words = d->step * d->step * d->phase_width;
  for (long t = 0; t < d->taps; t++) {
    float total = 0;
    for (long oy = 0; oy < d->out_height; oy++) {
      const float *from = plane + oy * row_words + taps[t], *g = dy + oy * d->out_width;
      float s = 0;
      for (long ox = 0; ox < d->out_width; ox++) s += g[ox] * from[ox];
      total += s;
    }
    filter_gradient[t] = total;
  }
}
