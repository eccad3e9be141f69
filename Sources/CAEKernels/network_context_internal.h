// SPDX-License-Identifier: Apache-2.0
// The workspace of a level of a tile, and the layers of its networks.
#ifndef AE_NETWORK_CONTEXT_INTERNAL_H
#define AE_NETWORK_CONTEXT_INTERNAL_H
#include "network_internal.h"

enum {
    AE_INPUT_QUADS = 3,
    AE_PHASE_QUADS = 5,
    AE_PHASE_PAIRS = 6,
    AE_MARGIN = 16,  ///< words before the first position of a row and behind its last run
    AE_ROW_KINDS = 3,  ///< first, inner and last row: what is outside counts as zero in every layer
    AE_MOST_TAPS = 9 * AE_NETWORK_MAX_WIDTH / 4,
};

/// The layers of a head: A, B, O and the linear path.
typedef struct ae_head_layers {
    ae_row_layer first, second, outputs, linear;
} ae_head_layers;

typedef struct ae_network_layers {
    ae_row_layer trunk[2];
    ae_head_layers heads[AE_PHASES];
} ae_network_layers;

/// Rows of words with their margins, several planes of a row after another; a pointer to a row points at its
/// first position.
typedef struct ae_rows {
    uint32_t *words;
    int32_t planes;
} ae_rows;

typedef struct ae_workspace {
    int32_t rows, columns, runs, trunk_quads, head_quads;
    ptrdiff_t stride;  ///< words of a row of one plane
    uint16_t *parts;   ///< [512]: companded positive and negative part by the low nine bits of a value
    ae_rows zeros;     ///< one row
    ae_rows inputs, trunk, quads, pairs;  ///< all rows of the level
    ae_rows hidden;                       ///< three rows of the trunk's first layer, in turn
    ae_rows empty_hidden, empty_trunk;    ///< of zero inputs: one row, and one for each kind
    ae_rows first, second, sums;          ///< one row; nine sums: means, scales, linear path
    ae_rows wide;                         ///< one row of three planes, for grandparents
    ae_rows empty_classes, empty_means;   ///< by kind and band, 16 bits a position
    uint8_t *input_activity, *trunk_activity, *phase_activity;  ///< [row][run]
    size_t bytes;
} ae_workspace;

ae_network_layers ae_layers_of(const ae_context_network *network);

/// The places of everything in `work`, which may be NULL to learn the size.
ae_workspace ae_workspace_of(const ae_context_network *network, int32_t rows, int32_t columns, void *work);

AE_INLINE uint32_t *ae_row_of(const ae_workspace *w, ae_rows of, ptrdiff_t row, ptrdiff_t plane) {
    return of.words + (row * of.planes + plane) * w->stride + AE_MARGIN;
}

/// A row of a level's plane, or zeros outside.
AE_INLINE const uint32_t *ae_row_or_zeros(const ae_workspace *w, ae_rows of, ptrdiff_t row, ptrdiff_t plane) {
    return row < 0 || row >= w->rows ? ae_row_of(w, w->zeros, 0, 0) : ae_row_of(w, of, row, plane);
}

/// Zeros before the first position and behind the last.
AE_INLINE void ae_clear_margins(const ae_workspace *w, uint32_t *row) {
    memset(row - AE_MARGIN, 0, AE_MARGIN * sizeof *row);
    memset(row + w->columns, 0, (size_t)(w->stride - AE_MARGIN - w->columns) * sizeof *row);
}

/// Marks the runs of a row in which, or less than three positions beside which, a word is not zero.
void ae_mark_activity(const ae_workspace *w, const uint32_t *row, uint8_t *activity);

/// Packs the inputs of the trunk, and marks where they are not zero.
void ae_pack_inputs(const ae_workspace *w, const ae_context_level *level);

/// Packs what a phase sees besides the trunk and was not packed before: parents for phase 0, then the phase before.
void ae_pack_phase(const ae_workspace *w, const ae_context_level *level, int32_t phase);

#endif
