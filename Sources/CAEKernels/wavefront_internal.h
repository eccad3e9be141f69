// SPDX-License-Identifier: Apache-2.0
// What the variants of the wavefront share: the record layout and the walk over a band.
#ifndef AE_WAVEFRONT_INTERNAL_H
#define AE_WAVEFRONT_INTERNAL_H
#include "ae_wavefront.h"
#include <string.h>

// A record holds, for one step, lanes -4...15 of samples (X), errors (E) and sums of four errors (H).
// Lanes -4...-1 are the last rows of the band before.
enum { AE_X = 4, AE_E = 24, AE_H = 44, AE_LEFT = 4, AE_RIGHT = 4 };

#define AE_INLINE static inline __attribute__((always_inline))

/// The record of a step; step 0 is the first column of lane 0.
AE_INLINE int16_t *ae_record(int16_t *band, ptrdiff_t step) {
    return band + (step + AE_LEAD_STEPS) * AE_RECORD;
}

/// Where a neighbour (dy, dx) of lane 0 stands, relative to the record of the step.
#define AE_AT(dy, dx) (((dx) + AE_LAG * (dy)) * AE_RECORD + (dy))

/// A weighted error or difference: min(|d| >> shift, 4095).
AE_INLINE int ae_magnitude(int d, int shift) {
    int m = (d < 0 ? -d : d) >> shift;
    return m < 4095 ? m : 4095;
}

AE_INLINE int ae_saturate16(int v) { return v < -32768 ? -32768 : v > 32767 ? 32767 : v; }

/// The taps as compile-time constants, so that unrolled loops carry plain offsets.
static const int8_t ae_taps[2 * AE_MAX_TAP_PAIRS][2] = {
    {-1, 0},  {-1, -1}, {-1, 1},  {0, -2},  {-2, 0},  {-1, -2}, {-2, -1}, {-2, 1},  {-1, 2},  {-2, -2},
    {-2, 2},  {0, -3},  {-3, 0},  {-1, -3}, {-3, -1}, {-3, 1},  {-1, 3},  {-2, -3}, {-3, -2}, {-3, 2},
    {-2, 3},  {0, -4},  {-4, 0},  {-1, -4}, {-4, -1}, {-4, 1},  {-1, 4},  {-3, -3},
};
#define AE_TAP(k) AE_AT(ae_taps[k][0], ae_taps[k][1])

/// The median of W, N and W + N - NW, with saturating sums as in the vector variants.
AE_INLINE int ae_median(int w, int n, int nw) {
    const int plane = ae_saturate16(w + ae_saturate16(n - nw));
    const int least = w < n ? w : n, most = w < n ? n : w;
    return plane < least ? least : plane > most ? most : plane;
}

/// The predicted value of one lane; `x` points at the lane's own place in its record.
AE_INLINE int ae_predict_lane(const ae_prediction *p, const int16_t *x, int label, int pairs) {
    const int w = x[AE_AT(0, -1)], max = (int)p->max_code - 32768;
    int value;
    // The walk takes W itself in flat blocks; what is said here has to stay on the curve, no more.
    if (label == AE_FLAT_LABEL) return w < max ? w : max;
    if (label == AE_MEDIAN_LABEL) {
        value = ae_median(w, x[AE_AT(-1, 0)], x[AE_AT(-1, -1)]);
    } else {
        int32_t sum = p->bias[label];
        for (int j = 0; j < pairs; ++j) {
            const int32_t both = p->weights[j][label];
            sum += (int16_t)both * ae_saturate16(x[AE_TAP(2 * j)] - w) +
                   (int16_t)(both >> 16) * ae_saturate16(x[AE_TAP(2 * j + 1)] - w);
        }
        value = ae_saturate16(w + ae_saturate16(sum >> p->shift));
    }
    return value < max ? value : max;
}

/// The ten terms of the scale rule for one lane; `x` points at the lane's own place in its record.
AE_INLINE void ae_scale_terms(const int16_t *x, int predicted, int shift, int terms[AE_SCALE_FEATURES]) {
    const int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    const int w = x[AE_AT(0, -1)], n = x[AE_AT(-1, 0)], nw = x[AE_AT(-1, -1)];
    const int ne = x[AE_AT(-1, 1)], ww = x[AE_AT(0, -2)], nn = x[AE_AT(-2, 0)];
    terms[0] = e[AE_AT(0, -1)];
    terms[1] = e[AE_AT(-1, 0)];
    terms[2] = e[AE_AT(-1, -1)];
    terms[3] = e[AE_AT(-1, 1)];
    terms[4] = e[AE_AT(0, -2)] + e[AE_AT(-2, 0)];
    terms[5] = h[AE_AT(0, -1)];
    terms[6] = h[AE_AT(-1, 0)] + h[AE_AT(-1, 4)];
    terms[7] = h[AE_AT(-2, 0)] + h[AE_AT(-2, 4)];
    terms[8] = ae_magnitude(ae_saturate16(w - nw), shift) + ae_magnitude(ae_saturate16(n - nw), shift) +
               ae_magnitude(ae_saturate16(n - ne), shift) + ae_magnitude(ae_saturate16(w - ww), shift) +
               ae_magnitude(ae_saturate16(n - nn), shift);
    terms[9] = ae_magnitude(ae_saturate16(predicted - w), shift) +
               ae_magnitude(ae_saturate16(predicted - n), shift);
}

