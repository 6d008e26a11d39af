// What Sketches needs of giflib: animations are written with it.
#ifndef ATELIER_CGIF_H
#define ATELIER_CGIF_H
#include <gif_lib.h>
#endif
