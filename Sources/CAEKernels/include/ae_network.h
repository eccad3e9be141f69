// SPDX-License-Identifier: Apache-2.0
#ifndef AE_NETWORK_H
#define AE_NETWORK_H
#include <stddef.h>
#include <stdint.h>
#include "ae_latents.h"
#include "ae_wavefront.h"

/// Small integer networks on planes, row by row. Spec/network.md is the definition; `network_portable.c`
/// says the same in C. All variants give identical results.
///
/// A layer is a list of taps. A tap reads a row of 32-bit words, one a position: four channels of 7 bits
/// (a quad; the first channel lowest) or two signed channels of 16 bits (a pair). Its neighbors in space are
/// taps with pointers moved by a position or to another row.

enum {
    AE_NETWORK_RUN = 32,        ///< positions are computed in whole runs
    AE_NETWORK_CLASSES = 512,   ///< 32 scale bins x 8 buckets of the mean x 2 quantisers
    AE_NETWORK_MAX_WIDTH = 64,  ///< channels of a hidden layer, a multiple of 4
    AE_NETWORK_LIMIT = 255,     ///< magnitudes of doubled values
    AE_NETWORK_MEAN_LIMIT = 32767,
};

/// acc[output] = start[output] + the sum over taps of the products of channels and weights; the sums are
/// proved to stay within 32 bits by whoever made the weights.
typedef struct ae_row_layer {
    int32_t taps, outputs;
    const uint32_t *weights;  ///< [tap][output]: four int8, or two int16, in the order of the channels
    const int32_t *start;     ///< [output]: bias, and half of what the shift removes
    const int32_t *shifts;    ///< [output]: 0...24
} ae_row_layer;

/// Quads to quads: to[k][x] = outputs 4 k ... 4 k + 3, each shifted right and limited to 0...127.
/// Positions first ..< first + count; count is a multiple of AE_NETWORK_RUN, outputs of 4; weights are
/// -127...127.
void ae_network_quads(ae_kernel_level kernels, const ae_row_layer *layer, const uint32_t *const *taps,
                      uint32_t *const *to, ptrdiff_t first, ptrdiff_t count);

/// Quads to plain numbers: to[output][x] = the sum shifted right. At most 8 outputs.
void ae_network_sums(ae_kernel_level kernels, const ae_row_layer *layer, const uint32_t *const *taps,
                     int32_t *const *to, ptrdiff_t first, ptrdiff_t count);

/// Pairs to plain numbers: to[output][x] = the sum shifted right. At most 8 outputs.
void ae_network_pairs(ae_kernel_level kernels, const ae_row_layer *layer, const uint32_t *const *taps,
                      int32_t *const *to, ptrdiff_t first, ptrdiff_t count);

/// The networks of a level kind: words of all layers in the order trunk 1, trunk 2, and for each phase A, B,
/// O and the linear path; of each layer weights, start, shifts. ae_context_network_words() words.
typedef struct ae_context_network {
    int32_t trunk_width, head_width;  ///< multiples of 4, at most AE_NETWORK_MAX_WIDTH
    const uint32_t *words;
} ae_context_network;

/// Words of the layers of a network.
size_t ae_context_network_words(int32_t trunk_width, int32_t head_width);

/// One level of a tile. Planes hold doubled values, -AE_NETWORK_LIMIT...AE_NETWORK_LIMIT, and point at the
/// first position; no value outside them is read.
typedef struct ae_context_level {
    int32_t rows, columns;  ///< of the phase grid, at least 1
    const int16_t *parents[AE_BANDS];  ///< of that size; all NULL if there are none
    ptrdiff_t parent_stride;
    /// (rows + 1) / 2 x (columns + 1) / 2 values; all NULL if there are none.
    const int16_t *grandparents[AE_BANDS];
    ptrdiff_t grandparent_stride;
    const int16_t *phases[AE_PHASES][AE_BANDS];  ///< of the size of the phase grid
    ptrdiff_t phase_stride;
    /// ae_context_work_bytes(), aligned to 4 bytes; kept from ae_begin_contexts to the last phase.
    void *work;
} ae_context_level;

/// Classes and means of a phase: planes of the size of the phase grid, a row `stride` values after another.
typedef struct ae_contexts {
    uint16_t *classes[AE_BANDS];  ///< scale bin * 16 + bucket * 2
    int16_t *means[AE_BANDS];     ///< rounded magnitude * 2, plus 1 if negative
    ptrdiff_t stride;
} ae_contexts;

/// Bytes of the workspace of a level.
size_t ae_context_work_bytes(const ae_context_network *network, int32_t rows, int32_t columns);

/// What the phases share: inputs and trunk.
void ae_begin_contexts(ae_kernel_level kernels, const ae_context_network *network, const ae_context_level *level);

/// Classes and means of phase 0, 1, 2, 3, in this order; the planes of earlier phases must be complete.
void ae_phase_contexts(ae_kernel_level kernels, const ae_context_network *network, const ae_context_level *level,
                       int32_t phase, const ae_contexts *contexts);

/// The most that the dot products of a kernel level reach, for measuring: `rounds` times as many
/// independent sums as its registers hold. Returns multiply-adds done, of quads or of pairs; `sink` takes the sums.
uint64_t ae_network_peak(ae_kernel_level kernels, int is_pairs, uint32_t rounds, int32_t *sink);

#endif
