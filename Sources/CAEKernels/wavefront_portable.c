// SPDX-License-Identifier: Apache-2.0
// The definition of the lossless predictor in plain C.
#include "wavefront_internal.h"

typedef struct ae_vector {
    int16_t v[AE_LANES];
} ae_vector;

#define AE_VECTOR ae_vector
#define AE_TARGET
#define AE_NAME(name) name##_portable

/// Class of a scale: 0 is flat, then four classes an octave.
AE_INLINE uint8_t ae_raw_class(int32_t scale) {
    if (scale == 0) return 0;
    if (scale > 0xFFFFFF) scale = 0xFFFFFF;
    const int octave = 31 - __builtin_clz((unsigned)scale);
    return (uint8_t)(1 + 4 * octave + ((((int64_t)scale << 2) >> octave) & 3));
}

AE_INLINE ae_vector predict_portable(const ae_prediction *p, const int16_t *x, const uint8_t *labels,
                                     const int pairs, uint8_t *classes) {
    ae_vector predicted;
    for (int l = 0; l < AE_LANES; ++l, ++x) {
        const int value = ae_predict_lane(p, x, labels[l], pairs);
        predicted.v[l] = (int16_t)value;

        int terms[AE_SCALE_FEATURES];
        ae_scale_terms(x, value, p->error_shift, terms);
        int32_t scale = p->curve[(value + 32768) >> p->curve_shift];
        for (int k = 0; k < AE_SCALE_FEATURES; ++k) scale += p->scale[k] * terms[k];
        classes[l] = ae_raw_class(scale);
    }
    return predicted;
}

AE_INLINE void commit_portable(const ae_prediction *p, int16_t *x, ae_vector predicted, ae_vector residuals) {
    int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    for (int l = 0; l < AE_LANES; ++l) {
        x[l] = (int16_t)(predicted.v[l] + residuals.v[l]);
        e[l] = (int16_t)ae_magnitude(residuals.v[l], p->error_shift);
        h[l] = (int16_t)(e[l] + e[l - AE_RECORD] + e[l - 2 * AE_RECORD] + e[l - 3 * AE_RECORD]);
    }
}

AE_INLINE ae_vector residuals_of_portable(const int16_t *x, ae_vector predicted) {
    ae_vector r;
    for (int l = 0; l < AE_LANES; ++l) r.v[l] = (int16_t)(x[l] - predicted.v[l]);
    return r;
}

AE_INLINE ae_vector load_portable(const int16_t *values) {
    ae_vector r;
    memcpy(&r, values, sizeof r);
    return r;
}

AE_INLINE void store_portable(int16_t *values, ae_vector vector) { memcpy(values, &vector, sizeof vector); }

AE_INLINE ae_vector pop16_portable(ae_streams *streams, const uint8_t *classes) {
    ae_vector r;
    ae_pop(streams, classes, 0xFFFF, r.v);
    return r;
}

#include "wavefront_walk.h"
