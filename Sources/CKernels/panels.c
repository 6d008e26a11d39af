// Products of a few rows with weights in panels, for decoding and prefill (formats and layouts: CKernels.h).
//
// A panel holds CK_PANEL outputs and is read once, front to back, for up to CK_PANEL_ROWS rows at a time. Each value
// y[r, o] is one chain of sums in order of the inputs (in groups of 32 for int8 and q4), whatever rows and panels are
// computed beside it, so that a row has the same bits alone and in a batch.
#include "CKernels.h"
#include "vector.h"

enum { group = 32, panel = CK_PANEL, int8_group_bytes = panel * (2 + group), q4_group_bytes = panel * (4 + group / 2) };

CK_INLINE long groups_of(long inputs) { return (inputs + group - 1) / group; }

long ck_panel_bytes(int format, long inputs) {
  switch (format) {
    case CK_F32: return inputs * panel * 4;
    case CK_BF16: return (inputs + 1) / 2 * panel * 4;
    case CK_INT8: return groups_of(inputs) * int8_group_bytes;
    default: return groups_of(inputs) * q4_group_bytes;
  }
}
long ck_input_bytes(int format, long inputs) {
  switch (format) {
    case CK_F32: return inputs * 4;
    case CK_BF16: return (inputs + 1) / 2 * 4;
    default: return groups_of(inputs) * (long)sizeof(ck_input_group);
  }
}

// ---- Blocks: tile[R][32] = R prepared rows times a panel

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4), may_alias));

/// f32 and bf16 for any machine: vectors of 16 that the compiler splits where they are narrower.
#define PLAIN_BLOCK(R)                                                                                                      \
  CK_KERNEL static void plain_f32_##R(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {       \
    const float *w = weights;                                                                                               \
    v16 s[R][2];                                                                                                            \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) s[i][0] = s[i][1] = (v16){0};                            \
    for (long k = 0; k < inputs; k++, w += panel)                                                                           \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                                                      \
        const float a = ((const float *)(x + i * stride))[k];                                                               \
        s[i][0] += a * *(const v16 *)w;                                                                                     \
        s[i][1] += a * *(const v16 *)(w + 16);                                                                              \
      }                                                                                                                     \
    for (int i = 0; i < R; i++) *(v16 *)(tile + i * panel) = s[i][0], *(v16 *)(tile + i * panel + 16) = s[i][1];            \
  }                                                                                                                         \
  CK_KERNEL static void plain_bf16_##R(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {      \
    const int32_t *w = weights;                                                                                             \
    v16 s[R][2];                                                                                                            \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) s[i][0] = s[i][1] = (v16){0};                            \
    for (long p = 0; p < (inputs + 1) / 2; p++, w += panel) {                                                               \
      const i16 w0 = *(const i16 *)w, w1 = *(const i16 *)(w + 16);                                                          \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                                                      \
        const uint32_t pair = ((const uint32_t *)(x + i * stride))[p], bits[2] = {pair << 16, pair & 0xFFFF0000};           \
        float a[2];                                                                                                         \
        memcpy(a, bits, 8);                                                                                                 \
        s[i][0] += a[0] * (v16)(w0 << 16);                                                                                  \
        s[i][1] += a[0] * (v16)(w1 << 16);                                                                                  \
        s[i][0] += a[1] * (v16)(w0 & -65536);                                                                               \
        s[i][1] += a[1] * (v16)(w1 & -65536);                                                                               \
      }                                                                                                                     \
    }                                                                                                                       \
    for (int i = 0; i < R; i++) *(v16 *)(tile + i * panel) = s[i][0], *(v16 *)(tile + i * panel + 16) = s[i][1];            \
  }
PLAIN_BLOCK(1)
PLAIN_BLOCK(2)

