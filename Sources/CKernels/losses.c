// Cross-entropy over the rows of a logit matrix.
#include "CKernels.h"
#include "vector.h"

CK_INLINE float row_max(const float *x, long n) {
  CK_REASSOCIATE
  float m[16];
  for (int l = 0; l < 16; l++) m[l] = -INFINITY;
  long i = 0;
  for (; i + 16 <= n; i += 16)
    for (int l = 0; l < 16; l++) m[l] = x[i + l] > m[l] ? x[i + l] : m[l];
  float best = -INFINITY;
  for (int l = 0; l < 16; l++) best = m[l] > best ? m[l] : best;
  for (; i < n; i++) best = x[i] > best ? x[i] : best;
  return best;
}

CK_KERNEL void ck_distillation_in_place(float *restrict logits, const float *restrict teacher, const float *restrict factors,
                                        float *restrict losses, long rows, long width, long known) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, logits += width, teacher += known) {
    const float mt = row_max(teacher, known), m = row_max(logits, width), f = factors[r];
    float st = 0, s = 0, dot = 0;
    for (long j = 0; j < known; j++) {
      const float e = ck_expf(teacher[j] - mt);
      st += e;
      dot += e * ((teacher[j] - mt) - (logits[j] - m));
    }
    for (long j = 0; j < width; j++) {
      logits[j] = ck_expf(logits[j] - m);
      s += logits[j];
    }
    losses[r] = dot / st - logf(st) + logf(s);
    const float k = f / s, kt = f / st;
    for (long j = 0; j < known; j++) logits[j] = k * logits[j] - kt * ck_expf(teacher[j] - mt);
    for (long j = known; j < width; j++) logits[j] *= k;
  }
}

// Softmax of a row in place.
CK_INLINE void softmax_row(float *restrict x, long n) {
  CK_REASSOCIATE
  const float m = row_max(x, n);
  float s = 0;
  for (long j = 0; j < n; j++) {
    x[j] = ck_expf(x[j] - m);
    s += x[j];
  }
  const float k = 1.0f / s;
  for (long j = 0; j < n; j++) x[j] *= k;
}

// Half the sum of |q − p|, q in place of the logits; counts the tokens of which q has more.
CK_INLINE float total_variation_row(float *restrict q, float *restrict p, long width, long known, long *more) {
  CK_REASSOCIATE
  softmax_row(q, width);
  softmax_row(p, known);
  float excess = 0;
  int count = 0;
  for (long j = 0; j < known; j++) {
    excess += q[j] > p[j] ? q[j] - p[j] : 0.0f;
    count += q[j] > p[j];
  }
  for (long j = known; j < width; j++) {
    excess += q[j];
    count += q[j] > 0;
  }
  *more = count;
  return excess;
}

CK_KERNEL void ck_total_variation_in_place(float *restrict logits, float *restrict teacher, const float *restrict factors, float *restrict losses,
                                           long *restrict more, long rows, long width, long known) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, logits += width, teacher += known) {
    losses[r] = total_variation_row(logits, teacher, width, known, more + r);
    float cost = 0;
    for (long j = 0; j < known; j++) cost += logits[j] > teacher[j] ? logits[j] : 0.0f;
    for (long j = known; j < width; j++) cost += logits[j];
    const float f = factors[r];
    for (long j = 0; j < known; j++) logits[j] *= f * ((logits[j] > teacher[j] ? 1.0f : 0.0f) - cost);
    for (long j = known; j < width; j++) logits[j] *= f * (1.0f - cost);
  }
}

CK_KERNEL void ck_policy_draw_in_place(float *restrict logits, float *restrict teacher, const float *restrict chances, long samples, int32_t *restrict drawn,
                                       float *restrict costs, float *restrict losses, long rows, long width, long known) {
  for (long r = 0; r < rows; r++, logits += width, teacher += known, chances += samples, drawn += samples, costs += samples) {
    long more;
    losses[r] = total_variation_row(logits, teacher, width, known, &more);
    for (long i = 0; i < samples; i++) {
      float left = chances[i];
      long j = 0;
      while (j < width - 1 && (left -= logits[j]) >= 0) j++;
      drawn[i] = (int32_t)j;
      costs[i] = j >= known || logits[j] > teacher[j] ? 1.0f : 0.0f;
    }
  }
}

