// Decoding apart from the products: norms, rotary positions, attention over a cache. No graph, no allocation; a row has the
// same bits alone and in a batch, whatever the threads.
#include "CKernels.h"
#include "vector.h"

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

enum { serial_below = 16384, lanes = CK_LANES, positions_a_block = CK_POSITIONS, rows_a_block = 12 };

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
    const long turn = rows[r].position * half, at = rows[r].place;
    if (cosines) for (long h = 0; h < heads + key_heads; h++) rotate(x + h * width, half, cosines + turn, sines + turn);
    const float *key = x + heads * width, *value = key + key_heads * width;
    for (long h = 0; h < key_heads; h++) {
      float *own = rows[r].keys + (h * capacity + at / lanes * lanes) * width + at % lanes;
      for (long j = 0; j < width; j++) own[j * lanes] = key[h * width + j];
      memcpy(rows[r].values + (h * capacity + at) * width, value + h * width, (size_t)width * sizeof(float));
    }
  }
}

// ---- Attention over a cache
//
// Keys lie in blocks of 16 positions, [capacity / 16][width][16]: a vector is one channel of 16 keys, so that no sum goes across
// lanes. Each score is one chain over the channels, each mixed value one over the positions, however many rows are at work.

/// A row of one head, and its running softmax over blocks of positions.
typedef struct {
  const float *query;
  float *out;
  long left;                                      // positions of the block that it sees
  float best, sum, correction;
  float scores[positions_a_block];
} attending;

/// Scores of R rows with NB times 16 keys, from position p of the block on.
#define SCORES(NAME, R, NB)                                                                                                 \
  CK_INLINE void NAME(attending *const *rows, const float *keys, long p, const long width, float scale) {                   \
    v16 s[R][NB];                                                                                                           \
    const float *query[R];                                                                                                  \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                                                        \
      query[i] = rows[i]->query;                                                                                            \
      _Pragma("clang loop unroll(full)") for (int b = 0; b < NB; b++) s[i][b] = (v16){0};                                   \
    }                                                                                                                       \
    keys += p * width;                                                                                                      \
    for (long j = 0; j < width; j++, keys += lanes)                                                                         \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++)                                                        \
        _Pragma("clang loop unroll(full)") for (int b = 0; b < NB; b++) s[i][b] += query[i][j] * *(const v16 *)(keys + b * lanes * width); \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++)                                                          \
      _Pragma("clang loop unroll(full)") for (int b = 0; b < NB; b++) *(v16 *)(rows[i]->scores + p + lanes * b) = scale * s[i][b]; \
  }
SCORES(scores_1x1, 1, 1)
SCORES(scores_1x4, 1, 4)
SCORES(scores_2x2, 2, 2)
SCORES(scores_6x4, 6, 4)
SCORES(scores_6x1, 6, 1)

/// out = factor * out + the scores of positions from..<to times 16 NV channels of values from channel j on, for R rows.
#define MIX(NAME, R, NV)                                                                                                    \
  CK_INLINE void NAME(attending *const *rows, const float *values, long from, long to, const long width, long j, int begins) { \
    v16 s[R][NV];                                                                                                           \
    const float *score[R];                                                                                                  \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++) {                                                        \
      score[i] = rows[i]->scores;                                                                                           \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) {                                                     \
        s[i][v] = *(const v16 *)(rows[i]->out + j + lanes * v);                                                             \
        if (begins) s[i][v] *= rows[i]->correction;                                                                         \
      }                                                                                                                     \
    }                                                                                                                       \
    for (long p = from; p < to; p++)                                                                                        \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++)                                                        \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) s[i][v] += score[i][p] * *(const v16 *)(values + p * width + j + lanes * v); \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < R; i++)                                                          \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < NV; v++) *(v16 *)(rows[i]->out + j + lanes * v) = s[i][v];     \
  }
MIX(mix_1x4, 1, 4)
MIX(mix_1x1, 1, 1)
MIX(mix_2x2, 2, 2)
MIX(mix_2x1, 2, 1)
MIX(mix_6x4, 6, 4)
MIX(mix_6x1, 6, 1)

