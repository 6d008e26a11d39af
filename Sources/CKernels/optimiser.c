// AdamW (Loshchilov and Hutter 2019).
#include "CKernels.h"
#include "vector.h"

CK_KERNEL void ck_adamw(float *restrict parameter, const float *restrict gradient, float *restrict first, float *restrict second,
                        long n, float learning_rate, float beta1, float beta2, float correction1, float correction2,
                        float epsilon, float decay, float gradient_scale) {
  const float keep = 1.0f - learning_rate * decay, rate = learning_rate / correction1, root = 1.0f / __builtin_sqrtf(correction2);
  for (long i = 0; i < n; i++) {
    const float g = gradient[i] * gradient_scale;
    const float m = beta1 * first[i] + (1.0f - beta1) * g;
    const float v = beta2 * second[i] + (1.0f - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = parameter[i] * keep - rate * m / (__builtin_sqrtf(v) * root + epsilon);
  }
}
