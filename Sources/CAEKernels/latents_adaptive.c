// SPDX-License-Identifier: Apache-2.0
// Latents of images as decisions of an arithmetic coder whose probabilities learn. Spec/bitstream.md, section 9.1.
#include "adaptive_hash.h"
#include "adaptive_latents.h"
#include "ae_network.h"
#include "latents_internal.h"

enum {
    AE_STRETCH = 16,          ///< latents of a row that may be said to be 0 together
    AE_STRETCH_LIMIT = 1024,  ///< of those that are expected not to be, in 1/4096
    AE_NODE_EMPTY = 13,       ///< whether all are
    AE_PRIOR_COUNT = 48,      ///< residuals that a prior stands for
    AE_FIRST_WEIGHT = 4000,   ///< of the input that has priors, and of the others
    AE_OTHER_WEIGHT = 750,
    AE_NEAR = 8,
    AE_FEATURES = 15,
    AE_FEATURE_LIMIT = 20,
    AE_GUESS_LIMIT = 1 << 20,
    AE_SEARCH_MIXER = 26,
    AE_LOW_MIXER = 27,
};

/// Rows and columns of a band from a latent to those around it whose phases are coded before, the nearest first; of
/// phase 0 the last four are those of the parents, from the parent.
static const int8_t near_places[AE_PHASES][AE_NEAR][2] = {
    {{0, -2}, {-2, 0}, {-2, -2}, {-2, 2}, {0, -1}, {0, 1}, {-1, 0}, {1, 0}},
    {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}, {0, -2}, {-2, 0}, {-2, -2}, {-2, 2}},
    {{0, -1}, {0, 1}, {-1, 0}, {1, 0}, {0, -2}, {-2, 0}, {-2, -2}, {-2, 2}},
    {{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}},
};

/// How many of 4096 latents of a scale bin of networks are not 0; of other bins nearly all.
static const int32_t expected_counts[9] = {1, 1, 2, 3, 48, 128, 128, 128, 320};

AE_INLINE int32_t phase_of(int row, int column) { return row & 1 ? (column & 1 ? 1 : 3) : (column & 1 ? 2 : 0); }

AE_INLINE uint32_t size_of(int32_t v) { return (uint32_t)(v < 0 ? -v : v); }

/// A sum of magnitudes in sixteen steps.
AE_INLINE uint32_t step_of(uint32_t v) {
    static const uint8_t steps[32] = {0,  1,  2,  3,  4,  5,  6,  6,  7,  7,  8,  8,  8,  9,  9,  9,
                                      10, 10, 10, 10, 10, 11, 11, 11, 11, 11, 11, 12, 12, 12, 12, 12};
    return v < 32 ? steps[v] : v < 48 ? 13 : v < 80 ? 14 : 15;
}

AE_INLINE int32_t feature_of(int32_t v) { return ae_kept_within(v, -AE_FEATURE_LIMIT, AE_FEATURE_LIMIT); }

void ae_begin_latents(ae_latent_adaptive *source, const ae_latent_rule *rule, const int8_t *priors) {
    ae_adaptive *coder = source->coder;
    memset(source->guesses, 0, sizeof source->guesses);
    for (int m = 0; m < AE_ADAPTIVE_MIXERS; ++m)
        for (int n = 0; n < AE_ADAPTIVE_NODES; ++n)
            for (int i = 0; i < AE_ADAPTIVE_INPUTS; ++i) coder->mixers[m][n][i] = i == 0 ? AE_FIRST_WEIGHT : AE_OTHER_WEIGHT;
    if (!rule->networks) return;
    for (int c = 0; c < AE_NETWORK_CLASSES; ++c)
        for (int n = 0; n < AE_PRIOR_NODES; ++n) {
            const uint32_t probability = (uint32_t)ae_probability(16 * priors[c * AE_PRIOR_NODES + n]);
            coder->slots[c * AE_ADAPTIVE_NODES + n] = probability << 16 | AE_PRIOR_COUNT;
        }
}

