// Kernels for decoding: no graph, no allocation, every row's bits independent of the other rows and of the threads.
#include "CKernels.h"
#include "vector.h"

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

#define REDUCE4(v, t) t = (v[0] + v[2]) + (v[1] + v[3])
#define REDUCE8(v, t)                                                                                                    \
  do {                                                                                                                   \
    const v4 f = __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);                  \
    REDUCE4(f, t);                                                                                                       \
  } while (0)
#define REDUCE16(v, t)                                                                                                   \
  do {                                                                                                                   \
    const v8 e = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15); \
    REDUCE8(e, t);                                                                                                       \
  } while (0)

#if defined(__x86_64__)
#define NAME linear_avx512
#define TARGET __attribute__((target("avx512f")))
#define VECTOR v16
#define LANES 16
#define REDUCE REDUCE16
#include "linear_rows.inc"
#define NAME linear_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define VECTOR v8
#define LANES 8
#define REDUCE REDUCE8
#include "linear_rows.inc"
#endif
#define NAME linear_plain
#define TARGET
#define VECTOR v4
#define LANES 4
#define REDUCE REDUCE4
#include "linear_rows.inc"

void ck_linear_rows(int level, const float *x, long rows, const float *weight, const float *bias, long inputs, long outputs,
                    long from, long to, float *y) {
  static int best = -1;
  if (level < 0) {
    if (best < 0) best = ck_level();
    level = best;
  }
#if defined(__x86_64__)
  if (level == 2) return linear_avx512(x, rows, weight, bias, inputs, outputs, from, to, y);
  if (level == 1) return linear_avx2(x, rows, weight, bias, inputs, outputs, from, to, y);
#endif
  linear_plain(x, rows, weight, bias, inputs, outputs, from, to, y);
}

typedef struct { const float *x, *weight, *bias; long rows, inputs, outputs; float *y; } linear_job;
enum { outputs_a_job = 64, serial_below = 65536, positions_a_block = 64 };

static void linear_part(long index, void *context) {
  const linear_job *j = context;
  const long from = index * outputs_a_job, to = from + outputs_a_job < j->outputs ? from + outputs_a_job : j->outputs;
  ck_linear_rows(-1, j->x, j->rows, j->weight, j->bias, j->inputs, j->outputs, from, to, j->y);
}
void ck_linear(const float *x, long rows, const float *weight, const float *bias, long inputs, long outputs, float *y) {
  linear_job job = {x, weight, bias, rows, inputs, outputs, y};
  const long parts = (outputs + outputs_a_job - 1) / outputs_a_job;
  if (rows * inputs * outputs < serial_below) {
    for (long i = 0; i < parts; i++) linear_part(i, &job);
  } else {
    ck_parallel_for(parts, linear_part, &job);
  }
}

CK_KERNEL void ck_rms_norm_rows(const float *x, const float *restrict weight, float *y, long rows, long width, float epsilon) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float s = 0;
    for (long j = 0; j < width; j++) s += x[j] * x[j];
    const float k = 1.0f / __builtin_sqrtf(s / (float)width + epsilon);
    for (long j = 0; j < width; j++) y[j] = x[j] * k * weight[j];
  }
}
CK_KERNEL void ck_silu_multiply(const float *gate, const float *up, float *y, long n) {
  for (long i = 0; i < n; i++) y[i] = gate[i] * ck_sigmoid(gate[i]) * up[i];
}

CK_KERNEL void ck_rotate_rows(float *x, long rows, long heads, long width, const float *cosines, const float *sines) {
  const long half = width / 2;
  for (long r = 0; r < rows; r++, cosines += half, sines += half)
    for (long h = 0; h < heads; h++, x += width)
      for (long j = 0; j < half; j++) {
        const float a = x[j], b = x[j + half];
        x[j] = a * cosines[j] - b * sines[j];
        x[j + half] = b * cosines[j] + a * sines[j];
      }
}

/// Lanes of a and b summed in halves of GROUP lanes: two vectors with sums of GROUP lanes become one of GROUP / 2.
#define FOLD8(a, b) (__builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) + \
                     __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#define FOLD4(a, b) (__builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27) + \
                     __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
#define FOLD2(a, b) (__builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) + \
                     __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
#define FOLD1(a, b) (__builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30) + \
                     __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))

