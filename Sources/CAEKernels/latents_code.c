// SPDX-License-Identifier: Apache-2.0
// What is done with the latents of a phase of a band once their contexts are known.
#include "latents_cost.h"

void ae_decode_phase_band(ae_coder *k, const ae_phase_band *band) {
    const uint32_t union_mask = k->is_dependent ? 1 : 0;
    uint32_t state = k->state;
    for (int32_t row = 0; row < band->rows; ++row) {
        const uint16_t *classes = band->classes + row * band->context_stride;
        const int16_t *means = band->means ? band->means + row * band->context_stride : NULL;
        int32_t *values = band->values + row * band->stride;
        int16_t *doubled = band->doubled + row * band->doubled_stride;
        for (int32_t j = 0; j < band->columns; ++j) {
            const uint32_t quantizer = state & union_mask, c = classes[j] + quantizer;
            const int32_t residual = *k->streams->next[k->stream_of_class[c]]++;
            const int32_t mean = means ? means[j] : 0, index = residual + (mean >> 1);
            const int32_t v = ae_doubled(index, (int32_t)quantizer), sign = mean & 1 ? -1 : 1;
            values[2 * j] = sign * ae_reconstructed(v, k->centroids[c * AE_CENTROIDS + (uint32_t)ae_centroid_of(residual)], band->step);
            doubled[j] = ae_seen(k, sign * v);
            state = ae_next_state(state, index);
        }
    }
    k->state = state;
}

/// One latent as the quantiser sees it; indexes count in the direction of the mean.
typedef struct situation {
    float value;  ///< in steps
    int32_t mean, class_of;
} situation;

/// The cost of an index of a quantiser.
AE_INLINE float cost_of(const ae_latent_costs *costs, const situation *at, int32_t index, int32_t quantizer) {
    const int32_t c = at->class_of + quantizer, r = index - at->mean;
    const float point = 0.5f * (float)ae_doubled(index, quantizer) + costs->centroids[c * AE_CENTROIDS + ae_centroid_of(r)];
    const float distance = at->value - point;
    return distance * distance + costs->lambda * ae_bits_of(costs->bits + c * AE_LATENT_SYMBOLS, r);
}

/// The cheapest even and odd index of a quantiser near the value, or zero.
AE_INLINE void candidates_of(const ae_latent_costs *costs, const situation *at, int32_t quantizer, float found[2],
                             int16_t indexes[2]) {
    int32_t below, above;
    if (quantizer == 0) {
        below = (int32_t)floorf(at->value);
        above = below + 1;
    } else {
        const int32_t magnitude = (int32_t)(fabsf(at->value) + 0.5f);
        below = at->value < 0 ? -magnitude : magnitude;
        above = at->value < 0 ? -magnitude - 1 : magnitude + 1;
    }
    found[below & 1] = cost_of(costs, at, below, quantizer);
    found[above & 1] = cost_of(costs, at, above, quantizer);
    indexes[below & 1] = (int16_t)below;
    indexes[above & 1] = (int16_t)above;
    if (indexes[0] == 2 || indexes[0] == -2) {
        const float zero = cost_of(costs, at, 0, quantizer);
        if (zero < found[0]) {
            found[0] = zero;
            indexes[0] = 0;
        }
    }
}

AE_INLINE situation situation_of(const ae_phase_band *band, float inverse, int32_t row, int32_t column) {
    const int32_t mean = band->means ? band->means[row * band->context_stride + column] : 0;
    const float value = (float)band->values[row * band->stride + 2 * column] * inverse;
    return (situation){mean & 1 ? -value : value, mean >> 1, band->classes[row * band->context_stride + column]};
}

