// The C kernels under the Swift module `Tensors`: a thread pool and vectorised loops on f32.
//
// Every kernel is serial, works on contiguous row-major data and has a fixed order of summation that depends on the
// sizes only; the Swift side spreads fixed ranges of rows over the pool. So results never depend on the thread count.
// `accumulate` = 0 overwrites the destination, 1 adds to it.
#pragma once
#include <stdint.h>
#include "CKernelsGGUF.h"

// ---- Pool (pool.c)
typedef void (*ck_body)(long index, void *context);
/// Calls body(0...count-1) on the pool and the caller; serial if the pool is busy (nested or concurrent calls).
void ck_parallel_for(long count, ck_body body, void *context);
void ck_set_threads(int threads);
int ck_threads(void);
/// CPU time of the workers so far; only while the pool is the caller's, inside a body: for tests.
double ck_worker_seconds(void);
/// Depth of `withoutGradients` on this thread.
int ck_no_gradient_depth(void);
void ck_no_gradient_change(int by);

// ---- Cores (cores.c)
/// Cores this process may run on (its affinity mask).
int ck_allowed_cores(void);
/// Cores the calling thread may run on, and the one it runs on: for tests.
int ck_thread_cores(void);
int ck_current_core(void);
/// Threads worth having: the allowed cores, or fewer where the process's cgroup has a CPU quota (rounded to whole cores, at least 1).
int ck_default_threads(void);
/// 2: AVX-512, 1: AVX2 with FMA, 0: neither. What the run-time choice of kernels rests on.
int ck_level(void);

// ---- Memory (memory.c)
/// At least `bytes`, 64-byte aligned, not cleared; null when the system has no more. Release with the same size.
void *ck_allocate(long bytes);
void ck_release(void *p, long bytes);
/// Of this thread: bytes it has allocated less those it has released, the most that was since it set the count, and blocks that it has
/// taken from the system. For tests and figures.
typedef struct { long live, most, fresh; } ck_memory_count;
ck_memory_count ck_memory_counted(void);
/// most = live, fresh = 0.
void ck_memory_count_reset(void);
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
/// One (image, group) of group norm: x[channels, area]; with `relu` the positive part of it.
void ck_group_norm(const float *x, const float *weight, const float *bias, float *y, float *mean, float *inverse,
                   long channels, long area, float epsilon, int relu);
void ck_group_norm_backward(const float *x, const float *weight, const float *bias, float mean, float inverse, const float *dy,
                            float *dx, float *dweight, float *dbias, long channels, long area, int relu, int accumulate);

// ---- Loss (losses.c)
/// losses[r] = -log softmax(logits[r])[target] (0 where target < 0), lse[r] = log sum exp.
void ck_cross_entropy(const float *logits, const int32_t *targets, float *losses, float *lse, long rows, long width);
/// dlogits[r] (+)= (softmax - onehot) * factors[r].
void ck_cross_entropy_backward(const float *logits, const int32_t *targets, const float *lse, const float *factors,
                               float *dlogits, long rows, long width, int accumulate);
/// losses as above, and (softmax - onehot) * factors[r] in place of the logits; every target >= 0.
void ck_cross_entropy_in_place(float *logits, const int32_t *targets, const float *factors, float *losses, long rows, long width);

/// losses[r] = the Kullback-Leibler divergence of softmax(logits[r]) from softmax(teacher[r]), whose `known` tokens are the first of `width`;
/// (softmax(logits) - softmax(teacher)) * factors[r] in place of the logits.
void ck_distillation_in_place(float *logits, const float *teacher, const float *factors, float *losses, long rows, long width, long known);
/// losses[r] = the total variation distance between those laws, q and p; its gradient * factors[r] in place of the logits; more[r] = the number of tokens
/// of which q has more. The teacher's logits become p.
void ck_total_variation_in_place(float *logits, float *teacher, const float *factors, float *losses, long *more, long rows, long width, long known);
/// q in place of the logits, losses as above; drawn[r, samples] tokens of q, one for each chance in [0, 1), and costs of 1 where q has more of them, else 0.
void ck_policy_draw_in_place(float *logits, float *teacher, const float *chances, long samples, int32_t *drawn, float *costs, float *losses, long rows, long width, long known);
/// The mean over samples of advantage * (onehot(drawn) - q) * factors[r] in place of q: for costs, the gradient of their mean under q.
void ck_policy_gradient_in_place(float *laws, const int32_t *drawn, const float *advantages, long samples, const float *factors, long rows, long width);
/// y[n] = softmax(factor * x); the largest of x is finite, none is NaN.
void ck_softmax(const float *x, long n, float factor, float *y);
/// The entropy of probabilities, in nats.
float ck_entropy(const float *p, long n);
/// The first of the largest logits and its probability; -1, or a probability that is no number, where they hold NaN or only -infinity.
long ck_likeliest(const float *logits, long width, float *probability);