CK_INLINE void widen_halves(const uint16_t *x, float *y) {
  for (int j = 0; j < panel; j++) {
    const uint32_t sign = (uint32_t)(x[j] & 0x8000) << 16, exponent = (x[j] >> 10) & 31, mantissa = x[j] & 0x3FF;
    const uint32_t bits = sign | (exponent == 31 ? 0x7F800000 : (exponent + 112) << 23) | mantissa << 13;
    float normal;
    memcpy(&normal, &bits, 4);
    const float small = (float)mantissa * 0x1p-24f;
    y[j] = exponent == 0 ? (sign ? -small : small) : normal;
  }
}
/// The integer sums of a quad of inputs: s[o] += Σ w[4 o + i] x[i].
CK_INLINE void add_quad(const uint8_t *w, int shift, int mask, const int8_t *x, int32_t *s) {
  for (int j = 0; j < panel; j++)
    s[j] += ((w[4 * j] >> shift) & mask) * x[0] + ((w[4 * j + 1] >> shift) & mask) * x[1] + ((w[4 * j + 2] >> shift) & mask) * x[2] +
            ((w[4 * j + 3] >> shift) & mask) * x[3];
}
CK_KERNEL static void plain_int8_1(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {
  (void)stride;
  const uint8_t *w = weights;
  const ck_input_group *in = (const ck_input_group *)x;
  for (int j = 0; j < panel; j++) tile[j] = 0;
  for (long g = 0; g < groups_of(inputs); g++, w += int8_group_bytes, in++) {
    float scale[panel];
    int32_t s[panel];
    widen_halves((const uint16_t *)w, scale);
    for (int j = 0; j < panel; j++) s[j] = in->offset;
    for (int q = 0; q < group / 4; q++) add_quad(w + panel * 2 + q * panel * 4, 0, 255, in->x + 4 * q, s);
    for (int j = 0; j < panel; j++) tile[j] += (float)s[j] * (scale[j] * in->scale);
  }
}
CK_KERNEL static void plain_q4_1(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {
  (void)stride;
  const uint8_t *w = weights;
  const ck_input_group *in = (const ck_input_group *)x;
  for (int j = 0; j < panel; j++) tile[j] = 0;
  for (long g = 0; g < groups_of(inputs); g++, w += q4_group_bytes, in++) {
    float scale[panel], least[panel];
    int32_t s[panel] = {0};
    widen_halves((const uint16_t *)w, scale);
    widen_halves((const uint16_t *)w + panel, least);
    for (int q = 0; q < group / 8; q++) {
      add_quad(w + panel * 4 + q * panel * 4, 0, 15, in->x + 4 * q, s);
      add_quad(w + panel * 4 + q * panel * 4, 4, 15, in->x + 16 + 4 * q, s);
    }
    for (int j = 0; j < panel; j++) {
      tile[j] += (float)s[j] * (scale[j] * in->scale);
      tile[j] += least[j] * in->sum;
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>
#define F512 __attribute__((target("avx512f")))
#define BF512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define ROWS(i) _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++)
// No software prefetch: a panel is one stream, which the machine foresees; asking for lines in advance was measured to cost
// a third of the speed out of L3 and of memory.
#define STORE_TILE(s) ROWS(i) { _mm512_storeu_ps(tile + i * panel, s[i][0]); _mm512_storeu_ps(tile + i * panel + 16, s[i][1]); }

#define F32_BLOCK(ROWS_)                                                                                                    \
  F512 static void f32_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {              \
    enum { R = ROWS_ };                                                                                                     \
    const float *w = weights;                                                                                               \
    __m512 s[R][2];                                                                                                         \
    ROWS(i) s[i][0] = s[i][1] = _mm512_setzero_ps();                                                                        \
    for (long k = 0; k < inputs; k++, w += panel) {                                                                         \
      const __m512 w0 = _mm512_loadu_ps(w), w1 = _mm512_loadu_ps(w + 16);                                                   \
      ROWS(i) {                                                                                                             \
        const __m512 a = _mm512_set1_ps(((const float *)(x + i * stride))[k]);                                              \
        s[i][0] = _mm512_fmadd_ps(a, w0, s[i][0]);                                                                          \
        s[i][1] = _mm512_fmadd_ps(a, w1, s[i][1]);                                                                          \
      }                                                                                                                     \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
F32_BLOCK(1)
F32_BLOCK(2)
F32_BLOCK(4)
F32_BLOCK(8)
F32_BLOCK(12)

#define BF16_BLOCK(ROWS_)                                                                                                   \
  BF512 static void bf16_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {            \
    enum { R = ROWS_ };                                                                                                     \
    const uint32_t *w = weights;                                                                                            \
    __m512 s[R][2];                                                                                                         \
    ROWS(i) s[i][0] = s[i][1] = _mm512_setzero_ps();                                                                        \
    for (long p = 0; p < (inputs + 1) / 2; p++, w += panel) {                                                               \
      const __m512bh w0 = (__m512bh)_mm512_loadu_si512(w), w1 = (__m512bh)_mm512_loadu_si512(w + 16);                       \
      ROWS(i) {                                                                                                             \
        const __m512bh a = (__m512bh)_mm512_set1_epi32(((const int *)(x + i * stride))[p]);                                 \
        s[i][0] = _mm512_dpbf16_ps(s[i][0], a, w0);                                                                         \
        s[i][1] = _mm512_dpbf16_ps(s[i][1], a, w1);                                                                         \
      }                                                                                                                     \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
BF16_BLOCK(1)
BF16_BLOCK(2)
BF16_BLOCK(4)
BF16_BLOCK(8)
BF16_BLOCK(12)

/// Two panels that follow each other, for one row: four chains hide the latency of a sum that two would wait for.
F512 static void f32_pair(const void *weights, long inputs, const uint8_t *x, float *tile) {
  const float *w = weights, *v = w + inputs * panel;
  __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
  for (long k = 0; k < inputs; k++, w += panel, v += panel) {
    const __m512 a = _mm512_set1_ps(((const float *)x)[k]);
    s0 = _mm512_fmadd_ps(a, _mm512_loadu_ps(w), s0);
    s1 = _mm512_fmadd_ps(a, _mm512_loadu_ps(w + 16), s1);
    s2 = _mm512_fmadd_ps(a, _mm512_loadu_ps(v), s2);
    s3 = _mm512_fmadd_ps(a, _mm512_loadu_ps(v + 16), s3);
  }
  _mm512_storeu_ps(tile, s0), _mm512_storeu_ps(tile + 16, s1), _mm512_storeu_ps(tile + 32, s2), _mm512_storeu_ps(tile + 48, s3);
}
BF512 static void bf16_pair(const void *weights, long inputs, const uint8_t *x, float *tile) {
  const long pairs = (inputs + 1) / 2;
  const uint32_t *w = weights, *v = w + pairs * panel;
  __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
  for (long p = 0; p < pairs; p++, w += panel, v += panel) {
    const __m512bh a = (__m512bh)_mm512_set1_epi32(((const int *)x)[p]);
    s0 = _mm512_dpbf16_ps(s0, a, (__m512bh)_mm512_loadu_si512(w));
    s1 = _mm512_dpbf16_ps(s1, a, (__m512bh)_mm512_loadu_si512(w + 16));
    s2 = _mm512_dpbf16_ps(s2, a, (__m512bh)_mm512_loadu_si512(v));
    s3 = _mm512_dpbf16_ps(s3, a, (__m512bh)_mm512_loadu_si512(v + 16));
  }
  _mm512_storeu_ps(tile, s0), _mm512_storeu_ps(tile + 16, s1), _mm512_storeu_ps(tile + 32, s2), _mm512_storeu_ps(tile + 48, s3);
}

#define INPUT(i) ((const ck_input_group *)(x + i * stride) + g)
#define QUAD(i, q) _mm512_set1_epi32(((const int32_t *)INPUT(i)->x)[q])
#define SCALE_SUMS                                                                                                          \
  ROWS(i) {                                                                                                                 \
    const __m512 by = _mm512_set1_ps(INPUT(i)->scale);                                                                      \
    s[i][0] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(a[i][0]), _mm512_mul_ps(d0, by), s[i][0]);                                 \
    s[i][1] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(a[i][1]), _mm512_mul_ps(d1, by), s[i][1]);                                 \
  }
#define INT8_BLOCK(ROWS_)                                                                                                   \
  VNNI static void int8_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {             \
    enum { R = ROWS_ };                                                                                                     \
    const uint8_t *w = weights;                                                                                             \
    __m512 s[R][2];                                                                                                         \
    ROWS(i) s[i][0] = s[i][1] = _mm512_setzero_ps();                                                                        \
    for (long g = 0; g < groups_of(inputs); g++, w += int8_group_bytes) {                                                   \
      __m512i a[R][2];                                                                                                      \
      ROWS(i) a[i][0] = a[i][1] = _mm512_set1_epi32(INPUT(i)->offset);                                                      \
      const __m512 d0 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)w)), d1 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(w + 32))); \
      _Pragma("clang loop unroll(full)") for (int q = 0; q < group / 4; q++) {                                              \
        const uint8_t *at = w + panel * 2 + q * panel * 4;                                                                  \
        const __m512i w0 = _mm512_loadu_si512(at), w1 = _mm512_loadu_si512(at + 64);                                        \
        ROWS(i) {                                                                                                           \
          const __m512i quad = QUAD(i, q);                                                                                  \
          a[i][0] = _mm512_dpbusd_epi32(a[i][0], w0, quad);                                                                 \
          a[i][1] = _mm512_dpbusd_epi32(a[i][1], w1, quad);                                                                 \
        }                                                                                                                   \
      }                                                                                                                     \
      SCALE_SUMS                                                                                                            \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
INT8_BLOCK(1)
INT8_BLOCK(2)
INT8_BLOCK(4)
INT8_BLOCK(6)

#define Q4_BLOCK(ROWS_)                                                                                                     \
  VNNI static void q4_##ROWS_(const void *weights, long inputs, const uint8_t *x, long stride, float *tile) {               \
    enum { R = ROWS_ };                                                                                                     \
    const uint8_t *w = weights;                                                                                             \
    const __m512i low = _mm512_set1_epi8(15);                                                                               \
    __m512 s[R][2];                                                                                                         \
    ROWS(i) s[i][0] = s[i][1] = _mm512_setzero_ps();                                                                        \
    for (long g = 0; g < groups_of(inputs); g++, w += q4_group_bytes) {                                                     \
      __m512i a[R][2];                                                                                                      \
      ROWS(i) a[i][0] = a[i][1] = _mm512_setzero_si512();                                                                   \
      const __m512 d0 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)w)), d1 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(w + 32))); \
      const __m512 m0 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(w + 64))), m1 = _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(w + 96))); \
      _Pragma("clang loop unroll(full)") for (int q = 0; q < group / 8; q++) {                                              \
        const uint8_t *at = w + panel * 4 + q * panel * 4;                                                                  \
        const __m512i v0 = _mm512_loadu_si512(at), v1 = _mm512_loadu_si512(at + 64);                                        \
        const __m512i l0 = _mm512_and_si512(v0, low), l1 = _mm512_and_si512(v1, low);                                       \
        const __m512i h0 = _mm512_and_si512(_mm512_srli_epi16(v0, 4), low), h1 = _mm512_and_si512(_mm512_srli_epi16(v1, 4), low); \
        ROWS(i) {                                                                                                           \
          const __m512i first = QUAD(i, q), second = QUAD(i, q + 4);                                                        \
          a[i][0] = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(a[i][0], l0, first), h0, second);                               \
          a[i][1] = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(a[i][1], l1, first), h1, second);                               \
        }                                                                                                                   \
      }                                                                                                                     \
      SCALE_SUMS                                                                                                            \
      ROWS(i) {                                                                                                             \
        const __m512 sum = _mm512_set1_ps(INPUT(i)->sum);                                                                   \
        s[i][0] = _mm512_fmadd_ps(m0, sum, s[i][0]);                                                                        \
        s[i][1] = _mm512_fmadd_ps(m1, sum, s[i][1]);                                                                        \
      }                                                                                                                     \
    }                                                                                                                       \
    STORE_TILE(s)                                                                                                           \
  }
