// im2col, its transpose, and max pooling: one image each.
#include "CKernels.h"
#include "vector.h"

void ck_im2col(const ck_convolution *c, const float *x, float *columns) {
  for (long channel = 0; channel < c->channels; channel++)
    for (long ky = 0; ky < c->kernel; ky++)
      for (long kx = 0; kx < c->kernel; kx++)
        for (long oy = 0; oy < c->out_height; oy++, columns += c->out_width) {
          const long iy = oy * c->stride + ky - c->padding;
          if (iy < 0 || iy >= c->height) {
            memset(columns, 0, (size_t)c->out_width * sizeof(float));
            continue;
          }
          const float *row = x + (channel * c->height + iy) * c->width;
          for (long ox = 0; ox < c->out_width; ox++) {
            const long ix = ox * c->stride + kx - c->padding;
            columns[ox] = ix >= 0 && ix < c->width ? row[ix] : 0;
          }
        }
}
void ck_col2im(const ck_convolution *c, const float *columns, float *x) {
  for (long channel = 0; channel < c->channels; channel++)
    for (long ky = 0; ky < c->kernel; ky++)
      for (long kx = 0; kx < c->kernel; kx++)
        for (long oy = 0; oy < c->out_height; oy++, columns += c->out_width) {
          const long iy = oy * c->stride + ky - c->padding;
          if (iy < 0 || iy >= c->height) continue;
          float *row = x + (channel * c->height + iy) * c->width;
          for (long ox = 0; ox < c->out_width; ox++) {
            const long ix = ox * c->stride + kx - c->padding;
            if (ix >= 0 && ix < c->width) row[ix] += columns[ox];
          }
        }
}
void ck_max_pool(const float *x, float *y, int32_t *where, long channels, long height, long width, long size) {
  const long out_height = height / size, out_width = width / size;
  for (long c = 0; c < channels; c++, x += height * width)
    for (long oy = 0; oy < out_height; oy++)
      for (long ox = 0; ox < out_width; ox++, y++, where++) {
        long best = oy * size * width + ox * size;
        for (long ky = 0; ky < size; ky++)
          for (long kx = 0; kx < size; kx++) {
            const long at = (oy * size + ky) * width + ox * size + kx;
            if (x[at] > x[best]) best = at;
          }
        *y = x[best];
        *where = (int32_t)best;
      }
}
