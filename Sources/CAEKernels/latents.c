// SPDX-License-Identifier: Apache-2.0
// The latents of a tile: low band, then levels from the coarsest down, phase by phase.
#include "latents_internal.h"
#include <math.h>

AE_INLINE ptrdiff_t padded(int32_t columns) { return (columns + 2 + 15) / 16 * 16; }

/// Values of a map of `rows` x `columns` with its border.
AE_INLINE size_t map_count(int32_t rows, int32_t columns) { return (size_t)padded(columns) * (size_t)(rows + 2); }

/// Three sets of full maps take turns: children, parents and grandparents.
enum { FULL_SETS = 3 };

/// Rows or columns of the phase grid of a level.
AE_INLINE int32_t half(int32_t side) { return (side + 1) / 2; }

size_t ae_latent_work_bytes(const ae_latent_rule *rule, int32_t rows, int32_t columns) {
    const size_t phases = map_count(half(rows), half(columns)) * AE_BANDS * AE_PHASES;
    const size_t full = map_count(rows, columns) * AE_BANDS * FULL_SETS;
    const size_t contexts = (size_t)padded(half(columns)) * (size_t)half(rows) * AE_BANDS * 2;
    size_t networks = 0;
    for (int kind = 0; rule->networks && kind < AE_LEVEL_KINDS; ++kind) {
        const size_t bytes = ae_context_work_bytes(&rule->networks[kind], half(rows), half(columns));
        networks = bytes > networks ? bytes : networks;
    }
    // A row of zeros; and space to align everything that is taken.
    const size_t pieces = FULL_SETS * AE_BANDS + 1 + 2 * AE_BANDS + 2;
    return 2 * (phases + full + contexts + (size_t)padded(columns)) + networks + 64 * pieces;
}

static void *take(uint8_t **at, size_t bytes) {
    void *result = (void *)(((uintptr_t)*at + 63) / 64 * 64);
    *at = (uint8_t *)result + bytes;
    return result;
}

/// The low band: each value from the median of its neighbors, classes from their residuals.
static void code_low(ae_coder *k, const ae_latent_band *low) {
    // Quantised values and residuals of two rows; a tile's low band is narrow.
    enum { WIDEST = 1 << 12 };
    static _Thread_local int32_t quant[2][WIDEST], resid[2][WIDEST];
    const float inverse = 256.0f / (float)low->step;
    for (int32_t r = 0; r < low->rows; ++r) {
        int32_t *now = quant[r & 1], *above = quant[~r & 1], *e = resid[r & 1], *f = resid[~r & 1];
        for (int32_t c = 0; c < low->columns; ++c) {
            const int32_t w = c > 0 ? now[c - 1] : r > 0 ? above[0] : 0, n = r > 0 ? above[c] : w;
            const int32_t nw = r > 0 && c > 0 ? above[c - 1] : n, plane = w + n - nw;
            const int32_t least = w < n ? w : n, most = w < n ? n : w;
            const int32_t p = plane < least ? least : plane > most ? most : plane;
            const int32_t around = (c > 0 ? e[c - 1] : 0) + (r > 0 ? f[c] : 0);
            const int32_t scale = around < 4000 ? 2048 * around + 1024 : 0xFFFFFF;
            const int32_t class_of = k->low_class + ae_raw_class(scale);
            int32_t *value = low->values + r * low->stride + c;
            int32_t residual;
            if (k->adaptive) {
                residual = ae_code_low_residual(k->adaptive, around, ae_raw_class(scale));
            } else if (k->streams) {
                residual = *k->streams->next[k->stream_of_class[class_of]]++;
            } else {
                residual = (int32_t)lrintf((float)*value * inverse) - p;
                residual = residual < -32767 ? -32767 : residual > 32767 ? 32767 : residual;
                if (k->output.residuals) {
                    k->output.residuals[k->count] = (int16_t)residual;
                    k->output.classes[k->count] = (uint16_t)class_of;
                }
                if (k->output.doubled) k->output.doubled[k->count] = 0;
                ++k->count;
            }
            now[c] = p + residual;
            // Damaged data may run away; real values are far from these limits.
            now[c] = now[c] < -(1 << 24) ? -(1 << 24) : now[c] > 1 << 24 ? 1 << 24 : now[c];
            e[c] = residual < 0 ? -residual : residual;
            if (k->streams || (k->adaptive && ae_rebuilds(k->adaptive))) *value = (int32_t)(((int64_t)now[c] * low->step) >> 8);
        }
    }
}

