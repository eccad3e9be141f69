// SPDX-License-Identifier: Apache-2.0
// The walk over a tile, included once by every variant after it has defined AE_NAME, AE_TARGET, the type
// AE_VECTOR of 16 int16 values, and on it
//   predict(prediction, x, labels, pairs, classes) -> predicted values; classes are stored
//   commit(prediction, x, predicted, residuals)       stores X, E and H of the step
//   residuals_of(x, predicted) -> residuals of samples already in place
//   load(values), store(values, vector), pop16(streams, classes) -> residuals of all lanes
#include "wavefront_internal.h"

/// Predicts step by step, popping residuals (decoding) or writing them (encoding).
AE_TARGET AE_INLINE size_t AE_NAME(walk)(const ae_prediction *p, const ae_tile *tile, int32_t band_index,
                                         const ae_step_labels *labels, ae_streams *streams, int16_t *residuals,
                                         uint8_t *classes, const int decoding, const int pairs) {
    const int32_t columns = tile->columns;
    const int32_t left = tile->rows - band_index * AE_LANES, lanes = left < AE_LANES ? left : AE_LANES;
    const int32_t steps = columns + AE_LAG * (lanes - 1);
    const int32_t full_from = lanes == AE_LANES ? AE_LAG * (AE_LANES - 1) : steps;
    size_t count = 0;
    int16_t some[AE_LANES] __attribute__((aligned(64)));
    uint8_t class_of[AE_LANES] __attribute__((aligned(64)));
    for (int32_t t = 0; t < steps; ++t) {
        int16_t *x = ae_record(tile->band, t) + AE_X;
        const uint32_t flat = labels[t].flat;
        const int full = t >= full_from && t < columns;
        if (full && flat == 0xFFFF) {
            ae_repeat_step(x);
            if (band_index == 0) ae_repeat_first_row(x - AE_X);
            continue;
        }
        AE_VECTOR predicted = AE_NAME(predict)(p, x, labels[t].labels, pairs, class_of);
        if (full && flat == 0 && decoding) {
            AE_NAME(commit)(p, x, predicted, AE_NAME(pop16)(streams, class_of));
        } else if (full && flat == 0) {
            const AE_VECTOR found = AE_NAME(residuals_of)(x, predicted);
            AE_NAME(store)(residuals + count, found);
            memcpy(classes + count, class_of, AE_LANES);
            count += AE_LANES;
            AE_NAME(commit)(p, x, predicted, found);
        } else {
            const uint32_t active = ae_active_lanes(t, columns, lanes) & ~flat;
            if (flat) {
                AE_NAME(store)(some, predicted);
                for (int l = 0; l < AE_LANES; ++l)
                    if (flat >> l & 1) some[l] = x[l + AE_AT(0, -1)];
                predicted = AE_NAME(load)(some);
            }
            if (decoding) {
                ae_pop(streams, class_of, active, some);
            } else {
                AE_NAME(store)(some, AE_NAME(residuals_of)(x, predicted));
                for (int l = 0; l < AE_LANES; ++l) {
                    if (active >> l & 1) {
                        residuals[count] = some[l];
                        classes[count++] = class_of[l];
                    }
                }
            }
            AE_NAME(commit)(p, x, predicted, AE_NAME(load)(some));
            if (!full) ae_fix_borders(tile->band, t, columns, lanes);
        }
        if (band_index == 0) ae_repeat_first_row(x - AE_X);
    }
    for (int32_t t = steps; t < steps + AE_RIGHT; ++t) ae_fix_borders(tile->band, t, columns, lanes);
    return count;
}

/// Four specialised loops, so that the compiler unrolls the taps; surplus weights are zero.
AE_TARGET AE_INLINE size_t AE_NAME(walk_any)(const ae_prediction *p, const ae_tile *tile, int32_t band_index,
                                             const ae_step_labels *labels, ae_streams *streams, int16_t *residuals,
                                             uint8_t *classes, const int decoding) {
    if (p->tap_pairs <= 3)
        return AE_NAME(walk)(p, tile, band_index, labels, streams, residuals, classes, decoding, 3);
    if (p->tap_pairs <= 6)
        return AE_NAME(walk)(p, tile, band_index, labels, streams, residuals, classes, decoding, 6);
    if (p->tap_pairs <= 10)
        return AE_NAME(walk)(p, tile, band_index, labels, streams, residuals, classes, decoding, 10);
    return AE_NAME(walk)(p, tile, band_index, labels, streams, residuals, classes, decoding, 14);
}

AE_TARGET int AE_NAME(ae_decode_tile)(const ae_prediction *p, const ae_tile *tile, ae_streams *streams,
                                      uint16_t *out, ptrdiff_t stride, ae_step_labels *labels) {
    const int32_t bands = (tile->rows + AE_LANES - 1) / AE_LANES;
    const int32_t blocks = (tile->columns + AE_BLOCK - 1) / AE_BLOCK;
    const int16_t initial = (int16_t)(tile->initial ^ 0x8000);
    for (int32_t b = 0; b < bands; ++b) {
        if (b % 2 == 0) ae_spread_labels(tile->labels + (size_t)(b / 2) * blocks, tile->columns, labels);
        ae_begin_band(tile->band, tile->columns, b == 0, initial);
        AE_NAME(walk_any)(p, tile, b, labels, streams, NULL, NULL, 1);
        // Streams are padded by one band, so that a class that runs dry is found here, in time.
        for (int s = 0; s < AE_RAW_CLASSES; ++s)
            if (streams->next[s] > streams->end[s]) return 1;
        const int32_t left = tile->rows - b * AE_LANES;
        ae_store_band(tile->band, tile->columns, left < AE_LANES ? left : AE_LANES,
                      out + (ptrdiff_t)b * AE_LANES * stride, stride);
    }
    return 0;
}

AE_TARGET size_t AE_NAME(ae_walk_band)(const ae_prediction *p, const ae_tile *tile, int32_t band_index,
                                       const ae_step_labels *labels, int16_t *residuals, uint8_t *classes) {
    return AE_NAME(walk_any)(p, tile, band_index, labels, NULL, residuals, classes, 0);
}