Q4_BLOCK(1)
Q4_BLOCK(2)
Q4_BLOCK(4)
Q4_BLOCK(6)
#endif

// ---- Choice of blocks

typedef void (*block)(const void *weights, long inputs, const uint8_t *x, long stride, float *tile);
typedef void (*pair_block)(const void *weights, long inputs, const uint8_t *x, float *tile);
typedef struct {
  int count, rows[5];   // largest first, down to 1
  block of[5];
  pair_block pair;      // null where one panel fills the machine
} block_set;

static block_set blocks_for(int format, int level) {
#if defined(__x86_64__)
  if (format == CK_F32 && level >= 2) return (block_set){5, {12, 8, 4, 2, 1}, {f32_12, f32_8, f32_4, f32_2, f32_1}, f32_pair};
  if (format == CK_BF16 && level >= 3) return (block_set){5, {12, 8, 4, 2, 1}, {bf16_12, bf16_8, bf16_4, bf16_2, bf16_1}, bf16_pair};
  if (format == CK_INT8 && level >= 3) return (block_set){4, {6, 4, 2, 1}, {int8_6, int8_4, int8_2, int8_1}, 0};
  if (format == CK_Q4 && level >= 3) return (block_set){4, {6, 4, 2, 1}, {q4_6, q4_4, q4_2, q4_1}, 0};
#endif
  switch (format) {
    case CK_F32: return (block_set){2, {2, 1}, {plain_f32_2, plain_f32_1}, 0};
    case CK_BF16: return (block_set){2, {2, 1}, {plain_bf16_2, plain_bf16_1}, 0};
    case CK_INT8: return (block_set){1, {1}, {plain_int8_1}, 0};
    default: return (block_set){1, {1}, {plain_q4_1}, 0};
  }
}

