// The C kernels under the Swift module `Tensors`: a thread pool and vectorised loops on f32.
//
// Every kernel is serial, works on contiguous row-major data and has a fixed order of summation that depends on the
// sizes only; the Swift side spreads fixed ranges of rows over the pool. So results never depend on the thread count.
// `accumulate` = 0 overwrites the destination, 1 adds to it.
#pragma once
#include <stdint.h>

// ---- Pool (pool.c)
typedef void (*ck_body)(long index, void *context);
/// Calls body(0...count-1) on the pool and the caller; serial if the pool is busy (nested or concurrent calls).
void ck_parallel_for(long count, ck_body body, void *context);
void ck_set_threads(int threads);
int ck_threads(void);
int ck_online_cores(void);
/// Depth of `withoutGradients` on this thread.
int ck_no_gradient_depth(void);
void ck_no_gradient_change(int by);
/// 2: AVX-512, 1: AVX2 with FMA, 0: neither. What the run-time choice of kernels rests on.
int ck_level(void);

// ---- Memory (memory.c)
/// At least `bytes`, 64-byte aligned, not cleared; null when the system has no more. Release with the same size.
void *ck_allocate(long bytes);
void ck_release(void *p, long bytes);
/// Gives the free list back to the system; returns its size in bytes.
long ck_trim(void);

// ---- Elementwise (elementwise.c), n values
void ck_fill(float *y, float value, long n);
void ck_add(const float *a, const float *b, float *y, long n);
void ck_multiply(const float *a, const float *b, float *y, long n);
void ck_scale(const float *x, float factor, float *y, long n, int accumulate);
void ck_multiply_into(const float *a, const float *b, float *y, long n, int accumulate);
void ck_relu(const float *x, float *y, long n);
void ck_relu_backward(const float *x, const float *dy, float *dx, long n, int accumulate);
void ck_gelu(const float *x, float *y, long n);
void ck_gelu_backward(const float *x, const float *dy, float *dx, long n, int accumulate);
void ck_swiglu(const float *gate, const float *up, float *y, long n);
/// dgate or dup may be null.
void ck_swiglu_backward(const float *gate, const float *up, const float *dy, float *dgate, float *dup, long n,
                        int accumulate_gate, int accumulate_up);
/// The exp inside the kernels, by itself: for its test.
void ck_exp(const float *x, float *y, long n);
double ck_sum(const float *x, long n);
double ck_sum_squares(const float *x, long n);
/// sums[width] (+)= sum over rows of x[rows, width]; product variant: of x * z.
void ck_column_sums(const float *x, long rows, long width, float *sums, int accumulate);
void ck_column_product_sums(const float *x, const float *z, long rows, long width, float *sums, int accumulate);
/// table_gradient[ids[r], from..<to] += dy[r, from..<to].
void ck_scatter_rows(const float *dy, const int32_t *ids, long rows, long width, long from, long to, float *table_gradient);
void ck_f32_to_bf16(const float *x, uint16_t *y, long n);
void ck_bf16_to_f32(const uint16_t *x, float *y, long n);
void ck_f32_to_f16(const float *x, uint16_t *y, long n);
void ck_f16_to_f32(const uint16_t *x, float *y, long n);

// ---- Norms (norms.c)
/// y = x / rms(x) * weight; inverse[rows] keeps 1 / rms.
void ck_rms_norm(const float *x, const float *weight, float *y, float *inverse, long rows, long width, float epsilon);
/// dx and dweight (a partial sum over these rows, overwritten) may be null.
void ck_rms_norm_backward(const float *x, const float *weight, const float *inverse, const float *dy, float *dx,
                          float *dweight, long rows, long width, int accumulate);
void ck_layer_norm(const float *x, const float *weight, const float *bias, float *y, float *mean, float *inverse,
                   long rows, long width, float epsilon);
void ck_layer_norm_backward(const float *x, const float *weight, const float *mean, const float *inverse, const float *dy,
                            float *dx, float *dweight, float *dbias, long rows, long width, int accumulate);
