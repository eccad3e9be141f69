// SPDX-License-Identifier: Apache-2.0
// Classes and means of a level of a tile: trunk, then a head for each phase.
#include "network_context_internal.h"

/// Where the layers of one row read.
typedef struct row_sources {
    const uint32_t *taps[AE_MOST_TAPS];
    int32_t count;
} row_sources;

AE_INLINE void add_point(row_sources *to, const uint32_t *row) { to->taps[to->count++] = row; }

/// The nine places around a position, in rows above, at and below.
AE_INLINE void add_square(row_sources *to, const uint32_t *above, const uint32_t *at, const uint32_t *below) {
    const uint32_t *rows[3] = {above, at, below};
    for (int k = 0; k < 9; ++k) to->taps[to->count++] = rows[k / 3] + k % 3 - 1;
}

AE_INLINE void add_squares(const ae_workspace *w, row_sources *to, ae_rows of, int32_t row, int32_t planes) {
    for (int32_t k = 0; k < planes; ++k)
        add_square(to, ae_row_or_zeros(w, of, row - 1, k), ae_row_or_zeros(w, of, row, k), ae_row_or_zeros(w, of, row + 1, k));
}

/// The next runs of a row, from *run on, that must be computed; 0 if there are none.
AE_INLINE int32_t next_runs(const uint8_t *activity, int32_t runs, int32_t *run) {
    while (*run < runs && !activity[*run]) ++*run;
    int32_t count = 0;
    while (*run + count < runs && activity[*run + count]) ++count;
    return count;
}

/// Whether the run of a row or of one of its neighbors is marked.
AE_INLINE uint8_t is_active(const ae_workspace *w, const uint8_t *activity, int32_t row, int32_t run, int32_t reach) {
    uint8_t any = 0;
    for (int32_t y = row - reach; y <= row + reach; ++y)
        if (y >= 0 && y < w->rows) any |= activity[(ptrdiff_t)y * w->runs + run];
    return any;
}

/// Small levels are computed throughout: nothing would be won.
AE_INLINE int may_skip(const ae_workspace *w) { return w->rows >= 16 && w->columns > 2 * AE_NETWORK_RUN; }

AE_INLINE int32_t kind_of(const ae_workspace *w, int32_t row) { return row == 0 ? 0 : row == w->rows - 1 ? 2 : 1; }

/// A row of a layer of the trunk: marked runs are computed, others copied from the row of zero inputs.
static void trunk_row(ae_kernel_level kernels, const ae_workspace *w, const ae_row_layer *layer,
                      const row_sources *sources, ae_rows rows, int32_t row, ae_rows empty_rows, int32_t kind,
                      const uint8_t *activity) {
    uint32_t *to[AE_NETWORK_MAX_WIDTH / 4];
    for (int32_t k = 0; k < w->trunk_quads; ++k) {
        const uint32_t *empty = ae_row_of(w, empty_rows, kind, k);
        to[k] = ae_row_of(w, rows, row, k);
        for (int32_t run = 0; run < w->runs; ++run) {
            const ptrdiff_t first = (ptrdiff_t)run * AE_NETWORK_RUN;
            if (!activity[run]) memcpy(to[k] + first, empty + first, AE_NETWORK_RUN * sizeof *empty);
        }
    }
    for (int32_t run = 0, count; (count = next_runs(activity, w->runs, &run)) > 0; run += count)
        ae_network_quads(kernels, layer, sources->taps, to, (ptrdiff_t)run * AE_NETWORK_RUN,
                         (ptrdiff_t)count * AE_NETWORK_RUN);
    for (int32_t k = 0; k < w->trunk_quads; ++k) to[k][-1] = to[k][w->columns] = 0;
}

static void hidden_row(ae_kernel_level kernels, const ae_workspace *w, const ae_row_layer *layer, int32_t y) {
    row_sources sources = {.count = 0};
    add_squares(w, &sources, w->inputs, y, AE_INPUT_QUADS);
    // In the place of the marks of phases, which nobody has made yet.
    uint8_t *activity = w->phase_activity + (ptrdiff_t)y * w->runs;
    for (int32_t run = 0; run < w->runs; ++run) activity[run] = is_active(w, w->input_activity, y, run, 1);
    trunk_row(kernels, w, layer, &sources, w->hidden, y % 3, w->empty_hidden, 0, activity);
}