// ---- Attention (attention.c): tiles of CK_TILE positions
#define CK_TILE 64
#define CK_MAX_HEAD 256
typedef struct {
  long batch, length, heads, key_heads, width;  // width: of a head
  long padded;                                  // width rounded up to 16
  long padded_length;                           // length rounded up to CK_TILE
  long key_length;                              // positions of keys and values; packing them takes a description with `length` = this
  int mask;                                     // 0 full, 1 causal, 2 causal from `first`, 3 `given`; 1 and 2 for key_length = length only
  const int32_t *first;                         // [batch * length]
  const uint8_t *given;                         // [length * key_length] or one a batch entry
  long given_stride;                            // 0 or length * key_length
  const float *cosines, *sines;                 // [positions, width / 2] or null
  float scale;
  int amx;                                      // products of ck_attention_bf16_* on matrix tiles; only where ck_amx_available()
} ck_attention;
/// Rotates, scales and pads one head of x[batch * length, heads * width] into rows[padded_length, padded] and/or, by
/// tiles, columns[padded_length / 64][padded][64]. Either may be null.
void ck_attention_pack(const ck_attention *a, const float *x, long heads, long b, long head, int rotate, float scale,
                       float *rows, float *columns);
/// One tile of 64 queries of head (b, h). q: packed rows, scaled. y: [batch * length, heads * width]. lse: [length]. Level as in
/// ck_level(), -1 for this machine's.
void ck_attention_tile(int level, const ck_attention *a, long b, long h, long tile, const float *q, const float *k_columns,
                       const float *v, float *y, float *lse);