int ck_panel_level(void) {
  const int level = ck_level();
#if defined(__x86_64__)
  if (level == 2 && ck_bf16_available() && __builtin_cpu_supports("avx512vnni")) return 3;
#endif
  return level;
}

// ---- What becomes of a tile

/// The part of a row of y that the last panel has: copied to a whole one and back.
CK_INLINE float *whole(float *y, long n, float *copy) {
  if (n >= panel) return y;
  memcpy(copy, y, (size_t)n * sizeof(float));
  return copy;
}
CK_KERNEL static void finish(const ck_panels *m, int epilogue, const float *tile, long r0, long rows, long first, float *y, long stride) {
  const long n = m->outputs - first;
  float rest[panel] = {0}, bias[panel] = {0};
  if (m->bias) memcpy(bias, m->bias + first, (size_t)(n < panel ? n : panel) * sizeof(float));
  for (long r = 0; r < rows; r++, tile += panel) {
    float *row = y + (r0 + r) * stride + first, *out = whole(row, n, rest);
    v16 s0 = *(const v16 *)tile + *(const v16 *)bias, s1 = *(const v16 *)(tile + 16) + *(const v16 *)(bias + 16);
    if (epilogue == CK_ADD) {
      s0 += *(const v16 *)out;
      s1 += *(const v16 *)(out + 16);
    }
    *(v16 *)out = s0;
    *(v16 *)(out + 16) = s1;
    if (n < panel) memcpy(row, rest, (size_t)n * sizeof(float));
  }
}
/// Panels 2i and 2i + 1 are 32 rows of a gate and of its partner: gates[R][32], ups[R][32].
CK_KERNEL static void finish_gated(const ck_panels *m, const float *restrict gates, const float *restrict ups, long r0, long rows, long first,
                                   float *restrict y, long stride) {
  const long n = m->outputs - first;
  float rest[panel];
  for (long r = 0; r < rows; r++, gates += panel, ups += panel) {
    float *restrict row = y + (r0 + r) * stride + first, *restrict out = n < panel ? rest : row;
    for (long j = 0; j < panel; j++) out[j] = gates[j] * ck_sigmoid(gates[j]) * ups[j];
    if (n < panel) memcpy(row, rest, (size_t)n * sizeof(float));
  }
}

