// Max pooling.
#include "CKernels.h"
#include "vector.h"

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