/// A phase of a band in work.
typedef struct phase_coding {
    ae_coder *k;
    const ae_phase_band *band;
    ae_latent_adaptive *source;
    ae_lane lane;
    int32_t *weights;             ///< that residuals are guessed with
    uint32_t where, place, state; ///< where: level kind and band; place: and phase
    int bin_bits;
} phase_coding;

/// A row of it, and what tells of its latents.
typedef struct row_coding {
    const uint16_t *classes;
    const int16_t *means, *near[AE_NEAR], *above, *siblings[2], *parents;
    int16_t *doubled;
    int32_t *values;
    uint32_t missed, corner;  ///< beside, and diagonally above, the latent in work
} row_coding;

/// The latents of a stretch that are expected not to be 0, in 1/4096.
AE_INLINE int32_t expected_of(const ae_coder *k, const row_coding *r, int32_t start, int32_t end) {
    int32_t sum = 0;
    for (int32_t j = start; j < end; ++j) {
        if (k->rule->networks) {
            const int32_t bin = r->classes[j] >> 4;
            sum += bin < 9 && r->means[j] < 2 ? expected_counts[bin] : 4096;
        } else {
            const int32_t octave = r->classes[j] >> 3;
            sum += 1 << (octave < 12 ? octave : 12);
        }
    }
    return sum;
}

/// Whether all latents of a stretch are 0.
AE_INLINE int code_empty(phase_coding *d, const row_coding *r, int32_t start, int32_t end, int32_t expected) {
    ae_adaptive *coder = d->source->coder;
    uint32_t above = 0, before = 0;
    for (int32_t j = start; j < end; ++j) above += size_of(r->above[j]);
    for (int32_t j = start > 4 ? start - 4 : 0; j < start; ++j) before += size_of(r->doubled[j]);
    const uint32_t steps = (uint32_t)ae_steps(expected), around = step_of(above) * 16 + step_of(before);
    const uint32_t hashes[AE_ADAPTIVE_INPUTS] = {
        ae_hash(steps, 21),
        ae_hash(steps, d->place * 32 + 22),
        ae_hash(steps, around * 32 + 23),
        ae_hash(steps / 2, (d->place * 256 + around) * 32 + 24),
        ae_hash(steps, d->where * 32 + 25),
        ae_hash(steps / 4, around * 32 + 26),
        ae_hash(around, d->where * 32 + 27),
        ae_hash(steps, step_of(above + before) * 32 + 28),
    };
    ae_set_contexts(&d->lane, hashes);
    d->lane.mixer = (int32_t)d->where;
    int known = 1;
    for (int32_t j = start; !coder->decoding && j < end; ++j) known &= d->source->residuals[j - start] == 0;
    return ae_decide(coder, &d->lane, AE_NODE_EMPTY, known);
}

/// Latents that are 0.
AE_INLINE void pass_empty(phase_coding *d, row_coding *r, int32_t start, int32_t end) {
    const ae_coder *k = d->k;
    const uint32_t union_mask = k->is_dependent ? 1 : 0;
    const int rebuilds = ae_rebuilds(d->source);
    for (int32_t j = start; j < end; ++j) {
        if (rebuilds) {
            const uint32_t c = r->classes[j] + (d->state & union_mask);
            const int32_t value = ae_reconstructed(0, k->centroids[c * AE_CENTROIDS], d->band->step);
            r->values[2 * j] = r->means[j] & 1 ? -value : value;
        }
        r->doubled[j] = 0;
        d->source->missed[j + 1] = 0;
        d->state = ae_next_state(d->state, 0);
    }
    if (!d->source->coder->decoding) d->source->residuals += end - start;
    r->missed = r->corner = 0;
}

