// SPDX-License-Identifier: Apache-2.0
// madvise is no part of the C standard, and of POSIX only in another form.
#if defined(__linux__) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE
#endif
#include "c_system.h"
#include <stdint.h>
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif
// Defines __GLIBC__ where it applies.
#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void c_return_large_blocks(void) {
#ifdef __GLIBC__
    // glibc raises its limit to 32 MiB by itself; a third of the peak was blocks that were freed but kept. What tiles
    // and streams take is smaller and is taken again at once: to have it from the system anew took a twelfth of the time.
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
#endif
}

void c_expect_whole_use(void *block, size_t byte_count) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    // A large page has 2 MiB; a block of twice that holds at least one.
    const size_t least = (size_t)4 << 20;
    if (byte_count < least) return;
    const long known = sysconf(_SC_PAGESIZE);
    const uintptr_t page = known > 0 ? (uintptr_t)known : 4096;
    const uintptr_t start = ((uintptr_t)block + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)block + byte_count) / page * page;
    // It is advice; nothing depends on whether it is taken.
    (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
#else
    (void)block;
    (void)byte_count;
#endif
}
