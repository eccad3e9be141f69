// SPDX-License-Identifier: Apache-2.0
// The loops of the network kernels with vectors. A variant defines before:
//   AE_TARGET, AE_NAME(name), AE_VECTOR of AE_LANES_OF 32-bit lanes, AE_IN_REGISTER(vector),
//   AE_QUAD_OUTPUTS and AE_PLAIN_OUTPUTS (most outputs of a block), AE_QUAD_VECTORS and AE_PLAIN_VECTORS,
//   AE_PEAK_CHANNELS, broadcast, load, dot_quads, dot_pairs, store_shifted, store_quads.
// A block of outputs by vectors stays in registers while its taps are summed up.
#include "network_internal.h"

enum { AE_MOST_OUTPUTS = 12, AE_MOST_VECTORS = 4 };

AE_TARGET AE_INLINE void AE_NAME(block)(const ae_row_layer *layer, const uint32_t *const *taps, ptrdiff_t x,
                                        int32_t first_output, const int outputs, const int vectors,
                                        const int is_pairs, AE_VECTOR (*sums)[AE_MOST_VECTORS]) {
    const int32_t all = layer->outputs, count = layer->taps;
    const uint32_t *weights = layer->weights + first_output;
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
        const AE_VECTOR start = AE_NAME(broadcast)((uint32_t)layer->start[first_output + o]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) sums[o][v] = start;
    }
#pragma clang loop unroll(disable)
    for (int32_t t = 0; t < count; ++t, weights += all) {
        AE_VECTOR channels[AE_MOST_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) channels[v] = AE_NAME(load)(taps[t] + x + v * AE_LANES_OF);
#pragma clang loop unroll(full)
        for (int o = 0; o < outputs; ++o) {
            const AE_VECTOR weight = AE_NAME(broadcast)(weights[o]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; ++v)
                sums[o][v] = is_pairs ? AE_NAME(dot_pairs)(sums[o][v], channels[v], weight)
                                      : AE_NAME(dot_quads)(sums[o][v], channels[v], weight);
        }
    }
}

/// Some outputs, a multiple of four, at all positions.
AE_TARGET AE_INLINE void AE_NAME(quad_outputs)(const ae_row_layer *layer, const uint32_t *const *taps,
                                               uint32_t *const *to, int32_t first_output, const int outputs,
                                               ptrdiff_t first, ptrdiff_t count) {
    for (ptrdiff_t x = first; x < first + count; x += AE_QUAD_VECTORS * AE_LANES_OF) {
        AE_VECTOR sums[AE_MOST_OUTPUTS][AE_MOST_VECTORS];
        AE_NAME(block)(layer, taps, x, first_output, outputs, AE_QUAD_VECTORS, 0, sums);
#pragma clang loop unroll(full)
        for (int o = 0; o < outputs; o += 4) {
            uint32_t *quads = to[(first_output + o) / 4] + x;
#pragma clang loop unroll(full)
            for (int v = 0; v < AE_QUAD_VECTORS; ++v) {
                AE_NAME(store_quads)(quads + v * AE_LANES_OF, sums[o][v], sums[o + 1][v], sums[o + 2][v],
                                     sums[o + 3][v], layer->shifts + first_output + o);
            }
        }
    }
}

AE_TARGET void AE_NAME(ae_network_quads)(const ae_row_layer *layer, const uint32_t *const *taps, uint32_t *const *to,
                                         ptrdiff_t first, ptrdiff_t count) {
    for (int32_t o = 0; o < layer->outputs;) {
        const int32_t left = layer->outputs - o;
        // Blocks of 12 and 8 rather than one of 4 left over.
        if (AE_QUAD_OUTPUTS >= 12 && left % 12 == 0) {
            AE_NAME(quad_outputs)(layer, taps, to, o, 12, first, count);
            o += 12;
        } else if (AE_QUAD_OUTPUTS >= 8 && left >= 8) {
            AE_NAME(quad_outputs)(layer, taps, to, o, 8, first, count);
            o += 8;
        } else {
            AE_NAME(quad_outputs)(layer, taps, to, o, 4, first, count);
            o += 4;
        }
    }
}

/// Some outputs at some positions as plain numbers.
AE_TARGET AE_INLINE void AE_NAME(plain_outputs)(const ae_row_layer *layer, const uint32_t *const *taps,
                                                int32_t *const *to, int32_t first_output, const int outputs,
                                                ptrdiff_t x, const int vectors, const int is_pairs) {
    AE_VECTOR sums[AE_MOST_OUTPUTS][AE_MOST_VECTORS];
    AE_NAME(block)(layer, taps, x, first_output, outputs, vectors, is_pairs, sums);
#pragma clang loop unroll(full)
    for (int o = 0; o < outputs; ++o) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v)
            AE_NAME(store_shifted)(to[first_output + o] + x + v * AE_LANES_OF, sums[o][v],
                                   layer->shifts[first_output + o]);
    }
}