enum { most_rows = 12, large = 4 << 20 };

void ck_panels_rows(int level, const ck_panels *m, const void *prepared, long rows, int epilogue, long from, long to, float *y, long stride) {
  const block_set set = blocks_for(m->format, level < 0 ? ck_panel_level() : level);
  const long bytes = ck_panel_bytes(m->format, m->inputs), x_stride = ck_input_bytes(m->format, m->inputs);
  const uint8_t *weights = m->data, *x = prepared;
  _Alignas(64) float tile[2 * most_rows * panel];
  const int gated = epilogue == CK_GATED;
  // Units: a panel, or with gates a pair of panels.
  for (long u = from; u < to; u++) {
    const uint8_t *w = weights + (gated ? 2 * u : u) * bytes;
    for (long r = 0; r < rows;) {
      int b = 0;
      while (set.rows[b] > rows - r) b++;
      const int n = set.rows[b];
      if (n == 1 && set.pair && (gated || u + 1 < to) && rows == 1) {
        set.pair(w, m->inputs, x, tile);
        if (!gated) {
          finish(m, epilogue, tile, 0, 1, u * panel, y, stride);
          finish(m, epilogue, tile + panel, 0, 1, (u + 1) * panel, y, stride);
          u++;
          break;
        }
        finish_gated(m, tile, tile + panel, 0, 1, u * panel, y, stride);
        break;
      }
      set.of[b](w, m->inputs, x + r * x_stride, x_stride, tile);
      if (gated) {
        set.of[b](w + bytes, m->inputs, x + r * x_stride, x_stride, tile + most_rows * panel);
        finish_gated(m, tile, tile + most_rows * panel, r, n, u * panel, y, stride);
      } else {
        finish(m, epilogue, tile, r, n, u * panel, y, stride);
      }
      r += n;
    }
  }
}

