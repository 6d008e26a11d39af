// The tensor types of GGUF files, block by block: plain loops, which the compiler vectorises.
//
// A block is a scale (and, for the types with a minimum, that) of 16 bits and small integers; the K types are super-blocks
// of 256 values whose parts have 6-bit (Q6_K: 8-bit) scales of their own. Nothing is fused, so that all clones give the same bits.
#include "CKernels.h"
#include "vector.h"

#pragma clang fp contract(off)

CK_INLINE uint16_t load16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

CK_INLINE float from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

/// The f16 at an address; exact, subnormals and infinities included.
CK_INLINE float half(const uint8_t *p) {
  const uint32_t h = load16(p), magnitude = h & 0x7FFF, sign = (h & 0x8000) << 16;
  const float x = magnitude >= 0x7C00 ? from_bits(0x7F800000 | magnitude << 13) : from_bits(magnitude << 13) * 0x1p112f;
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return from_bits(bits | sign);
}

CK_INLINE void read_f16(const uint8_t *p, long n, float *y) {
  for (long i = 0; i < n; i++) y[i] = half(p + 2 * i);
}

CK_INLINE void read_bf16(const uint8_t *p, long n, float *y) {
  for (long i = 0; i < n; i++) y[i] = from_bits((uint32_t)load16(p + 2 * i) << 16);
}

CK_INLINE void read_q8_0(const uint8_t *p, long n, float *y) {
  for (; n > 0; n -= 32, p += 34, y += 32) {
    const float d = half(p);
    for (int i = 0; i < 32; i++) y[i] = (float)(int8_t)p[2 + i] * d;
  }
}

/// Low nibbles are the first half of a block.
CK_INLINE void read_q4_0(const uint8_t *p, long n, float *y) {
  for (; n > 0; n -= 32, p += 18, y += 32) {
    const float d = half(p);
    for (int i = 0; i < 16; i++) {
      y[i] = (float)((p[2 + i] & 15) - 8) * d;
      y[i + 16] = (float)((p[2 + i] >> 4) - 8) * d;
    }
  }
}

CK_INLINE void read_q4_1(const uint8_t *p, long n, float *y) {
  for (; n > 0; n -= 32, p += 20, y += 32) {
    const float d = half(p), m = half(p + 2);
    for (int i = 0; i < 16; i++) {
      y[i] = (float)(p[4 + i] & 15) * d + m;
      y[i + 16] = (float)(p[4 + i] >> 4) * d + m;
    }
  }
}

/// Bit i of the four bytes is the fifth bit of value i.
CK_INLINE int fifth(const uint8_t *bits, int i) { return (bits[i >> 3] >> (i & 7) & 1) << 4; }

CK_INLINE void read_q5_0(const uint8_t *p, long n, float *y) {
  for (; n > 0; n -= 32, p += 22, y += 32) {
    const float d = half(p);
    for (int i = 0; i < 16; i++) {
      y[i] = (float)(((p[6 + i] & 15) | fifth(p + 2, i)) - 16) * d;
      y[i + 16] = (float)(((p[6 + i] >> 4) | fifth(p + 2, i + 16)) - 16) * d;
    }
  }
}

CK_INLINE void read_q5_1(const uint8_t *p, long n, float *y) {
  for (; n > 0; n -= 32, p += 24, y += 32) {
    const float d = half(p), m = half(p + 2);
    for (int i = 0; i < 16; i++) {
      y[i] = (float)((p[8 + i] & 15) | fifth(p + 4, i)) * d + m;
      y[i + 16] = (float)((p[8 + i] >> 4) | fifth(p + 4, i + 16)) * d + m;
    }
  }
}

/// Scale and minimum of one of the eight parts of a Q4_K or Q5_K super-block: 6 bits each in 12 bytes.
CK_INLINE void part_scale(const uint8_t *s, int part, float *scale, float *minimum) {
  if (part < 4) {
    *scale = (float)(s[part] & 63);
    *minimum = (float)(s[part + 4] & 63);
  } else {
    *scale = (float)((s[part + 4] & 15) | s[part - 4] >> 6 << 4);
    *minimum = (float)(s[part + 4] >> 4 | s[part] >> 6 << 4);
  }
}