/// The rows that zero inputs give: one of the first layer, and one of each kind of the second.
static void empty_trunk(ae_kernel_level kernels, const ae_workspace *w, const ae_network_layers *layers) {
    const uint32_t *zeros = ae_row_of(w, w->zeros, 0, 0);
    row_sources sources = {.count = 0};
    memset(w->phase_activity, 1, (size_t)w->runs);
    for (int k = 0; k < AE_INPUT_QUADS; ++k) add_square(&sources, zeros, zeros, zeros);
    trunk_row(kernels, w, &layers->trunk[0], &sources, w->empty_hidden, 0, w->empty_hidden, 0, w->phase_activity);
    for (int32_t kind = 0; kind < AE_ROW_KINDS; ++kind) {
        sources.count = 0;
        for (int32_t k = 0; k < w->trunk_quads; ++k) {
            const uint32_t *hidden = ae_row_of(w, w->empty_hidden, 0, k);
            add_square(&sources, kind == 0 ? zeros : hidden, hidden, kind == 2 ? zeros : hidden);
        }
        trunk_row(kernels, w, &layers->trunk[1], &sources, w->empty_trunk, kind, w->empty_trunk, kind,
                  w->phase_activity);
    }
}

void ae_begin_contexts(ae_kernel_level kernels, const ae_context_network *network, const ae_context_level *level) {
    const ae_workspace w = ae_workspace_of(network, level->rows, level->columns, level->work);
    const ae_network_layers layers = ae_layers_of(network);
    const uint32_t *zeros = ae_row_of(&w, w.zeros, 0, 0);
    memset(w.zeros.words, 0, (size_t)w.stride * sizeof(uint32_t));
    memset(w.hidden.words, 0, (size_t)(3 * w.trunk_quads * w.stride) * sizeof(uint32_t));
    memset(w.empty_hidden.words, 0, (size_t)(w.trunk_quads * w.stride) * sizeof(uint32_t));
    memset(w.parts, 0, 512 * sizeof *w.parts);
    for (int x = 1; x <= AE_NETWORK_LIMIT; ++x) {
        w.parts[x] = ae_companded[x];
        w.parts[512 - x] = (uint16_t)(ae_companded[x] << 8);
    }
    ae_pack_inputs(&w, level);
    const size_t flags = (size_t)w.rows * (size_t)w.runs;
    if (!may_skip(&w)) memset(w.input_activity, 1, flags);
    for (int32_t y = 0; y < w.rows; ++y) {
        for (int32_t run = 0; run < w.runs; ++run)
            w.trunk_activity[(ptrdiff_t)y * w.runs + run] = is_active(&w, w.input_activity, y, run, 2);
    }
    if (memchr(w.trunk_activity, 0, flags)) {
        empty_trunk(kernels, &w, &layers);
    } else {
        // Nothing is skipped: the rows of zero inputs stay unknown, and are never read.
        memset(w.input_activity, 1, flags);
    }
    for (int32_t y = 0; y < w.rows; ++y) {
        if (y == 0) hidden_row(kernels, &w, &layers.trunk[0], 0);
        if (y + 1 < w.rows) hidden_row(kernels, &w, &layers.trunk[0], y + 1);
        row_sources sources = {.count = 0};
        for (int32_t k = 0; k < w.trunk_quads; ++k)
            add_square(&sources, y > 0 ? ae_row_of(&w, w.hidden, (y - 1) % 3, k) : zeros,
                       ae_row_of(&w, w.hidden, y % 3, k),
                       y + 1 < w.rows ? ae_row_of(&w, w.hidden, (y + 1) % 3, k) : zeros);
        trunk_row(kernels, &w, &layers.trunk[1], &sources, w.trunk, y, w.empty_trunk, kind_of(&w, y),
                  w.trunk_activity + (ptrdiff_t)y * w.runs);
    }
}

/// What the head of one row reads.
typedef struct head_sources {
    row_sources first, second, outputs, linear;
} head_sources;

/// The sources of a head in a row; of a row of zero inputs if it is one of the kinds.
static void find_sources(const ae_workspace *w, int32_t phase, int32_t y, int32_t kind, head_sources *to) {
    const uint32_t *zeros = ae_row_of(w, w->zeros, 0, 0);
    const int32_t quads = (2 * AE_BANDS * phase + 3) / 4, pairs = (AE_BANDS * (phase + 1) + 1) / 2;
    to->first.count = to->second.count = to->outputs.count = to->linear.count = 0;
    for (int32_t k = 0; k < w->trunk_quads; ++k)
        add_point(&to->first, kind < 0 ? ae_row_of(w, w->trunk, y, k) : ae_row_of(w, w->empty_trunk, kind, k));
    for (int32_t k = 0; k < w->head_quads; ++k) {
        add_point(&to->second, ae_row_of(w, w->first, 0, k));
        add_point(&to->outputs, ae_row_of(w, w->second, 0, k));
    }
    if (kind < 0) {
        add_squares(w, &to->first, w->quads, y, quads);
        add_squares(w, &to->linear, w->pairs, y, pairs);
    } else {
        for (int32_t k = 0; k < quads; ++k) add_square(&to->first, zeros, zeros, zeros);
        for (int32_t k = 0; k < pairs; ++k) add_square(&to->linear, zeros, zeros, zeros);
    }
}

