// JPEG pictures, read by libjpeg-turbo.
#ifndef ATELIER_CTURBOJPEG_H
#define ATELIER_CTURBOJPEG_H
#include <turbojpeg.h>
#endif
