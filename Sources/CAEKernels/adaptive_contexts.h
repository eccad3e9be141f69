// SPDX-License-Identifier: Apache-2.0
// What is known before a residual: contexts of its decisions, and the error that those around foretell.
#ifndef AE_ADAPTIVE_CONTEXTS_H
#define AE_ADAPTIVE_CONTEXTS_H
#include "adaptive_decisions.h"
#include "adaptive_hash.h"
#include "adaptive_local.h"

/// Errors that an error is foretold from: row, column.
static const int8_t ae_around[12][2] = {
    {0, -1}, {-1, 0}, {-1, -1}, {-1, 1}, {0, -2}, {-2, 0}, {-1, -2}, {-1, 2}, {-2, -1}, {-2, 1}, {-2, -2}, {-2, 2},
};
enum { AE_AROUND = 12, AE_NEAREST = 4 };
/// Contexts that wait for the lanes before.
enum { AE_LATE = 0x98 };

/// Samples whose differences from the predicted value the weights of columns count: row, column.
static const int8_t ae_near[AE_LOCAL_TAPS][2] = {
    {0, -1}, {-1, 0}, {-1, -1}, {-1, 1}, {0, -2}, {-2, 0}, {-1, -2}, {-1, 2}, {-2, -1}, {-2, 1},
};

/// The bits that residuals lose by the step of bounded parts.
AE_INLINE int ae_step_bits(const ae_prediction *p) { return ae_octave((uint32_t)(2 * p->bound + 1)); }

/// Everything that does not wait for the lanes before.
AE_INLINE void ae_look_around(ae_lane *lane, const ae_prediction *p, const int16_t *x, const ae_step *step, int l,
                              int step_bits) {
    const int16_t *e = x + (AE_E - AE_X);
    int32_t size = 0;
#pragma clang loop unroll(full)
    for (int k = 0; k < AE_AROUND; ++k) {
        lane->errors[k] = e[AE_AT(ae_around[k][0], ae_around[k][1])];
        size += ae_absolute(lane->errors[k]) << (k < AE_NEAREST);
    }
    lane->magnitude = size;
#pragma clang loop unroll(full)
    for (int k = 0; k < AE_LOCAL_TAPS; ++k)
        lane->taps[k] = (int16_t)ae_error(
            ae_saturate16(x[AE_AT(ae_near[k][0], ae_near[k][1])] - step->values[l]), p->error_shift);
    const int32_t raw = step->classes[l], octave = raw > 0 ? (raw - 1) / 4 - 9 : -9, coarse = octave > 0 ? octave : 0;
    lane->shift = raw > 0 ? ae_kept_within(octave + p->error_shift - step_bits, 0, 14) : 0;
    lane->mixer = raw / 4;
    const int32_t west = x[AE_AT(0, -1)] + 32768, value = step->values[l] + 32768;
    const int32_t lean = ae_kept_within(step->errors[l] >> (2 + coarse), -4, 4) + 4;
    const int32_t fraction = p->shift > 2 ? (step->fractions[l] >> (p->shift - 2)) + 2 : 2;
    const uint32_t shift = (uint32_t)lane->shift;
    lane->contexts[0] = ae_place(0, ae_hash((uint32_t)raw, 1));
    lane->contexts[1] = ae_place(1, ae_hash((uint32_t)(raw / 2), (uint32_t)(lean * 4 + fraction) * 8 + 2));
    lane->contexts[2] = ae_place(2, ae_hash((uint32_t)value, (uint32_t)(raw / 6) * 8 + 3));
    lane->contexts[5] = ae_place(5, ae_hash((uint32_t)value, (uint32_t)west * 8 + 6));
    lane->contexts[6] = ae_place(6, ae_hash((uint32_t)ae_steps(size), shift * 8 + 5));
}

/// The contexts of what is foretold by errors and by differences.
AE_INLINE void ae_place_guesses(ae_lane *lane, int32_t raw, int32_t foretold, int32_t guess) {
    const uint32_t both = ae_bits(guess) * 128 + (uint32_t)ae_steps(lane->magnitude), class = (uint32_t)raw / 3;
    lane->contexts[3] = ae_place(3, ae_hash(both, (uint32_t)lane->shift * 8 + 4));
    lane->contexts[4] = ae_place(4, ae_hash(ae_guess_steps(foretold), class * 8 + 7));
    lane->contexts[7] = ae_place(7, ae_hash(ae_guess_steps(guess), class * 8));
}

/// The error that those around foretell, in 1/16; `energy` receives 1 and the sum of their squares.
AE_INLINE int32_t ae_foretell(const int16_t *weights, const int16_t *errors, int32_t *energy) {
    int32_t sum = 0, squares = 1;
    for (int k = 0; k < AE_ADAPTIVE_TAPS; ++k) sum += weights[k] * errors[k];
    for (int k = 0; k < AE_ADAPTIVE_TAPS; ++k) squares += errors[k] * errors[k];
    *energy = squares;
    return sum >> 9;
}

/// The weights move so that they would have come nearer to the error.
AE_INLINE void ae_correct(int16_t *weights, const int16_t *errors, int32_t missed, int32_t energy) {
    const int64_t gain = (int64_t)missed * (1 << 17) / energy;
    for (int k = 0; k < AE_ADAPTIVE_TAPS; ++k) {
        const int64_t weight = weights[k] + ((gain * errors[k] + (1 << 13)) >> 14);
        weights[k] = (int16_t)(weight < -32768 ? -32768 : weight > 32767 ? 32767 : weight);
    }
}

/// Codes the residuals of busy lanes, the lowest first; others are left alone in encoding and 0 in decoding.
///
///  - column, columns  the column of lane 0, and those of the tile
AE_INLINE void ae_code_step(ae_adaptive *coder, const ae_prediction *p, const int16_t *x, const ae_step *step, uint32_t busy,
                  int32_t column, int32_t columns, int16_t *residuals) {
    ae_lane lanes[AE_LANES];
    const int step_bits = ae_step_bits(p);
    memset(lanes, 0, sizeof lanes);
    for (int l = 0; l < AE_LANES; ++l) {
        if (!(busy >> l & 1)) continue;
        ae_look_around(&lanes[l], p, x + l, step, l, step_bits);
        for (int i = 0; i < AE_ADAPTIVE_INPUTS; ++i) {
            if (AE_LATE >> i & 1) continue;
            __builtin_prefetch(coder->slots + lanes[l].contexts[i]);
            __builtin_prefetch(coder->slots + lanes[l].contexts[i] + AE_ADAPTIVE_NODES / 2);
        }
    }
    for (int l = 0; l < AE_LANES; ++l) {
        if (!(busy >> l & 1)) {
            if (coder->decoding) residuals[l] = 0;
            continue;
        }
        ae_lane *lane = &lanes[l];
        int16_t *weights = coder->corrections[step->labels[l]];
        int32_t energy;
        const int32_t foretold = ae_foretell(weights, lane->errors, &energy);
        const int32_t place = column - AE_LAG * l;
        ae_place_guesses(lane, step->classes[l], foretold, ae_local_guess(coder, place, lane->taps));
        residuals[l] = ae_code_residual(coder, lane, residuals[l]);
        const int32_t difference = ae_saturate16(residuals[l] * (2 * p->bound + 1));
        const int32_t error = ae_error(difference, p->error_shift);
        ae_correct(weights, lane->errors, error * 16 - foretold, energy);
        ae_local_learn(coder, place, columns, lane->taps, error);
    }
}

#endif
