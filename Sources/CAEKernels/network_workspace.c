// SPDX-License-Identifier: Apache-2.0
// Where the layers of a network and the rows of a level in work stand.
#include "network_context_internal.h"

AE_INLINE int32_t quads_of(int32_t channels) { return (channels + 3) / 4; }

AE_INLINE ae_row_layer take_layer(const uint32_t **words, int32_t taps, int32_t outputs) {
    const uint32_t *at = *words;
    *words += (ptrdiff_t)(taps + 2) * outputs;
    const int32_t *start = (const int32_t *)(at + (ptrdiff_t)taps * outputs);
    return (ae_row_layer){taps, outputs, at, start, start + outputs};
}

/// The layers, and where their words end.
static ae_network_layers walk(int32_t trunk_width, int32_t head_width, const uint32_t **words) {
    const int32_t trunk = trunk_width / 4, head = head_width / 4;
    ae_network_layers layers;
    layers.trunk[0] = take_layer(words, 9 * AE_INPUT_QUADS, trunk_width);
    layers.trunk[1] = take_layer(words, 9 * trunk, trunk_width);
    for (int32_t phase = 0; phase < AE_PHASES; ++phase) {
        ae_head_layers *to = &layers.heads[phase];
        to->first = take_layer(words, trunk + 9 * quads_of(2 * AE_BANDS * phase), head_width);
        to->second = take_layer(words, head, head_width);
        to->outputs = take_layer(words, head, 2 * AE_BANDS);
        to->linear = take_layer(words, 9 * ((AE_BANDS * (phase + 1) + 1) / 2), AE_BANDS);
    }
    return layers;
}

ae_network_layers ae_layers_of(const ae_context_network *network) {
    const uint32_t *words = network->words;
    return walk(network->trunk_width, network->head_width, &words);
}

size_t ae_context_network_words(int32_t trunk_width, int32_t head_width) {
    const int32_t trunk = trunk_width / 4, head = head_width / 4;
    size_t count = (size_t)(9 * AE_INPUT_QUADS + 2 + 9 * trunk + 2) * (size_t)trunk_width;
    for (int32_t phase = 0; phase < AE_PHASES; ++phase) {
        count += (size_t)(trunk + 9 * quads_of(2 * AE_BANDS * phase) + 2 + head + 2) * (size_t)head_width;
        count += (size_t)(head + 2) * 2 * AE_BANDS + (size_t)(9 * ((AE_BANDS * (phase + 1) + 1) / 2) + 2) * AE_BANDS;
    }
    return count;
}

/// Takes bytes off a workspace, from an address that vectors like.
AE_INLINE void *take(uint8_t *work, size_t *at, size_t bytes) {
    void *found = work ? work + *at : NULL;
    *at += (bytes + 63) / 64 * 64;
    return found;
}

AE_INLINE ae_rows take_rows(const ae_workspace *w, uint8_t *work, size_t *at, int32_t rows, int32_t planes) {
    const size_t bytes = (size_t)rows * (size_t)planes * (size_t)w->stride * sizeof(uint32_t);
    return (ae_rows){take(work, at, bytes), planes};
}

ae_workspace ae_workspace_of(const ae_context_network *network, int32_t rows, int32_t columns, void *work) {
    const int32_t runs = (columns + AE_NETWORK_RUN - 1) / AE_NETWORK_RUN;
    ae_workspace w = {
        .rows = rows,
        .columns = columns,
        .runs = runs,
        .trunk_quads = network->trunk_width / 4,
        .head_quads = network->head_width / 4,
        .stride = (ptrdiff_t)runs * AE_NETWORK_RUN + 2 * AE_MARGIN,
    };
    uint8_t *bytes = work;
    size_t at = bytes ? (size_t)(-(uintptr_t)bytes & 63) : 64;
    w.parts = take(bytes, &at, 512 * sizeof(uint16_t));
    w.zeros = take_rows(&w, bytes, &at, 1, 1);
    w.inputs = take_rows(&w, bytes, &at, rows, AE_INPUT_QUADS);
    w.trunk = take_rows(&w, bytes, &at, rows, w.trunk_quads);
    w.quads = take_rows(&w, bytes, &at, rows, AE_PHASE_QUADS);
    w.pairs = take_rows(&w, bytes, &at, rows, AE_PHASE_PAIRS);
    w.hidden = take_rows(&w, bytes, &at, 3, w.trunk_quads);
    w.empty_hidden = take_rows(&w, bytes, &at, 1, w.trunk_quads);
    w.empty_trunk = take_rows(&w, bytes, &at, AE_ROW_KINDS, w.trunk_quads);
    w.first = take_rows(&w, bytes, &at, 1, w.head_quads);
    w.second = take_rows(&w, bytes, &at, 1, w.head_quads);
    w.sums = take_rows(&w, bytes, &at, 1, 3 * AE_BANDS);
    w.wide = take_rows(&w, bytes, &at, 1, AE_BANDS);
    w.empty_classes = take_rows(&w, bytes, &at, AE_ROW_KINDS, AE_BANDS);
    w.empty_means = take_rows(&w, bytes, &at, AE_ROW_KINDS, AE_BANDS);
    const size_t flags = (size_t)rows * (size_t)runs;
    w.input_activity = take(bytes, &at, flags);
    w.trunk_activity = take(bytes, &at, flags);
    w.phase_activity = take(bytes, &at, flags);
    w.bytes = at;
    return w;
}

size_t ae_context_work_bytes(const ae_context_network *network, int32_t rows, int32_t columns) {
    return ae_workspace_of(network, rows, columns, NULL).bytes;
}
