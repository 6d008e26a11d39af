// Products of a few rows with weights in panels, for decoding and prefill (formats and layouts: CKernels.h).
//
// A panel holds CK_PANEL outputs and is read once, front to back, for up to 12 rows at a time, or 32 on matrix tiles. Each value
// y[r, o] is summed in order of the inputs (in groups of 32 for int8 and q4; even and odd ones apart for bf16 on AVX2, in tiles of 32 on AMX),
// whatever rows and panels are computed beside it, so that a row has the same bits alone and in a batch.
#include "panel_blocks.h"

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));

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

static ck_block_set blocks_for(int format, int level) {
#if defined(__x86_64__)
  if (level >= 4 && format == CK_BF16) return ck_blocks_amx();
  if (level >= 3 || (level == 2 && format == CK_F32)) return ck_blocks_avx512(format);
  if (level >= 1) return ck_blocks_avx2(format);
#endif
  return ck_blocks_plain(format);
}

int ck_panel_level(void) {
  const int level = ck_level();
#if defined(__x86_64__)
  if (level == 2 && ck_bf16_available() && __builtin_cpu_supports("avx512vnni")) return ck_amx_available() ? 4 : 3;
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

enum { large = 4 << 20 };

void ck_panels_rows(int level, const ck_panels *m, const void *prepared, long rows, int epilogue, long from, long to, float *y, long stride) {
  const ck_block_set set = blocks_for(m->format, level < 0 ? ck_panel_level() : level);
  const long bytes = ck_panel_bytes(m->format, m->inputs), x_stride = ck_input_bytes(m->format, m->inputs);
  const uint8_t *weights = m->data, *x = prepared;
  _Alignas(64) float tile[2 * CK_MOST_ROWS * panel];
  const int gated = epilogue == CK_GATED;
  long begun = 0;
  // Units: a panel, or with gates a pair of panels.
  for (long u = from; u < to; u++) {
    const uint8_t *w = weights + (gated ? 2 * u : u) * bytes;
    for (long r = 0; r < rows;) {
      int b = 0;
      while (set.rows[b] > rows - r) b++;
      const long n = set.any ? (rows - r < set.most ? rows - r : set.most) : set.rows[b];
      if (set.begin && n > 1 && n != begun) set.begin(begun = n);
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
      float *const ups = tile + CK_MOST_ROWS * panel;
      if (set.any) {
        set.any(w, m->inputs, x + r * x_stride, x_stride, n, tile);
        if (gated) set.any(w + bytes, m->inputs, x + r * x_stride, x_stride, n, ups);
      } else {
        set.of[b](w, m->inputs, x + r * x_stride, x_stride, tile);
        if (gated) set.of[b](w + bytes, m->inputs, x + r * x_stride, x_stride, ups);
      }
      if (gated) {
        finish_gated(m, tile, ups, r, n, u * panel, y, stride);
      } else {
        finish(m, epilogue, tile, r, n, u * panel, y, stride);
      }
      r += n;
    }
  }
  if (begun) set.end();
}

typedef struct { const ck_panels *m; const void *x; long rows, units, each, stride; int epilogue; float *y; } panels_job;
static void panels_part(long index, void *context) {
  const panels_job *j = context;
  const long from = index * j->each, to = from + j->each < j->units ? from + j->each : j->units;
  ck_panels_rows(-1, j->m, j->x, j->rows, j->epilogue, from, to, j->y, j->stride);
}
void ck_panels_multiply(const ck_panels *m, const void *prepared, long rows, int epilogue, float *y, long stride) {
  // Parts may depend on the threads: no value is computed across them. One for each thread, since the machine's prefetch begins
  // anew in each; of large matrices several, so that a thread that was held up does less. Even numbers keep pairs of panels together.
  const long units = (m->outputs + panel - 1) / panel, bytes = ck_panel_bytes(m->format, m->inputs);
  const long parts_wanted = ck_threads() * (units * bytes * rows > large ? 4 : 1);
  long each = (units + parts_wanted - 1) / parts_wanted;
  if (epilogue != CK_GATED) each += each % 2;
  panels_job job = {m, prepared, rows, units, each, stride, epilogue, y};
  const long parts = (units + each - 1) / each;
  if (rows * bytes * units < 16384) {
    for (long i = 0; i < parts; i++) panels_part(i, &job);
  } else {
    ck_parallel_for(parts, panels_part, &job);
  }
}