/// Values of positions from..<to into `count` rows (6, 2 or 1).
CK_INLINE void mix(attending *const *rows, const int count, const float *values, long from, long to, const long width, int begins,
                   const int wide) {
  long j = 0;
  if (count == 6 && wide) for (; j + 64 <= width; j += 64) mix_6x4(rows, values, from, to, width, j, begins);
  if (count == 2) for (; j + 32 <= width; j += 32) mix_2x2(rows, values, from, to, width, j, begins);
  if (count == 1) for (; j + 64 <= width; j += 64) mix_1x4(rows, values, from, to, width, j, begins);
  for (; j + 16 <= width; j += 16) {
    if (count == 6) mix_6x1(rows, values, from, to, width, j, begins);
    else if (count == 2) mix_2x1(rows, values, from, to, width, j, begins);
    else mix_1x1(rows, values, from, to, width, j, begins);
  }
  for (; j < width; j++)
    for (int i = 0; i < count; i++) {
      float s = rows[i]->out[j];
      if (begins) s *= rows[i]->correction;
      for (long p = from; p < to; p++) s += rows[i]->scores[p] * values[p * width + j];
      rows[i]->out[j] = s;
    }
}
/// A block's scores become weights relative to the largest score so far. Not inlined: one order of the sum for all callers.
CK_KERNEL static void soften(attending *row) {
  CK_REASSOCIATE
  float *scores = row->scores, m = row->best;
  for (long p = 0; p < row->left; p++) m = scores[p] > m ? scores[p] : m;
  for (long p = row->left; p < positions_a_block; p++) scores[p] = -INFINITY;
  row->correction = ck_expf(row->best - m);
  row->best = m;
  float total = 0;
  for (long p = 0; p < positions_a_block; p++) {
    scores[p] = ck_expf(scores[p] - m);
    total += scores[p];
  }
  row->sum = row->sum * row->correction + total;
}
/// One block of positions for `count` rows (6, 2 or 1).
CK_INLINE void attend_block(attending *const *rows, const int count, const float *keys, const float *values, const long width,
                            float scale, const int wide) {
  if (count == 6 && wide) scores_6x4(rows, keys, 0, width, scale);
  else if (count == 6) for (long p = 0; p < positions_a_block; p += lanes) scores_6x1(rows, keys, p, width, scale);
  else if (count == 2) for (long p = 0; p < positions_a_block; p += 2 * lanes) scores_2x2(rows, keys, p, width, scale);
  else scores_1x4(rows, keys, 0, width, scale);
  long common = positions_a_block;
  for (int i = 0; i < count; i++) {
    soften(rows[i]);
    common = rows[i]->left < common ? rows[i]->left : common;
  }
  mix(rows, count, values, 0, common, width, 1, wide);
  if (count > 1) for (int i = 0; i < count; i++) mix(rows + i, 1, values, common, rows[i]->left, width, 0, wide);
}
/// One block of positions, from p0 on, for a row of a tree: positions from `trunk` on lie where its branch says. The sums are those of a
/// sequence in which they lie in order.
CK_INLINE void attend_branch(attending *row, const ck_row *at, const float *keys, const float *values, long p0, const long width,
                             float scale, const int wide) {
  const long common = at->trunk <= p0 ? 0 : at->trunk - p0, trunk = at->trunk;
  if (common > 0) scores_1x4(&row, keys + p0 * width, 0, width, scale);
  attending part = {.query = row->query};
  for (long p = common, block = -1; p < row->left; p++) {
    const long place = at->branch[p0 + p - trunk];
    if (place / lanes != block) {
      block = place / lanes;
      scores_1x1(&(attending *){&part}, keys + block * lanes * width, 0, width, scale);
    }
    row->scores[p] = part.scores[place % lanes];
  }
  soften(row);
  mix(&row, 1, values + p0 * width, 0, common, width, 1, wide);
  for (long p = common; p < row->left; p++) mix(&row, 1, values + (at->branch[p0 + p - trunk] - p) * width, p, p + 1, width, 0, wide);
}
/// Rows of one sequence (at most rows_a_block) and one head: blocks of positions outermost, so that the cache is read once.
CK_INLINE void attend(const float *queries, long stride, const ck_row *rows, long count, const float *keys, const float *values,
                      const long width, float *out, long out_stride, const int wide) {
  const float scale = 1.0f / __builtin_sqrtf((float)width);
  attending all[rows_a_block];
  long last = 0;
  for (long r = 0; r < count; r++) {
    all[r].query = queries + r * stride;
    all[r].out = out + r * out_stride;
    all[r].best = -INFINITY;
    all[r].sum = 0;
    for (long j = 0; j < width; j++) all[r].out[j] = 0;
    last = rows[r].position > last ? rows[r].position : last;
  }
  for (long p0 = 0; p0 <= last; p0 += positions_a_block) {
    attending *seeing[rows_a_block];
    long n = 0;
    for (long r = 0; r < count; r++) {
      const long left = rows[r].position + 1 - p0;
      all[r].left = left < positions_a_block ? left : positions_a_block;
      if (left <= 0) continue;
      if (rows[r].branch && rows[r].trunk < p0 + all[r].left) attend_branch(all + r, rows + r, keys, values, p0, width, scale, wide);
      else seeing[n++] = all + r;
    }
    const float *k = keys + p0 * width, *v = values + p0 * width;
    long r = 0;
    for (; r + 6 <= n; r += 6) attend_block(seeing + r, 6, k, v, width, scale, wide);
    for (; r + 2 <= n; r += 2) attend_block(seeing + r, 2, k, v, width, scale, wide);
    for (; r < n; r++) attend_block(seeing + r, 1, k, v, width, scale, wide);
  }
  for (long r = 0; r < count; r++) {
    const float k = 1.0f / all[r].sum;
    for (long j = 0; j < width; j++) all[r].out[j] *= k;
  }
}
/// A width that is common is a constant inside, so that sums stay in registers.
#define ATTEND(NAME, TARGET, WIDE)                                                                                          \
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
