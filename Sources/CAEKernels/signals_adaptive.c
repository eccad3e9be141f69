// SPDX-License-Identifier: Apache-2.0
// Residuals of signals as decisions of an arithmetic coder whose probabilities learn. Spec/bitstream.md, section 11.4.
#include "adaptive_decisions.h"
#include "adaptive_hash.h"
#include "signals_internal.h"

enum {
    AE_OWN_RESIDUALS = 16,    ///< before the sample
    AE_OTHER_RESIDUALS = 8,   ///< of the first row above that it is predicted from, from three columns before on
    AE_OTHER_BEFORE = 3,
    AE_RESIDUAL_LIMIT = 511,
    AE_RESIDUAL_WEIGHT = 1 << 17,
};

AE_INLINE int32_t limited_residual(int32_t r) { return ae_kept_within(r, -AE_RESIDUAL_LIMIT, AE_RESIDUAL_LIMIT); }

AE_INLINE void code_row(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t row, int32_t columns,
                     ae_signal_adaptive *source) {
    ae_signal_state state = {0, 0, 0};
    const ae_signal_row *r = c->rows + row;
    int32_t *weights = source->guesses + row * AE_SIGNAL_GUESS_WEIGHTS;
    const uint32_t has_other = r->reference_count > 0;
    const int step_bits = ae_octave((uint32_t)(2 * c->bound + 1));
    ae_lane lane;
    memset(&lane, 0, sizeof lane);
    ae_begin_row(c, lanes, row);
    int16_t *own = lanes->residuals + row * lanes->stride;
    memset(own, 0, sizeof *own * AE_SIGNAL_PAD);
    for (int32_t t = 0; t < columns; ++t) {
        const ae_signal_forecast f = ae_forecast_signal(c, lanes, row, t, &state);
        int16_t *place = own + AE_SIGNAL_PAD + t;
        const int16_t *other = has_other ? lanes->residuals + r->reference[0] * lanes->stride + AE_SIGNAL_PAD + t : NULL;
        const int16_t *x = lanes->samples + row * lanes->stride + AE_SIGNAL_PAD + t;
        int32_t features[AE_SIGNAL_GUESS_WEIGHTS], sum = 0, energy = 64;
        for (int k = 0; k < AE_OWN_RESIDUALS; ++k) features[k] = limited_residual(place[-1 - k]);
        for (int k = 0; k < AE_OTHER_RESIDUALS; ++k)
            features[AE_OWN_RESIDUALS + k] = other ? limited_residual(other[k - AE_OTHER_BEFORE]) : 0;
        for (int k = 0; k < AE_SIGNAL_GUESS_WEIGHTS; ++k) {
            sum += weights[k] * features[k];
            energy += features[k] * features[k];
        }
        const int32_t guess = sum >> 12, raw = f.raw_class, octave = raw > 0 ? (raw - 1) / 4 - 9 : -9;
        const int32_t shift = raw > 0 ? octave + c->error_shift - step_bits : 0;
        lane.shift = ae_kept_within(shift, 0, 14);
        lane.mixer = raw / 4;
        const uint32_t fraction = c->shift > 3 ? ((uint32_t)f.sum >> (c->shift - 3)) & 7 : 0, class = (uint32_t)raw;
        const uint32_t first = ae_bits(place[-1]), second = ae_bits(place[-2]), beside = ae_bits(other ? other[0] : 0);
        lane.contexts[0] = ae_place(0, ae_hash(class + 128 * has_other, 1));
        lane.contexts[1] = ae_place(1, ae_hash(class / 2 + 128 * has_other, (64 * first + second) * 16 + 2));
        lane.contexts[2] = ae_place(2, ae_hash((uint32_t)(f.value + 32768), class / 6 * 16 + 3));
        lane.contexts[3] = ae_place(3, ae_hash(ae_guess_steps(guess), class / 3 * 16 + 4));
        lane.contexts[4] = ae_place(4, ae_hash(2 * fraction + has_other, class / 2 * 16 + 5));
        lane.contexts[5] = ae_place(5, ae_hash(64 * first + beside, class / 3 * 16 + 6));
        lane.contexts[6] = ae_place(6, ae_hash((uint32_t)(x[-1] - x[-2]), class / 4 * 16 + 7));
        lane.contexts[7] = ae_place(7, ae_hash(ae_guess_steps(guess / 4), (64 * first + beside) * 16 + 8));
        const int16_t known = ae_next_residual(source->coder, &source->residuals);
        const int16_t residual = ae_code_residual(source->coder, &lane, known);
        *place = residual;
        const int32_t missed = ae_kept_within(residual * 16 - guess, -32767, 32767);
        ae_move_weights(weights, features, AE_SIGNAL_GUESS_WEIGHTS, missed * 4096 / energy, AE_RESIDUAL_WEIGHT);
        ae_commit_signal(c, lanes, row, t, f.value, residual, &state);
    }
    ae_end_row(lanes, row, columns);
    memset(own + AE_SIGNAL_PAD + columns, 0, sizeof *own * AE_SIGNAL_PAD);
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi2,lzcnt"))) static void code_row_avx2(const ae_signal_coder *c, const ae_signal_lanes *lanes,
                                                                     int32_t row, int32_t columns, ae_signal_adaptive *source) {
    code_row(c, lanes, row, columns, source);
}
#endif

static void code_row_portable(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t row, int32_t columns,
                              ae_signal_adaptive *source) {
    code_row(c, lanes, row, columns, source);
}

void ae_code_signals(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t rows, int32_t columns,
                     ae_signal_adaptive *source, uint16_t *out, ptrdiff_t stride) {
    for (int32_t row = 0; row < rows; ++row) {
        AE_CHOOSE_WIDE(source->coder, code_row, c, lanes, row, columns, source);
        const int16_t *x = lanes->samples + row * lanes->stride + AE_SIGNAL_PAD;
        for (int32_t t = 0; out && t < columns; ++t) out[row * stride + t] = (uint16_t)x[t] ^ 0x8000;
    }
}
