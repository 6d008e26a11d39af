// Squares of values turned in registers.
#pragma once
#include "vector.h"

typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));

/// Eight rows of eight values, turned.
CK_INLINE void transpose_8(v8 r[8]) {
  v8 s[8], t[8];
  for (int i = 0; i < 4; i++) {
    s[2 * i] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    s[2 * i + 1] = __builtin_shufflevector(r[2 * i], r[2 * i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) {
      t[4 * i + 2 * j] = __builtin_shufflevector(s[4 * i + j], s[4 * i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      t[4 * i + 2 * j + 1] = __builtin_shufflevector(s[4 * i + j], s[4 * i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; i++) {
    r[i] = __builtin_shufflevector(t[i], t[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    r[i + 4] = __builtin_shufflevector(t[i], t[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

typedef uint32_t u16x __attribute__((vector_size(64), aligned(4), may_alias));

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
