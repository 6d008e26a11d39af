// Shared by the kernels: the clones a kernel is built as, and a vectorisable exp.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
// "avx512f" brings AVX2 and FMA along; "arch=x86-64-v3" is AVX2 with FMA ("arch=haswell" would ask for that very processor).
#define CK_KERNEL __attribute__((target_clones("avx512f", "arch=x86-64-v3", "default")))
#else
#define CK_KERNEL
#endif
#define CK_INLINE static inline __attribute__((always_inline))
#define CK_REASSOCIATE _Pragma("clang fp reassociate(on)")

/// e^x to 2 units in the last place for -87.3 < x < 88.7; 0 below, e^88.7 above, NaN kept (Cephes' polynomial).
CK_INLINE float ck_expf(float x) {
  float y = x > 88.7f ? 88.7f : x;
  y = y < -87.3f ? -87.3f : y;
  const float t = y * 1.44269504088896341f + 12582912.0f;  // the low bits of t hold the rounded exponent
  const float n = t - 12582912.0f;
  float r = y - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  int32_t bits;
  memcpy(&bits, &t, 4);
  bits = (bits - 0x4B400000 + 127) * (1 << 23);
  float power;
  memcpy(&power, &bits, 4);
  const float result = p * power;
  return x < -87.3f ? 0.0f : result;
}
/// ln x to 2 units in the last place for x of 1.2e-38 and above (Cephes' polynomial).
CK_INLINE float ck_logf(float x) {
  int32_t bits;
  memcpy(&bits, &x, 4);
  const int32_t shifted = bits - 0x3F3504F3;               // the mantissa from the root of a half on
  const float n = (float)(shifted >> 23);
  bits = (shifted & 0x007FFFFF) + 0x3F3504F3;
  float m;
  memcpy(&m, &bits, 4);
  const float r = m - 1.0f, z = r * r;
  float p = 7.0376836292e-2f;
  p = p * r - 1.1514610310e-1f;
  p = p * r + 1.1676998740e-1f;
  p = p * r - 1.2420140846e-1f;
  p = p * r + 1.4249322787e-1f;
  p = p * r - 1.6668057665e-1f;
  p = p * r + 2.0000714765e-1f;
  p = p * r - 2.4999993993e-1f;
  p = p * r + 3.3333331174e-1f;
  return n * 0.693359375f + (p * z * r + n * -2.12194440e-4f - 0.5f * z + r);
}
CK_INLINE float ck_sigmoid(float x) { return 1.0f / (1.0f + ck_expf(-x)); }
