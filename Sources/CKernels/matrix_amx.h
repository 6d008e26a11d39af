// Products on Intel's matrix tiles: what matrix_bf16.c and attention_bf16.c hand over where ck_amx_available().
#pragma once
#include "CKernels.h"

#if defined(__x86_64__)
#define AMX __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,amx-tile,amx-bf16")))
/// The tiles belong to this thread from begin to end; registers of other kernels are untouched.
void ck_amx_begin(void);
void ck_amx_end(void);
/// C[64, n] (+)= A[64, pairs] B[pairs, n] of pairs of bf16, n a multiple of 32, pairs of 16; a row of A is `a_step` words, a pair of
/// rows of B `b_step`.
void ck_amx_product_64(long n, long pairs, const uint32_t *a, long a_step, const uint32_t *b, long b_step, float *c, long ldc, int accumulate);
/// rows[64][32] of pairs[32][64].
void ck_amx_turn(const uint32_t *pairs, uint32_t *rows);
/// Products of tiles that stay in their registers; the operations done.
double ck_amx_probe(long rounds);
#endif
