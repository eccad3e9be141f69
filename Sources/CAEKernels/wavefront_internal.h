// SPDX-License-Identifier: Apache-2.0
// What the variants of the wavefront share: the record layout and the walk over a band.
#ifndef AE_WAVEFRONT_INTERNAL_H
#define AE_WAVEFRONT_INTERNAL_H
#include "ae_wavefront.h"
#include <string.h>

// A record holds, for one step, lanes -4...15 of samples (X), signed errors (E) and sums of four magnitudes of
// errors (H).
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

/// The same with the sign of d, as records have errors.
AE_INLINE int ae_error(int d, int shift) { return d < 0 ? -ae_magnitude(d, shift) : ae_magnitude(d, shift); }

AE_INLINE int ae_absolute(int v) { return v < 0 ? -v : v; }

AE_INLINE int ae_saturate16(int v) { return v < -32768 ? -32768 : v > 32767 ? 32767 : v; }

/// Offsets (row, column) of the taps relative to the sample, nearest first; W is not among them. Compile-time
/// constants, so that unrolled loops carry plain offsets.
static const int8_t ae_taps[2 * AE_MAX_TAP_PAIRS][2] = {
    {-1, 0},  {-1, -1}, {-1, 1},  {0, -2},  {-2, 0},  {-1, -2}, {-2, -1}, {-2, 1},  {-1, 2},  {-2, -2},
    {-2, 2},  {0, -3},  {-3, 0},  {-1, -3}, {-3, -1}, {-3, 1},  {-1, 3},  {-2, -3}, {-3, -2}, {-3, 2},
    {-2, 3},  {0, -4},  {-4, 0},  {-1, -4}, {-4, -1}, {-4, 1},  {-1, 4},  {-3, -3},
};
#define AE_TAP(k) AE_AT(ae_taps[k][0], ae_taps[k][1])

/// The records of the base hold, for one step, lanes 0...17: the rows of the band and two more. Taps stand at
/// (0, 0), (0, 2), (2, 0) and (2, 2).
enum { AE_BASE_REACH = 2, AE_BASE_LANES = AE_LANES + AE_BASE_REACH };
#define AE_BASE_AT(dy, dx) (((dx) + AE_LAG * (dy)) * AE_BASE_RECORD + (dy))
#define AE_BASE_TAP(k) AE_BASE_AT((k) / 2 * AE_BASE_REACH, (k) % 2 * AE_BASE_REACH)

/// The record of the base of a step; NULL if there is no base.
AE_INLINE const int16_t *ae_base_record(const ae_tile *tile, ptrdiff_t step) {
    return tile->base ? tile->base_band + step * AE_BASE_RECORD : NULL;
}

/// The median of W, N and W + N - NW, with saturating sums as in the vector variants.
AE_INLINE int ae_median(int w, int n, int nw) {
    const int plane = ae_saturate16(w + ae_saturate16(n - nw));
    const int least = w < n ? w : n, most = w < n ? n : w;
    return plane < least ? least : plane > most ? most : plane;
}

/// Whether a lane's neighbours say that its value repeats theirs.
AE_INLINE int ae_is_repeated(const ae_prediction *p, const int16_t *x) {
    const int w = x[AE_AT(0, -1)];
    return p->repeats && w == x[AE_AT(-1, 0)] && w == x[AE_AT(-1, -1)] && w == x[AE_AT(-1, 1)];
}

/// The sum of five gradients around a lane; `x` points at its own place in its record.
AE_INLINE int ae_texture(const int16_t *x, int shift) {
    const int w = x[AE_AT(0, -1)], n = x[AE_AT(-1, 0)], nw = x[AE_AT(-1, -1)];
    const int ne = x[AE_AT(-1, 1)], ww = x[AE_AT(0, -2)], nn = x[AE_AT(-2, 0)];
    return ae_magnitude(ae_saturate16(w - nw), shift) + ae_magnitude(ae_saturate16(n - nw), shift) +
           ae_magnitude(ae_saturate16(n - ne), shift) + ae_magnitude(ae_saturate16(w - ww), shift) +
           ae_magnitude(ae_saturate16(n - nn), shift);
}

/// The weight set of a lane whose label stands for one.
AE_INLINE int ae_set(const ae_prediction *p, const int16_t *x, int label) {
    return p->textures ? 2 * label + (ae_texture(x, p->error_shift) > p->texture_limit) : label;
}