typedef struct { const ck_panels *m; const void *x; long rows, units, each, stride; int epilogue; float *y; } panels_job;
static void panels_part(long index, void *context) {
  const panels_job *j = context;
  const long from = index * j->each, to = from + j->each < j->units ? from + j->each : j->units;
  ck_panels_rows(-1, j->m, j->x, j->rows, j->epilogue, from, to, j->y, j->stride);
}
void ck_panels_multiply(const ck_panels *m, const void *prepared, long rows, int epilogue, float *y, long stride) {
  // Parts may depend on the threads: no value is computed across them. One for each thread, since the machine's prefetch begins
  // anew in each; of large matrices several, so that a thread that was held up does less. Even numbers keep pairs together.
  const long units = (m->outputs + panel - 1) / panel, bytes = ck_panel_bytes(m->format, m->inputs);
  const long parts_wanted = ck_threads() * (units * bytes * rows > large ? 4 : 1);
  long each = (units + parts_wanted - 1) / parts_wanted;
  each += each % 2;
  panels_job job = {m, prepared, rows, units, each, stride, epilogue, y};
  const long parts = (units + each - 1) / each;
  if (rows * bytes * units < 16384) {
    for (long i = 0; i < parts; i++) panels_part(i, &job);
  } else {
    ck_parallel_for(parts, panels_part, &job);
  }
}