CK_INLINE void read_q4_k(const uint8_t *p, long n, float *y) {
  for (; n > 0; n -= 256, p += 144, y += 256) {
    const float d = half(p), m = half(p + 2);
    for (int part = 0; part < 8; part++) {
      const uint8_t *q = p + 16 + part / 2 * 32;
      float scale, minimum;
      part_scale(p + 4, part, &scale, &minimum);
      const float ds = d * scale, ms = m * minimum;
      const int shift = part % 2 * 4;
      for (int i = 0; i < 32; i++) y[part * 32 + i] = ds * (float)(q[i] >> shift & 15) - ms;
    }
  }
}

CK_INLINE void read_q5_k(const uint8_t *p, long n, float *y) {
  for (; n > 0; n -= 256, p += 176, y += 256) {
    const float d = half(p), m = half(p + 2);
    for (int part = 0; part < 8; part++) {
      const uint8_t *high = p + 16, *q = p + 48 + part / 2 * 32;
      float scale, minimum;
      part_scale(p + 4, part, &scale, &minimum);
      const float ds = d * scale, ms = m * minimum;
      const int shift = part % 2 * 4;
      for (int i = 0; i < 32; i++) y[part * 32 + i] = ds * (float)((q[i] >> shift & 15) + ((high[i] >> part & 1) << 4)) - ms;
    }
  }
}

/// Each half of 128 values: 64 bytes of low nibbles, 32 bytes of two high bits each, 8 scales.
CK_INLINE void read_q6_k(const uint8_t *p, long n, float *y) {
  for (; n > 0; n -= 256, p += 210, y += 256) {
    const float d = half(p + 208);
    for (int quarter = 0; quarter < 8; quarter++) {
      const int in_half = quarter % 4;
      const uint8_t *low = p + quarter / 4 * 64 + in_half % 2 * 32, *high = p + 128 + quarter / 4 * 32;
      const int8_t *scales = (const int8_t *)p + 192 + quarter / 4 * 8 + in_half * 2;
      const int low_shift = in_half / 2 * 4, high_shift = in_half * 2;
      for (int i = 0; i < 32; i++) {
        const int q = ((low[i] >> low_shift & 15) | (high[i] >> high_shift & 3) << 4) - 32;
        y[quarter * 32 + i] = d * (float)scales[i / 16] * (float)q;
      }
    }
  }
}

CK_KERNEL int ck_gguf_read(int type, const void *blocks, long count, float *y) {
  switch (type) {
    case 0: memcpy(y, blocks, (size_t)count * 4); return 1;
    case 1: read_f16(blocks, count, y); return 1;
    case 2: read_q4_0(blocks, count, y); return 1;
    case 3: read_q4_1(blocks, count, y); return 1;
    case 6: read_q5_0(blocks, count, y); return 1;
    case 7: read_q5_1(blocks, count, y); return 1;
    case 8: read_q8_0(blocks, count, y); return 1;
    case 12: read_q4_k(blocks, count, y); return 1;
    case 13: read_q5_k(blocks, count, y); return 1;
    case 14: read_q6_k(blocks, count, y); return 1;
    case 30: read_bf16(blocks, count, y); return 1;
    default: return 0;
  }
}

void ck_gguf_write_q8_0(const float *x, long count, void *blocks) {
  uint8_t *p = blocks;
  for (; count > 0; count -= 32, p += 34, x += 32) {
    float largest = 0;
    for (int i = 0; i < 32; i++) largest = fmaxf(largest, fabsf(x[i]));
    const float d = largest / 127, inverse = d > 1e-30f ? 1 / d : 0;  // below, the f16 scale is 0 anyway
    uint16_t h;
    ck_f32_to_f16(&d, &h, 1);
    p[0] = (uint8_t)h;
    p[1] = (uint8_t)(h >> 8);
    for (int i = 0; i < 32; i++) p[2 + i] = (uint8_t)(int8_t)roundf(x[i] * inverse);
  }
}