CK_KERNEL void ck_policy_gradient_in_place(float *restrict laws, const int32_t *restrict drawn, const float *restrict advantages, long samples,
                                           const float *restrict factors, long rows, long width) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, laws += width, drawn += samples, advantages += samples) {
    const float f = factors[r] / (float)samples;
    float sum = 0;
    for (long i = 0; i < samples; i++) sum += advantages[i];
    const float k = -f * sum;
    for (long j = 0; j < width; j++) laws[j] *= k;
    for (long i = 0; i < samples; i++) laws[drawn[i]] += f * advantages[i];
  }
}

CK_KERNEL void ck_softmax(const float *restrict x, long n, float factor, float *restrict y) {
  CK_REASSOCIATE
  const float m = row_max(x, n);
  float s = 0;
  for (long j = 0; j < n; j++) {
    y[j] = ck_expf(factor * (x[j] - m));
    s += y[j];
  }
  const float k = 1.0f / s;
  for (long j = 0; j < n; j++) y[j] *= k;
}

CK_KERNEL float ck_entropy(const float *restrict p, long n) {
  CK_REASSOCIATE
  float s = 0;
  for (long j = 0; j < n; j++) s -= p[j] * ck_logf(p[j] < 1.2e-38f ? 1.0f : p[j]);
  return s;
}

CK_KERNEL long ck_likeliest(const float *logits, long width, float *probability) {
  CK_REASSOCIATE
  const float m = row_max(logits, width);
  float s = 0;
  for (long j = 0; j < width; j++) s += ck_expf(logits[j] - m);
  *probability = 1.0f / s;
  for (long j = 0; j < width; j++)
    if (logits[j] == m) return j;
  return -1;
}

CK_KERNEL void ck_cross_entropy(const float *restrict logits, const int32_t *restrict targets, float *restrict losses,
                                float *restrict lse, long rows, long width) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, logits += width) {
    if (targets[r] < 0) {
      losses[r] = 0;
      lse[r] = 0;
      continue;
    }
    const float m = row_max(logits, width);
    float s = 0;
    for (long j = 0; j < width; j++) s += ck_expf(logits[j] - m);
    lse[r] = m + logf(s);
    losses[r] = lse[r] - logits[targets[r]];
  }
}
CK_KERNEL void ck_cross_entropy_backward(const float *restrict logits, const int32_t *restrict targets, const float *restrict lse,
                                         const float *restrict factors, float *restrict dlogits, long rows, long width,
                                         int accumulate) {
  for (long r = 0; r < rows; r++, logits += width, dlogits += width) {
    const float f = factors[r], z = lse[r];
    if (targets[r] < 0) {
      if (!accumulate) for (long j = 0; j < width; j++) dlogits[j] = 0;
      continue;
    }
    if (accumulate) for (long j = 0; j < width; j++) dlogits[j] += f * ck_expf(logits[j] - z);
    else for (long j = 0; j < width; j++) dlogits[j] = f * ck_expf(logits[j] - z);
    dlogits[targets[r]] -= f;
  }
}
CK_KERNEL void ck_cross_entropy_in_place(float *restrict logits, const int32_t *restrict targets, const float *restrict factors,
                                         float *restrict losses, long rows, long width) {
  CK_REASSOCIATE
  for (long r = 0; r < rows; r++, logits += width) {
    const float m = row_max(logits, width), f = factors[r], wanted = logits[targets[r]];
    float s = 0;
    for (long j = 0; j < width; j++) {
      const float e = ck_expf(logits[j] - m);
      logits[j] = e;
      s += e;
    }
    losses[r] = m + logf(s) - wanted;
    const float k = f / s;
    for (long j = 0; j < width; j++) logits[j] *= k;
    logits[targets[r]] -= f;
  }
}
