// What this machine can do at most: arithmetic that never leaves the registers, and reading memory.
#include "CKernels.h"
#include "vector.h"
#include "matrix_amx.h"

static volatile float float_one = 1, float_tiny = 1e-30f;
static volatile double sink;

/// Sixteen independent chains hide the latency of any multiply-add; one step of all of them per round and unroll.
#define CHAINS(STEP)                                                                                                          \
  for (long r = 0; r < rounds; r++) {                                                                                         \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; i++) STEP;                                                 \
  }
enum { chains = 16 };

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f"))) static double f32_512(long rounds) {
  const __m512 a = _mm512_set1_ps(float_one), b = _mm512_set1_ps(float_tiny);
  __m512 s[chains];
  for (int i = 0; i < chains; i++) s[i] = a;
  CHAINS(s[i] = _mm512_fmadd_ps(s[i], a, b))
  for (int i = 1; i < chains; i++) s[0] = _mm512_add_ps(s[0], s[i]);
  sink = _mm512_reduce_add_ps(s[0]);
  return 2.0 * 16 * chains * rounds;
}

__attribute__((target("avx2,fma"))) static double f32_256(long rounds) {
  const __m256 a = _mm256_set1_ps(float_one), b = _mm256_set1_ps(float_tiny);
  __m256 s[12];
  for (int i = 0; i < 12; i++) s[i] = a;
  for (long r = 0; r < rounds; r++) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 12; i++) s[i] = _mm256_fmadd_ps(s[i], a, b);
  }
  for (int i = 1; i < 12; i++) s[0] = _mm256_add_ps(s[0], s[i]);
  sink = _mm256_cvtss_f32(s[0]);
  return 2.0 * 8 * 12 * rounds;
}

__attribute__((target("avx512f,avx512bf16"))) static double bf16_512(long rounds) {
  const __m512bh a = (__m512bh)_mm512_set1_epi32((int)(float_one * 0x3F803F80)), b = (__m512bh)_mm512_set1_ps(float_tiny);
  __m512 s[chains];
  for (int i = 0; i < chains; i++) s[i] = _mm512_set1_ps(float_one);
  CHAINS(s[i] = _mm512_dpbf16_ps(s[i], a, b))
  for (int i = 1; i < chains; i++) s[0] = _mm512_add_ps(s[0], s[i]);
  sink = _mm512_reduce_add_ps(s[0]);
  return 2.0 * 32 * chains * rounds;
}

__attribute__((target("avx512f,avx512vnni"))) static double int8_512(long rounds) {
  const __m512i a = _mm512_set1_epi32((int)float_one), b = _mm512_set1_epi32((int)float_one * 3);
  __m512i s[chains];
  for (int i = 0; i < chains; i++) s[i] = a;
  CHAINS(s[i] = _mm512_dpbusd_epi32(s[i], a, b))
  for (int i = 1; i < chains; i++) s[0] = _mm512_add_epi32(s[0], s[i]);
  sink = _mm512_reduce_add_epi32(s[0]);
  return 2.0 * 64 * chains * rounds;
}

/// Without VNNI a product of bytes takes three instructions.
__attribute__((target("avx2"))) static double int8_256(long rounds) {
  const __m256i a = _mm256_set1_epi32((int)float_one), ones = _mm256_set1_epi16((short)float_one);
  __m256i s[8];
  for (int i = 0; i < 8; i++) s[i] = a;
  for (long r = 0; r < rounds; r++) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++)
      s[i] = _mm256_add_epi32(s[i], _mm256_madd_epi16(_mm256_maddubs_epi16(a, s[i]), ones));
  }
  for (int i = 1; i < 8; i++) s[0] = _mm256_add_epi32(s[0], s[i]);
  sink = _mm256_extract_epi32(s[0], 0);
  return 2.0 * 32 * 8 * rounds;
}
#endif

typedef float four __attribute__((vector_size(16)));
static double f32_plain(long rounds) {
  const four a = {float_one, float_one, float_one, float_one}, b = {float_tiny, float_tiny, float_tiny, float_tiny};
  four s[8];
  for (int i = 0; i < 8; i++) s[i] = a;
  for (long r = 0; r < rounds; r++) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++) s[i] = s[i] * a + b;
  }
  for (int i = 1; i < 8; i++) s[0] += s[i];
  sink = s[0][0];
  return 2.0 * 4 * 8 * rounds;
}

double ck_probe_arithmetic(int kind, long rounds) {
  const int level = ck_level();
  if (kind == CK_PROBE_F32) {
#if defined(__x86_64__)
    if (level == 2) return f32_512(rounds);
    if (level == 1) return f32_256(rounds);
#endif
    return f32_plain(rounds);
  }
#if defined(__x86_64__)
  if (kind == CK_PROBE_BF16 && ck_amx_available()) return ck_amx_probe(rounds);
  if (kind == CK_PROBE_BF16 && ck_bf16_available()) return bf16_512(rounds);
  if (kind == CK_PROBE_INT8 && level == 2 && __builtin_cpu_supports("avx512vnni")) return int8_512(rounds);
  if (kind == CK_PROBE_INT8 && level >= 1) return int8_256(rounds);
#endif
  return 0;
}

CK_KERNEL uint64_t ck_probe_read(const uint64_t *x, long n) {
  const long quarter = n / 4;
  const uint64_t *p = x, *q = x + quarter, *r = x + 2 * quarter, *s = x + 3 * quarter;
  uint64_t a = 0, b = 0, c = 0, d = 0;
  _Pragma("clang loop vectorize_width(8) interleave_count(2)") for (long i = 0; i < quarter; i++) {
    a += p[i];
    b += q[i];
    c += r[i];
    d += s[i];
  }
  return a + b + c + d;
}
