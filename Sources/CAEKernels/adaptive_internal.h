// SPDX-License-Identifier: Apache-2.0
#ifndef AE_ADAPTIVE_INTERNAL_H
#define AE_ADAPTIVE_INTERNAL_H
#include "ae_adaptive.h"
#include "wavefront_internal.h"

enum {
    AE_UNARY = 6,  ///< sizes that are counted up to, one decision each
    AE_NODE_SIGN = 0,
    AE_NODE_UNARY = 1,
    AE_NODE_OCTAVE = 7,
    AE_NODE_MANTISSA = 11,
    AE_NODE_LOW = 12,
};

/// What is known of one sample before its residual.
typedef struct ae_lane {
    uint32_t contexts[AE_ADAPTIVE_INPUTS];  ///< the first slot of each
    int32_t mixer, shift;
    int16_t errors[AE_ADAPTIVE_TAPS];  ///< around the sample
    int16_t taps[AE_LOCAL_SUMS];       ///< differences from the predicted value, the nearest first
    int32_t magnitude;                 ///< of the errors, the nearest twice
} ae_lane;

/// What a step knows of its 16 lanes.
typedef struct ae_step {
    int16_t values[AE_LANES], fractions[AE_LANES], errors[AE_LANES];
    uint8_t classes[AE_LANES], labels[AE_LANES];
} ae_step;

/// The highest set bit of a number above 0.
AE_INLINE int ae_octave(uint32_t value) { return 31 - __builtin_clz(value); }

#endif
