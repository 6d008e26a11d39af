// Shared by the direct convolutions: vectors of 16 words, tiles, and the kernels a level has.
#pragma once
#include "CKernels.h"
#include "transpose.h"
#include "vector.h"

typedef float v16 __attribute__((vector_size(64), aligned(4)));

enum { direct_columns = CK_DIRECT_PANEL, chunk_words = CK_DIRECT_CHUNK, chunk_stride = chunk_words + 16 };

/// Rows of the next tile where `left` are left: 12, 8 or 4 with AVX-512's 32 registers, else 6.
CK_INLINE long tile_rows(int level, long left) {
  if (level < 2) return 6;
  return left >= 12 ? 12 : (left + 3) / 4 * 4;
}
CK_INLINE long channel_groups(const ck_direct *d) { return d->bf16 ? (d->channels + 1) / 2 : d->channels; }
CK_INLINE long plane_words(const ck_direct *d) { return d->rows * d->step * d->phase_width; }
CK_INLINE void move_words(void *to, const void *from) { memcpy(to, from, 64); }

#if defined(__x86_64__)
#include <immintrin.h>
#define CK_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define CK_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define CK_AVX2 __attribute__((target("arch=haswell")))
#endif