/// The place of a doubled value among those that groups leave for finer ones.
AE_INLINE int16_t *kept_row(const ae_kept_level *kept, ptrdiff_t band, int32_t row) {
    return kept->values + (band * kept->rows + row) * kept->columns;
}

/// Puts the doubled values of a level, which stand phase by phase, in their places.
static void gather(const ae_maps *m, const ae_latent_band *bands, int b, int16_t *map, ptrdiff_t stride) {
    for (int p = 0; p < AE_PHASES; ++p)
        for (int32_t i = 0; 2 * i + ae_phase_row[p] < bands[b].rows; ++i) {
            const int16_t *from = m->phases[b][p] + i * m->stride;
            int16_t *to = map + (2 * i + ae_phase_row[p]) * stride + ae_phase_column[p];
            for (int32_t j = 0; 2 * j + ae_phase_column[p] < bands[b].columns; ++j) to[2 * j] = from[j];
        }
}

static void largest_size(const ae_latent_band *bands, int32_t *rows, int32_t *columns) {
    *rows = *columns = 0;
    for (int b = 0; b < AE_BANDS; ++b) {
        if (bands[b].rows > *rows) *rows = bands[b].rows;
        if (bands[b].columns > *columns) *columns = bands[b].columns;
    }
}

/// Whether a class stream has given more than it has.
static int has_run_out(const ae_coder *k) {
    if (!k->streams) return 0;
    for (int s = 0; s < AE_RAW_CLASSES; ++s)
        if (k->streams->next[s] > k->streams->end[s]) return 1;
    return 0;
}

/// Collects terms of some latents of a phase.
static void collect(const ae_latent_sampling *to, const ae_maps *m, int kind, int b, int p, const ae_phase_band *band) {
    const int rule = (kind * AE_BANDS + b) * AE_PHASES + p;
    for (int32_t row = 0; row < band->rows; ++row)
        for (int32_t column = 0; column < band->columns; ++column) {
            if (to->seen[rule]++ % to->every[kind] != 0 || to->counts[rule] >= to->capacity) continue;
            int32_t terms[AE_LATENT_TERMS];
            ae_linear_terms(m, b, p, row, column, terms);
            const size_t place = (size_t)rule * (size_t)to->capacity + (size_t)to->counts[rule]++;
            for (int t = 0; t < AE_LATENT_TERMS; ++t) to->terms[place * AE_LATENT_TERMS + (size_t)t] = (float)terms[t];
            to->magnitudes[place] = (float)band->doubled[row * band->doubled_stride + column];
        }
}

