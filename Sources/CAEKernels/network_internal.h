// SPDX-License-Identifier: Apache-2.0
// What the variants of the network kernels share, and their entry points.
#ifndef AE_NETWORK_INTERNAL_H
#define AE_NETWORK_INTERNAL_H
#include "ae_network.h"
#include <string.h>

#ifndef AE_INLINE
#define AE_INLINE static inline __attribute__((always_inline))
#endif

/// The parts of a level's work that follow from numbers of one position alone.
typedef struct ae_context_row {
    const int32_t *outputs[6];  ///< three means, three scales
    const int32_t *linear[3];   ///< what is added to the means
    uint16_t *classes[3];
    int16_t *means[3];
} ae_context_row;

/// Companded value by magnitude, 0 beyond 255: round(16 log2(1 + x / 2)).
extern const uint8_t ae_companded[256];

AE_INLINE int32_t ae_limited(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

/// Classes and means of a row from the sums of the last layers.
AE_INLINE void ae_classify(const ae_context_row *row, ptrdiff_t first, ptrdiff_t last) {
    for (int band = 0; band < 3; ++band) {
        const int32_t *restrict output = row->outputs[band], *restrict linear = row->linear[band];
        const int32_t *restrict scales = row->outputs[3 + band];
        uint16_t *restrict classes = row->classes[band];
        int16_t *restrict means = row->means[band];
        for (ptrdiff_t x = first; x < last; ++x) {
            const int32_t mean =
                ae_limited(output[x] + linear[x], -AE_NETWORK_MEAN_LIMIT, AE_NETWORK_MEAN_LIMIT);
            const int32_t bin = ae_limited(scales[x], 0, 31);
            const int32_t magnitude = mean < 0 ? -mean : mean, rounded = (magnitude + 32) >> 6;
            const int32_t fraction = magnitude - (rounded << 6);
            const int32_t near = (magnitude >= 3) + (magnitude >= 8) + (magnitude >= 16);
            const int32_t far = 4 + (fraction >= -16) + (fraction >= 0) + (fraction >= 16);
            classes[x] = (uint16_t)(bin << 4 | (magnitude < 32 ? near : far) << 1);
            means[x] = (int16_t)(rounded << 1 | (mean < 0));
        }
    }
}

/// Quads from rows of doubled values: positive and negative parts of two bands, companded by `table`, which is
/// indexed by the low nine bits of a value.
AE_INLINE void ae_pack_signed(const uint16_t *restrict table, const int16_t *restrict a, const int16_t *restrict b,
                              uint32_t *restrict to, ptrdiff_t count) {
    for (ptrdiff_t x = 0; x < count; ++x)
        to[x] = (uint32_t)table[a[x] & 511] | (uint32_t)table[b[x] & 511] << 16;
}

#define AE_NETWORK_ENTRIES(suffix)                                                                             \
    void ae_network_quads_##suffix(const ae_row_layer *layer, const uint32_t *const *taps, uint32_t *const *to, \
                                   ptrdiff_t first, ptrdiff_t count);                                          \
    void ae_network_sums_##suffix(const ae_row_layer *layer, const uint32_t *const *taps, int32_t *const *to,  \
                                  ptrdiff_t first, ptrdiff_t count);                                           \
    void ae_network_pairs_##suffix(const ae_row_layer *layer, const uint32_t *const *taps, int32_t *const *to, \
                                   ptrdiff_t first, ptrdiff_t count);                                          \
    void ae_classify_##suffix(const ae_context_row *row, ptrdiff_t first, ptrdiff_t last);                     \
    uint64_t ae_network_peak_##suffix(int is_pairs, uint32_t rounds, int32_t *sink);

AE_NETWORK_ENTRIES(portable)
#if defined(__x86_64__)
AE_NETWORK_ENTRIES(avx2)
AE_NETWORK_ENTRIES(avx512)
#elif defined(__aarch64__)
AE_NETWORK_ENTRIES(neon)
AE_NETWORK_ENTRIES(neon_dot)
#endif

void ae_classify_row(ae_kernel_level kernels, const ae_context_row *row, ptrdiff_t first, ptrdiff_t last);

#endif
