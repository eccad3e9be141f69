// SPDX-License-Identifier: Apache-2.0
#ifndef AE_TRELLIS_H
#define AE_TRELLIS_H
#include "ae_latents.h"

/// A trellis over the latents of a band's phase: 32 states, each with the quantiser that its lowest bit says.
typedef struct ae_trellis {
    float metrics[AE_TRELLIS_STATES];
    uint32_t *decisions;  ///< of every latent a bit a state: the parity on the better way to it
} ae_trellis;

/// The state that a phase goes on from.
void ae_trellis_begin(ae_trellis *trellis, uint32_t state);

/// Goes on by `count` latents behind the first `done`; costs are ordered by quantiser and parity.
void ae_trellis_advance(ae_kernel_level kernels, ae_trellis *trellis, size_t done, size_t count,
                        const float (*costs)[4]);

/// Walks back over `count` latents: leaves quantiser x 2 + parity of each in `decisions`, and returns the last state.
uint32_t ae_trellis_finish(ae_trellis *trellis, size_t count);

#endif
