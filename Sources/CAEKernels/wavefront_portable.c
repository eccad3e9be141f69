// SPDX-License-Identifier: Apache-2.0
// The definition of the predictor in plain C.
#include "wavefront_internal.h"

typedef struct ae_vector {
    int16_t v[AE_LANES];
} ae_vector;
typedef struct ae_bytes {
    uint8_t v[AE_LANES];
} ae_bytes;
typedef struct ae_forecast {
    ae_vector value;
    ae_bytes classes;
    ae_vector fractions, errors;
} ae_forecast;

#define AE_VECTOR ae_vector
#define AE_BYTES ae_bytes
#define AE_TARGET
#define AE_NAME(name) name##_portable

/// Class of a scale: 0 is flat, then four classes an octave.
AE_INLINE uint8_t ae_raw_class(int32_t scale) {
    if (scale == 0) return 0;
    if (scale > 0xFFFFFF) scale = 0xFFFFFF;
    const int octave = 31 - __builtin_clz((unsigned)scale);
    return (uint8_t)(1 + 4 * octave + ((((int64_t)scale << 2) >> octave) & 3));
}

AE_INLINE ae_bytes labels_portable(const ae_block_row *row, int32_t step) {
    ae_bytes labels;
    for (int l = 0; l < AE_LANES; ++l) labels.v[l] = row->labels[(step - AE_LAG * l + 3 * AE_BLOCK) / AE_BLOCK];
    return labels;
}

/// The sums over the taps for all lanes. (`ae_predict_lane` says the same for one.)
AE_INLINE void ae_add_pair(const int32_t *weights, const int16_t *a, const int16_t *b, const int16_t *w,
                           const uint8_t *sets, int32_t *restrict sums) {
    int32_t both[AE_LANES];
    for (int l = 0; l < AE_LANES; ++l) both[l] = weights[sets[l]];
    for (int l = 0; l < AE_LANES; ++l)
        sums[l] += (int16_t)both[l] * ae_saturate16(a[l] - w[l]) + (both[l] >> 16) * ae_saturate16(b[l] - w[l]);
}

AE_INLINE void ae_sum_taps(const ae_prediction *p, const int16_t *x, const int16_t *base, const uint8_t *labels,
                           int pairs, int32_t *restrict sums) {
    const int16_t *w = x + AE_AT(0, -1);
    // Where the label is no weight set's, nobody looks at the sums.
    uint8_t sets[AE_LANES];
    for (int l = 0; l < AE_LANES; ++l) sets[l] = (uint8_t)(ae_set(p, x + l, labels[l]) % AE_MAX_PREDICTORS);
    for (int l = 0; l < AE_LANES; ++l) sums[l] = p->bias[sets[l]];
    for (int j = 0; j < pairs; ++j)
        ae_add_pair(p->weights[j], x + AE_TAP(2 * j), x + AE_TAP(2 * j + 1), w, sets, sums);
    for (int j = 0; base && j < AE_BASE_PAIRS; ++j)
        ae_add_pair(p->weights[AE_MAX_TAP_PAIRS + j], base + AE_BASE_TAP(2 * j), base + AE_BASE_TAP(2 * j + 1), w,
                    sets, sums);
}

AE_INLINE ae_forecast predict_portable(const ae_prediction *p, const int16_t *x, const int16_t *base, ae_bytes labels,
                                       const int pairs) {
    ae_forecast forecast;
    int32_t sums[AE_LANES], scales[AE_LANES];
    ae_sum_taps(p, x, base, labels.v, pairs, sums);
    const int max = (int)p->max_code - 32768;
    for (int l = 0; l < AE_LANES; ++l) {
        const int w = x[l + AE_AT(0, -1)], median = ae_median(w, x[l + AE_AT(-1, 0)], x[l + AE_AT(-1, -1)]);
        const int fitted = ae_saturate16(w + ae_saturate16(sums[l] >> p->shift));
        const int chosen = labels.v[l] >= AE_MEDIAN_LABEL ? median : fitted;
        const int value = ae_is_repeated(p, x + l) ? w : chosen;
        forecast.value.v[l] = (int16_t)(value < max ? value : max);
    }
    for (int l = 0; l < AE_LANES; ++l) {
        int terms[AE_SCALE_FEATURES];
        ae_scale_terms(x + l, forecast.value.v[l], p->error_shift, terms);
        scales[l] = 0;
        for (int k = 0; k < AE_SCALE_FEATURES; ++k) scales[l] += p->scale[k] * terms[k];
    }
    for (int l = 0; l < AE_LANES; ++l)
        forecast.classes.v[l] =
            ae_is_repeated(p, x + l)
                ? 0
                : ae_raw_class(scales[l] + p->curve[(forecast.value.v[l] + 32768) >> p->curve_shift]);
    if (!p->signs) return forecast;
    const int32_t unit = 1 << p->shift;
    for (int l = 0; l < AE_LANES; ++l) {
        const int16_t *e = x + (AE_E - AE_X) + l;
        const int is_fitted = labels.v[l] < AE_MEDIAN_LABEL && !ae_is_repeated(p, x + l);
        forecast.fractions.v[l] = (int16_t)(is_fitted ? (sums[l] & (unit - 1)) - (unit >> 1) : 0);
        forecast.errors.v[l] =
            (int16_t)(2 * (e[AE_AT(0, -1)] + e[AE_AT(-1, 0)]) + e[AE_AT(-1, -1)] + e[AE_AT(-1, 1)]);
    }
    return forecast;
}

