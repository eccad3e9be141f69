// SPDX-License-Identifier: Apache-2.0
// The network kernels in plain C: what the variants with vectors must give.
#include "network_internal.h"

AE_INLINE int32_t dot_quad(uint32_t channels, uint32_t weights) {
    int32_t sum = 0;
    for (int k = 0; k < 4; ++k) sum += (int32_t)(channels >> 8 * k & 255) * (int8_t)(weights >> 8 * k & 255);
    return sum;
}

AE_INLINE int32_t dot_pair(uint32_t channels, uint32_t weights) {
    return (int16_t)(channels & 65535) * (int16_t)(weights & 65535) + (int16_t)(channels >> 16) * (int16_t)(weights >> 16);
}

/// Sums of one output at the positions of a run.
AE_INLINE void sum_run(const ae_row_layer *layer, const uint32_t *const *taps, int32_t output, ptrdiff_t first,
                       int is_pairs, int32_t sums[AE_NETWORK_RUN]) {
    for (int x = 0; x < AE_NETWORK_RUN; ++x) sums[x] = layer->start[output];
    for (int32_t t = 0; t < layer->taps; ++t) {
        const uint32_t *from = taps[t] + first;
        const uint32_t weights = layer->weights[t * layer->outputs + output];
        for (int x = 0; x < AE_NETWORK_RUN; ++x)
            sums[x] += is_pairs ? dot_pair(from[x], weights) : dot_quad(from[x], weights);
    }
    for (int x = 0; x < AE_NETWORK_RUN; ++x) sums[x] >>= layer->shifts[output];
}

void ae_network_quads_portable(const ae_row_layer *layer, const uint32_t *const *taps, uint32_t *const *to,
                               ptrdiff_t first, ptrdiff_t count) {
    int32_t sums[AE_NETWORK_RUN];
    for (ptrdiff_t start = first; start < first + count; start += AE_NETWORK_RUN) {
        for (int32_t o = 0; o < layer->outputs; ++o) {
            sum_run(layer, taps, o, start, 0, sums);
            uint32_t *quads = to[o / 4] + start;
            for (int x = 0; x < AE_NETWORK_RUN; ++x) {
                const uint32_t value = (uint32_t)ae_limited(sums[x], 0, 127) << 8 * (o % 4);
                quads[x] = o % 4 == 0 ? value : quads[x] | value;
            }
        }
    }
}

AE_INLINE void plain_sums(const ae_row_layer *layer, const uint32_t *const *taps, int32_t *const *to, ptrdiff_t first,
                          ptrdiff_t count, int is_pairs) {
    for (ptrdiff_t start = first; start < first + count; start += AE_NETWORK_RUN)
        for (int32_t o = 0; o < layer->outputs; ++o) sum_run(layer, taps, o, start, is_pairs, to[o] + start);
}

void ae_network_sums_portable(const ae_row_layer *layer, const uint32_t *const *taps, int32_t *const *to,
                              ptrdiff_t first, ptrdiff_t count) {
    plain_sums(layer, taps, to, first, count, 0);
}

void ae_network_pairs_portable(const ae_row_layer *layer, const uint32_t *const *taps, int32_t *const *to,
                               ptrdiff_t first, ptrdiff_t count) {
    plain_sums(layer, taps, to, first, count, 1);
}

void ae_classify_portable(const ae_context_row *row, ptrdiff_t first, ptrdiff_t last) { ae_classify(row, first, last); }

uint64_t ae_network_peak_portable(int is_pairs, uint32_t rounds, int32_t *sink) {
    const uint32_t channels = (uint32_t)sink[0], weights = (uint32_t)sink[1];
    int32_t sums[24] = {0};
    for (uint32_t r = 0; r < rounds; ++r) {
        for (int k = 0; k < 24; ++k)
            sums[k] += is_pairs ? dot_pair(channels + r, weights + (uint32_t)k) : dot_quad(channels + r, weights + (uint32_t)k);
    }
    for (int k = 0; k < 24; ++k) sink[0] += sums[k] & 1;
    return (uint64_t)rounds * 24 * (is_pairs ? 2 : 4);
}
