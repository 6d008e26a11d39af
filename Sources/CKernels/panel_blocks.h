// The kernels under panels.c: tile[R][32] = R prepared rows times a panel, for a few R, by instruction set.
#pragma once
#include "CKernels.h"
#include "vector.h"

enum { group = 32, panel = CK_PANEL, int8_group_bytes = panel * (2 + group), q4_group_bytes = panel * (4 + group / 2) };

CK_INLINE long groups_of(long inputs) { return (inputs + group - 1) / group; }

/// `stride`: bytes from a prepared row to the next.
typedef void (*ck_block)(const void *weights, long inputs, const uint8_t *x, long stride, float *tile);
/// Two panels that follow each other, for one row: chains enough to hide the latency of a sum that one panel would wait for.
typedef void (*ck_pair_block)(const void *weights, long inputs, const uint8_t *x, float *tile);
/// One panel for 1 to `most` rows.
typedef void (*ck_any_block)(const void *weights, long inputs, const uint8_t *x, long stride, long rows, float *tile);
typedef struct {
  int count, rows[5];   // largest first, down to 1; at most CK_MOST_ROWS
  ck_block of[5];
  ck_pair_block pair;   // null where one panel fills the machine
  int most;             // in place of these, a block for any number of rows up to `most`
  ck_any_block any;
  void (*begin)(long rows), (*end)(void);       // around blocks of so many rows
} ck_block_set;
enum { CK_MOST_ROWS = 32 };

ck_block_set ck_blocks_plain(int format);
#if defined(__x86_64__)
ck_block_set ck_blocks_avx2(int format);
/// f32 with AVX-512; the others want BF16 and VNNI as well.
ck_block_set ck_blocks_avx512(int format);
/// bf16 where ck_amx_available().
ck_block_set ck_blocks_amx(void);
#endif