/// The predicted value of one lane; `x` points at the lane's own place in its record, and so does `base`.
AE_INLINE int ae_predict_lane(const ae_prediction *p, const int16_t *x, const int16_t *base, int label, int pairs) {
    const int w = x[AE_AT(0, -1)], max = (int)p->max_code - 32768;
    int value;
    // The walk takes W itself in flat blocks; what is said here has to stay on the curve, no more.
    if (label == AE_FLAT_LABEL || ae_is_repeated(p, x)) return w < max ? w : max;
    if (label == AE_MEDIAN_LABEL) {
        value = ae_median(w, x[AE_AT(-1, 0)], x[AE_AT(-1, -1)]);
    } else {
        const int set = ae_set(p, x, label);
        int32_t sum = p->bias[set];
        for (int j = 0; j < pairs; ++j) {
            const int32_t both = p->weights[j][set];
            sum += (int16_t)both * ae_saturate16(x[AE_TAP(2 * j)] - w) +
                   (int16_t)(both >> 16) * ae_saturate16(x[AE_TAP(2 * j + 1)] - w);
        }
        for (int j = 0; base && j < AE_BASE_PAIRS; ++j) {
            const int32_t both = p->weights[AE_MAX_TAP_PAIRS + j][set];
            sum += (int16_t)both * ae_saturate16(base[AE_BASE_TAP(2 * j)] - w) +
                   (int16_t)(both >> 16) * ae_saturate16(base[AE_BASE_TAP(2 * j + 1)] - w);
        }
        value = ae_saturate16(w + ae_saturate16(sum >> p->shift));
    }
    return value < max ? value : max;
}

/// The ten terms of the scale rule for one lane; `x` points at the lane's own place in its record.
AE_INLINE void ae_scale_terms(const int16_t *x, int predicted, int shift, int terms[AE_SCALE_FEATURES]) {
    const int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    const int w = x[AE_AT(0, -1)], n = x[AE_AT(-1, 0)];
    terms[0] = ae_absolute(e[AE_AT(0, -1)]);
    terms[1] = ae_absolute(e[AE_AT(-1, 0)]);
    terms[2] = ae_absolute(e[AE_AT(-1, -1)]);
    terms[3] = ae_absolute(e[AE_AT(-1, 1)]);
    terms[4] = ae_absolute(e[AE_AT(0, -2)]) + ae_absolute(e[AE_AT(-2, 0)]);
    terms[5] = h[AE_AT(0, -1)];
    terms[6] = h[AE_AT(-1, 0)] + h[AE_AT(-1, 4)];
    terms[7] = h[AE_AT(-2, 0)] + h[AE_AT(-2, 4)];
    terms[8] = ae_texture(x, shift);
    terms[9] = ae_magnitude(ae_saturate16(predicted - w), shift) +
               ae_magnitude(ae_saturate16(predicted - n), shift);
}

/// The labels of one row of blocks, with room for what lanes beside the tile name: step t finds lane l in
/// `labels[(t - 5 l + 96) / 32]`.
typedef struct ae_block_row {
    uint8_t labels[AE_MAX_SIDE / AE_BLOCK + 7];
    int has_flat;
} ae_block_row;

AE_INLINE void ae_load_labels(ae_block_row *row, const ae_tile *tile, int32_t band_index) {
    const size_t blocks = (size_t)(tile->columns + AE_BLOCK - 1) / AE_BLOCK;
    memset(row->labels, 0, 3);
    memcpy(row->labels + 3, tile->labels + (size_t)(band_index / 2) * blocks, blocks);
    memset(row->labels + 3 + blocks, 0, 4);
    row->has_flat = memchr(row->labels + 3, AE_FLAT_LABEL, blocks) != NULL;
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
        record[AE_H] = (int16_t)(4 * ae_absolute(above[AE_E - 1]));
    }
}

/// The sum of the magnitudes of the four errors up to `e`.
AE_INLINE int16_t ae_error_sum(const int16_t *e) {
    return (int16_t)(ae_absolute(*e) + ae_absolute(e[-AE_RECORD]) + ae_absolute(e[-2 * AE_RECORD]) +
                     ae_absolute(e[-3 * AE_RECORD]));
}

/// After a step that some lanes spend beside the tile: their border values. The lag is greater than a border,
/// so that at most one lane stands in the left border and one in the right.
AE_INLINE void ae_fix_borders(int16_t *band, int32_t step, int32_t columns, int32_t lanes) {
    int16_t *record = ae_record(band, step);
    const int32_t left = step / AE_LAG + 1;
    if (left < lanes) {
        const int16_t *above = ae_record(band, (ptrdiff_t)AE_LAG * (left - 1)) + left - 1;
        record[AE_X + left] = above[AE_X];
        record[AE_E + left] = above[AE_E];
        record[AE_H + left] = (int16_t)(4 * ae_absolute(above[AE_E]));
    }
    const int32_t right = (step - columns) / AE_LAG;
    if (step >= columns && right < lanes) {
        int16_t *x = record + AE_X + right, *e = record + AE_E + right;
        *x = x[-AE_RECORD];
        *e = e[-AE_RECORD];
        record[AE_H + right] = ae_error_sum(e);
    }
}

