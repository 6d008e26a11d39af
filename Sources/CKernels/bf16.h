// What the kernels of bf16 share: pairs of bf16 as words of 32 bits.
#pragma once
#include <stdint.h>
#include <string.h>
#include "transpose.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define BF16_INLINE BF16 static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

BF16_INLINE __mmask16 first_lanes(long n) { return n >= 16 ? 0xFFFF : n <= 0 ? 0 : (__mmask16)((1u << n) - 1); }

/// 32 values as 16 pairs of neighbours.
BF16_INLINE __m512i adjacent(__m512 low, __m512 high) { return (__m512i)_mm512_cvtne2ps_pbh(high, low); }

/// The pairs (low[i], high[i]).
BF16_INLINE __m512i interleave(__m512 low, __m512 high) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3,
                                         18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, adjacent(low, high));
}
#endif
