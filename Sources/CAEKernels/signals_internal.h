// SPDX-License-Identifier: Apache-2.0
// What class streams and adaptive coding of signals share: how a sample is predicted, and what follows from its residual.
#ifndef AE_SIGNALS_INTERNAL_H
#define AE_SIGNALS_INTERNAL_H
#include "ae_signals.h"
#include "wavefront_internal.h"

/// What is known of a sample before it is decoded.
typedef struct ae_signal_forecast {
    int32_t value;
    int32_t terms[AE_SIGNAL_TERMS];
    int32_t sum;  ///< of weights times samples, before the shift
    uint8_t raw_class;
} ae_signal_forecast;

/// What runs along a row.
typedef struct ae_signal_state {
    int32_t fast, slow;  ///< averages of errors, 16 and 128 times
    int32_t recent;      ///< sum of the last four errors
} ae_signal_state;

/// Class of a scale: 0 is flat, then four classes an octave.
AE_INLINE uint8_t ae_class_of_scale(int32_t scale) {
    if (scale <= 0) return 0;
    if (scale > 0xFFFFFF) scale = 0xFFFFFF;
    const int octave = 31 - __builtin_clz((unsigned)scale);
    return (uint8_t)(1 + 4 * octave + ((((int64_t)scale << 2) >> octave) & 3));
}

AE_INLINE int32_t ae_dot(const int16_t *restrict a, const int16_t *restrict b, int32_t count) {
    int32_t sum = 0;
    for (int32_t i = 0; i < count; i += 16)
        for (int32_t k = 0; k < 16; ++k) sum += a[i + k] * b[i + k];
    return sum;
}

AE_INLINE ae_signal_forecast ae_forecast_signal(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t row,
                                                int32_t t, const ae_signal_state *state) {
    const ae_signal_row *r = c->rows + row;
    const int16_t *x = lanes->samples + row * lanes->stride + AE_SIGNAL_PAD + t;
    const int16_t *e = lanes->errors + row * lanes->stride + AE_SIGNAL_PAD + t;
    int32_t activity = lanes->activity[row * lanes->stride + AE_SIGNAL_PAD + t - 1] + 2 * state->recent;
    for (int32_t k = 0; k < r->reference_count; ++k)
        activity += lanes->activity[r->reference[k] * lanes->stride + AE_SIGNAL_PAD + t + 2];
    int32_t set = 0, cells = r->own_cells;
    for (int32_t k = 0; k + 1 < r->set_count; ++k) set += (uint32_t)activity >= r->thresholds[k];
    for (int32_t k = 0; k < r->reference_count; ++k) cells += r->window_cells[k];
    const int16_t *w = r->weights + (ptrdiff_t)set * cells;
    int32_t sum = r->constants[set] + ae_dot(x - r->own_cells, w, r->own_cells);
    w += r->own_cells;
    for (int32_t k = 0; k < r->reference_count; ++k) {
        const int16_t *y = lanes->samples + r->reference[k] * lanes->stride + AE_SIGNAL_PAD + t - r->before[k];
        sum += ae_dot(y, w, r->window_cells[k]);
        w += r->window_cells[k];
    }
    ae_signal_forecast f;
    f.sum = sum;
    const int32_t max = c->max_code - 32768, value = ae_saturate16(x[-1] + ae_saturate16(sum >> c->shift));
    f.value = value < max ? value : max;
    f.terms[0] = e[-1];
    f.terms[1] = e[-2];
    f.terms[2] = state->recent;
    f.terms[3] = state->fast >> 2;
    f.terms[4] = state->slow >> 5;
    const int16_t *first = e, *second = e;
    if (r->reference_count > 0) first = e + (r->reference[0] - row) * lanes->stride;
    if (r->reference_count > 1) second = e + (r->reference[1] - row) * lanes->stride;
    const int32_t has_first = r->reference_count > 0, has_second = r->reference_count > 1;
    f.terms[5] = has_first ? first[0] : 0;
    f.terms[6] = has_first ? first[-1] + first[1] : 0;
    f.terms[7] = has_second ? second[-1] + second[0] + second[1] : has_first ? first[-2] + first[2] + first[3] : 0;
    f.terms[8] = ae_magnitude(ae_saturate16(f.value - x[-1]), c->error_shift);
    f.terms[9] = ae_magnitude(ae_saturate16(x[-1] - x[-2]), c->error_shift);
    int32_t scale = c->scale_constant;
    for (int k = 0; k < AE_SIGNAL_TERMS; ++k) scale += c->scale[k] * f.terms[k];
    f.raw_class = ae_class_of_scale(scale);
    return f;
}

/// Places the sample of a residual and moves on.
AE_INLINE void ae_commit_signal(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t row, int32_t t,
                                int32_t predicted, int32_t residual, ae_signal_state *state) {
    const ptrdiff_t at = row * lanes->stride + AE_SIGNAL_PAD + t;
    int16_t *x = lanes->samples + at, *e = lanes->errors + at;
    const int32_t d = residual * (2 * c->bound + 1), max = c->max_code - 32768;
    if (c->bound) {
        const int32_t value = ae_saturate16(predicted + d);
        *x = (int16_t)(value < max ? value : max);
    } else {
        *x = (int16_t)(predicted + d);
    }
    *e = (int16_t)ae_magnitude(ae_saturate16(d), c->error_shift);
    state->recent += *e - e[-4];
    state->fast += *e - (state->fast >> 4);
    state->slow += *e - (state->slow >> 7);
    const int32_t gradient = x[0] < x[-1] ? x[-1] - x[0] : x[0] - x[-1];
    const int32_t oldest = x[-4] < x[-5] ? x[-5] - x[-4] : x[-4] - x[-5];
    lanes->activity[at] = lanes->activity[at - 1] + gradient - oldest;
}

AE_INLINE void ae_begin_row(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t row) {
    const ptrdiff_t at = row * lanes->stride;
    for (int32_t i = 0; i < AE_SIGNAL_PAD; ++i) {
        lanes->samples[at + i] = (int16_t)c->rows[row].center;
        lanes->errors[at + i] = 0;
        lanes->activity[at + i] = 0;
    }
}

/// Beside the tile the last sample stands, without errors and gradients.
AE_INLINE void ae_end_row(const ae_signal_lanes *lanes, int32_t row, int32_t columns) {
    const ptrdiff_t at = row * lanes->stride + AE_SIGNAL_PAD + columns;
    for (int32_t i = 0; i < AE_SIGNAL_PAD; ++i) {
        lanes->samples[at + i] = lanes->samples[at - 1];
        lanes->errors[at + i] = 0;
        lanes->activity[at + i] = 0;
    }
}

#endif