/// In the first band of a tile the rows above repeat row 0, delayed by the lag.
AE_INLINE void ae_repeat_first_row(int16_t *record) {
    for (int place = AE_X; place <= AE_H; place += AE_E - AE_X) {
        const uint64_t four = (uint64_t)(uint16_t)record[place] * 0x0001000100010001u;
        memcpy(record + place - 4, &four, 8);
    }
}

/// The lanes that a step finds inside the tile, one bit each.
AE_INLINE uint32_t ae_active_lanes(int32_t step, int32_t columns, int32_t lanes) {
    const int32_t first = step < columns ? 0 : (step - columns) / AE_LAG + 1;
    const int32_t end = step / AE_LAG + 1 < lanes ? step / AE_LAG + 1 : lanes;
    return (1u << end) - (1u << first);
}

enum { AE_ALL_LANES = 0xFFFF };

/// Of the 16 residuals, classes and, if there are any, signs from `first` on keeps those of busy lanes; returns the
/// count behind them.
AE_INLINE size_t ae_keep_busy(int16_t *residuals, uint8_t *classes, const ae_signs *signs, size_t first,
                              uint32_t busy) {
    size_t count = first;
    for (size_t l = 0; l < AE_LANES; ++l) {
        residuals[count] = residuals[first + l];
        classes[count] = classes[first + l];
        if (signs) {
            signs->fractions[count] = signs->fractions[first + l];
            signs->errors[count] = signs->errors[first + l];
        }
        count += busy >> l & 1;
    }
    return count;
}

/// A step that all lanes spend in flat blocks: values go on, errors are zero.
AE_INLINE void ae_repeat_step(int16_t *x) {
    int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    memcpy(x, x - AE_RECORD, AE_LANES * sizeof *x);
    memset(e, 0, AE_LANES * sizeof *e);
    for (int l = 0; l < AE_LANES; ++l) h[l] = ae_error_sum(e + l);
}

/// Where the class streams stand while a tile is decoded. One more stream gives zeros to idle lanes, which are
/// beside the tile or in flat blocks.
typedef struct ae_queues {
    const int16_t *next[AE_RAW_CLASSES + 1];
    /// The stream of every raw class, and of AE_IDLE_CLASS.
    uint8_t stream_of_class[128] __attribute__((aligned(64)));
    /// The same as differences (exclusive or) from the class 16 below, for lookups in pieces of 16.
    uint8_t stream_change[112] __attribute__((aligned(16)));
} ae_queues;

enum { AE_IDLE_CLASS = 111 };

static const int16_t ae_no_residuals[AE_LANES];

AE_INLINE void ae_begin_queues(ae_queues *queues, const ae_streams *streams) {
    memcpy(queues->next, streams->next, sizeof streams->next);
    memset(queues->stream_of_class, AE_RAW_CLASSES, sizeof queues->stream_of_class);
    memcpy(queues->stream_of_class, streams->stream_of_class, AE_RAW_CLASSES);
    memcpy(queues->stream_change, queues->stream_of_class, 16);
    for (int c = 16; c < 112; ++c)
        queues->stream_change[c] = queues->stream_of_class[c] ^ queues->stream_of_class[c - 16];
}

/// Eight lanes take residuals at once: those of one stream by rank, the number of earlier ones among the eight.
/// One after the other, each would wait for the pointer that the one before has stored.
AE_INLINE void ae_take8(ae_queues *queues, const uint8_t *streams, const uint8_t *ranks, const int16_t *from[8]) {
    for (int l = 0; l < 8; ++l) from[l] = queues->next[streams[l]] + ranks[l];
    for (int l = 0; l < 8; ++l) queues->next[streams[l]] = from[l] + 1;
}

#define AE_DECLARE(level)                                                                                   \
    int ae_decode_tile_##level(const ae_prediction *, const ae_tile *, ae_streams *, uint16_t *, ptrdiff_t); \
    size_t ae_encode_band_##level(const ae_prediction *, const ae_tile *, int32_t, const uint16_t *, ptrdiff_t, \
                                  int16_t *, uint8_t *, const ae_signs *);
AE_DECLARE(portable)
AE_DECLARE(avx2)
AE_DECLARE(avx512)
AE_DECLARE(neon)
#endif
