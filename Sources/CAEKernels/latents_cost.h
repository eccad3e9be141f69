// SPDX-License-Identifier: Apache-2.0
#ifndef AE_LATENTS_COST_H
#define AE_LATENTS_COST_H
#include "latents_internal.h"
#include <math.h>

// Costs must not depend on what a target fuses: all kernels make the same archive.
#pragma clang fp contract(off)

/// The bits of a residual.
AE_INLINE float ae_bits_of(const float *bits, int32_t r) {
    const int32_t m = r < 0 ? -r : r;
    if (m <= 18) return bits[2 * m + (r < 0)];
    return bits[38 + (r < 0)] + 2 * log2f((float)m / 19);
}

#endif