AE_TARGET AE_INLINE void AE_NAME(plain)(const ae_row_layer *layer, const uint32_t *const *taps, int32_t *const *to,
                                        ptrdiff_t first, ptrdiff_t count, const int is_pairs) {
    // Means and scales are six outputs, the linear path three.
    int32_t o = 0;
    for (; AE_PLAIN_OUTPUTS >= 6 && o + 6 <= layer->outputs; o += 6) {
        for (ptrdiff_t x = first; x < first + count; x += 2 * AE_LANES_OF)
            AE_NAME(plain_outputs)(layer, taps, to, o, 6, x, 2, is_pairs);
    }
    for (; o + 3 <= layer->outputs; o += 3) {
        ptrdiff_t x = first;
        for (; x + AE_PLAIN_VECTORS * AE_LANES_OF <= first + count; x += AE_PLAIN_VECTORS * AE_LANES_OF)
            AE_NAME(plain_outputs)(layer, taps, to, o, 3, x, AE_PLAIN_VECTORS, is_pairs);
        for (; x < first + count; x += 2 * AE_LANES_OF) AE_NAME(plain_outputs)(layer, taps, to, o, 3, x, 2, is_pairs);
    }
    for (; o < layer->outputs; ++o) {
        for (ptrdiff_t x = first; x < first + count; x += 2 * AE_LANES_OF)
            AE_NAME(plain_outputs)(layer, taps, to, o, 1, x, 2, is_pairs);
    }
}

AE_TARGET void AE_NAME(ae_network_sums)(const ae_row_layer *layer, const uint32_t *const *taps, int32_t *const *to,
                                        ptrdiff_t first, ptrdiff_t count) {
    AE_NAME(plain)(layer, taps, to, first, count, 0);
}

AE_TARGET void AE_NAME(ae_network_pairs)(const ae_row_layer *layer, const uint32_t *const *taps, int32_t *const *to,
                                         ptrdiff_t first, ptrdiff_t count) {
    AE_NAME(plain)(layer, taps, to, first, count, 1);
}

AE_TARGET void AE_NAME(ae_classify)(const ae_context_row *row, ptrdiff_t first, ptrdiff_t last) {
    ae_classify(row, first, last);
}

AE_TARGET AE_INLINE void AE_NAME(peak)(const int is_pairs, uint32_t rounds, int32_t *sink) {
    AE_VECTOR sums[AE_PEAK_CHANNELS][4], channels[AE_PEAK_CHANNELS], weights[4];
    for (int k = 0; k < 4; ++k) weights[k] = AE_NAME(broadcast)((uint32_t)sink[1] + (uint32_t)k);
    for (int v = 0; v < AE_PEAK_CHANNELS; ++v) {
        channels[v] = AE_NAME(broadcast)((uint32_t)sink[0] + (uint32_t)v);
        for (int k = 0; k < 4; ++k) sums[v][k] = AE_NAME(broadcast)(0);
    }
    for (uint32_t r = 0; r < rounds; ++r) {
#pragma clang loop unroll(full)
        for (int v = 0; v < AE_PEAK_CHANNELS; ++v) {
            // Else the compiler would see that the products are the same in every round.
            __asm__ volatile("" : AE_IN_REGISTER(channels[v]));
#pragma clang loop unroll(full)
            for (int k = 0; k < 4; ++k)
                sums[v][k] = is_pairs ? AE_NAME(dot_pairs)(sums[v][k], channels[v], weights[k])
                                      : AE_NAME(dot_quads)(sums[v][k], channels[v], weights[k]);
        }
    }
    int32_t lanes[AE_LANES_OF], folded = 0;
    for (int v = 0; v < AE_PEAK_CHANNELS; ++v) {
        for (int k = 0; k < 4; ++k) {
            AE_NAME(store_shifted)(lanes, sums[v][k], 1);
            folded ^= lanes[0];
        }
    }
    sink[0] ^= folded & 1;
}

AE_TARGET uint64_t AE_NAME(ae_network_peak)(int is_pairs, uint32_t rounds, int32_t *sink) {
    if (is_pairs) {
        AE_NAME(peak)(1, rounds, sink);
    } else {
        AE_NAME(peak)(0, rounds, sink);
    }
    return (uint64_t)rounds * 4 * AE_PEAK_CHANNELS * AE_LANES_OF * (is_pairs ? 2 : 4);
}