/// All of a head of batch entry b: adds to dq [padded_length, padded], dk and dv (as many rows as the packed keys; rotated frame).
void ck_attention_backward(int level, const ck_attention *a, long b, const float *q, const float *k, const float *k_columns,
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

// ---- Pooling (pooling.c), one image
/// Windows of size x size, stride size; where[] keeps the offset of each maximum in its plane.
void ck_max_pool(const float *x, float *y, int32_t *where, long channels, long height, long width, long size);

// ---- Direct convolution (direct.c, direct_layout.c), one image
#define CK_DIRECT_PANEL 32
#define CK_DIRECT_CHUNK 256
/// A convolution over padded planes: output (oy, ox) of a row of weights is the sum over channels and taps of weight times the
/// plane at (oy * step + dy, ox * step + dx). A plane is [rows][step][phase_width] words: the columns x of one row lie at
/// [x % step][x / step]. The word of a tap within a plane: (dy * step + dx % step) * phase_width + dx / step.
typedef struct {
  long channels, height, width;       // of the source image
  long top, left;                     // zeros above and to the left
  long rows, step, phase_width;
  long out_height, out_width, taps;
  int level;                          // as ck_level()
  int bf16;                           // bf16 inputs, f32 sums; only where ck_bf16_available()
} ck_direct;
/// Words of the buffers of prepare and prepare_rows (with room for reading ahead), and of packed weights.
long ck_direct_words(const ck_direct *d);
long ck_direct_row_words(const ck_direct *d);
long ck_direct_packed_words(const ck_direct *d, long rows);
/// planes[channels], or with bf16 planes[(channels + 1) / 2] of words that hold two channels.
void ck_direct_prepare(const ck_direct *d, const float *x, uint32_t *planes);
/// planes[channels] of f32, or with bf16 of 16-bit values in the same places.
void ck_direct_prepare_rows(const ck_direct *d, const float *x, void *planes);
/// Packs weight[r * row_stride + c * channel_stride + taps[t]] in tiles; rows 0, 12, 24, ... begin at packed[r * steps], where
/// steps = channels (or pairs of them) * taps.
void ck_direct_pack(const ck_direct *d, const float *weight, long rows, long row_stride, long channel_stride, const int32_t *taps,
                    uint32_t *packed);
/// Whether ck_direct_image reads through a panel of (steps + 1) * 32 words: outputs too narrow for 16 at a time.
int ck_direct_uses_panel(const ck_direct *d);
/// y[rows, out_height * out_width] (+)= the convolution + bias. offsets[steps]: words of each channel and tap in `planes`.
void ck_direct_image(const ck_direct *d, const int32_t *offsets, const uint32_t *planes, const uint32_t *weights, long rows,
                     const float *bias, float *y, int accumulate, uint32_t *panel);
/// sums[channels * taps, outputs rounded up to 32] (+)= the gradient of the weights, transposed. taps[]: words within a plane of
/// ck_direct_prepare_rows; dy[outputs, area]; scratch: (outputs rounded up to 32) * 256 + 12 * 272 words.
void ck_direct_weights(const ck_direct *d, const int32_t *taps, const void *planes, const float *dy, long outputs, float *sums,
                       uint32_t *scratch, int accumulate);
/// Puts the column phases [rows of this phase][ceil(width / step)], `size` words apart, of rows `row`, `row` + step, ... into a
/// plane of dx.
void ck_direct_join(const float *phases, long size, long step, long height, long width, float *dx, long row, int accumulate);
// Each channel with one filter of its own (depthwise.c), f32.
/// y[out_height, out_width] (+)= bias + the sum over taps of filter[t] * plane.
void ck_depthwise(const ck_direct *d, const int32_t *taps, const float *plane, const float *filter, float bias, float *y, int accumulate);
/// filter_gradient[t] = the sum over outputs of dy * plane.
void ck_depthwise_filter(const ck_direct *d, const int32_t *taps, const float *plane, const float *dy, float *filter_gradient);

// ---- Optimiser (optimiser.c)
void ck_adamw(float *parameter, const float *gradient, float *first, float *second, long n, float learning_rate,
              float beta1, float beta2, float correction1, float correction2, float epsilon, float decay, float gradient_scale);

// ---- Matrix products in f32 (matrix_f32.c)
/// C[m, n] (+)= op(A)[m, k] op(B)[k, n], row-major, serial; `ta`, `tb`: A is [k, m], B is [n, k]. Level as in ck_level(), for
/// tests; -1: the machine's.
void ck_sgemm(int level, int ta, int tb, long m, long n, long k, const float *a, long lda, const float *b, long ldb, int accumulate,
              float *c, long ldc);

// ---- Pictures of solids (raycast.c)
#define CK_LAMPS 4
enum { CK_CUBE, CK_SPHERE, CK_CYLINDER };
/// On the ground plane z = 0; `half` is the radius or half the side, `bevel` the width of rounded edges, (cosine, sine) the turn about z.
typedef struct { int shape; float centre[3], half, bevel, cosine, sine, paint[3], metal; } ck_solid;
/// A square lamp: its middle, two half sides (x, y, z each), the direction it faces, its light.
typedef struct { float place[3], side[6], facing[3], color[3]; } ck_lamp;
typedef struct {
  long width, height, samples;        // pixels; samples along a pixel's side
  float eye[3], right[3], up[3], forward[3];      // right and up reach from the middle to the edges at distance 1
  const ck_solid *solid;
  long solids;                        // at most 127
  ck_lamp lamp[CK_LAMPS];
  float ambient[3], bounce[3], ground[3], sky[3];
  float metal_glint, metal_haze, rubber_glint, roughness, metal_diffuse, mirror, fresnel;
  int gloss;                          // a metal's glint is the cosine to the power 2^gloss
  uint32_t seed;
} ck_picture;
/// Rows from..<to: linear light rgb[height][width][3].
void ck_cast_rows(const ck_picture *c, long from, long to, float *rgb);
/// What is in the middle of each pixel: depth along `forward` (infinite for the sky) and ids (solid, -1 ground, -2 sky); each may be null.
void ck_cast_middles(const ck_picture *c, float *depth, int8_t *ids);

// ---- Matrix products with bf16 inputs and f32 sums (matrix_bf16.c); only where ck_bf16_available()
#define CK_BF16_PANEL 32
#define CK_BF16_STRIP 12
#define CK_BF16_ROWS 192
int ck_bf16_available(void);
/// Whether the machine multiplies bf16 in tiles (AMX, matrix_amx.c), the system lets this process do so, and ATELIER_AMX is not 0.
int ck_amx_available(void);
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

// The same on matrix tiles (matrix_amx.c), with B in the same panels; only where ck_amx_available().
#define CK_AMX_ROWS 384
/// Words of a packed A: [strips of 16 rows][(pairs rounded up to 16) / 16][16 rows][16 pairs].
long ck_amx_left_words(long m, long k);
/// As ck_bf16_pack_columns, into that form; `from` a multiple of 16, `to` one too or the last.
void ck_amx_pack_columns(const float *a, long lda, long m, long k, long from, long to, uint32_t *packed);
/// As ck_bf16_multiply; i0 a multiple of 16.
void ck_amx_multiply(const uint32_t *a, const uint32_t *b, long i0, long i1, long j0, long j1, long k, float *c, long ldc, int accumulate);
/// As ck_bf16_multiply_rows, m at most CK_AMX_ROWS.
void ck_amx_multiply_rows(const float *a, long lda, long m, long k, const ck_bf16_product *products, long count);

// ---- Weights in panels (panels.c, panel_pack.c), for decoding and prefill
//
// y[r, o] = sum over k of w[o, k] x[r, k] + bias[o]. A panel is CK_PANEL outputs, their values one after the other for each
// input (f32), pair of inputs (bf16) or group of 32 inputs (the last padded with zeros):
//   f32   [k][32] float
//   bf16  [k / 2][32] two bf16, the even input low: as ck_bf16_pack
//   int8  [k / 32] of { [32] f16 scales, [8][32][4] bytes }: w = scale * (byte - 128)
//   q4    [k / 32] of { [32] f16 scales, [32] f16 least values, [4][32][4] bytes }: w = scale * half byte + least; the low
//         halves are inputs 0...15 of the group, the high halves 16...31
// Inputs are prepared once for all panels: rounded to bf16, or to int8 with a scale for each group of 32.
#define CK_PANEL 32
enum { CK_F32 = 0, CK_BF16 = 1, CK_INT8 = 2, CK_Q4 = 3 };
/// What becomes of a product: y =, y +=, y = silu(gate) * up with panels of gate and up taking turns.
enum { CK_STORE = 0, CK_ADD = 1, CK_GATED = 2 };
typedef struct {
  int format;
  long inputs, outputs;   // of y: with gates, half of the rows of weights
  const void *data;       // panels, 64-byte aligned
  const float *bias;      // [outputs] or null; none with gates
} ck_panels;
typedef struct {
  int8_t x[32];
  float scale;
  int32_t offset;         // -128 times the sum of x
  float sum;              // scale times the sum of x
  int32_t unused;
} ck_input_group;
long ck_panel_bytes(int format, long inputs);
/// Of a prepared row.
long ck_input_bytes(int format, long inputs);
/// One panel from 32 rows of weights; a null row is zeros.
void ck_panel_pack(int format, const float *const *rows, long inputs, void *out);
/// The same from rows of blocks of 32 as GGUF files have them, without rounding: Q8_0 gives int8, Q4_0 and Q4_1 give q4.
enum { CK_BLOCKS_Q4_0 = 2, CK_BLOCKS_Q4_1 = 3, CK_BLOCKS_Q8_0 = 8 };
void ck_panel_pack_blocks(int type, const void *const *rows, long inputs, void *out);
/// One output's weights, out of a panel.
void ck_panel_row(int format, const void *panel, long lane, long inputs, float *out);
/// x[rows, inputs], `stride` floats apart.
void ck_prepare_inputs(int format, const float *x, long rows, long stride, long inputs, void *prepared);
/// 4: AMX tiles for bf16, 3: AVX-512 with BF16 and VNNI, else as ck_level().
int ck_panel_level(void);
/// Units from..<to: panels, or with gates pairs of panels. y has `stride` floats a row. Level -1: the machine's.
void ck_panels_rows(int level, const ck_panels *m, const void *prepared, long rows, int epilogue, long from, long to, float *y, long stride);
/// All of it, spread over the pool.
void ck_panels_multiply(const ck_panels *m, const void *prepared, long rows, int epilogue, float *y, long stride);

// ---- Inference (inference.c)
/// Capacities of caches are multiples of this.
#define CK_POSITIONS 64
/// Positions whose keys lie side by side.
#define CK_LANES 16
/// One row of a batch: its position in its sequence, and that sequence's cache of one layer: values [key_heads][capacity][width], keys
/// [key_heads][capacity / CK_LANES][width][CK_LANES]. Its own key and value lie at `place` of them, which is its position, but for a row of a
/// tree: of its positions those from `trunk` on lie at branch[0...position - trunk]. Without a tree `branch` is null.
typedef struct {
  float *keys, *values;
  long position, place, trunk;
  const int32_t *branch;
} ck_row;
/// x[rows] of query heads, key heads and value heads, `stride` floats apart: turns queries and keys to their positions (tables
/// of [positions, width / 2]; null: none), then puts keys and values into the caches at their places.
void ck_rotate_and_store(float *x, const ck_row *rows, long count, long stride, long heads, long key_heads, long width, long capacity,
                         const float *cosines, const float *sines);
/// Row r of queries (`stride` floats apart) attends to positions 0...position of its cache; out [rows, heads * width].
void ck_attend_rows(const float *queries, long stride, const ck_row *rows, long count, long heads, long key_heads, long width,
                    long capacity, float *out);
/// y may be x.
void ck_rms_norm_rows(const float *x, const float *weight, float *y, long rows, long width, float epsilon);

// ---- Limits of this machine (probes.c)
enum { CK_PROBE_F32 = 0, CK_PROBE_BF16 = 1, CK_PROBE_INT8 = 2 };
/// Multiplies and adds in registers only, by the widest instructions there are; returns the operations done (two a product), 0 where
/// the machine has no such instruction.
double ck_probe_arithmetic(int kind, long rounds);
/// Reads n values (a multiple of 64) in four streams; returns their sum.
uint64_t ck_probe_read(const uint64_t *x, long n);