/// Classes and means of some runs of a row.
static void head_runs(ae_kernel_level kernels, const ae_workspace *w, const ae_head_layers *layers,
                      const head_sources *sources, const ae_context_row *row, int32_t run, int32_t runs) {
    const ptrdiff_t first = (ptrdiff_t)run * AE_NETWORK_RUN, count = (ptrdiff_t)runs * AE_NETWORK_RUN;
    uint32_t *to[AE_NETWORK_MAX_WIDTH / 4];
    for (int32_t k = 0; k < w->head_quads; ++k) to[k] = ae_row_of(w, w->first, 0, k);
    ae_network_quads(kernels, &layers->first, sources->first.taps, to, first, count);
    for (int32_t k = 0; k < w->head_quads; ++k) to[k] = ae_row_of(w, w->second, 0, k);
    ae_network_quads(kernels, &layers->second, sources->second.taps, to, first, count);
    int32_t *sums[3 * AE_BANDS];
    for (int k = 0; k < 3 * AE_BANDS; ++k) sums[k] = (int32_t *)ae_row_of(w, w->sums, 0, k);
    ae_network_sums(kernels, &layers->outputs, sources->outputs.taps, sums, first, count);
    ae_network_pairs(kernels, &layers->linear, sources->linear.taps, sums + 2 * AE_BANDS, first, count);
    ae_classify_row(kernels, row, first, first + count < w->columns ? first + count : w->columns);
}

/// Where the classes and means of a row go; from the workspace those of a kind of rows of zero inputs.
static ae_context_row row_of(const ae_workspace *w, const ae_contexts *contexts, int32_t y, int32_t kind) {
    ae_context_row row;
    for (int k = 0; k < 2 * AE_BANDS; ++k) row.outputs[k] = (const int32_t *)ae_row_of(w, w->sums, 0, k);
    for (int band = 0; band < AE_BANDS; ++band) {
        row.linear[band] = (const int32_t *)ae_row_of(w, w->sums, 0, 2 * AE_BANDS + band);
        row.classes[band] = kind < 0 ? contexts->classes[band] + y * contexts->stride
                                     : (uint16_t *)ae_row_of(w, w->empty_classes, kind, band);
        row.means[band] = kind < 0 ? contexts->means[band] + y * contexts->stride
                                   : (int16_t *)ae_row_of(w, w->empty_means, kind, band);
    }
    return row;
}

void ae_phase_contexts(ae_kernel_level kernels, const ae_context_network *network, const ae_context_level *level,
                       int32_t phase, const ae_contexts *contexts) {
    const ae_workspace w = ae_workspace_of(network, level->rows, level->columns, level->work);
    const ae_network_layers layers = ae_layers_of(network);
    const ae_head_layers *head = &layers.heads[phase];
    head_sources sources;
    ae_pack_phase(&w, level, phase);
    int has_empty = 0;
    ae_context_row empty[AE_ROW_KINDS];
    for (int32_t y = 0; y < w.rows; ++y) {
        // The marks of the row, in the place of those of inputs, which nobody needs any more.
        uint8_t *activity = w.input_activity + (ptrdiff_t)y * w.runs;
        for (int32_t run = 0; run < w.runs; ++run) {
            activity[run] = w.trunk_activity[(ptrdiff_t)y * w.runs + run];
            if (phase > 0 && !activity[run]) activity[run] = is_active(&w, w.phase_activity, y, run, 1);
        }
        const ae_context_row row = row_of(&w, contexts, y, -1);
        if (memchr(activity, 0, (size_t)w.runs)) {
            for (int32_t kind = 0; kind < AE_ROW_KINDS && !has_empty; ++kind) {
                empty[kind] = row_of(&w, contexts, 0, kind);
                find_sources(&w, phase, 0, kind, &sources);
                head_runs(kernels, &w, head, &sources, &empty[kind], 0, w.runs);
            }
            has_empty = 1;
            const ae_context_row *from = &empty[kind_of(&w, y)];
            for (int32_t run = 0; run < w.runs; ++run) {
                if (activity[run]) continue;
                const int32_t first = run * AE_NETWORK_RUN, left = w.columns - first;
                const size_t bytes = 2 * (size_t)(left < AE_NETWORK_RUN ? left : AE_NETWORK_RUN);
                for (int band = 0; band < AE_BANDS; ++band) {
                    memcpy(row.classes[band] + first, from->classes[band] + first, bytes);
                    memcpy(row.means[band] + first, from->means[band] + first, bytes);
                }
            }
        }
        int32_t run = 0, count = next_runs(activity, w.runs, &run);
        if (count > 0) find_sources(&w, phase, y, -1, &sources);
        for (; count > 0; run += count, count = next_runs(activity, w.runs, &run))
            head_runs(kernels, &w, head, &sources, &row, run, count);
    }
}
