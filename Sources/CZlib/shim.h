// What Sketches needs of zlib: deflated members of npz archives, and their checksums.
#ifndef ATELIER_CZLIB_H
#define ATELIER_CZLIB_H
#include <zlib.h>
#endif
