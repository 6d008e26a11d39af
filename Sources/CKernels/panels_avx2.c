// Blocks of panels for AVX2 with FMA and F16C: 16 registers of 8 values, 4 to a panel's row of 32 outputs.
#include "panel_blocks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define EACH(i, n) _Pragma("clang loop unroll(full)") for (int i = 0; i < (n); i++)
enum { wide = panel / 8 };   // vectors of a row of a tile

#define INTS(at) _mm256_loadu_si256((const void *)(at))
/// Asks for weights 4 KiB before their turn: the machine's own prefetch begins anew in each panel and page (what it gives: BENCHMARKS.md, on a CPU without AVX-512).
#define ASK_AHEAD(w, bytes) EACH(c, (bytes) / 64) _mm_prefetch((const char *)(w) + 4096 + 64 * c, _MM_HINT_T0)
#define STORE_TILE(s) EACH(i, R) EACH(v, wide) _mm256_storeu_ps(tile + i * panel + 8 * v, s[i][v]);

#define F32_BLOCK(ROWS_)                                                                                                    \
  /** Sums of n inputs, x `stride` floats apart, onto a tile. */                                                            \
  AVX2 static void add_f32_##ROWS_(const float *w, long n, const float *x, long stride, float *tile, int begins) {           \
    enum { R = ROWS_ };                                                                                                     \
    __m256 s[R][wide];                                                                                                      \
    EACH(i, R) EACH(v, wide) s[i][v] = begins ? _mm256_setzero_ps() : _mm256_loadu_ps(tile + i * panel + 8 * v);             \
    for (long k = 0; k < n; k++, w += panel) {                                                                              \
      __m256 a[R];                                                                                                          \
      EACH(i, R) a[i] = _mm256_broadcast_ss(x + i * stride + k);                                                            \
      EACH(v, wide) {                                                                                                       \
        const __m256 at = _mm256_loadu_ps(w + 8 * v);                                                                       \
        EACH(i, R) s[i][v] = _mm256_fmadd_ps(a[i], at, s[i][v]);                                                            \
      }                                                                                                                     \
    }                                                                                                                       \
    EACH(i, R) EACH(v, wide) _mm256_storeu_ps(tile + i * panel + 8 * v, s[i][v]);                                           \
  }                                                                                                                         \
  static void f32_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {                   \
    add_f32_##ROWS_(weights, inputs, (const float *)x, stride / 4, tile, 1);                                                \
  }
