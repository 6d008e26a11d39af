// Shared by the direct convolutions: vectors of 16 words, tiles, and the kernels a level has.
#pragma once
#include "CKernels.h"
#include "vector.h"

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef uint32_t u16x __attribute__((vector_size(64), aligned(4)));

enum { direct_columns = CK_DIRECT_PANEL, chunk_words = CK_DIRECT_CHUNK, chunk_stride = chunk_words + 16 };

/// Rows of the next tile where `left` are left: 12, 8 or 4 with AVX-512's 32 registers, else 6.
CK_INLINE long tile_rows(int level, long left) {
  if (level < 2) return 6;
  return left >= 12 ? 12 : (left + 3) / 4 * 4;
}
CK_INLINE long channel_groups(const ck_direct *d) { return d->bf16 ? (d->channels + 1) / 2 : d->channels; }
CK_INLINE long plane_words(const ck_direct *d) { return d->rows * d->step * d->phase_width; }
CK_INLINE void move_words(void *to, const void *from) { memcpy(to, from, 64); }

/// Transposes 16 x 16 words: four rounds of perfect shuffles of rows i and i + 8.
CK_INLINE void transpose_words(u16x *r) {
  u16x t[16];
  for (int round = 0; round < 4; round++) {
    u16x *from = round % 2 ? t : r, *to = round % 2 ? r : t;
    for (int i = 0; i < 8; i++) {
      to[2 * i] = __builtin_shufflevector(from[i], from[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      to[2 * i + 1] = __builtin_shufflevector(from[i], from[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>
#define CK_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define CK_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define CK_AVX2 __attribute__((target("arch=haswell")))
#endif
