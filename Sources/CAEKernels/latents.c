// SPDX-License-Identifier: Apache-2.0
#include "ae_latents.h"
#include <math.h>
#include <string.h>

#define AE_INLINE static inline __attribute__((always_inline))

/// Magnitudes of one band of a level: four phase planes, and all of them in their places for the next
/// level. A border of one zero all around stands for what is outside the tile.
typedef struct maps {
    uint16_t *phases[AE_BANDS][AE_PHASES];
    uint16_t *parents[AE_BANDS];  ///< of the coarser level
    int32_t rows, columns;        ///< of a phase plane, border excluded
    ptrdiff_t stride, parent_stride;
} maps;

static const uint8_t phase_row[AE_PHASES] = {0, 1, 0, 1}, phase_column[AE_PHASES] = {0, 1, 1, 0};
/// Phase by parity of row and column.
static const uint8_t phase_of[2][2] = {{0, 2}, {3, 1}};

enum { MAGNITUDE = 255, SOURCES = 37 };

AE_INLINE ptrdiff_t plane_stride(int32_t columns) { return ((columns + 1) / 2 + 2 + 15) / 16 * 16; }
AE_INLINE ptrdiff_t full_stride(int32_t columns) { return (columns + 2 + 15) / 16 * 16; }

size_t ae_latent_work_bytes(int32_t rows, int32_t columns) {
    const size_t planes = (size_t)plane_stride(columns) * (size_t)((rows + 1) / 2 + 2) * AE_BANDS * AE_PHASES;
    const size_t full = (size_t)full_stride(columns) * (size_t)(rows + 2) * AE_BANDS * 2;
    // Rows of zeros, classes and residuals; and space to align.
    return 2 * (planes + full) + (size_t)(columns + 64) * 8 + 256;
}

/// The neighbour (dy, dx) of the phase's samples in a row of its plane.
AE_INLINE const uint16_t *neighbor(const maps *m, int band, int phase, int32_t row, int dy, int dx) {
    const int y = phase_row[phase] + dy, x = phase_column[phase] + dx;
    const uint16_t *plane = m->phases[band][phase_of[y & 1][x & 1]];
    return plane + (row + (y >> 1) + 1) * m->stride + (x >> 1) + 1;
}