F32_BLOCK(1)
F32_BLOCK(2)
F32_BLOCK(3)
/// Of many rows, a piece of the panel that stays in L1 at a time.
static void f32_12(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {
  enum { piece = 128 };
  for (long k = 0; k == 0 || k < inputs; k += piece)
    for (long i = 0; i < 12; i += 3)
      add_f32_3((const float *)weights + k * panel, inputs - k < piece ? inputs - k : piece, (const float *)(x + i * stride) + k, stride / 4,
                tile + i * panel, k == 0);
}

AVX2 static void f32_pair(const void *weights, long inputs, const uint8_t *x, float *tile) {
  const float *w[2] = {weights, (const float *)weights + inputs * panel};
  __m256 s[2][wide];
  EACH(h, 2) EACH(v, wide) s[h][v] = _mm256_setzero_ps();
  for (long k = 0; k < inputs; k++) {
    const __m256 a = _mm256_broadcast_ss((const float *)x + k);
    EACH(h, 2) EACH(v, wide) s[h][v] = _mm256_fmadd_ps(a, _mm256_loadu_ps(w[h] + k * panel + 8 * v), s[h][v]);
  }
  EACH(h, 2) EACH(v, wide) _mm256_storeu_ps(tile + h * panel + 8 * v, s[h][v]);
}

/// The even and the odd inputs of pairs of bf16, as floats.
#define LOW(pairs) _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16))
#define HIGH(pairs) _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32(-65536)))
/// Even and odd inputs are summed apart, as chains that hide each other's latency: 8 of them, of two rows half a panel at a time.
#define BF16_BLOCK(ROWS_)                                                                                                   \
  AVX2 static void bf16_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {             \
    enum { R = ROWS_, some = wide / R };                                                                                    \
    for (int first = 0; first < wide; first += some) {                                                                      \
      const uint32_t *w = (const uint32_t *)weights + 8 * first;                                                            \
      __m256 even[R][some], odd[R][some];                                                                                   \
      EACH(i, R) EACH(v, some) even[i][v] = odd[i][v] = _mm256_setzero_ps();                                                \
      for (long p = 0; p < (inputs + 1) / 2; p++, w += panel) {                                                             \
        __m256 low[R], high[R];                                                                                             \
        EACH(i, R) {                                                                                                        \
          const __m256i both = _mm256_set1_epi32(((const int *)(x + i * stride))[p]);                                       \
          low[i] = LOW(both), high[i] = HIGH(both);                                                                         \
        }                                                                                                                   \
        EACH(v, some) {                                                                                                     \
          const __m256i at = INTS(w + 8 * v);                                                                               \
          EACH(i, R) even[i][v] = _mm256_fmadd_ps(low[i], LOW(at), even[i][v]);                                             \
          EACH(i, R) odd[i][v] = _mm256_fmadd_ps(high[i], HIGH(at), odd[i][v]);                                             \
        }                                                                                                                   \
      }                                                                                                                     \
      EACH(i, R) EACH(v, some) _mm256_storeu_ps(tile + i * panel + 8 * (first + v), _mm256_add_ps(even[i][v], odd[i][v]));  \
    }                                                                                                                       \
  }
BF16_BLOCK(1)
BF16_BLOCK(2)
/// Of many rows, a piece of the panel at a time becomes floats first.
AVX2 static void bf16_12(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {
  enum { R = 12, piece = 64 };   // pairs of inputs: 16 KiB of weights as floats
  const uint32_t *w = weights;
  _Alignas(32) float weight[2][piece * panel], input[2][R * piece], odd[R * panel];
  memset(tile, 0, R * panel * sizeof(float));
  memset(odd, 0, sizeof odd);
  for (long p0 = 0, pairs = (inputs + 1) / 2; p0 < pairs; p0 += piece) {
    const long n = pairs - p0 < piece ? pairs - p0 : piece;
    for (long p = 0; p < n; p++, w += panel)
      EACH(v, wide) {
        const __m256i at = INTS(w + 8 * v);
        _mm256_store_ps(weight[0] + p * panel + 8 * v, LOW(at));
        _mm256_store_ps(weight[1] + p * panel + 8 * v, HIGH(at));
      }
    for (long i = 0; i < R; i++)
      for (long p = 0; p < n; p++) {
        const uint32_t pair = ((const uint32_t *)(x + i * stride))[p0 + p], low = pair << 16, high = pair & 0xFFFF0000;
        memcpy(input[0] + i * piece + p, &low, 4);
        memcpy(input[1] + i * piece + p, &high, 4);
      }
    for (long i = 0; i < R; i += 3) {
      add_f32_3(weight[0], n, input[0] + i * piece, piece, tile + i * panel, 0);
      add_f32_3(weight[1], n, input[1] + i * piece, piece, odd + i * panel, 0);
    }
  }
  for (long i = 0; i < R * panel; i++) tile[i] += odd[i];
}

#define INPUT(i) ((const ck_input_group *)(x + i * stride) + g)
#define QUAD(i, q) _mm256_set1_epi32(((const int32_t *)INPUT(i)->x)[q])
#define HALVES(at) _mm256_cvtph_ps(_mm_loadu_si128((const void *)(at)))

/// Bytes of 0...255 times bytes of -127...127 would overflow 16 bits in pairs, so even and odd bytes are widened and multiplied apart.
#define INT8_BLOCK(ROWS_)                                                                                                   \
  AVX2 static void int8_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {             \
    enum { R = ROWS_ };                                                                                                     \
    const uint8_t *w = weights;                                                                                             \
    const __m256i low = _mm256_set1_epi16(255);                                                                             \
    __m256 s[R][wide];                                                                                                      \
    EACH(i, R) EACH(v, wide) s[i][v] = _mm256_setzero_ps();                                                                 \
    for (long g = 0; g < groups_of(inputs); g++, w += int8_group_bytes) {                                                   \
      ASK_AHEAD(w, int8_group_bytes);                                                                                       \
      __m256i a[R][wide];                                                                                                   \
      EACH(i, R) EACH(v, wide) a[i][v] = _mm256_set1_epi32(INPUT(i)->offset);                                               \
      for (int q = 0; q < group / 4; q++) {                                                                                 \
        __m256i even[R], odd[R];                                                                                            \
        EACH(i, R) {                                                                                                        \
          const __m256i quad = QUAD(i, q);                                                                                  \
          even[i] = _mm256_srai_epi16(_mm256_slli_epi16(quad, 8), 8), odd[i] = _mm256_srai_epi16(quad, 8);                  \
        }                                                                                                                   \
        EACH(v, wide) {                                                                                                     \
          const __m256i at = INTS(w + panel * 2 + q * panel * 4 + 32 * v), e = _mm256_and_si256(at, low), o = _mm256_srli_epi16(at, 8); \
          EACH(i, R) a[i][v] = _mm256_add_epi32(a[i][v], _mm256_add_epi32(_mm256_madd_epi16(e, even[i]), _mm256_madd_epi16(o, odd[i]))); \
        }                                                                                                                   \
      }                                                                                                                     \
      EACH(i, R) {                                                                                                          \
        const __m256 by = _mm256_set1_ps(INPUT(i)->scale);                                                                  \
        EACH(v, wide) s[i][v] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(a[i][v]), _mm256_mul_ps(HALVES(w + 16 * v), by), s[i][v]); \
      }                                                                                                                     \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
INT8_BLOCK(1)
INT8_BLOCK(2)

/// Eight sums of pairs of half bytes times bytes are at most 8 * 2 * 15 * 127 = 30,480: 16 bits hold a group.
#define Q4_BLOCK(ROWS_)                                                                                                     \
  AVX2 static void q4_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {               \
    enum { R = ROWS_ };                                                                                                     \
    const uint8_t *w = weights;                                                                                             \
    const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);                                                  \
    __m256 s[R][wide];                                                                                                      \
    EACH(i, R) EACH(v, wide) s[i][v] = _mm256_setzero_ps();                                                                 \
    for (long g = 0; g < groups_of(inputs); g++, w += q4_group_bytes) {                                                     \
      ASK_AHEAD(w, q4_group_bytes);                                                                                         \
      __m256i a[R][wide];                                                                                                   \
      EACH(i, R) EACH(v, wide) a[i][v] = _mm256_setzero_si256();                                                            \
      for (int q = 0; q < group / 8; q++) {                                                                                 \
        __m256i first[R], second[R];                                                                                        \
        EACH(i, R) first[i] = QUAD(i, q), second[i] = QUAD(i, q + 4);                                                       \
        EACH(v, wide) {                                                                                                     \
          const __m256i at = INTS(w + panel * 4 + q * panel * 4 + 32 * v), l = _mm256_and_si256(at, low);                   \
          const __m256i h = _mm256_and_si256(_mm256_srli_epi16(at, 4), low);                                                \
          EACH(i, R) a[i][v] = _mm256_add_epi16(a[i][v], _mm256_add_epi16(_mm256_maddubs_epi16(l, first[i]), _mm256_maddubs_epi16(h, second[i]))); \
        }                                                                                                                   \
      }                                                                                                                     \
      EACH(i, R) {                                                                                                          \
        const __m256 by = _mm256_set1_ps(INPUT(i)->scale), sum = _mm256_set1_ps(INPUT(i)->sum);                             \
        EACH(v, wide) {                                                                                                     \
          const __m256 total = _mm256_cvtepi32_ps(_mm256_madd_epi16(a[i][v], ones));                                        \
          s[i][v] = _mm256_fmadd_ps(total, _mm256_mul_ps(HALVES(w + 16 * v), by), s[i][v]);                                 \
          s[i][v] = _mm256_fmadd_ps(HALVES(w + panel * 2 + 16 * v), sum, s[i][v]);                                          \
        }                                                                                                                   \
      }                                                                                                                     \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
Q4_BLOCK(1)
Q4_BLOCK(2)
/// Of more rows the sums stay in the tile, and two vectors of half bytes at a time are unpacked for all of them. Unrolled, the inputs of all turns would be
/// kept on the stack.
#define TURNS _Pragma("clang loop unroll(disable)")
#define Q4_ROWS(ROWS_)                                                                                                      \
  AVX2 static void q4_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {               \
    enum { R = ROWS_, some = 2 };                                                                                           \
    const uint8_t *w = weights;                                                                                             \
    const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);                                                  \
    memset(tile, 0, R * panel * sizeof(float));                                                                             \
    for (long g = 0; g < groups_of(inputs); g++, w += q4_group_bytes) {                                                     \
      ASK_AHEAD(w, q4_group_bytes);                                                                                         \
      TURNS for (int from = 0; from < wide; from += some) {                                                                 \
        __m256i a[R][some];                                                                                                 \
        EACH(i, R) EACH(v, some) a[i][v] = _mm256_setzero_si256();                                                          \
        TURNS for (int q = 0; q < group / 8; q++) {                                                                         \
          __m256i l[some], h[some];                                                                                         \
          EACH(v, some) {                                                                                                   \
            const __m256i at = INTS(w + panel * 4 + q * panel * 4 + 32 * (from + v));                                       \
            l[v] = _mm256_and_si256(at, low), h[v] = _mm256_and_si256(_mm256_srli_epi16(at, 4), low);                       \
          }                                                                                                                 \
          EACH(i, R) {                                                                                                      \
            const __m256i first = QUAD(i, q), second = QUAD(i, q + 4);                                                      \
            EACH(v, some) a[i][v] = _mm256_add_epi16(a[i][v], _mm256_add_epi16(_mm256_maddubs_epi16(l[v], first), _mm256_maddubs_epi16(h[v], second))); \
          }                                                                                                                 \
        }                                                                                                                   \
        EACH(v, some) {                                                                                                     \
          const __m256 scale = HALVES(w + 16 * (from + v)), least = HALVES(w + panel * 2 + 16 * (from + v));                \
          EACH(i, R) {                                                                                                      \
            float *const at = tile + i * panel + 8 * (from + v);                                                            \
            const __m256 by = _mm256_set1_ps(INPUT(i)->scale), sum = _mm256_set1_ps(INPUT(i)->sum);                         \
            const __m256 total = _mm256_cvtepi32_ps(_mm256_madd_epi16(a[i][v], ones));                                      \
            const __m256 s = _mm256_fmadd_ps(total, _mm256_mul_ps(scale, by), _mm256_loadu_ps(at));                         \
            _mm256_storeu_ps(at, _mm256_fmadd_ps(least, sum, s));                                                           \
          }                                                                                                                 \
        }                                                                                                                   \
      }                                                                                                                     \
    }                                                                                                                       \
  }
Q4_ROWS(3)
Q4_ROWS(4)

ck_block_set ck_blocks_avx2(int format) {
  switch (format) {
    case CK_F32: return (ck_block_set){4, {12, 3, 2, 1}, {f32_12, f32_3, f32_2, f32_1}, f32_pair};
    case CK_BF16: return (ck_block_set){3, {12, 2, 1}, {bf16_12, bf16_2, bf16_1}, 0};
    case CK_INT8: return (ck_block_set){2, {2, 1}, {int8_2, int8_1}, 0};
    default: return (ck_block_set){4, {4, 3, 2, 1}, {q4_4, q4_3, q4_2, q4_1}, 0};
  }
}
#endif