/// Codes the details of one level. Returns 1 if a class stream ran out.
static int code_level(const ae_latent_tile *tile, ae_coder *k, const ae_maps *m, int32_t level, uint8_t *work) {
    const int kind = level < AE_LEVEL_KINDS ? level - 1 : AE_LEVEL_KINDS - 1;
    const ae_context_network *network = k->rule->networks ? &k->rule->networks[kind] : NULL;
    const uint16_t *weights = k->rule->weights + kind * AE_BANDS * AE_PHASES * (AE_LATENT_TERMS + 1);
    ae_context_level contexts = {.rows = m->rows, .columns = m->columns, .parent_stride = m->parent_stride,
                                 .grandparent_stride = m->grandparent_stride, .phase_stride = m->stride, .work = work};
    for (int b = 0; b < AE_BANDS; ++b) {
        contexts.parents[b] = m->parents[b];
        contexts.grandparents[b] = m->grandparents[b];
        for (int p = 0; p < AE_PHASES; ++p) contexts.phases[p][b] = m->phases[b][p];
    }
    if (network) ae_begin_contexts(k->kernels, network, &contexts);
    for (int p = 0; p < AE_PHASES; ++p) {
        k->state = 0;
        if (network) {
            ae_contexts found = {.stride = m->context_stride};
            for (int b = 0; b < AE_BANDS; ++b) {
                found.classes[b] = m->classes[b];
                found.means[b] = m->means[b];
            }
            ae_phase_contexts(k->kernels, network, &contexts, p, &found);
        }
        for (int b = 0; b < AE_BANDS; ++b) {
            const ae_latent_band *whole = &tile->bands[level - 1][b];
            const int32_t py = ae_phase_row[p], px = ae_phase_column[p];
            const ae_phase_band band = {
                .values = whole->values + py * whole->stride + px,
                .stride = 2 * whole->stride,
                .rows = whole->rows > py ? half(whole->rows - py) : 0,
                .columns = whole->columns > px ? half(whole->columns - px) : 0,
                .step = whole->step,
                .doubled = m->phases[b][p],
                .doubled_stride = m->stride,
                .classes = m->classes[b],
                .means = network ? m->means[b] : NULL,
                .context_stride = m->context_stride,
            };
            if (band.rows == 0 || band.columns == 0) continue;
            if (!network) ae_linear_classes(k->kernels, m, b, p, weights + (b * AE_PHASES + p) * (AE_LATENT_TERMS + 1), band.rows, band.columns);
            if (k->adaptive) ae_code_phase_band(k, m, kind, b, p, &band);
            else if (k->streams) ae_decode_phase_band(k, &band);
            else ae_quantize_phase_band(k, &band);
            if (k->sampling) collect(k->sampling, m, kind, b, p, &band);
            if (has_run_out(k)) return 1;
        }
    }
    return 0;
}

/// The maps of a tile in its workspace.
typedef struct workspace {
    int16_t *full[FULL_SETS][AE_BANDS];
    size_t full_count;
    uint8_t *phases, *networks;
} workspace;

/// The set of full maps of a level, empty, and the stride of its rows.
static void clear_full(workspace *w, const ae_latent_band *bands, int32_t level, int16_t *maps[AE_BANDS], ptrdiff_t *stride) {
    int32_t rows, columns;
    largest_size(bands, &rows, &columns);
    *stride = padded(columns);
    for (int b = 0; b < AE_BANDS; ++b) {
        int16_t *map = w->full[level % FULL_SETS][b];
        memset(map, 0, map_count(rows, columns) * sizeof *map);
        maps[b] = map + *stride + 1;
    }
}

/// The kept doubled values of a level that was coded before; none where it was not kept.
static void load_kept(const ae_latent_tile *tile, workspace *w, int32_t level, const int16_t *to[AE_BANDS], ptrdiff_t *stride) {
    for (int b = 0; b < AE_BANDS; ++b) to[b] = NULL;
    *stride = 0;
    if (level > tile->levels || !tile->kept[level - 1].values) return;
    const ae_latent_band *bands = tile->bands[level - 1];
    int16_t *maps[AE_BANDS];
    clear_full(w, bands, level, maps, stride);
    for (int b = 0; b < AE_BANDS; ++b) {
        for (int32_t r = 0; r < bands[b].rows; ++r)
            memcpy(maps[b] + r * *stride, kept_row(&tile->kept[level - 1], b, r), (size_t)bands[b].columns * sizeof(int16_t));
        to[b] = maps[b];
    }
}

static void begin_phases(ae_maps *m, const workspace *w, int32_t rows, int32_t columns) {
    m->rows = half(rows);
    m->columns = half(columns);
    m->stride = m->context_stride = padded(m->columns);
    const size_t count = map_count(m->rows, m->columns);
    memset(w->phases, 0, count * AE_BANDS * AE_PHASES * sizeof(int16_t));
    int16_t *plane = (int16_t *)(void *)w->phases;
    for (int b = 0; b < AE_BANDS; ++b)
        for (int p = 0; p < AE_PHASES; ++p, plane += count) m->phases[b][p] = plane + m->stride + 1;
}

