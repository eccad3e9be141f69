// SPDX-License-Identifier: Apache-2.0
#ifndef CLONES_H
#define CLONES_H

// A function before which this stands is compiled for several instruction sets; the loader takes the best.
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif

#define INLINE static inline __attribute__((always_inline))

#endif
