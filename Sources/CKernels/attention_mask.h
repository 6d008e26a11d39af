// Shared by the f32 and bf16 kernels of attention: what tiles of 64 queries by 64 keys may see of each other, and a head's row
// turned to its position.
#pragma once
#include "CKernels.h"
#include "vector.h"

enum { tile = CK_TILE };

/// What query t of batch entry b may see, as positions [*from, *to); not for mask 3.
CK_INLINE void visible_range(const ck_attention *a, long b, long t, long *from, long *to) {
  if (t >= a->length) {
    *from = *to = 0;
    return;
  }
  *from = a->mask == 2 ? a->first[b * a->length + t] : 0;
  if (*from < 0) *from = 0;
  *to = a->mask == 0 ? a->key_length : t + 1;
}
enum { hidden = 0, partly = 1, whole = 2 };

/// What the 64 queries from q0 see: [any_from, any_to) covers all of it, [all_from, all_to) is seen by each of them.
typedef struct { long any_from, any_to, all_from, all_to; } tile_range;

CK_INLINE tile_range range_of_queries(const ck_attention *a, long b, long q0) {
  tile_range r = {a->key_length, 0, 0, a->key_length};
  if (a->mask == 3) return (tile_range){0, a->key_length, a->key_length, 0};
  for (long t = q0; t < q0 + tile; t++) {
    long from, to;
    visible_range(a, b, t, &from, &to);
    if (from < to) {
      r.any_from = from < r.any_from ? from : r.any_from;
      r.any_to = to > r.any_to ? to : r.any_to;
    }
    r.all_from = from > r.all_from ? from : r.all_from;
    r.all_to = to < r.all_to ? to : r.all_to;
  }
  return r;
}
CK_INLINE int tile_visibility(const ck_attention *a, const tile_range *r, long b, long q0, long k0) {
  if (k0 >= r->any_to || k0 + tile <= r->any_from) return hidden;
  if (k0 >= r->all_from && k0 + tile <= r->all_to) return whole;
  if (a->mask != 3) return partly;
  const uint8_t *given = a->given + b * a->given_stride;
  const long to = k0 + tile < a->key_length ? k0 + tile : a->key_length;
  int any = 0;
  for (long t = q0; t < q0 + tile && t < a->length && !any; t++)
    for (long k = k0; k < to; k++) any |= given[t * a->key_length + k];
  return any ? partly : hidden;
}
CK_INLINE void apply_mask(const ck_attention *a, long b, long q0, long k0, float *s) {
  for (long i = 0; i < tile; i++) {
    float *restrict row = s + i * tile;
    if (a->mask == 3) {
      const uint8_t *given = a->given + b * a->given_stride + (q0 + i) * a->key_length + k0;
      const long seen = q0 + i < a->length ? a->key_length - k0 : 0;
      for (long j = 0; j < tile; j++)
        if (j >= seen || !given[j]) row[j] = -INFINITY;
      continue;
    }
    long from, to;
    visible_range(a, b, q0 + i, &from, &to);
    const int lo = (int)(from - k0 < -1 ? -1 : from - k0 > tile ? tile : from - k0);
    const int hi = (int)(to - k0 < 0 ? 0 : to - k0 > tile ? tile : to - k0);
    for (int j = 0; j < tile; j++) row[j] = j >= lo && j < hi ? row[j] : -INFINITY;
  }
}

/// Row t of one head of x, rotated if asked for and scaled: out[width], zeros beyond the end.
CK_INLINE void turned_row(const ck_attention *a, const float *x, long heads, long b, long head, long t, int rotate, float scale,
                          float *restrict out) {
  const long width = a->width, half = width / 2;
  if (t >= a->length) {
    for (long j = 0; j < width; j++) out[j] = 0;
    return;
  }
  const float *restrict in = x + (b * a->length + t) * heads * width + head * width;
  if (rotate && a->cosines) {
    const float *restrict cosine = a->cosines + t * half, *restrict sine = a->sines + t * half;
    for (long j = 0; j < half; j++) {
      out[j] = (in[j] * cosine[j] - in[j + half] * sine[j]) * scale;
      out[j + half] = (in[j + half] * cosine[j] + in[j] * sine[j]) * scale;
    }
  } else {
    for (long j = 0; j < width; j++) out[j] = in[j] * scale;
  }
}
