// SPDX-License-Identifier: Apache-2.0
#include "c_system.h"
// Defines __GLIBC__ where it applies.
#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void c_return_large_blocks(void) {
#ifdef __GLIBC__
    // glibc raises its limit to 32 MiB by itself; a third of the peak was blocks that were freed but kept.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}
