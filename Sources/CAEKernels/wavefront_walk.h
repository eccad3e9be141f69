// SPDX-License-Identifier: Apache-2.0
// The walk over a tile, included once by every variant after it has defined AE_NAME, AE_TARGET, the type
// AE_VECTOR of 16 int16 values, AE_BYTES of 16 uint8,
// ae_forecast { AE_VECTOR value; AE_BYTES classes; AE_VECTOR fractions, errors; }, the latter two for signs only, and
//   labels(row, step) -> labels of all lanes
//   flat(labels) -> lanes in flat blocks, one bit each
//   predict(prediction, x, base, labels, pairs) -> forecast; `base` may be NULL
//   stay(x, labels, value) -> value, but W in flat blocks
//   commit(prediction, x, predicted, residuals)      stores X, E and H of the step
//   signed_by(prediction, fractions, errors, residuals) -> residuals, negated where a negative one is expected
//   residuals_of(prediction, x, predicted) -> residuals of samples already in place
//   pop16(queues, classes) -> residuals of all lanes
//   idle(classes, busy) -> classes, but AE_IDLE_CLASS in lanes whose bit is not set
//   store(values, vector), store_bytes(bytes, vector), load(values) -> vector
//   turn(from, stride, to, stride)                   transposes 16 x 16 values and flips their highest bit
#include "adaptive_contexts.h"

/// One copy of what is long.
AE_TARGET static __attribute__((noinline)) void AE_NAME(code_step)(ae_adaptive *coder, const ae_prediction *p,
                                                                   const int16_t *x, const ae_step *step,
                                                                   uint32_t busy, int32_t column, int32_t columns,
                                                                   int16_t *residuals) {
    ae_code_step(coder, p, x, step, busy, column, columns, residuals);
}

/// Codes the residuals of a step by the tile's coder.
AE_TARGET AE_INLINE AE_VECTOR AE_NAME(adapt)(const ae_prediction *p, ae_adaptive *coder, const int16_t *x,
                                             const ae_forecast *forecast, AE_BYTES labels, uint32_t busy,
                                             int32_t column, int32_t columns, AE_VECTOR residuals) {
    ae_step step;
    int16_t found[AE_LANES];
    AE_NAME(store)(step.values, forecast->value);
    AE_NAME(store)(step.fractions, forecast->fractions);
    AE_NAME(store)(step.errors, forecast->errors);
    AE_NAME(store_bytes)(step.classes, forecast->classes);
    AE_NAME(store_bytes)(step.labels, labels);
    AE_NAME(store)(found, residuals);
    AE_NAME(code_step)(coder, p, x, &step, busy, column, columns, found);
    return AE_NAME(load)(found);
}