/// The places of all terms for one row of a phase.
AE_INLINE void locate(const maps *m, int band, int phase, int32_t row, const uint16_t *zeros,
                      const uint16_t *at[SOURCES]) {
    static const int8_t own[16][2] = {{0, -1}, {0, 1},  {-1, 0}, {1, 0},  {-1, -1}, {-1, 1}, {1, -1}, {1, 1},
                                      {-1, -2}, {-1, 2}, {1, -2}, {1, 2}, {-2, -1}, {-2, 1}, {2, -1}, {2, 1}};
    for (int k = 0; k < 16; ++k) at[k] = neighbor(m, band, phase, row, own[k][0], own[k][1]);
    static const int8_t around[9][2] = {{0, 0}, {0, -1}, {0, 1}, {-1, 0}, {1, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
    for (int k = 0; k < 9; ++k)
        at[16 + k] = m->parents[band] ? m->parents[band] + (row + around[k][0] + 1) * m->parent_stride + around[k][1] + 1
                                      : zeros;
    for (int s = 0; s < 2; ++s) {
        const int sibling = s < band ? s : AE_BANDS;
        for (int k = 0; k < 5; ++k)
            at[25 + 5 * s + k] =
                sibling < AE_BANDS ? neighbor(m, sibling, phase, row, around[k][0], around[k][1]) : zeros;
        const int other = (band + 1 + s) % AE_BANDS;
        at[35 + s] = m->parents[other] ? m->parents[other] + (row + 1) * m->parent_stride + 1 : zeros;
    }
}

AE_INLINE uint8_t raw_class(int32_t scale) {
    // The exponent and two bits of the fraction of a number below 2^24, as a float has them.
    const float exact = (float)(scale < 0xFFFFFF ? scale : 0xFFFFFF);
    int32_t bits;
    memcpy(&bits, &exact, 4);
    const int32_t value = (bits >> 21) - (127 * 4 - 1);
    return (uint8_t)(value > 0 ? value : 0);
}

AE_INLINE void terms_of(const uint16_t *const *at, size_t j, int32_t terms[AE_LATENT_TERMS]) {
    terms[0] = at[0][j] + at[1][j] + at[2][j] + at[3][j];
    terms[1] = at[4][j] + at[5][j] + at[6][j] + at[7][j];
    terms[2] = at[8][j] + at[9][j] + at[10][j] + at[11][j] + at[12][j] + at[13][j] + at[14][j] + at[15][j];
    terms[3] = at[16][j];
    terms[4] = at[17][j] + at[18][j] + at[19][j] + at[20][j] + at[21][j] + at[22][j] + at[23][j] + at[24][j];
    terms[5] = at[25][j] + at[30][j];
    terms[6] = at[26][j] + at[27][j] + at[28][j] + at[29][j] + at[31][j] + at[32][j] + at[33][j] + at[34][j];
    terms[7] = at[35][j] + at[36][j];
}

/// Classes of a row of a phase.
AE_INLINE void classes_of(const uint16_t *const at[SOURCES], const uint16_t *weights, size_t count,
                          uint8_t *restrict classes) {
    const uint16_t *p[SOURCES];
    memcpy(p, at, sizeof p);
    for (size_t j = 0; j < count; ++j) {
        int32_t terms[AE_LATENT_TERMS];
        terms_of(p, j, terms);
        int32_t scale = weights[AE_LATENT_TERMS];
        for (int k = 0; k < AE_LATENT_TERMS; ++k) scale += weights[k] * terms[k];
        classes[j] = raw_class(scale);
    }
}

static void classes_portable(const uint16_t *const at[SOURCES], const uint16_t *weights, size_t count,
                             uint8_t *classes) {
    classes_of(at, weights, count, classes);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void classes_avx2(const uint16_t *const at[SOURCES], const uint16_t *weights,
                                                         size_t count, uint8_t *classes) {
    classes_of(at, weights, count, classes);
}
#endif

typedef void (*classes_fn)(const uint16_t *const[SOURCES], const uint16_t *, size_t, uint8_t *);

static classes_fn classes_for(ae_kernel_level kernels) {
#if defined(__x86_64__)
    // With 512-bit vectors nothing is gained; that level takes these.
    if (kernels == AE_KERNEL_AVX2 || kernels == AE_KERNEL_AVX512) return classes_avx2;
#else
    (void)kernels;
#endif
    return classes_portable;
}

/// What is done with a row of latents once their classes are known.
typedef struct coder {
    ae_kernel_level kernels;
    ae_streams *streams;  ///< decoding
    const int8_t (*centroids)[AE_CENTROIDS];
    const ae_latent_costs *costs;  ///< encoding
    int16_t *residuals;
    uint8_t *classes;
    double (*offsets)[AE_CENTROIDS][2];
    size_t count;
    // Collecting terms for a fit.
    int32_t kind, band, phase, every, seen;
    float *terms, *magnitudes;
    size_t sample_count, capacity;
} coder;

/// The reconstructed value of a latent, limited so that synthesis of damaged data cannot run away far.
AE_INLINE int32_t reconstructed(int32_t q, int32_t centroid, uint32_t step) {
    const int32_t magnitude = q < 0 ? -q : q;
    int64_t value = ((int64_t)magnitude * 64 + centroid) * step >> 14;
    if (value > 1 << 27) value = 1 << 27;
    return (int32_t)(q < 0 ? -value : value);
}

AE_INLINE int32_t quantized(const ae_latent_costs *costs, int c, float value, float *offset) {
    const float a = fabsf(value);
    int32_t m = (int32_t)(a + (costs->lambda > 0 ? 0.5f : costs->rounding));
    if (costs->lambda > 0 && m > 0) {
        // The nearest magnitude, the one below it, and zero.
        float best = 1e30f;
        const int32_t nearest = m;
        for (int32_t k = 0; k < 3; ++k) {
            const int32_t candidate = k < 2 ? nearest - k : 0;
            if (k == 2 && nearest <= 1) break;
            const float r = (float)candidate + (candidate > 0 ? costs->centroids[c][(candidate < 3 ? candidate : 3) - 1] : 0);
            float bits = costs->bits[c][candidate < 17 ? candidate : 17];
            if (candidate > 16) bits += 2 * log2f((float)candidate / 16);
            const float cost = (a - r) * (a - r) + costs->lambda * bits;
            if (cost < best) {
                best = cost;
                m = candidate;
            }
        }
    }
    if (m > 32767) m = 32767;
    *offset = a - (float)m;
    return value < 0 ? -m : m;
}

/// Codes a row of `count` latents of a phase: values stand two columns apart, magnitudes side by side.
AE_INLINE void code_row(coder *k, const uint8_t *classes, size_t count, int32_t *values, ptrdiff_t distance,
                       uint32_t step, uint16_t *magnitudes) {
    if (k->streams) {
        for (size_t j = 0; j < count; ++j) {
            const int s = k->streams->stream_of_class[classes[j]];
            const int32_t q = *k->streams->next[s]++;
            const int32_t m = q < 0 ? -q : q;
            magnitudes[j] = (uint16_t)(m < MAGNITUDE ? m : MAGNITUDE);
            values[(ptrdiff_t)j * distance] = q ? reconstructed(q, k->centroids[s][(m < 3 ? m : 3) - 1], step) : 0;
        }
        return;
    }
    const float inverse = 256.0f / (float)step;
    for (size_t j = 0; j < count; ++j) {
        const int c = classes[j];
        float offset;
        const int32_t q = quantized(k->costs, c, (float)values[(ptrdiff_t)j * distance] * inverse, &offset);
        const int32_t m = q < 0 ? -q : q;
        magnitudes[j] = (uint16_t)(m < MAGNITUDE ? m : MAGNITUDE);
        if (k->residuals) {
            k->residuals[k->count] = (int16_t)q;
            k->classes[k->count] = (uint8_t)c;
        }
        ++k->count;
        if (m && k->offsets) {
            k->offsets[c][(m < 3 ? m : 3) - 1][0] += (double)offset;
            k->offsets[c][(m < 3 ? m : 3) - 1][1] += 1;
        }
    }
}

/// Collects terms of some latents of a row.
static void collect(coder *k, const uint16_t *const at[SOURCES], size_t count, const uint16_t *magnitudes) {
    for (size_t j = 0; j < count; ++j) {
        if (k->seen++ % k->every != 0 || k->sample_count >= k->capacity) continue;
        int32_t terms[AE_LATENT_TERMS];
        terms_of(at, j, terms);
        for (int t = 0; t < AE_LATENT_TERMS; ++t)
            k->terms[k->sample_count * AE_LATENT_TERMS + (size_t)t] = (float)terms[t];
        k->magnitudes[k->sample_count++] = (float)magnitudes[j];
    }
}

/// The low band: each value from the median of its neighbours, classes from their residuals.
static void code_low(coder *k, const ae_latent_band *low) {
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
            const int class_of = raw_class(scale);
            int32_t *value = low->values + r * low->stride + c;
            int32_t residual;
            if (k->streams) {
                residual = *k->streams->next[k->streams->stream_of_class[class_of]]++;
            } else {
                residual = (int32_t)lrintf((float)*value * inverse) - p;
                residual = residual < -32767 ? -32767 : residual > 32767 ? 32767 : residual;
                if (k->residuals) {
                    k->residuals[k->count] = (int16_t)residual;
                    k->classes[k->count] = (uint8_t)class_of;
                }
                ++k->count;
            }
            now[c] = p + residual;
            // Damaged data may run away; real values are far from these limits.
            now[c] = now[c] < -(1 << 24) ? -(1 << 24) : now[c] > 1 << 24 ? 1 << 24 : now[c];
            e[c] = residual < 0 ? -residual : residual;
            if (k->streams) *value = (int32_t)(((int64_t)now[c] * low->step) >> 8);
        }
    }
}

static uint16_t *take(uint8_t **at, size_t count) {
    uint16_t *result = (uint16_t *)(void *)*at;
    memset(result, 0, count * 2);
    *at += count * 2;
    return result;
}

/// The place of a magnitude among those that groups leave for finer ones.
AE_INLINE uint8_t *magnitude_at(uint8_t *values, ae_magnitude_size size, ptrdiff_t band, int32_t row, int32_t column) {
    return values + (band * size.rows + row) * size.columns + column;
}

/// Puts the magnitudes of a level, which stand phase by phase, in their places.
static void gather(const maps *m, const ae_latent_band *bands, int b, uint16_t *map, ptrdiff_t stride) {
    for (int p = 0; p < AE_PHASES; ++p)
        for (int32_t i = 0; 2 * i + phase_row[p] < bands[b].rows; ++i) {
            const uint16_t *from = m->phases[b][p] + (i + 1) * m->stride + 1;
            uint16_t *to = map + (2 * i + phase_row[p] + 1) * stride + phase_column[p] + 1;
            for (int32_t j = 0; 2 * j + phase_column[p] < bands[b].columns; ++j) to[2 * j] = from[j];
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
static int has_run_out(const coder *k) {
    if (!k->streams) return 0;
    for (int s = 0; s < AE_RAW_CLASSES; ++s)
        if (k->streams->next[s] > k->streams->end[s]) return 1;
    return 0;
}

/// Codes the details of one level. Returns 1 if a class stream ran out.
static int code_level(const ae_latent_model *model, const ae_latent_tile *tile, coder *k, const maps *m, int32_t level,
                      const uint16_t *zeros, uint8_t *row_classes) {
    const classes_fn find_classes = classes_for(k->kernels);
    const int kind = level < AE_LEVEL_KINDS ? level - 1 : AE_LEVEL_KINDS - 1;
    for (int p = 0; p < AE_PHASES; ++p) {
        for (int b = 0; b < AE_BANDS; ++b) {
            const ae_latent_band *band = &tile->bands[level - 1][b];
            const int32_t py = phase_row[p], px = phase_column[p];
            const int32_t count = band->columns > px ? (band->columns - px + 1) / 2 : 0;
            for (int32_t i = 0; 2 * i + py < band->rows && count > 0; ++i) {
                const uint16_t *sources[SOURCES];
                locate(m, b, p, i, zeros, sources);
                find_classes(sources, model->weights[kind][b][p], (size_t)count, row_classes);
                uint16_t *magnitudes = m->phases[b][p] + (i + 1) * m->stride + 1;
                code_row(k, row_classes, (size_t)count, band->values + (2 * i + py) * band->stride + px, 2,
                         band->step, magnitudes);
                if (k->terms && k->kind == kind && k->band == b && k->phase == p)
                    collect(k, sources, (size_t)count, magnitudes);
            }
            if (has_run_out(k)) return 1;
        }
    }
    return 0;
}

/// Runs the coder over the latents of a tile, coarse levels first. Returns 1 if a class stream ran out.
static int code_tile(const ae_latent_model *model, const ae_latent_tile *tile, coder *k) {
    if (tile->last == tile->levels) {
        code_low(k, &tile->low);
        if (has_run_out(k)) return 1;
    }
    uint8_t *base = (uint8_t *)(((uintptr_t)tile->work + 63) / 64 * 64);
    int32_t widest, tallest;
    largest_size(tile->bands[0], &tallest, &widest);
    // Two sets of full maps take turns as parents and children; phase planes are used again.
    const size_t full_count = (size_t)full_stride(widest) * (size_t)(tallest + 2);
    uint8_t *at = base;
    uint16_t *full[2][AE_BANDS];
    for (int s = 0; s < 2; ++s)
        for (int b = 0; b < AE_BANDS; ++b) full[s][b] = take(&at, full_count);
    uint16_t *zeros = take(&at, (size_t)widest + 32);
    uint8_t *row_classes = at;
    at += ((size_t)widest + 63) / 64 * 64;
    maps m = {.parents = {NULL}};
    if (tile->parents && tile->last < tile->levels) {
        const ae_latent_band *bands = tile->bands[tile->last];
        int32_t rows, columns;
        largest_size(bands, &rows, &columns);
        m.parent_stride = full_stride(columns);
        for (int b = 0; b < AE_BANDS; ++b) {
            uint16_t *map = full[(tile->last + 1) & 1][b];
            for (int32_t r = 0; r < bands[b].rows; ++r)
                for (int32_t c = 0; c < bands[b].columns; ++c)
                    map[(r + 1) * m.parent_stride + c + 1] = *magnitude_at(tile->parents, tile->parent_size, b, r, c);
            m.parents[b] = map;
        }
    }
    for (int32_t level = tile->last; level > tile->first; --level) {
        const ae_latent_band *bands = tile->bands[level - 1];
        int32_t rows, columns;
        largest_size(bands, &rows, &columns);
        m.rows = (rows + 1) / 2;
        m.columns = (columns + 1) / 2;
        m.stride = plane_stride(columns);
        uint8_t *planes = at;
        for (int b = 0; b < AE_BANDS; ++b)
            for (int p = 0; p < AE_PHASES; ++p) m.phases[b][p] = take(&planes, (size_t)m.stride * (size_t)(m.rows + 2));
        if (code_level(model, tile, k, &m, level, zeros, row_classes)) return 1;
        if (level == tile->first + 1 && !tile->children) break;
        m.parent_stride = full_stride(columns);
        for (int b = 0; b < AE_BANDS; ++b) {
            uint16_t *map = full[level & 1][b];
            memset(map, 0, (size_t)m.parent_stride * (size_t)(rows + 2) * 2);
            gather(&m, bands, b, map, m.parent_stride);
            m.parents[b] = map;
            if (level > tile->first + 1) continue;
            for (int32_t r = 0; r < bands[b].rows; ++r)
                for (int32_t c = 0; c < bands[b].columns; ++c)
                    *magnitude_at(tile->children, tile->child_size, b, r, c) =
                        (uint8_t)map[(r + 1) * m.parent_stride + c + 1];
        }
    }
    return 0;
}

int ae_decode_latents(ae_kernel_level kernels, const ae_latent_model *model, const ae_latent_tile *tile, ae_streams *streams,
                      const int8_t (*centroids)[AE_CENTROIDS]) {
    coder k = {.kernels = kernels, .streams = streams, .centroids = centroids};
    return code_tile(model, tile, &k);
}

size_t ae_quantize_latents(ae_kernel_level kernels, const ae_latent_model *model, const ae_latent_tile *tile, const ae_latent_costs *costs,
                           int16_t *residuals, uint8_t *classes, double offsets[AE_RAW_CLASSES][AE_CENTROIDS][2]) {
    coder k = {.kernels = kernels, .costs = costs, .residuals = residuals, .classes = classes, .offsets = offsets};
    code_tile(model, tile, &k);
    return k.count;
}

size_t ae_latent_samples(ae_kernel_level kernels, const ae_latent_model *model, const ae_latent_tile *tile, const ae_latent_costs *costs,
                         int32_t kind, int32_t band, int32_t phase, int32_t every, float *terms, float *magnitudes,
                         size_t capacity) {
    coder k = {.kernels = kernels, .costs = costs, .kind = kind, .band = band, .phase = phase, .every = every, .terms = terms,
               .magnitudes = magnitudes, .capacity = capacity};
    code_tile(model, tile, &k);
    return k.sample_count;
}