/// One (image, group) of group norm: x[channels, area].
void ck_group_norm(const float *x, const float *weight, const float *bias, float *y, float *mean, float *inverse,
                   long channels, long area, float epsilon);
void ck_group_norm_backward(const float *x, const float *weight, float mean, float inverse, const float *dy, float *dx,
                            float *dweight, float *dbias, long channels, long area, int accumulate);

// ---- Loss (losses.c)
/// losses[r] = -log softmax(logits[r])[target] (0 where target < 0), lse[r] = log sum exp.
void ck_cross_entropy(const float *logits, const int32_t *targets, float *losses, float *lse, long rows, long width);
/// dlogits[r] (+)= (softmax - onehot) * factors[r].
void ck_cross_entropy_backward(const float *logits, const int32_t *targets, const float *lse, const float *factors,
                               float *dlogits, long rows, long width, int accumulate);
/// losses as above, and (softmax - onehot) * factors[r] in place of the logits; every target >= 0.
void ck_cross_entropy_in_place(float *logits, const int32_t *targets, const float *factors, float *losses, long rows, long width);

// ---- Attention (attention.c): tiles of CK_TILE positions
#define CK_TILE 64
#define CK_MAX_HEAD 256
typedef struct {
  long batch, length, heads, key_heads, width;  // width: of a head
  long padded;                                  // width rounded up to 16
  long padded_length;                           // length rounded up to CK_TILE
  int mask;                                     // 0 full, 1 causal, 2 causal from `first`, 3 `given`
  const int32_t *first;                         // [batch * length]
  const uint8_t *given;                         // [length * length] or one a batch entry
  long given_stride;                            // 0 or length * length
  const float *cosines, *sines;                 // [positions, width / 2] or null
  float scale;
} ck_attention;
/// Rotates, scales and pads one head of x[batch * length, heads * width] into rows[padded_length, padded] and/or, by
/// tiles, columns[padded_length / 64][padded][64]. Either may be null.
void ck_attention_pack(const ck_attention *a, const float *x, long heads, long b, long head, int rotate, float scale,
                       float *rows, float *columns);
/// One tile of 64 queries of head (b, h). q: packed rows, scaled. y: [batch * length, heads * width]. lse: [length].
void ck_attention_tile(const ck_attention *a, long b, long h, long tile, const float *q, const float *k_columns,
                       const float *v, float *y, float *lse);
/// All of head (b, h): adds to dq, dk, dv [padded_length, padded] (rotated frame).
void ck_attention_backward(const ck_attention *a, long b, long h, const float *q, const float *k, const float *k_columns,
                           const float *v_columns, const float *dout, const float *lse,
                           const float *delta, float *dq, float *dk, float *dv);
/// Rotates a packed gradient back and adds it to (or writes) one head of dx[batch * length, heads * width].
void ck_attention_unpack(const ck_attention *a, const float *rows, long heads, long b, long head, int rotate, float scale,
                         float *dx, int accumulate);
/// delta[t] = sum over the head of y * dy.
void ck_attention_delta(const ck_attention *a, long b, long h, const float *y, const float *dy, float *delta);

// The same with bf16 inputs of every product (attention_bf16.c); only where ck_bf16_available(). `padded` is a multiple of
// 32, u32 = two bf16, sums and softmax are f32.
/// One head of x, rotated and scaled, as rows[padded_length][padded / 2] (pairs of channels), columns[padded_length / 64]
/// [padded / 2][64] and pairs[padded_length / 2][padded] (pairs of positions); each may be null.
void ck_attention_bf16_pack(const ck_attention *a, const float *x, long heads, long b, long head, int rotate, float scale,
                            uint32_t *rows, uint32_t *columns, uint32_t *pairs);
/// As ck_attention_tile; lse may be null.
void ck_attention_bf16_tile(const ck_attention *a, long b, long h, long tile, const uint32_t *q_rows, const uint32_t *k_columns,
                            const uint32_t *v_pairs, float *y, float *lse);
