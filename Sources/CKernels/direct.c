// Direct convolution of one image: no columns are stored. Inputs are laid out once as padded planes of 32-bit words (an f32,
// or the bf16 of two channels), one plane a column phase where the stride is above 1, so that 16 neighbouring outputs read 16
// neighbouring words for every channel and tap. A tile is 12 output channels by 32 pixels, held in registers over all steps.
#include "direct.h"

/// to = 16 words of a row of n values from word p on, the values themselves, 0 beyond the end.
CK_INLINE void plain_words(const float *x, long p, long n, u16x *to) {
  if (p + 16 <= n) return move_words(to, x + p);
  memset(to, 0, 64);
  memcpy(to, x + p, (size_t)(n - p) * 4);
}
#define avx2_words plain_words
#define avx512_words plain_words
CK_INLINE float value_of(uint32_t word) {
  float value;
  memcpy(&value, &word, 4);
  return value;
}
#define F32_MULTIPLY_ADD(SUM, WORD, X) ((SUM) + value_of(WORD) * (X))

#define TARGET
#define NAME(x) plain_##x
#define MULTIPLY_ADD F32_MULTIPLY_ADD
#define WIDE 0
#include "direct_image.inc"

#if defined(__x86_64__)
#define TARGET CK_AVX2
#define NAME(x) avx2_##x
#define MULTIPLY_ADD F32_MULTIPLY_ADD
#define WIDE 0
#include "direct_image.inc"

#define TARGET CK_AVX512
#define NAME(x) avx512_##x
#define MULTIPLY_ADD F32_MULTIPLY_ADD
#define WIDE 1
#include "direct_image.inc"

/// to = 16 words of a row of n values from word p on: the bf16 of values 2p and 2p + 1, 0 beyond the end.
CK_BF16 static inline void bf16_words(const float *x, long p, long n, u16x *to) {
  const long left = n - 2 * p;
  const __mmask16 low = left >= 16 ? 0xFFFF : (__mmask16)((1u << (left > 0 ? left : 0)) - 1);
  const __mmask16 high = left >= 32 ? 0xFFFF : left > 16 ? (__mmask16)((1u << (left - 16)) - 1) : 0;
  *to = (u16x)_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(high, x + 2 * p + 16), _mm512_maskz_loadu_ps(low, x + 2 * p));
}
#define TARGET CK_BF16
#define NAME(x) bf16_##x
#define MULTIPLY_ADD(SUM, WORD, X) \
  ((v16)_mm512_dpbf16_ps((__m512)(SUM), (__m512bh)_mm512_set1_epi32((int)(WORD)), (__m512bh)(X)))
#define WIDE 1
#include "direct_image.inc"
#endif

int ck_direct_uses_panel(const ck_direct *d) { return d->out_width * 20 < (d->out_width + 15) / 16 * 16 * 17; }

void ck_direct_image(const ck_direct *d, const int32_t *offsets, const uint32_t *planes, const uint32_t *weights, long rows,
                     const float *bias, float *y, int accumulate, uint32_t *panel) {
#if defined(__x86_64__)
  if (d->bf16) return bf16_image(d, offsets, planes, weights, rows, bias, y, accumulate, panel);
  if (d->level == 2) return avx512_image(d, offsets, planes, weights, rows, bias, y, accumulate, panel);
  if (d->level == 1) return avx2_image(d, offsets, planes, weights, rows, bias, y, accumulate, panel);
#endif
  plain_image(d, offsets, planes, weights, rows, bias, y, accumulate, panel);
}

void ck_direct_weights(const ck_direct *d, const int32_t *taps, const void *planes, const float *dy, long outputs, float *sums,
                       uint32_t *scratch, int accumulate) {
#if defined(__x86_64__)
  if (d->bf16) return bf16_weights(d, taps, planes, dy, outputs, sums, scratch, accumulate);
  if (d->level == 2) return avx512_weights(d, taps, planes, dy, outputs, sums, scratch, accumulate);
  if (d->level == 1) return avx2_weights(d, taps, planes, dy, outputs, sums, scratch, accumulate);
#endif
  plain_weights(d, taps, planes, dy, outputs, sums, scratch, accumulate);
}