/// Labels of all lanes for one step, and which of the lanes are in flat blocks.
typedef struct ae_step_labels {
    uint8_t labels[AE_LANES];
    uint32_t flat;
    uint32_t unused[3];
} ae_step_labels;

/// Bytes of the spread labels of a band, a multiple of 64.
AE_INLINE size_t ae_label_bytes(int32_t columns) {
    return ((size_t)(columns + AE_LAG * AE_LANES) * sizeof(ae_step_labels) + 63) / 64 * 64;
}

/// Block labels of all lanes for every step of a band.
AE_INLINE void ae_spread_labels(const uint8_t *row_labels, int32_t columns, ae_step_labels *out) {
    uint64_t half[2] = {0, 0};
    uint32_t flat = 0;
    const int32_t steps = columns + AE_LAG * (AE_LANES - 1);
    for (int32_t t = 0; t < steps; ++t) {
        // Lane l enters a block when t - 5 l is a multiple of 32: l = 13 t modulo 32.
        const int32_t lane = (t * 13) & 31, column = t - AE_LAG * lane;
        if (lane < AE_LANES && column >= 0 && column < columns) {
            const int at = 8 * (lane & 7);
            uint64_t *word = &half[lane >> 3];
            const uint8_t label = row_labels[column / AE_BLOCK];
            *word = (*word & ~((uint64_t)0xFF << at)) | (uint64_t)label << at;
            flat = (flat & ~(1u << lane)) | (uint32_t)(label == AE_FLAT_LABEL) << lane;
        }
        memcpy(out[t].labels, half, 16);
        out[t].flat = flat;
    }
}

/// What a band needs before its first step: rows above, and the left border of lane 0.
AE_INLINE void ae_begin_band(int16_t *band, int32_t columns, int first, int16_t initial) {
    for (int32_t t = -AE_LEAD_STEPS; t < (first ? 0 : columns); ++t) {
        int16_t *record = ae_record(band, t);
        if (first) {
            for (int l = -4; l < 0; ++l) {
                record[AE_X + l] = initial;
                record[AE_E + l] = 0;
                record[AE_H + l] = 0;
            }
        } else {
            // Lanes 12...15 of the band before are lanes -4...-1 of this one, 16 * 5 steps earlier.
            const int16_t *old = record + AE_LAG * AE_LANES * AE_RECORD + AE_LANES;
            memcpy(record + AE_X - 4, old + AE_X - 4, 8);
            memcpy(record + AE_E - 4, old + AE_E - 4, 8);
            memcpy(record + AE_H - 4, old + AE_H - 4, 8);
        }
    }
    const int16_t *above = ae_record(band, -AE_LAG);
    for (int32_t t = -AE_LEFT; t < 0; ++t) {
        int16_t *record = ae_record(band, t);
        record[AE_X] = above[AE_X - 1];
        record[AE_E] = above[AE_E - 1];
        record[AE_H] = (int16_t)(4 * above[AE_E - 1]);
    }
}

/// After a step that some lanes spend beside the tile: their border values.
AE_INLINE void ae_fix_borders(int16_t *band, int32_t step, int32_t columns, int32_t lanes) {
    for (int32_t l = 0; l < lanes; ++l) {
        const int32_t column = step - AE_LAG * l;
        int16_t *record = ae_record(band, step);
        if (column < 0 && column >= -AE_LEFT) {
            const int16_t *above = ae_record(band, (ptrdiff_t)AE_LAG * (l - 1));
            record[AE_X + l] = above[AE_X + l - 1];
            record[AE_E + l] = above[AE_E + l - 1];
            record[AE_H + l] = (int16_t)(4 * above[AE_E + l - 1]);
        } else if (column >= columns && column < columns + AE_RIGHT) {
            record[AE_X + l] = record[AE_X + l - AE_RECORD];
            record[AE_E + l] = record[AE_E + l - AE_RECORD];
            record[AE_H + l] = (int16_t)(record[AE_E + l] + record[AE_E + l - AE_RECORD] +
                                         record[AE_E + l - 2 * AE_RECORD] + record[AE_E + l - 3 * AE_RECORD]);
        }
    }
}