/// One latent. `left` is how many of a stretch follow from it on of which one is not 0; 0 if none is known. Returns its residual.
AE_INLINE int32_t code_one(phase_coding *d, row_coding *r, int32_t j, uint32_t left) {
    const ae_coder *k = d->k;
    ae_latent_adaptive *source = d->source;
    ae_adaptive *coder = source->coder;
    const uint32_t quantizer = k->is_dependent ? d->state & 1 : 0, c = r->classes[j] + quantizer;
    const int32_t mean = r->means[j], sign = mean & 1 ? -1 : 1, u = mean >> 1;
    int32_t features[16] = {0}, sum = 0, energy = 8;
    uint32_t close = 0, wide = 0;
    for (int n = 0; n < AE_NEAR; ++n) {
        const int32_t v = r->near[n][j];
        features[n] = sign * feature_of(v);
        if (n < 4) close += size_of(v);
        else wide += size_of(v);
    }
    const int32_t first = r->siblings[0][j], second = r->siblings[1][j], parent = r->parents[j];
    features[8] = sign * feature_of(first);
    features[9] = sign * feature_of(second);
    features[10] = sign * feature_of(parent);
    features[11] = sign * feature_of(r->doubled[j - 1]);
    features[12] = sign * feature_of(r->above[j]);
    features[13] = feature_of(u);
    features[14] = 4;
    for (int f = 0; f < 16; ++f) energy += features[f] * features[f];
    for (int f = 0; f < 16; ++f) sum += d->weights[f] * features[f];
    const int32_t guess = sum >> 12;
    uint8_t *missed = source->missed + j + 1;
    const uint32_t miss = 2 * (r->missed + missed[0]) + missed[1] + r->corner, step = step_of(close);
    const uint32_t steps = ae_guess_steps(guess / 2), bin = c >> d->bin_bits, coarse = c >> 2 << 1 | quantizer;
    const uint32_t of_bin = (bin * 2 + quantizer) * 32 + left, of_where = (d->where * 2 + quantizer) * 32 + left;
    const uint32_t of_parent = (step_of(size_of(parent)) * 2 + quantizer) * 32 + left;
    const uint32_t beside = step_of(size_of(first) + size_of(second)) * 16 + step_of(close + wide);
    const uint32_t hashes[AE_ADAPTIVE_INPUTS] = {
        0,
        ae_hash(c, (d->place * 32 + left) * 32 + 2),
        ae_hash(step, of_bin * 32 + 3),
        ae_hash(step * 16 + step_of(wide), of_parent * 32 + 4),
        ae_hash(beside, of_where * 32 + 5),
        ae_hash(step_of(miss / 2), (coarse * 32 + left) * 32 + 6),
        ae_hash(steps, of_bin * 32 + 7),
        ae_hash(steps, of_where * 32 + 8),
    };
    ae_set_contexts(&d->lane, hashes);
    d->lane.contexts[0] = c * AE_ADAPTIVE_NODES;
    const uint32_t half = bin / 2 < 12 ? bin / 2 : 12;
    d->lane.mixer = left > 0 ? AE_SEARCH_MIXER : (int32_t)(2 * half + quantizer);
    const int32_t residual = ae_code_latent(coder, &d->lane, ae_next_residual(coder, &source->residuals));
    const int32_t index = residual + u, v = ae_doubled(index, (int32_t)quantizer), away = v - 2 * u;
    const int32_t error = ae_kept_within(away * 16 - guess, -128, 128);
    ae_move_weights(d->weights, features, AE_FEATURES, error * 4096 / energy, AE_GUESS_LIMIT);
    r->corner = missed[0];
    r->missed = size_of(away) < 255 ? size_of(away) : 255;
    missed[0] = (uint8_t)r->missed;
    if (ae_rebuilds(source)) {
        const int8_t centroid = k->centroids[c * AE_CENTROIDS + (uint32_t)ae_centroid_of(residual)];
        r->values[2 * j] = sign * ae_reconstructed(v, centroid, d->band->step);
    }
    r->doubled[j] = ae_seen(k, sign * v);
    d->state = ae_next_state(d->state, index);
    return residual;
}