/// Predicts step by step, popping residuals (decoding) or writing them (encoding).
AE_TARGET AE_INLINE size_t AE_NAME(walk)(const ae_prediction *p, const ae_tile *tile, int32_t band_index,
                                         ae_queues *queues, int16_t *residuals, uint8_t *classes,
                                         const ae_signs *signs, const int decoding, const int pairs) {
    const int32_t columns = tile->columns;
    const int32_t left = tile->rows - band_index * AE_LANES, lanes = left < AE_LANES ? left : AE_LANES;
    const int32_t steps = columns + AE_LAG * (lanes - 1);
    const int32_t full_from = lanes == AE_LANES ? AE_LAG * (AE_LANES - 1) : steps;
    ae_block_row row;
    ae_load_labels(&row, tile, band_index);
    size_t count = 0;
    for (int32_t t = 0; t < steps; ++t) {
        int16_t *x = ae_record(tile->band, t) + AE_X;
        const AE_BYTES label = AE_NAME(labels)(&row, t);
        const uint32_t flat = row.has_flat ? AE_NAME(flat)(label) : 0;
        const int partial = t < full_from || t >= columns;
        if (flat == AE_ALL_LANES && !partial) {
            ae_repeat_step(x);
            if (band_index == 0) ae_repeat_first_row(x - AE_X);
            continue;
        }
        ae_forecast forecast = AE_NAME(predict)(p, x, ae_base_record(tile, t), label, pairs);
        uint32_t busy = AE_ALL_LANES;
        if (partial || flat) {
            busy = ae_active_lanes(t, columns, lanes) & ~flat;
            forecast.value = AE_NAME(stay)(x, label, forecast.value);
        }
        AE_VECTOR found;
        if (decoding && tile->coder) {
            found = AE_NAME(adapt)(p, tile->coder, x, &forecast, label, busy, t, columns, forecast.value);
        } else if (decoding) {
            if (busy != AE_ALL_LANES) {
                queues->next[AE_RAW_CLASSES] = ae_no_residuals;
                forecast.classes = AE_NAME(idle)(forecast.classes, busy);
            }
            found = AE_NAME(pop16)(queues, forecast.classes);
            if (p->signs) found = AE_NAME(signed_by)(p, forecast.fractions, forecast.errors, found);
        } else {
            found = AE_NAME(residuals_of)(p, x, forecast.value);
            if (tile->coder) (void)AE_NAME(adapt)(p, tile->coder, x, &forecast, label, busy, t, columns, found);
            AE_NAME(store)(residuals + count, found);
            AE_NAME(store_bytes)(classes + count, forecast.classes);
            if (signs) {
                AE_NAME(store)(signs->fractions + count, forecast.fractions);
                AE_NAME(store)(signs->errors + count, forecast.errors);
            }
            count = busy == AE_ALL_LANES ? count + AE_LANES
                                         : ae_keep_busy(residuals, classes, signs, count, busy);
        }
        AE_NAME(commit)(p, x, forecast.value, found);
        if (partial) ae_fix_borders(tile->band, t, columns, lanes);
        if (band_index == 0) ae_repeat_first_row(x - AE_X);
    }
    for (int32_t t = steps; t < steps + AE_RIGHT; ++t) ae_fix_borders(tile->band, t, columns, lanes);
    return count;
}

/// Four specialised loops, so that the compiler unrolls the taps; surplus weights are zero.
AE_TARGET AE_INLINE size_t AE_NAME(walk_any)(const ae_prediction *p, const ae_tile *tile, int32_t band_index,
                                             ae_queues *queues, int16_t *residuals, uint8_t *classes,
                                             const ae_signs *signs, const int decoding) {
    if (p->tap_pairs <= 3) return AE_NAME(walk)(p, tile, band_index, queues, residuals, classes, signs, decoding, 3);
    if (p->tap_pairs <= 6) return AE_NAME(walk)(p, tile, band_index, queues, residuals, classes, signs, decoding, 6);
    if (p->tap_pairs <= 10)
        return AE_NAME(walk)(p, tile, band_index, queues, residuals, classes, signs, decoding, 10);
    return AE_NAME(walk)(p, tile, band_index, queues, residuals, classes, signs, decoding, 14);
}

/// Copies a band to or from the rows of the image. A lane lags behind the one before, so that 16 steps of 16
/// lanes are a square of the image if its rows are taken to be `AE_LAG` shorter. What such squares leave at
/// both ends goes sample by sample.
AE_TARGET AE_INLINE void AE_NAME(copy_band)(const ae_tile *tile, int32_t band_index, uint16_t *image,
                                            ptrdiff_t stride, const int storing) {
    const int32_t columns = tile->columns;
    const int32_t left = tile->rows - band_index * AE_LANES, lanes = left < AE_LANES ? left : AE_LANES;
    const int32_t from = AE_LAG * (AE_LANES - 1);
    const int32_t squares = lanes == AE_LANES && columns > from ? (columns - from) / 16 : 0, to = from + 16 * squares;
    for (int32_t t = from; t < to; t += 16) {
        int16_t *x = ae_record(tile->band, t) + AE_X, *rows = (int16_t *)image + t;
        if (storing) AE_NAME(turn)(x, AE_RECORD, rows, stride - AE_LAG);
        else AE_NAME(turn)(rows, stride - AE_LAG, x, AE_RECORD);
    }
    for (int32_t l = 0; l < lanes; ++l) {
        int16_t *x = ae_record(tile->band, (ptrdiff_t)AE_LAG * l) + AE_X + l;
        uint16_t *row = image + l * stride;
        for (int32_t c = 0; c < columns; ++c) {
            if (squares && c == from - AE_LAG * l) c += to - from;
            if (c >= columns) break;
            if (storing) row[c] = (uint16_t)x[(ptrdiff_t)c * AE_RECORD] ^ 0x8000;
            else x[(ptrdiff_t)c * AE_RECORD] = (int16_t)(row[c] ^ 0x8000);
        }
    }
}

