// SPDX-License-Identifier: Apache-2.0
#ifndef AE_ADAPTIVE_LATENTS_H
#define AE_ADAPTIVE_LATENTS_H
#include "adaptive_decisions.h"

enum {
    AE_NODE_ZERO = 0,
    AE_NODE_NEGATIVE = 1,
    AE_NODE_SIZE = 2,        ///< of the sizes 1 to 7, one each
    AE_LAST_SIZE = 7,
    AE_NODE_SIZE_OCTAVE = 9,
};

/// Codes the index of a latent, or its residual; in decoding the one given counts for nothing.
AE_INLINE int32_t ae_code_latent(ae_adaptive *coder, const ae_lane *lane, int32_t q) {
    const int32_t size = q < 0 ? -q : q;
    if (ae_decide(coder, lane, AE_NODE_ZERO, q == 0)) return 0;
    const int negative = ae_decide(coder, lane, AE_NODE_NEGATIVE, q < 0);
    int32_t found = 1;
    while (found <= AE_LAST_SIZE && !ae_decide(coder, lane, AE_NODE_SIZE - 1 + found, size == found)) ++found;
    if (found > AE_LAST_SIZE) {
        const int32_t rest = size - AE_LAST_SIZE;
        const int exponent = rest > 0 ? ae_octave((uint32_t)rest) : 0;
        int octave = 0;
        while (octave < 15 && !ae_decide(coder, lane, AE_NODE_SIZE_OCTAVE + (octave < 3 ? octave : 3), exponent == octave)) ++octave;
        found = AE_LAST_SIZE + ((1 << octave) | ae_plain_bits(coder, octave, rest));
    }
    return (int16_t)(negative ? -found : found);
}

#endif
