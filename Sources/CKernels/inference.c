// Decoding apart from the products: norms, rotary positions, attention over a cache. No graph, no allocation; a row has the
// same bits alone and in a batch, whatever the threads.
#include "CKernels.h"
#include "vector.h"

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

enum { serial_below = 16384, positions_a_block = 64, rows_a_block = 8 };

CK_KERNEL void ck_rms_norm_rows(const float *x, const float *restrict weight, float *y, long rows, long width, float epsilon) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float s = 0;
    for (long j = 0; j < width; j++) s += x[j] * x[j];
    const float k = 1.0f / __builtin_sqrtf(s / (float)width + epsilon);
    for (long j = 0; j < width; j++) y[j] = x[j] * k * weight[j];
  }
}

CK_INLINE void rotate(float *restrict x, long half, const float *restrict cosines, const float *restrict sines) {
  for (long j = 0; j < half; j++) {
    const float a = x[j], b = x[j + half];
    x[j] = a * cosines[j] - b * sines[j];
    x[j + half] = b * cosines[j] + a * sines[j];
  }
}
CK_KERNEL void ck_rotate_and_store(float *x, const ck_row *rows, long count, long stride, long heads, long key_heads, long width,
                                   long capacity, const float *cosines, const float *sines) {
  const long half = width / 2;
  for (long r = 0; r < count; r++, x += stride) {
    const long at = rows[r].position;
    if (cosines) for (long h = 0; h < heads + key_heads; h++) rotate(x + h * width, half, cosines + at * half, sines + at * half);
    const float *key = x + heads * width, *value = key + key_heads * width;
    for (long h = 0; h < key_heads; h++) {
      memcpy(rows[r].keys + (h * capacity + at) * width, key + h * width, (size_t)width * sizeof(float));
      memcpy(rows[r].values + (h * capacity + at) * width, value + h * width, (size_t)width * sizeof(float));
    }
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

/// scores[i] = scale * query · at[i] for 16 positions, width a multiple of 16. Four at a time: their sums fit into 8 registers
/// of AVX2.
CK_INLINE void sixteen_scores_at(const float *query, const float *const *at, const long width, float scale, float *scores) {
  v16 t[4];
  for (int g = 0; g < 4; g++) {
    v16 s[4];
    for (int i = 0; i < 4; i++) s[i] = *(const v16 *)query * *(const v16 *)at[4 * g + i];
    for (long j = 16; j < width; j += 16)
      for (int i = 0; i < 4; i++) s[i] += *(const v16 *)(query + j) * *(const v16 *)(at[4 * g + i] + j);
    const v16 first = FOLD8(s[0], s[1]), second = FOLD8(s[2], s[3]);
    t[g] = FOLD4(first, second);
  }
  // Lane 8 a + 4 b + 2 c + d of the result is the sum of position a + 2 b + 4 c + 8 d: each fold takes the next bit.
  const v16 first = FOLD2(t[0], t[1]), second = FOLD2(t[2], t[3]), all = FOLD1(first, second);
  *(v16 *)scores = scale * __builtin_shufflevector(all, all, 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15);
}
CK_INLINE void sixteen_scores(const float *query, const float *keys, long stride, const long width, float scale, float *scores) {
  const float *at[16];
  for (int i = 0; i < 16; i++) at[i] = keys + i * stride;
  sixteen_scores_at(query, at, width, scale, scores);
}
/// The same for the n < 16 last positions; what stands beyond n repeats the last.
CK_INLINE void last_scores(const float *query, const float *keys, long n, const long width, float scale, float *scores) {
  const float *at[16];
  for (long i = 0; i < 16; i++) at[i] = keys + (i < n ? i : n - 1) * width;
  sixteen_scores_at(query, at, width, scale, scores);
}

/// The running softmax of one row and head.
typedef struct { float best, sum; } running;

/// One block of n positions (at most 64) into a row's running sums. Inlined with a constant width where it is a common one, so
/// that the sums stay in registers.
CK_INLINE void attend_block(const float *restrict query, const float *restrict k, const float *restrict v, long n, const long width,
                            float scale, running *state, float *restrict out, const int wide) {
  CK_REASSOCIATE
  float scores[positions_a_block];
  for (long p = 0; p < n;) {
    // A score has the same bits in a group of 16 and in a rest: the rest repeats its last position to fill a group.
    if (width % 16 == 0 && p + 16 <= n) {
      sixteen_scores(query, k + p * width, width, width, scale, scores + p);
      p += 16;
    } else if (width % 16 == 0) {
      float rest[16];
      last_scores(query, k + p * width, n - p, width, scale, rest);
      for (long i = 0; p + i < n; i++) scores[p + i] = rest[i];
      p = n;
    } else {
      float s = 0;
      for (long j = 0; j < width; j++) s += query[j] * k[p * width + j];
      scores[p++] = s * scale;
    }
  }
  float m = state->best;
  for (long p = 0; p < n; p++) m = scores[p] > m ? scores[p] : m;
  const float correction = ck_expf(state->best - m);
  state->best = m;
  for (long p = n; p < positions_a_block; p++) scores[p] = -INFINITY;
  float total = 0;
  for (long p = 0; p < positions_a_block; p++) {
    scores[p] = ck_expf(scores[p] - m);
    total += scores[p];
  }
  state->sum = state->sum * correction + total;
  if (width % 16 == 0) {       // sums side by side, of even and of odd positions: chains enough to hide their latency
    const long some = width % 32 ? 16 : wide && width % 64 == 0 ? 64 : 32;
    for (long j = 0; j < width; j += some) {
      v16 even[4], odd[4];
      for (int l = 0; l < some / 16; l++) even[l] = correction * *(v16 *)(out + j + 16 * l), odd[l] = (v16){0};
      long p = 0;
      for (; p + 2 <= n; p += 2)
        for (int l = 0; l < some / 16; l++) {
          even[l] += scores[p] * *(const v16 *)(v + p * width + j + 16 * l);
          odd[l] += scores[p + 1] * *(const v16 *)(v + (p + 1) * width + j + 16 * l);
        }
      if (p < n) for (int l = 0; l < some / 16; l++) even[l] += scores[p] * *(const v16 *)(v + p * width + j + 16 * l);
      for (int l = 0; l < some / 16; l++) *(v16 *)(out + j + 16 * l) = even[l] + odd[l];
    }
  } else {
    for (long j = 0; j < width; j++) out[j] *= correction;
    for (long p = 0; p < n; p++)
      for (long j = 0; j < width; j++) out[j] += scores[p] * v[p * width + j];
  }
}
/// Rows of one sequence (at most rows_a_block) and one head: blocks of positions outermost, so that the cache is read once.
CK_INLINE void attend(const float *queries, long stride, const ck_row *rows, long count, const float *keys, const float *values,
                      const long width, float *out, long out_stride, const int wide) {
  const float scale = 1.0f / __builtin_sqrtf((float)width);
  running state[rows_a_block];
  long last = 0;
  for (long r = 0; r < count; r++) {
    state[r] = (running){-INFINITY, 0};
    for (long j = 0; j < width; j++) out[r * out_stride + j] = 0;
    last = rows[r].position > last ? rows[r].position : last;
  }
  for (long p0 = 0; p0 <= last; p0 += positions_a_block)
    for (long r = 0; r < count; r++) {
      const long left = rows[r].position + 1 - p0;
      if (left > 0)
        attend_block(queries + r * stride, keys + p0 * width, values + p0 * width, left < positions_a_block ? left : positions_a_block,
                     width, scale, state + r, out + r * out_stride, wide);
    }
  for (long r = 0; r < count; r++) {
    const float k = 1.0f / state[r].sum;
    for (long j = 0; j < width; j++) out[r * out_stride + j] *= k;
  }
}
/// A width that is common is a constant inside, so that sums stay in registers.
#define ATTEND(NAME, TARGET, WIDE)         \
  TARGET static void NAME(const float *queries, long stride, const ck_row *rows, long count, const float *keys, const float *values, \
                          long width, float *out, long out_stride) {                                                        \
    if (width == 32) attend(queries, stride, rows, count, keys, values, 32, out, out_stride, WIDE);                         \
    else if (width == 64) attend(queries, stride, rows, count, keys, values, 64, out, out_stride, WIDE);                    \
    else if (width == 128) attend(queries, stride, rows, count, keys, values, 128, out, out_stride, WIDE);                  \
    else attend(queries, stride, rows, count, keys, values, width, out, out_stride, WIDE);                                  \
  }
#if defined(__x86_64__)
ATTEND(attend_avx512, __attribute__((target("avx512f"))), 1)
ATTEND(attend_avx2, __attribute__((target("avx2,fma"))), 0)
#endif
ATTEND(attend_plain, , 0)
static void attend_any(const float *queries, long stride, const ck_row *rows, long count, const float *keys, const float *values,
                       long width, float *out, long out_stride) {
#if defined(__x86_64__)
  const int level = ck_level();
  if (level == 2) return attend_avx512(queries, stride, rows, count, keys, values, width, out, out_stride);
  if (level == 1) return attend_avx2(queries, stride, rows, count, keys, values, width, out, out_stride);
#endif
  attend_plain(queries, stride, rows, count, keys, values, width, out, out_stride);
}

typedef struct {
  const float *queries;
  const ck_row *rows;
  long count, stride, heads, key_heads, width, capacity;
  float *out;
} attend_job;
/// A unit is a head of a block of rows; the block is cut where another sequence begins.
static void attend_part(long index, void *context) {
  const attend_job *j = context;
  const long first = index / j->heads * rows_a_block, head = index % j->heads, shared = head / (j->heads / j->key_heads);
  const long end = first + rows_a_block < j->count ? first + rows_a_block : j->count, offset = shared * j->capacity * j->width;
  for (long from = first, to; from < end; from = to) {
    for (to = from + 1; to < end && j->rows[to].keys == j->rows[from].keys;) to++;
    attend_any(j->queries + from * j->stride + head * j->width, j->stride, j->rows + from, to - from, j->rows[from].keys + offset,
               j->rows[from].values + offset, j->width, j->out + (from * j->heads + head) * j->width, j->heads * j->width);
  }
}
void ck_attend_rows(const float *queries, long stride, const ck_row *rows, long count, long heads, long key_heads, long width,
                    long capacity, float *out) {
  attend_job job = {queries, rows, count, stride, heads, key_heads, width, capacity, out};
  const long units = (count + rows_a_block - 1) / rows_a_block * heads;
  long work = 0;
  for (long r = 0; r < count; r++) work += (rows[r].position + 1) * heads * width;
  if (work < serial_below) for (long i = 0; i < units; i++) attend_part(i, &job);
  else ck_parallel_for(units, attend_part, &job);
}