/// Copies the base's rows of a band, and what its taps reach beyond, to its records; rows and columns beside the
/// tile repeat the last ones inside.
AE_TARGET AE_INLINE void AE_NAME(load_base)(const ae_tile *tile, int32_t band_index) {
    if (!tile->base) return;
    const int32_t columns = tile->columns, first = band_index * AE_LANES, from = AE_LAG * (AE_LANES - 1);
    const int32_t squares = first + AE_LANES <= tile->rows && columns > from ? (columns - from) / 16 : 0;
    const int32_t to = from + 16 * squares;
    for (int32_t t = from; t < to; t += 16)
        AE_NAME(turn)((const int16_t *)tile->base + first * tile->base_stride + t, tile->base_stride - AE_LAG,
                      tile->base_band + (ptrdiff_t)t * AE_BASE_RECORD, AE_BASE_RECORD);
    for (int32_t l = 0; l < AE_BASE_LANES; ++l) {
        const int32_t r = first + l < tile->rows ? first + l : tile->rows - 1;
        const uint16_t *row = tile->base + r * tile->base_stride;
        int16_t *b = tile->base_band + (ptrdiff_t)AE_LAG * l * AE_BASE_RECORD + l;
        for (int32_t c = 0; c < columns; ++c) {
            if (squares && l < AE_LANES && c == from - AE_LAG * l) c += to - from;
            if (c >= columns) break;
            b[(ptrdiff_t)c * AE_BASE_RECORD] = (int16_t)(row[c] ^ 0x8000);
        }
        for (int32_t c = columns; c < columns + AE_BASE_REACH; ++c)
            b[(ptrdiff_t)c * AE_BASE_RECORD] = (int16_t)(row[columns - 1] ^ 0x8000);
    }
}

AE_TARGET int AE_NAME(ae_decode_tile)(const ae_prediction *p, const ae_tile *tile, ae_streams *streams,
                                      uint16_t *out, ptrdiff_t stride) {
    ae_queues queues;
    ae_adaptive *coder = tile->coder;
    if (coder) ae_begin_locals(coder, tile->columns);
    else ae_begin_queues(&queues, streams);
    int dry = 0;
    for (int32_t b = 0; b * AE_LANES < tile->rows && !dry; ++b) {
        ae_begin_band(tile->band, tile->columns, b == 0, (int16_t)(tile->initial ^ 0x8000));
        AE_NAME(load_base)(tile, b);
        AE_NAME(walk_any)(p, tile, b, &queues, NULL, NULL, NULL, 1);
        // Streams are padded by one band, so that a class that runs dry is found here, in time.
        if (coder) dry = coder->shifts > coder->byte_count;
        else for (int s = 0; s < AE_RAW_CLASSES; ++s) dry |= queues.next[s] > streams->end[s];
        if (!dry) AE_NAME(copy_band)(tile, b, out + (ptrdiff_t)b * AE_LANES * stride, stride, 1);
    }
    if (!coder) memcpy(streams->next, queues.next, sizeof streams->next);
    return dry;
}

AE_TARGET size_t AE_NAME(ae_encode_band)(const ae_prediction *p, const ae_tile *tile, int32_t band_index,
                                         const uint16_t *codes, ptrdiff_t stride, int16_t *residuals,
                                         uint8_t *classes, const ae_signs *signs) {
    AE_NAME(copy_band)(tile, band_index, (uint16_t *)codes, stride, 0);  // reads them only
    AE_NAME(load_base)(tile, band_index);
    return AE_NAME(walk_any)(p, tile, band_index, NULL, residuals, classes, p->signs ? signs : NULL, 0);
}