/// Runs the coder over the latents of a tile, coarse levels first. Returns 1 if a class stream ran out.
static int code_tile(const ae_latent_tile *tile, ae_coder *k) {
    k->is_dependent = tile->is_dependent;
    k->low_class = k->rule->networks ? AE_NETWORK_CLASSES : AE_LINEAR_CLASSES;
    if (tile->last == tile->levels) {
        code_low(k, &tile->low);
        if (has_run_out(k)) return 1;
    }
    int32_t tallest, widest;
    largest_size(tile->bands[0], &tallest, &widest);
    uint8_t *at = tile->work;
    workspace w = {.full_count = map_count(tallest, widest)};
    for (int s = 0; s < FULL_SETS; ++s)
        for (int b = 0; b < AE_BANDS; ++b) w.full[s][b] = take(&at, w.full_count * sizeof(int16_t));
    ae_maps m = {.zeros = NULL};
    int16_t *zeros = take(&at, (size_t)padded(widest) * sizeof(int16_t));
    memset(zeros, 0, (size_t)padded(widest) * sizeof(int16_t));
    m.zeros = zeros;
    const size_t contexts = (size_t)padded(half(widest)) * (size_t)half(tallest);
    for (int b = 0; b < AE_BANDS; ++b) {
        m.classes[b] = take(&at, contexts * sizeof(uint16_t));
        m.means[b] = take(&at, contexts * sizeof(int16_t));
    }
    w.phases = take(&at, map_count(half(tallest), half(widest)) * AE_BANDS * AE_PHASES * sizeof(int16_t));
    w.networks = take(&at, 0);
    load_kept(tile, &w, tile->last + 1, m.parents, &m.parent_stride);
    load_kept(tile, &w, tile->last + 2, m.grandparents, &m.grandparent_stride);
    for (int32_t level = tile->last; level > tile->first; --level) {
        const ae_latent_band *bands = tile->bands[level - 1];
        int32_t rows, columns;
        largest_size(bands, &rows, &columns);
        if (rows > 0 && columns > 0) {
            begin_phases(&m, &w, rows, columns);
            if (code_level(tile, k, &m, level, w.networks)) return 1;
        }
        const ae_kept_level *kept = &tile->kept[level - 1];
        if (level == tile->first + 1 && !kept->values) break;
        int16_t *maps[AE_BANDS];
        ptrdiff_t stride;
        memcpy(m.grandparents, m.parents, sizeof m.parents);
        m.grandparent_stride = m.parent_stride;
        clear_full(&w, bands, level, maps, &stride);
        for (int b = 0; b < AE_BANDS; ++b) {
            if (rows > 0 && columns > 0) gather(&m, bands, b, maps[b], stride);
            m.parents[b] = maps[b];
            for (int32_t r = 0; kept->values && r < bands[b].rows; ++r)
                memcpy(kept_row(kept, b, r), maps[b] + r * stride, (size_t)bands[b].columns * sizeof(int16_t));
        }
        m.parent_stride = stride;
    }
    return 0;
}

int ae_decode_latents(ae_kernel_level kernels, const ae_latent_rule *rule, const ae_latent_tile *tile, ae_streams *streams,
                      const uint8_t *stream_of_class, const int8_t *centroids) {
    ae_coder k = {.kernels = kernels, .rule = rule, .streams = streams, .stream_of_class = stream_of_class,
                  .centroids = centroids};
    return code_tile(tile, &k);
}

void ae_code_latents(ae_kernel_level kernels, const ae_latent_rule *rule, const ae_latent_tile *tile, ae_latent_adaptive *source,
                     const int8_t *centroids) {
    ae_coder k = {.kernels = kernels, .rule = rule, .adaptive = source, .centroids = centroids};
    code_tile(tile, &k);
}

size_t ae_quantize_latents(ae_kernel_level kernels, const ae_latent_rule *rule, const ae_latent_tile *tile,
                           const ae_latent_costs *costs, const ae_latent_output *output) {
    ae_coder k = {.kernels = kernels, .rule = rule, .costs = costs, .output = *output};
    code_tile(tile, &k);
    return k.count;
}

void ae_latent_samples(ae_kernel_level kernels, const ae_latent_rule *rule, const ae_latent_tile *tile,
                       const ae_latent_costs *costs, const ae_latent_sampling *sampling) {
    ae_coder k = {.kernels = kernels, .rule = rule, .costs = costs, .sampling = sampling};
    code_tile(tile, &k);
}
