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

CK_KERNEL void ck_attend_cached(const float *restrict query, const float *restrict keys, const float *restrict values, long visible,
                                long stride, long width, float scale, float *restrict out) {
  CK_REASSOCIATE
  float scores[positions_a_block], best = -INFINITY, sum = 0;
  for (long j = 0; j < width; j++) out[j] = 0;
  for (long p0 = 0; p0 < visible; p0 += positions_a_block) {
    const long n = visible - p0 < positions_a_block ? visible - p0 : positions_a_block;
    float m = best;
    for (long p = 0; p < n; p++) {
      const float *restrict k = keys + (p0 + p) * stride;
      float s = 0;
      for (long j = 0; j < width; j++) s += query[j] * k[j];
      scores[p] = s * scale;
      m = scores[p] > m ? scores[p] : m;
    }
    const float correction = ck_expf(best - m);
    best = m;
    sum *= correction;
    if (correction != 1.0f) for (long j = 0; j < width; j++) out[j] *= correction;
    for (long p = n; p < positions_a_block; p++) scores[p] = -INFINITY;
    float total = 0;
    for (long p = 0; p < positions_a_block; p++) {
      scores[p] = ck_expf(scores[p] - m);
      total += scores[p];
    }
    sum += total;
    for (long p = 0; p < n; p++) {
      const float *restrict v = values + (p0 + p) * stride;
      const float weight = scores[p];
      for (long j = 0; j < width; j++) out[j] += weight * v[j];
    }
  }
  const float k = 1.0f / sum;
  for (long j = 0; j < width; j++) out[j] *= k;
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
