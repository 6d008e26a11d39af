// What the kernels on Intel's matrix tiles share (matrix_amx.c, attention_bf16.c, panels_amx.c); only where ck_amx_available().
#pragma once
#include "CKernels.h"

#if defined(__x86_64__)
#define AMX __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,amx-tile,amx-bf16")))
/// Gives this thread eight tiles of rows of 64 bytes until ck_amx_end; rows[i] of tile i, or null for 16 each.
void ck_amx_begin(const uint8_t rows[8]);
void ck_amx_end(void);
/// C[64, n] (+)= A[64, pairs] B[pairs, n] of pairs of bf16, n a multiple of 32, pairs of 16; a row of A is `a_step` words, a pair of
/// rows of B `b_step`.
void ck_amx_product_64(long n, long pairs, const uint32_t *a, long a_step, const uint32_t *b, long b_step, float *c, long ldc, int accumulate);
/// rows[64][32] of pairs[32][64].
void ck_amx_turn(const uint32_t *pairs, uint32_t *rows);
/// Products of tiles that stay in their registers; the operations done.
double ck_amx_probe(long rounds);
#endif
