// OpenBLAS's C interface: sgemm only. The Debian package's cblas.h is found through pkg-config.
#pragma once
#include <cblas.h>