AE_INLINE ae_vector signed_by_portable(const ae_prediction *p, ae_vector fractions, ae_vector errors,
                                       ae_vector residuals) {
    for (int l = 0; l < AE_LANES; ++l)
        if (fractions.v[l] + p->sign_weight * errors.v[l] < 0) residuals.v[l] = (int16_t)-residuals.v[l];
    return residuals;
}

AE_INLINE void commit_portable(const ae_prediction *p, int16_t *x, ae_vector predicted, ae_vector residuals) {
    int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    const int step = 2 * p->bound + 1, max = (int)p->max_code - 32768;
    for (int l = 0; l < AE_LANES; ++l) {
        const int d = residuals.v[l] * step;
        if (p->bound) {
            const int value = ae_saturate16(predicted.v[l] + d);
            x[l] = (int16_t)(value < max ? value : max);
        } else {
            x[l] = (int16_t)(predicted.v[l] + d);
        }
        e[l] = (int16_t)ae_error(ae_saturate16(d), p->error_shift);
        h[l] = ae_error_sum(e + l);
    }
}

AE_INLINE ae_vector residuals_of_portable(const ae_prediction *p, const int16_t *x, ae_vector predicted) {
    const int bound = p->bound, step = 2 * bound + 1;
    ae_vector r;
    for (int l = 0; l < AE_LANES; ++l) {
        const int d = x[l] - predicted.v[l];
        r.v[l] = (int16_t)(d < 0 ? -((bound - d) / step) : (d + bound) / step);
    }
    return r;
}

AE_INLINE ae_vector load_portable(const int16_t *values) {
    ae_vector vector;
    memcpy(&vector, values, sizeof vector);
    return vector;
}

AE_INLINE void store_portable(int16_t *values, ae_vector vector) { memcpy(values, &vector, sizeof vector); }

AE_INLINE void store_bytes_portable(uint8_t *bytes, ae_bytes vector) { memcpy(bytes, &vector, sizeof vector); }

AE_INLINE uint32_t flat_portable(ae_bytes labels) {
    uint32_t flat = 0;
    for (int l = 0; l < AE_LANES; ++l) flat |= (uint32_t)(labels.v[l] == AE_FLAT_LABEL) << l;
    return flat;
}

AE_INLINE ae_vector stay_portable(const int16_t *x, ae_bytes labels, ae_vector value) {
    for (int l = 0; l < AE_LANES; ++l)
        if (labels.v[l] == AE_FLAT_LABEL) value.v[l] = x[l + AE_AT(0, -1)];
    return value;
}

AE_INLINE ae_bytes idle_portable(ae_bytes classes, uint32_t busy) {
    for (int l = 0; l < AE_LANES; ++l)
        if (!(busy >> l & 1)) classes.v[l] = AE_IDLE_CLASS;
    return classes;
}

AE_INLINE ae_vector pop16_portable(ae_queues *queues, ae_bytes classes) {
    ae_vector r;
    for (int l = 0; l < AE_LANES; ++l) r.v[l] = *queues->next[queues->stream_of_class[classes.v[l]]]++;
    return r;
}

AE_INLINE void turn_portable(const int16_t *from, ptrdiff_t from_stride, int16_t *to, ptrdiff_t to_stride) {
    for (int i = 0; i < 16; ++i)
        for (int k = 0; k < 16; ++k) to[k * to_stride + i] = from[i * from_stride + k] ^ INT16_MIN;
}

#include "wavefront_walk.h"
