// Blocks of GGUF weight files (gguf_blocks.c).
#pragma once

/// Widens `count` values, a whole number of blocks, of GGUF tensor type `type` to f32. The source may stand at any address.
/// Returns 0, having done nothing, for a type that is not read.
int ck_gguf_read(int type, const void *blocks, long count, float *y);
/// Rounds `count` values, a multiple of 32, to Q8_0: blocks of 34 bytes.
void ck_gguf_write_q8_0(const float *x, long count, void *blocks);
