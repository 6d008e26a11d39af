// The part of cairo that Sketches draws with: raster surfaces, PNG and PDF.
#ifndef ATELIER_CCAIRO_H
#define ATELIER_CCAIRO_H
#include <cairo.h>
#include <cairo-pdf.h>
#endif
