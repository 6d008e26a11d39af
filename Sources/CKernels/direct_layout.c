// What the direct convolutions read: padded planes of an image, packed weights; and the joining of an input gradient's phases.
#include "direct.h"

long ck_direct_words(const ck_direct *d) { return channel_groups(d) * plane_words(d) + d->step * d->phase_width + 64; }
long ck_direct_row_words(const ck_direct *d) { return d->channels * plane_words(d) + d->step * d->phase_width + 64; }
long ck_direct_packed_words(const ck_direct *d, long rows) { return (rows + 11) / 12 * 12 * channel_groups(d) * d->taps; }

/// Deals a padded row out to its column phases: to[phase][i] = line[i * step + phase], `width` values a phase.
#define DEAL(NAME, T)                                                                                     \
  CK_KERNEL static void NAME(const T *restrict line, long step, long width, T *restrict to) {             \
    if (step == 2) {                                                                                      \
      for (long i = 0; i < width; i++) {                                                                  \
        to[i] = line[2 * i];                                                                              \
        to[width + i] = line[2 * i + 1];                                                                  \
      }                                                                                                   \
    } else {                                                                                              \
      for (long phase = 0; phase < step; phase++)                                                         \
        for (long i = 0; i < width; i++) to[phase * width + i] = line[i * step + phase];                  \
    }                                                                                                     \
  }
DEAL(deal_words, uint32_t)
DEAL(deal_halves, uint16_t)

#if defined(__x86_64__)
/// to[i] = the bf16 of (low[i], high[i]); high may be null: 0.
CK_BF16 static void pair_rows(const float *low, const float *high, long n, uint32_t *to) {
  for (long i = 0; i < n; i += 16) {
    const __mmask16 lanes = n - i >= 16 ? 0xFFFF : (__mmask16)((1u << (n - i)) - 1);
    const __m512i a = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes, low + i)));
    __m512i b = _mm512_setzero_si512();
    if (high) b = _mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes, high + i))), 16);
    _mm512_mask_storeu_epi32(to + i, lanes, _mm512_or_si512(a, b));
  }
}
CK_BF16 static void round_row(const float *x, long n, uint16_t *to) {
  for (long i = 0; i < n; i += 16) {
    const __mmask16 lanes = n - i >= 16 ? 0xFFFF : (__mmask16)((1u << (n - i)) - 1);
    _mm256_mask_storeu_epi16(to + i, lanes, (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes, x + i)));
  }
}
#else
static void pair_rows(const float *low, const float *high, long n, uint32_t *to) { (void)low, (void)high, (void)n, (void)to; }
static void round_row(const float *x, long n, uint16_t *to) { (void)x, (void)n, (void)to; }
#endif

/// Values of the row that fit the padded row: those beyond are never read by a tap.
static long kept_width(const ck_direct *d) {
  const long room = d->step * d->phase_width - d->left;
  return room < 0 ? 0 : d->width < room ? d->width : room;
}

void ck_direct_prepare(const ck_direct *d, const float *x, uint32_t *planes) {
  const long groups = channel_groups(d), row = d->step * d->phase_width, width = kept_width(d), area = d->height * d->width;
  uint32_t *line = planes + groups * plane_words(d);
  memset(line, 0, (size_t)(row + 64) * 4);
  for (long g = 0; g < groups; g++)
    for (long i = 0; i < d->rows; i++, planes += row) {
      const long y = i - d->top;
      if (y < 0 || y >= d->height) {
        memset(planes, 0, (size_t)row * 4);
        continue;
      }
      uint32_t *to = d->step == 1 ? planes : line;
      if (d->step == 1) {
        memset(to, 0, (size_t)d->left * 4);
        memset(to + d->left + width, 0, (size_t)(row - d->left - width) * 4);
      }
      if (d->bf16) {
        const float *low = x + 2 * g * area + y * d->width;
        pair_rows(low, 2 * g + 1 < d->channels ? low + area : 0, width, to + d->left);
      } else {
        memcpy(to + d->left, x + g * area + y * d->width, (size_t)width * 4);
      }
      if (d->step > 1) deal_words(line, d->step, d->phase_width, planes);
    }
}

void ck_direct_prepare_rows(const ck_direct *d, const float *x, void *planes) {
  if (!d->bf16) return ck_direct_prepare(d, x, planes);
  const long row = d->step * d->phase_width, width = kept_width(d);
  uint16_t *to = planes, *line = to + d->channels * plane_words(d);
  memset(line, 0, (size_t)(row + 64) * 2);
  for (long c = 0; c < d->channels; c++)
    for (long i = 0; i < d->rows; i++, to += row) {
      const long y = i - d->top;
      if (y < 0 || y >= d->height) {
        memset(to, 0, (size_t)row * 2);
        continue;
      }
      uint16_t *own = d->step == 1 ? to : line;
      if (d->step == 1) {
        memset(own, 0, (size_t)d->left * 2);
        memset(own + d->left + width, 0, (size_t)(row - d->left - width) * 2);
      }
      round_row(x + (c * d->height + y) * d->width, width, own + d->left);
      if (d->step > 1) deal_halves(line, d->step, d->phase_width, to);
    }
}

void ck_direct_pack(const ck_direct *d, const float *weight, long rows, long row_stride, long channel_stride, const int32_t *taps,
                    uint32_t *packed) {
  const long groups = channel_groups(d);
  for (long r = 0, mr; r < rows; r += mr) {
    mr = tile_rows(d->level, rows - r);
    for (long g = 0; g < groups; g++)
      for (long t = 0; t < d->taps; t++)
        for (long i = 0; i < mr; i++, packed++) {
          *packed = 0;
          if (r + i >= rows) continue;
          const float *w = weight + (r + i) * row_stride + taps[t];
          if (!d->bf16) {
            memcpy(packed, w + g * channel_stride, 4);
            continue;
          }
          uint16_t pair[2] = {0, 0};
          for (long c = 2 * g; c < 2 * g + 2 && c < d->channels; c++) {
            uint32_t u;
            memcpy(&u, w + c * channel_stride, 4);
            const uint32_t rounded = (u + 0x7FFF + ((u >> 16) & 1)) >> 16;      // nearest, ties to even
            pair[c - 2 * g] = (uint16_t)((u & 0x7FFFFFFF) > 0x7F800000 ? (u >> 16) | 0x40 : rounded);
          }
          memcpy(packed, pair, 4);
        }
  }
}

CK_KERNEL void ck_direct_join(const float *restrict phases, long size, long step, long height, long width, float *restrict dx,
                              long row, int accumulate) {
  const long phase_width = (width + step - 1) / step, phase_height = (height - row + step - 1) / step;
  for (long i = 0; i < phase_height; i++) {
    float *restrict to = dx + (i * step + row) * width;
    const float *restrict from = phases + i * phase_width;
    if (step == 2 && !accumulate) {
      for (long x = 0; x < width / 2; x++) {
        to[2 * x] = from[x];
        to[2 * x + 1] = from[size + x];
      }
      if (width % 2) to[width - 1] = from[phase_width - 1];
      continue;
    }
    for (long phase = 0; phase < step; phase++)
      for (long x = phase, j = 0; x < width; x += step, j++) {
        const float g = from[phase * size + j];
        to[x] = accumulate ? to[x] + g : g;
      }
  }
}
