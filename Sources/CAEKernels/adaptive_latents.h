// SPDX-License-Identifier: Apache-2.0
#ifndef AE_ADAPTIVE_LATENTS_H
#define AE_ADAPTIVE_LATENTS_H
#include "adaptive_decisions.h"
#include "adaptive_hash.h"

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

/// Codes a residual of a low band: a number of about so many bits, by two contexts.
AE_INLINE int32_t ae_code_low(ae_adaptive *coder, int32_t mixer, int32_t bits, uint32_t first, uint32_t second, int16_t known) {
    ae_lane lane;
    memset(&lane, 0, sizeof lane);
    lane.mixer = mixer;
    lane.shift = bits > 2 ? bits - 2 : 0;
    for (int k = 2; k < AE_ADAPTIVE_INPUTS; ++k) lane.contexts[k] = ae_place(k, ae_hash((uint32_t)k, 29));
    lane.contexts[0] = ae_place(0, first);
    lane.contexts[1] = ae_place(1, second);
    return ae_code_residual(coder, &lane, known);
}

#endif