/// scores[i] = query · keys[i] for 16 positions, width a multiple of 16.
CK_INLINE void sixteen_scores(const float *query, const float *keys, long stride, long width, float scale, float *scores) {
  v16 s[16];
  for (int i = 0; i < 16; i++) s[i] = *(const v16 *)query * *(const v16 *)(keys + i * stride);
  for (long j = 16; j < width; j += 16)
    for (int i = 0; i < 16; i++) s[i] += *(const v16 *)(query + j) * *(const v16 *)(keys + i * stride + j);
  // Lane 8 a + 4 b + 2 c + d of the result is the sum of s[a + 2 b + 4 c + 8 d]: each fold takes the next bit.
  for (int i = 0; i < 8; i++) s[i] = FOLD8(s[2 * i], s[2 * i + 1]);
  for (int i = 0; i < 4; i++) s[i] = FOLD4(s[2 * i], s[2 * i + 1]);
  for (int i = 0; i < 2; i++) s[i] = FOLD2(s[2 * i], s[2 * i + 1]);
  const v16 t = FOLD1(s[0], s[1]);
  *(v16 *)scores = scale * __builtin_shufflevector(t, t, 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15);
}

/// See the header. Inlined with a constant width where it is a common one, so that the sums stay in registers.
CK_INLINE void attend(const float *restrict query, const float *restrict keys, const float *restrict values, long visible,
                      long stride, const long width, float scale, float *restrict out) {
  CK_REASSOCIATE
  float scores[positions_a_block], best = -INFINITY, sum = 0;
  for (long j = 0; j < width; j++) out[j] = 0;
  for (long p0 = 0; p0 < visible; p0 += positions_a_block) {
    const long n = visible - p0 < positions_a_block ? visible - p0 : positions_a_block;
    const float *k = keys + p0 * stride, *v = values + p0 * stride;
    for (long p = 0; p < n;) {
      // A score has the same bits in a group of 16 and in a rest: the rest repeats its last position to fill a group.
      if (width % 16 == 0 && p + 16 <= n) {
        sixteen_scores(query, k + p * stride, stride, width, scale, scores + p);
        p += 16;
      } else if (width % 16 == 0) {
        float group[16];
        float copy[16 * CK_MAX_HEAD];
        for (long i = 0; i < 16; i++) memcpy(copy + i * width, k + (p + i < n ? p + i : n - 1) * stride, (size_t)width * sizeof(float));
        sixteen_scores(query, copy, width, width, scale, group);
        for (long i = 0; p + i < n; i++) scores[p + i] = group[i];
        p = n;
      } else {
        float s = 0;
        for (long j = 0; j < width; j++) s += query[j] * k[p * stride + j];
        scores[p++] = s * scale;
      }
    }
    float m = best;
    for (long p = 0; p < n; p++) m = scores[p] > m ? scores[p] : m;
    const float correction = ck_expf(best - m);
    best = m;
    sum *= correction;
    for (long p = n; p < positions_a_block; p++) scores[p] = -INFINITY;
    float total = 0;
    for (long p = 0; p < positions_a_block; p++) {
      scores[p] = ck_expf(scores[p] - m);
      total += scores[p];
    }
    sum += total;
    if (width % 16 == 0) {
      for (long j = 0; j < width; j += 16) {
        v16 even = correction * *(v16 *)(out + j), odd = {0};
        long p = 0;
        for (; p + 2 <= n; p += 2) {
          even += scores[p] * *(const v16 *)(v + p * stride + j);
          odd += scores[p + 1] * *(const v16 *)(v + (p + 1) * stride + j);
        }
        if (p < n) even += scores[p] * *(const v16 *)(v + p * stride + j);
        *(v16 *)(out + j) = even + odd;
      }
    } else {
      for (long j = 0; j < width; j++) out[j] *= correction;
      for (long p = 0; p < n; p++)
        for (long j = 0; j < width; j++) out[j] += scores[p] * v[p * stride + j];
    }
  }
  const float k = 1.0f / sum;
  for (long j = 0; j < width; j++) out[j] *= k;
}
CK_KERNEL void ck_attend_cached(const float *query, const float *keys, const float *values, long visible, long stride, long width,
                                float scale, float *out) {
  if (width == 32) attend(query, keys, values, visible, stride, 32, scale, out);
  else if (width == 64) attend(query, keys, values, visible, stride, 64, scale, out);
  else attend(query, keys, values, visible, stride, width, scale, out);
}

typedef struct {
  const float *query, *keys, *values;
  long first, heads, key_heads, width;
  float *out;
} attend_job;
static void attend_part(long index, void *context) {
  const attend_job *j = context;
  const long row = index / j->heads, head = index % j->heads, shared = head / (j->heads / j->key_heads);
  ck_attend_cached(j->query + index * j->width, j->keys + shared * j->width, j->values + shared * j->width, j->first + row + 1,
                   j->key_heads * j->width, j->width, 1.0f / __builtin_sqrtf((float)j->width), j->out + index * j->width);
}
void ck_attend_rows(const float *query, long rows, long first, const float *keys, const float *values, long heads, long key_heads,
                    long width, float *out) {
  attend_job job = {query, keys, values, first, heads, key_heads, width, out};
  if (rows * heads * width * (first + rows) < serial_below) {
    for (long i = 0; i < rows * heads; i++) attend_part(i, &job);
  } else {
    ck_parallel_for(rows * heads, attend_part, &job);
  }
}