typedef struct { const uint32_t *q_rows, *q_pairs, *k_columns, *k_pairs, *v_columns, *dy_rows, *dy_pairs; } ck_attention_inputs;
/// As ck_attention_backward.
void ck_attention_bf16_backward(const ck_attention *a, long b, const ck_attention_inputs *x, const float *lse, const float *delta,
                                float *dq, float *dk, float *dv);

// ---- Convolution and pooling (convolution.c), one image
typedef struct { long channels, height, width, kernel, stride, padding, out_height, out_width; } ck_convolution;
/// columns[channels * kernel * kernel, out_height * out_width].
void ck_im2col(const ck_convolution *c, const float *x, float *columns);
/// x (+)= the transpose of im2col.
void ck_col2im(const ck_convolution *c, const float *columns, float *x);
/// Windows of size x size, stride size; where[] keeps the offset of each maximum in its plane.
void ck_max_pool(const float *x, float *y, int32_t *where, long channels, long height, long width, long size);

// ---- Optimiser (optimiser.c)
void ck_adamw(float *parameter, const float *gradient, float *first, float *second, long n, float learning_rate,
              float beta1, float beta2, float correction1, float correction2, float epsilon, float decay, float gradient_scale);

// ---- Matrix products with bf16 inputs and f32 sums (matrix_bf16.c); only where ck_bf16_available()
#define CK_BF16_PANEL 32
#define CK_BF16_STRIP 12
#define CK_BF16_ROWS 192
int ck_bf16_available(void);
/// Packs panel `index` (32 columns) of B[k, n]: packed[panels][(k + 1) / 2][32]. B is read at b[kk * ldb + j], or, with
/// `k_contiguous`, at b[j * ldb + kk].
void ck_bf16_pack(const float *b, long ldb, int k_contiguous, long k, long n, long index, uint32_t *packed);
/// The same layout, of B read at b[kk * ldb + j]: pairs from..<to of all panels, along the rows.
void ck_bf16_pack_panels(const float *b, long ldb, long k, long n, long from, long to, uint32_t *packed);
/// Packs A[m, k], read at a[kk * lda + i]: packed[strips of 12 rows][(k + 1) / 2][12], pairs from..<to of all strips.
void ck_bf16_pack_columns(const float *a, long lda, long m, long k, long from, long to, uint32_t *packed);
/// C[i0..<i1, j0..<j1] (+)= A B of packed operands; i0 a multiple of 12, j0 of 32.
void ck_bf16_multiply(const uint32_t *a, const uint32_t *b, long i0, long i1, long j0, long j1, long k, float *c, long ldc,
                      int accumulate);
typedef struct { const uint32_t *panels; float *c; long n, ldc; int accumulate; } ck_bf16_product;
/// C[m, n] (+)= A[m, k] B for each B of a list, m at most CK_BF16_ROWS; A, read at a[i * lda + kk], is packed once.
void ck_bf16_multiply_rows(const float *a, long lda, long m, long k, const ck_bf16_product *products, long count);

// ---- Inference (inference.c); level as in ck_level(), for tests; -1: the best this machine has
void ck_linear_rows(int level, const float *x, long rows, const float *weight, const float *bias, long inputs, long outputs,
                    long from, long to, float *y);
/// All outputs, spread over the pool.
void ck_linear(const float *x, long rows, const float *weight, const float *bias, long inputs, long outputs, float *y);
/// Row r of `query` [rows, heads * width] attends to positions 0...first + r of the caches [capacity, key_heads * width].
void ck_attend_rows(const float *query, long rows, long first, const float *keys, const float *values, long heads, long key_heads,
                    long width, float *out);
/// y may be x.
void ck_rms_norm_rows(const float *x, const float *weight, float *y, long rows, long width, float epsilon);
/// y = silu(gate) * up; y may be one of them.
void ck_silu_multiply(const float *gate, const float *up, float *y, long n);
void ck_rotate_rows(float *x, long rows, long heads, long width, const float *cosines, const float *sines);
/// One query head against positions 0..<visible of a cache with `stride` floats a position.
void ck_attend_cached(const float *query, const float *keys, const float *values, long visible, long stride, long width,
                      float scale, float *out);
