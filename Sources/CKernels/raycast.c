// Pictures of simple solids on a ground plane by ray casting, 16 pixels of a row at a time: what the reasoner is trained on.
//
// A ray meets spheres, upright cylinders and bevelled cubes by closed formulas. A point is lit by area lamps (one point of each lamp a sample, so
// that shadows are soft), metal mirrors what a second ray meets. Random numbers are hashes of pixel, sample and seed: no order of work shows.
#include "CKernels.h"
#include "vector.h"

// Vectors are passed between functions that are all inlined, so that no calling convention matters.
#pragma clang diagnostic ignored "-Wpsabi"
enum { lanes = 16 };
typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));
typedef uint32_t vu __attribute__((vector_size(64)));
typedef struct { vf x, y, z; } v3;

CK_INLINE vf all(float x) { return (vf){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
CK_INLINE vf pick(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
CK_INLINE vi pick_int(vi mask, vi a, vi b) { return (mask & a) | (~mask & b); }
CK_INLINE vf larger(vf a, vf b) { return pick(a > b, a, b); }
CK_INLINE vf smaller(vf a, vf b) { return pick(a < b, a, b); }
CK_INLINE vf absolute(vf a) { return (vf)((vi)a & 0x7FFFFFFF); }
CK_INLINE vf root(vf a) { return __builtin_elementwise_sqrt(a); }
CK_INLINE v3 plus(v3 a, v3 b) { return (v3){a.x + b.x, a.y + b.y, a.z + b.z}; }
CK_INLINE v3 minus(v3 a, v3 b) { return (v3){a.x - b.x, a.y - b.y, a.z - b.z}; }
CK_INLINE v3 times(v3 a, vf k) { return (v3){a.x * k, a.y * k, a.z * k}; }
CK_INLINE vf dot(v3 a, v3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
CK_INLINE v3 same(const float *p) { return (v3){all(p[0]), all(p[1]), all(p[2])}; }
CK_INLINE v3 unit(v3 a) { return times(a, 1.0f / root(larger(dot(a, a), all(1e-20f)))); }
CK_INLINE v3 pick3(vi mask, v3 a, v3 b) { return (v3){pick(mask, a.x, b.x), pick(mask, a.y, b.y), pick(mask, a.z, b.z)}; }
CK_INLINE int any(vi mask) { return __builtin_reduce_or(mask) != 0; }

static const float far_away = 1e9f, too_near = 2e-3f;

/// A hash of a counter, in [0, 1) (Wellons' lowbias32).
CK_INLINE vf uniform(vu x) {
  x ^= x >> 16; x *= 0x7feb352du; x ^= x >> 15; x *= 0x846ca68bu; x ^= x >> 16;
  vf r;
  for (int l = 0; l < lanes; l++) r[l] = (float)(x[l] >> 8) * 0x1p-24f;
  return r;
}

CK_INLINE v3 to_solid(const ck_solid *s, v3 p) {
  return (v3){s->cosine * p.x + s->sine * p.y, s->cosine * p.y - s->sine * p.x, p.z};
}
CK_INLINE v3 from_solid(const ck_solid *s, v3 p) {
  return (v3){s->cosine * p.x - s->sine * p.y, s->sine * p.x + s->cosine * p.y, p.z};
}

/// Narrows [*near, *far] to where |a + t b| <= e.
CK_INLINE void slab(vf a, vf b, float e, vf *near, vf *far) {
  const vf k = 1.0f / pick(absolute(b) < 1e-12f, all(1e-12f), b), t0 = (-e - a) * k, t1 = (e - a) * k;
  *near = larger(*near, smaller(t0, t1));
  *far = smaller(*far, larger(t0, t1));
}

/// Whether any of the rays meets the ball around the solid: most rows of pixels and most shadows pass by most solids.
CK_INLINE int passes_near(const ck_solid *s, v3 p, v3 d) {
  static const float reach[3] = {3.0f, 1.0f, 2.0f};           // squares of a ball's radius over `half`: cube, sphere, cylinder
  const float radius = reach[s->shape] * s->half * s->half;
  const vf b = dot(p, d), c = dot(p, p) - radius;
  return any((c < 0) | ((b < 0) & (b * b > c)));
}

/// Where the ray o + t d (in directions of length 1) enters the solid; far_away where it does not.
CK_INLINE vf enter(const ck_solid *s, v3 o, v3 d) {
  v3 p = minus(o, same(s->centre));
  if (!passes_near(s, p, d)) return all(far_away);
  const float h = s->half;
  if (s->shape == CK_SPHERE) {
    const vf b = dot(p, d), c = dot(p, p) - h * h, under = b * b - c, t = -b - root(larger(under, all(0)));
    return pick((under > 0) & (t > too_near), t, all(far_away));
  }
  vf near = all(-far_away), far = all(far_away);
  if (s->shape == CK_CYLINDER) {
    const vf a = larger(d.x * d.x + d.y * d.y, all(1e-12f)), b = p.x * d.x + p.y * d.y, c = p.x * p.x + p.y * p.y - h * h, under = b * b - a * c;
    const vf r = root(larger(under, all(0))), k = 1.0f / a;
    near = (-b - r) * k;
    far = pick(under > 0, (-b + r) * k, all(-far_away));
    slab(p.z, d.z, h, &near, &far);
  } else {
    p = to_solid(s, p);
    d = to_solid(s, d);
    slab(p.x, d.x, h, &near, &far);
    slab(p.y, d.y, h, &near, &far);
    slab(p.z, d.z, h, &near, &far);
    const float cut = 2 * h - 0.6f * s->bevel;                   // edges are cut off flat; the normal makes them look round
    slab(p.x + p.y, d.x + d.y, cut, &near, &far);
    slab(p.x - p.y, d.x - d.y, cut, &near, &far);
    slab(p.x + p.z, d.x + d.z, cut, &near, &far);
    slab(p.x - p.z, d.x - d.z, cut, &near, &far);
    slab(p.y + p.z, d.y + d.z, cut, &near, &far);
    slab(p.y - p.z, d.y - d.z, cut, &near, &far);
  }
  return pick((near < far) & (near > too_near), near, all(far_away));
}

CK_INLINE vf beyond(vf x, float edge) { return pick(x > 0, larger(x - edge, all(0)), smaller(x + edge, all(0))); }

/// The normal at a point of the solid's surface.
CK_INLINE v3 normal_at(const ck_solid *s, v3 point) {
  v3 p = minus(point, same(s->centre));
  if (s->shape == CK_SPHERE) return unit(p);
  const float edge = s->half - s->bevel;
  if (s->shape == CK_CYLINDER) {
    const vf r = root(larger(p.x * p.x + p.y * p.y, all(1e-12f))), k = larger(r - edge, all(0)) / r;
    return unit((v3){p.x * k, p.y * k, beyond(p.z, edge)});
  }
  p = to_solid(s, p);
  return from_solid(s, unit((v3){beyond(p.x, edge), beyond(p.y, edge), beyond(p.z, edge)}));
}

/// Whether something stands between the points and what is `reach` away in direction d.
CK_INLINE vi blocked(const ck_picture *c, v3 o, v3 d, vf reach) {
  vi found = {0};
  for (long i = 0; i < c->solids; i++) found |= enter(c->solid + i, o, d) < reach;
  return found;
}

typedef struct { vf t; vi id; v3 point, normal, paint; vf metal; } hit;   // id: -2 nothing, -1 ground, else the solid

CK_INLINE hit meet(const ck_picture *c, v3 o, v3 d) {
  hit h = {all(far_away), (vi){0} - 2, o, (v3){all(0), all(0), all(1)}, same(c->sky), all(0)};
  const vf ground = -o.z / pick(absolute(d.z) < 1e-9f, all(-1e-9f), d.z);
  const vi on_ground = (ground > too_near) & (d.z < 0);
  h.t = pick(on_ground, ground, h.t);
  h.id = pick_int(on_ground, (vi){0} - 1, h.id);
  for (long i = 0; i < c->solids; i++) {
    const vf t = enter(c->solid + i, o, d);
    const vi nearer = t < h.t;
    h.t = pick(nearer, t, h.t);
    h.id = pick_int(nearer, (vi){0} + (int)i, h.id);
  }
  h.point = plus(o, times(d, h.t));
  h.paint = pick3(h.id == -1, same(c->ground), h.paint);
  for (long i = 0; i < c->solids; i++) {
    const vi here = h.id == (int)i;
    if (!any(here)) continue;
    h.normal = pick3(here, normal_at(c->solid + i, h.point), h.normal);
    h.paint = pick3(here, same(c->solid[i].paint), h.paint);
    h.metal = pick(here, all(c->solid[i].metal), h.metal);
  }
  return h;
}

CK_INLINE vf power_of(vf x, int doublings) {
  for (int i = 0; i < doublings; i++) x *= x;
  return x;
}

/// Light that a point throws back to where the ray d came from: diffuse, and the lamps' glints. The first `shadows` lamps throw shadows. Each of a
/// pixel's samples has its own part of each lamp, and a point at random in it: a fraction of the noise of points anywhere.
CK_INLINE void light(const ck_picture *c, const hit *h, v3 d, vu counter, long sample, const int shadows, v3 *diffuse, v3 *glint) {
  const long side = c->samples;
  const v3 mirrored = minus(d, times(h->normal, 2 * dot(d, h->normal)));
  // The ground's light comes to what looks down: all of it to an underside, half to an upright side.
  *diffuse = plus(same(c->ambient), times(same(c->bounce), 0.5f - 0.5f * h->normal.z));
  *glint = (v3){all(0), all(0), all(0)};
  for (int k = 0; k < CK_LAMPS; k++) {
    const ck_lamp *lamp = c->lamp + k;
    const long part = (sample + k) % (side * side);
    const vf a = (uniform(counter + (2 * k + 1) * 0x9E3779B9u) + (float)(part % side)) * (2.0f / (float)side) - 1;
    const vf b = (uniform(counter + (2 * k + 2) * 0x9E3779B9u) + (float)(part / side)) * (2.0f / (float)side) - 1;
    const v3 at = plus(same(lamp->place), plus(times(same(lamp->side), a), times(same(lamp->side + 3), b)));
    const v3 way = minus(at, h->point);
    const vf square = larger(dot(way, way), all(1e-6f)), length = root(square);
    const v3 toward = times(way, 1.0f / length);
    const vf facing = larger(-dot(toward, same(lamp->facing)), all(0)), falls = larger(dot(h->normal, toward), all(0));
    vf strength = facing / square;
    if (k < shadows) {
      const v3 from = plus(h->point, times(h->normal, all(1e-3f)));
      strength = pick(blocked(c, from, toward, length), all(0), strength);
    }
    *diffuse = plus(*diffuse, times(same(lamp->color), strength * falls));
    const vf along = larger(dot(mirrored, toward), all(0));
    const vf wide = power_of(along, 3), haze = power_of(wide, 2), narrow = power_of(along, c->gloss);
    *glint = plus(*glint, times(same(lamp->color), strength * pick(h->metal > 0, narrow * c->metal_glint + haze * c->metal_haze, wide * c->rubber_glint)));
  }
}

/// The rays through places (sx, sy) of 16 pixels of a row.
CK_INLINE v3 sight(const ck_picture *c, long x0, long y, float sx, float sy) {
  vf column;
  for (int l = 0; l < lanes; l++) column[l] = (float)(x0 + l);
  const vf u = (column + sx) * (2.0f / (float)c->width) - 1, v = all(1 - ((float)y + sy) * (2.0f / (float)c->height));
  return unit(plus(same(c->forward), plus(times(same(c->right), u), times(same(c->up), v))));
}

/// What stands in the middle of each pixel of a row, and how deep; either may be null.
CK_INLINE void middles(const ck_picture *c, long y, float *depth, int8_t *ids) {
  for (long x0 = 0; x0 < c->width; x0 += lanes) {
    const v3 d = sight(c, x0, y, 0.5f, 0.5f);
    const vf ground = -c->eye[2] / pick(absolute(d.z) < 1e-9f, all(-1e-9f), d.z);
    const vi on_ground = (ground > too_near) & (d.z < 0);
    vf t = pick(on_ground, ground, all(far_away));
    vi id = pick_int(on_ground, (vi){0} - 1, (vi){0} - 2);
    for (long i = 0; i < c->solids; i++) {
      const vf entry = enter(c->solid + i, same(c->eye), d);
      id = pick_int(entry < t, (vi){0} + (int)i, id);
      t = smaller(entry, t);
    }
    const vf deep = t * dot(d, same(c->forward));
    for (int l = 0; l < lanes && x0 + l < c->width; l++) {
      if (ids) ids[x0 + l] = (int8_t)id[l];
      if (depth) depth[x0 + l] = id[l] == -2 ? INFINITY : deep[l];
    }
  }
}

CK_INLINE void row(const ck_picture *c, long y, float *restrict rgb) {
  const long side = c->samples;
  for (long x0 = 0; x0 < c->width; x0 += lanes) {
    v3 sum = {all(0), all(0), all(0)};
    vu pixel;
    for (int l = 0; l < lanes; l++) pixel[l] = (uint32_t)((y * c->width + x0 + l) * side * side * 16) + c->seed;
    for (long sample = 0; sample < side * side; sample++) {
      const vu counter = pixel + (uint32_t)sample * 16u;
      const v3 d = sight(c, x0, y, ((float)(sample % side) + 0.5f) / (float)side, ((float)(sample / side) + 0.5f) / (float)side);
      const hit h = meet(c, same(c->eye), d);
      v3 diffuse, glint, seen;
      light(c, &h, d, counter, sample, CK_LAMPS, &diffuse, &glint);
      seen = (v3){h.paint.x * diffuse.x, h.paint.y * diffuse.y, h.paint.z * diffuse.z};
      const vi metal = h.metal > 0;
      if (any(metal)) {
        // A rough mirror: the reflected ray is bent a little, at random.
        v3 r = minus(d, times(h.normal, 2 * dot(d, h.normal)));
        const v3 shake = {uniform(counter + 11) - 0.5f, uniform(counter + 12) - 0.5f, uniform(counter + 13) - 0.5f};
        r = unit(plus(r, times(shake, all(c->roughness))));
        const hit far = meet(c, plus(h.point, times(h.normal, all(1e-3f))), r);
        v3 again, unused;
        light(c, &far, r, counter + 7, sample, 2, &again, &unused);
        const v3 reflected = pick3(far.id == -2, same(c->sky), (v3){far.paint.x * again.x, far.paint.y * again.y, far.paint.z * again.z});
        const vf grazing = 1 - larger(-dot(d, h.normal), all(0)), edge = power_of(grazing, 2) * grazing;     // Schlick 1994
        const vf keep = all(c->metal_diffuse);
        const v3 tint = plus(times(h.paint, 1 - c->fresnel * edge), times((v3){all(1), all(1), all(1)}, c->fresnel * edge));
        v3 mirror = {tint.x * (reflected.x * (1 - keep) * c->mirror + glint.x), tint.y * (reflected.y * (1 - keep) * c->mirror + glint.y),
                     tint.z * (reflected.z * (1 - keep) * c->mirror + glint.z)};
        mirror = plus(mirror, times(seen, keep));
        seen = pick3(metal, mirror, seen);
      }
      seen = pick3(metal | (h.id < 0), seen, plus(seen, glint));
      seen = pick3(h.id == -2, same(c->sky), seen);
      sum = plus(sum, seen);
    }
    const float k = 1.0f / (float)(side * side);
    for (int l = 0; l < lanes && x0 + l < c->width; l++) {
      float *to = rgb + (x0 + l) * 3;
      to[0] = sum.x[l] * k, to[1] = sum.y[l] * k, to[2] = sum.z[l] * k;
    }
  }
}

CK_KERNEL void ck_cast_rows(const ck_picture *c, long from, long to, float *rgb) {
  for (long y = from; y < to; y++) row(c, y, rgb + y * c->width * 3);
}
CK_KERNEL void ck_cast_middles(const ck_picture *c, float *depth, int8_t *ids) {
  for (long y = 0; y < c->height; y++) middles(c, y, depth ? depth + y * c->width : 0, ids ? ids + y * c->width : 0);
}