/// In the first band of a tile the rows above repeat row 0, delayed by the lag.
AE_INLINE void ae_repeat_first_row(int16_t *record) {
    for (int l = -4; l < 0; ++l) {
        record[AE_X + l] = record[AE_X];
        record[AE_E + l] = record[AE_E];
        record[AE_H + l] = record[AE_H];
    }
}

/// Takes the residuals of the lanes in `active` from their class streams.
AE_INLINE void ae_pop(ae_streams *streams, const uint8_t *classes, uint32_t active, int16_t *residuals) {
    for (int l = 0; l < AE_LANES; ++l) {
        if (active >> l & 1) {
            const int s = streams->stream_of_class[classes[l]];
            residuals[l] = *streams->next[s]++;
        } else {
            residuals[l] = 0;
        }
    }
}

/// Four residuals in one word, so that vectors need no round trip through memory. Four calls must
/// come in the order of the lanes; C does not order arguments, so callers store them first.
AE_INLINE uint64_t ae_pop4(ae_streams *streams, const uint8_t *classes) {
    uint64_t word = 0;
    for (int l = 0; l < 4; ++l)
        word |= (uint64_t)(uint16_t)*streams->next[streams->stream_of_class[classes[l]]]++ << (16 * l);
    return word;
}

/// A step that all lanes spend in flat blocks: values go on, errors are zero.
AE_INLINE void ae_repeat_step(int16_t *x) {
    int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    memcpy(x, x - AE_RECORD, AE_LANES * sizeof *x);
    memset(e, 0, AE_LANES * sizeof *e);
    for (int l = 0; l < AE_LANES; ++l)
        h[l] = (int16_t)(e[l - AE_RECORD] + e[l - 2 * AE_RECORD] + e[l - 3 * AE_RECORD]);
}

/// The lanes whose column is inside the tile at a step.
AE_INLINE uint32_t ae_active_lanes(int32_t step, int32_t columns, int32_t lanes) {
    uint32_t mask = 0;
    for (int32_t l = 0; l < lanes; ++l) {
        const int32_t column = step - AE_LAG * l;
        if (column >= 0 && column < columns) mask |= 1u << l;
    }
    return mask;
}

/// Copies a finished band to the image, or an image's rows into a band about to be encoded.
AE_INLINE void ae_store_band(int16_t *band, int32_t columns, int32_t lanes, uint16_t *out, ptrdiff_t stride) {
    for (int32_t l = 0; l < lanes; ++l) {
        const int16_t *x = ae_record(band, (ptrdiff_t)AE_LAG * l) + AE_X + l;
        uint16_t *row = out + l * stride;
        for (int32_t c = 0; c < columns; ++c) row[c] = (uint16_t)x[(ptrdiff_t)c * AE_RECORD] ^ 0x8000;
    }
}

AE_INLINE void ae_load_band(int16_t *band, int32_t columns, int32_t lanes, const uint16_t *codes,
                            ptrdiff_t stride) {
    for (int32_t l = 0; l < lanes; ++l) {
        int16_t *x = ae_record(band, (ptrdiff_t)AE_LAG * l) + AE_X + l;
        const uint16_t *row = codes + l * stride;
        for (int32_t c = 0; c < columns; ++c) x[(ptrdiff_t)c * AE_RECORD] = (int16_t)(row[c] ^ 0x8000);
    }
}

typedef int (*ae_decode_fn)(const ae_prediction *, const ae_tile *, ae_streams *, uint16_t *, ptrdiff_t,
                            ae_step_labels *);
typedef size_t (*ae_encode_fn)(const ae_prediction *, const ae_tile *, int32_t, const ae_step_labels *, int16_t *,
                               uint8_t *);

int ae_decode_tile_portable(const ae_prediction *, const ae_tile *, ae_streams *, uint16_t *, ptrdiff_t,
                            ae_step_labels *);
int ae_decode_tile_avx2(const ae_prediction *, const ae_tile *, ae_streams *, uint16_t *, ptrdiff_t,
                            ae_step_labels *);
int ae_decode_tile_avx512(const ae_prediction *, const ae_tile *, ae_streams *, uint16_t *, ptrdiff_t,
                            ae_step_labels *);
int ae_decode_tile_neon(const ae_prediction *, const ae_tile *, ae_streams *, uint16_t *, ptrdiff_t,
                            ae_step_labels *);
size_t ae_walk_band_portable(const ae_prediction *, const ae_tile *, int32_t, const ae_step_labels *, int16_t *,
                             uint8_t *);
size_t ae_walk_band_avx2(const ae_prediction *, const ae_tile *, int32_t, const ae_step_labels *, int16_t *,
                             uint8_t *);
size_t ae_walk_band_avx512(const ae_prediction *, const ae_tile *, int32_t, const ae_step_labels *, int16_t *,
                             uint8_t *);
size_t ae_walk_band_neon(const ae_prediction *, const ae_tile *, int32_t, const ae_step_labels *, int16_t *,
                             uint8_t *);
#endif