/// Where the sources of a row stand.
static row_coding row_of(const ae_maps *m, const ae_phase_band *band, int b, int p, int32_t row) {
    row_coding r = {.classes = band->classes + row * band->context_stride, .means = m->zeros, .siblings = {m->zeros, m->zeros},
                    .parents = m->zeros, .doubled = band->doubled + row * band->doubled_stride,
                    .values = band->values + row * band->stride};
    r.above = r.doubled - band->doubled_stride;
    if (band->means) r.means = band->means + row * band->context_stride;
    for (int s = 0; s < b; ++s) r.siblings[s] = m->phases[s][p] + row * m->stride;
    if (m->parents[b]) r.parents = m->parents[b] + row * m->parent_stride;
    for (int n = 0; n < AE_NEAR; ++n) {
        const int down = near_places[p][n][0], across = near_places[p][n][1];
        if (p == 0 && n >= 4) {
            r.near[n] = m->parents[b] ? r.parents + down * m->parent_stride + across : m->zeros;
        } else {
            const int y = ae_phase_row[p] + down, x = ae_phase_column[p] + across, q = phase_of(y, x);
            r.near[n] = m->phases[b][q] + (row + (y - ae_phase_row[q]) / 2) * m->stride + (x - ae_phase_column[q]) / 2;
        }
    }
    return r;
}

AE_INLINE void code_phase_band(ae_coder *k, const ae_maps *m, int kind, int b, int p, const ae_phase_band *band) {
    const uint32_t where = (uint32_t)(kind * AE_BANDS + b), place = where * AE_PHASES + (uint32_t)p;
    phase_coding d = {.k = k, .band = band, .source = k->adaptive, .weights = k->adaptive->guesses[place], .where = where,
                      .place = place, .state = k->state, .bin_bits = k->rule->networks ? 4 : 3};
    memset(d.source->missed, 0, (size_t)band->columns + 2);
    for (int32_t row = 0; row < band->rows; ++row) {
        row_coding r = row_of(m, band, b, p, row);
        for (int32_t start = 0; start < band->columns; start += AE_STRETCH) {
            const int32_t end = band->columns - start < AE_STRETCH ? band->columns : start + AE_STRETCH;
            const int32_t expected = expected_of(k, &r, start, end);
            int is_sought = expected <= AE_STRETCH_LIMIT;
            if (is_sought && code_empty(&d, &r, start, end, expected)) {
                pass_empty(&d, &r, start, end);
                continue;
            }
            for (int32_t j = start; j < end; ++j)
                if (code_one(&d, &r, j, is_sought ? (uint32_t)(end - j) : 0) != 0) is_sought = 0;
        }
    }
    k->state = d.state;
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi2,lzcnt"))) static void code_phase_band_avx2(ae_coder *k, const ae_maps *m, int kind, int b, int p,
                                                                            const ae_phase_band *band) {
    code_phase_band(k, m, kind, b, p, band);
}
#endif

static void code_phase_band_portable(ae_coder *k, const ae_maps *m, int kind, int b, int p, const ae_phase_band *band) {
    code_phase_band(k, m, kind, b, p, band);
}

void ae_code_phase_band(ae_coder *k, const ae_maps *m, int kind, int b, int p, const ae_phase_band *band) {
    AE_CHOOSE_WIDE(k->adaptive->coder, code_phase_band, k, m, kind, b, p, band);
}

int32_t ae_code_low_residual(ae_latent_adaptive *source, int32_t around, int32_t raw_class) {
    const uint32_t raw = (uint32_t)raw_class;
    return ae_code_low(source->coder, AE_LOW_MIXER, (int32_t)ae_bits(around) - 32, ae_hash(raw, 30), ae_hash(raw / 3, 31),
                       ae_next_residual(source->coder, &source->residuals));
}