/// Takes an index of a quantiser for the value of a place.
AE_INLINE void take(ae_coder *k, const ae_phase_band *band, const situation *at, int32_t row, int32_t column,
                    int32_t index, int32_t quantizer) {
    const int32_t c = at->class_of + quantizer, r = index - at->mean;
    const int32_t sign = band->means && band->means[row * band->context_stride + column] & 1 ? -1 : 1;
    const int32_t v = sign * ae_doubled(index, quantizer);
    band->doubled[row * band->doubled_stride + column] = ae_seen(k, v);
    if (k->output.doubled) k->output.doubled[k->count] = (int16_t)(v < -32767 ? -32767 : v > 32767 ? 32767 : v);
    if (k->output.residuals) {
        k->output.residuals[k->count] = (int16_t)r;
        k->output.classes[k->count] = (uint16_t)c;
    }
    ++k->count;
    if (!k->output.offsets) return;
    double *sum = k->output.offsets + 2 * (c * AE_CENTROIDS + ae_centroid_of(r));
    sum[0] += (double)(at->value - 0.5f * (float)ae_doubled(index, quantizer));
    sum[1] += 1;
}

/// Every latent alone, with the first quantiser.
AE_INLINE void quantize_alone(ae_coder *k, const ae_phase_band *band) {
    const float inverse = 256.0f / (float)band->step;
    for (int32_t row = 0; row < band->rows; ++row)
        for (int32_t column = 0; column < band->columns; ++column) {
            const situation at = situation_of(band, inverse, row, column);
            float found[2];
            int16_t indexes[2];
            candidates_of(k->costs, &at, 0, found, indexes);
            // An even index may be two away: zero is not tried against an odd one that is nearer to it.
            int32_t index = indexes[found[1] < found[0]];
            if (index != 0 && index > -4 && index < 4 && cost_of(k->costs, &at, 0, 0) < cost_of(k->costs, &at, index, 0))
                index = 0;
            take(k, band, &at, row, column, index, 0);
        }
}

/// All latents together.
AE_INLINE void quantize_dependent(ae_coder *k, const ae_phase_band *band) {
    enum { RUN = 128 };
    const float inverse = 256.0f / (float)band->step;
    const size_t count = (size_t)band->rows * (size_t)band->columns;
    ae_trellis trellis = {.decisions = (uint32_t *)k->costs->trellis};
    int16_t (*indexes)[4] = (int16_t (*)[4])(void *)(trellis.decisions + count);
    float costs[RUN][4];
    ae_trellis_begin(&trellis, k->state);
    size_t done = 0, held = 0;
    for (int32_t row = 0; row < band->rows; ++row)
        for (int32_t column = 0; column < band->columns; ++column) {
            const situation at = situation_of(band, inverse, row, column);
            candidates_of(k->costs, &at, 0, costs[held], indexes[done + held]);
            candidates_of(k->costs, &at, 1, costs[held] + 2, indexes[done + held] + 2);
            if (++held < RUN && done + held < count) continue;
            ae_trellis_advance(k->kernels, &trellis, done, held, (const float (*)[4])costs);
            done += held;
            held = 0;
        }
    k->state = ae_trellis_finish(&trellis, count);
    size_t n = 0;
    for (int32_t row = 0; row < band->rows; ++row)
        for (int32_t column = 0; column < band->columns; ++column, ++n) {
            const situation at = situation_of(band, inverse, row, column);
            const uint32_t choice = trellis.decisions[n];
            take(k, band, &at, row, column, indexes[n][choice], (int32_t)choice >> 1);
        }
}

AE_INLINE void quantize_phase_band(ae_coder *k, const ae_phase_band *band) {
    if (k->is_dependent) quantize_dependent(k, band);
    else quantize_alone(k, band);
}

#if defined(__x86_64__)
// The first processors have no instruction to round down with. Nothing is fused, so that costs are the same.
__attribute__((target("avx2,bmi2,lzcnt"))) static void quantize_phase_band_avx2(ae_coder *k, const ae_phase_band *band) {
    quantize_phase_band(k, band);
}
#endif

void ae_quantize_phase_band(ae_coder *k, const ae_phase_band *band) {
#if defined(__x86_64__)
    if (k->kernels == AE_KERNEL_AVX2 || k->kernels == AE_KERNEL_AVX512) return quantize_phase_band_avx2(k, band);
#endif
    quantize_phase_band(k, band);
}

size_t ae_trellis_bytes(int32_t rows, int32_t columns) {
    return (size_t)((rows + 1) / 2) * (size_t)((columns + 1) / 2) * (sizeof(uint32_t) + 4 * sizeof(int16_t));
}
