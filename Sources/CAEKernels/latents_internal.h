// SPDX-License-Identifier: Apache-2.0
#ifndef AE_LATENTS_INTERNAL_H
#define AE_LATENTS_INTERNAL_H
#include "ae_latents.h"
#include "ae_network.h"
#include "ae_trellis.h"
#include <string.h>

#define AE_INLINE static inline __attribute__((always_inline))

enum { AE_DOUBLED_LIMIT = 255, AE_CONTEXT_SOURCES = 37 };

/// Doubled values of a level of a tile (magnitudes for the linear rule): four phase planes a band; those of the
/// next coarser level and of the one after it, in their places. A border of one zero all around stands for what is
/// outside the tile. And what the contexts of the phase in work give.
typedef struct ae_maps {
    int16_t *phases[AE_BANDS][AE_PHASES];
    const int16_t *parents[AE_BANDS], *grandparents[AE_BANDS];
    int32_t rows, columns;  ///< of a phase plane, border excluded
    ptrdiff_t stride, parent_stride, grandparent_stride;
    const int16_t *zeros;
    uint16_t *classes[AE_BANDS];  ///< of the first quantiser
    int16_t *means[AE_BANDS];     ///< rounded magnitude x 2, plus 1 if negative
    ptrdiff_t context_stride;
} ae_maps;

static const uint8_t ae_phase_row[AE_PHASES] = {0, 1, 0, 1}, ae_phase_column[AE_PHASES] = {0, 1, 1, 0};

/// Raw class of a scale in units of 2^-12: the exponent and two bits of the fraction of a number below 2^24, as a
/// float has them.
AE_INLINE int32_t ae_raw_class(int32_t scale) {
    const float exact = (float)(scale < 0xFFFFFF ? scale : 0xFFFFFF);
    int32_t bits;
    memcpy(&bits, &exact, 4);
    const int32_t value = (bits >> 21) - (127 * 4 - 1);
    return value > 0 ? value : 0;
}

/// Classes of the first quantiser by the linear rule, for `count` columns of the first `rows` rows of a phase.
void ae_linear_classes(ae_kernel_level kernels, const ae_maps *maps, int band, int phase,
                       const uint16_t *weights, int32_t rows, int32_t count);

/// The terms of one place, for a fit.
void ae_linear_terms(const ae_maps *maps, int band, int phase, int32_t row, int32_t column,
                     int32_t terms[AE_LATENT_TERMS]);

/// What a tile is coded with, and how far it is.
typedef struct ae_coder {
    ae_kernel_level kernels;
    const ae_latent_rule *rule;
    int is_dependent;
    int32_t low_class;  ///< the first class of the low band
    // Decoding.
    ae_streams *streams;
    const uint8_t *stream_of_class;
    const int8_t *centroids;
    ae_latent_adaptive *adaptive;  ///< or class streams
    // Encoding.
    const ae_latent_costs *costs;
    ae_latent_output output;
    size_t count;
    const ae_latent_sampling *sampling;
    // Within a phase of a level.
    uint32_t state;
} ae_coder;

/// The latents of one phase of a band: coefficients two columns and two rows apart.
typedef struct ae_phase_band {
    int32_t *values;
    ptrdiff_t stride;  ///< between rows of the phase
    int32_t rows, columns;
    uint32_t step;
    int16_t *doubled;  ///< where doubled values go
    ptrdiff_t doubled_stride;
    const uint16_t *classes;
    const int16_t *means;
    ptrdiff_t context_stride;
} ae_phase_band;

AE_INLINE uint32_t ae_next_state(uint32_t state, int32_t k) {
    return state >> 1 ^ (state & 1 ? 18 : 0) ^ (k & 1 ? 4 : 0);
}

/// Twice the value of index k of a quantiser (0 or 1).
AE_INLINE int32_t ae_doubled(int32_t k, int32_t quantizer) {
    return 2 * k - (k > 0 ? quantizer : k < 0 ? -quantizer : 0);
}

/// The reconstructed value of a latent, limited so that synthesis of damaged data cannot run away far.
AE_INLINE int32_t ae_reconstructed(int32_t doubled, int32_t centroid, uint32_t step) {
    const int32_t units = 32 * doubled + centroid, magnitude = units < 0 ? -units : units;
    int64_t value = (int64_t)magnitude * step >> 14;
    if (value > 1 << 27) value = 1 << 27;
    return (int32_t)(units < 0 ? -value : value);
}

/// The centroid of a residual.
AE_INLINE int32_t ae_centroid_of(int32_t r) { return r >= 0 ? (r < 2 ? r : 2) : r == -1 ? 3 : 4; }

/// What contexts see of a doubled value.
AE_INLINE int16_t ae_seen(const ae_coder *k, int32_t doubled) {
    int32_t v = doubled < -AE_DOUBLED_LIMIT ? -AE_DOUBLED_LIMIT : doubled > AE_DOUBLED_LIMIT ? AE_DOUBLED_LIMIT : doubled;
    if (!k->rule->networks && v < 0) v = -v;
    return (int16_t)v;
}

/// Whether bands are written.
AE_INLINE int ae_rebuilds(const ae_latent_adaptive *source) { return source->coder->decoding || source->rebuilds; }

/// Reads or writes residuals by probabilities that learn.
void ae_code_phase_band(ae_coder *coder, const ae_maps *maps, int kind, int b, int p, const ae_phase_band *band);
int32_t ae_code_low_residual(ae_latent_adaptive *source, int32_t around, int32_t raw_class);
void ae_decode_phase_band(ae_coder *coder, const ae_phase_band *band);
void ae_quantize_phase_band(ae_coder *coder, const ae_phase_band *band);

#endif
