// SPDX-License-Identifier: Apache-2.0
// Quantises the latents of a window of signals as its decoder will see them, and chooses what recurs.
#include "latents_cost.h"
#include "lines_internal.h"

enum { AE_PAST = 12 };

typedef struct quantizing {
    ae_kernel_level kernels;
    const ae_latent_costs *costs;
    const int32_t *lines;
    int32_t *decoded;
    ae_line_output *output;
    const ae_line_sampling *sampling;
    double *products;  ///< by level: of coefficients with predictions, and of predictions with themselves
    // Choosing events.
    const ae_line_window *window;
    const int32_t *smooth;
    const ae_event_choice *choice;
    ae_event_history history;
    int32_t next_time, event_count;
    /// Waveforms that opened a template which has not learned yet, by template: their columns; -1 for none.
    int32_t pending[AE_TEMPLATES];
} quantizing;

static void put(quantizing *q, int32_t residual, int32_t c) {
    q->output->residuals[q->output->count] = (int16_t)residual;
    q->output->classes[q->output->count++] = (uint16_t)c;
}

static int quantize_low(void *context, ae_line_state *s, int32_t row) {
    quantizing *q = context;
    const ae_line_window *w = s->window;
    const size_t place = (size_t)row * (size_t)w->columns;
    int32_t value = 0, before = 0;
    for (int32_t t = 0; t < s->counts[0]; ++t) {
        const double exact = (double)q->lines[place + (size_t)t] * 256 / w->steps[0];
        const int32_t r = (int32_t)lround(exact) - value;
        put(q, r, ae_low_class(before, AE_LINEAR_CLASSES));
        before = 2 * (r < 0 ? -r : r);
        value += r;
        q->decoded[place + (size_t)t] = (int32_t)((int64_t)value * w->steps[0] >> 8);
    }
    return 0;
}

/// Doubled magnitudes before a latent.
typedef struct ae_past {
    int16_t last[AE_PAST];  ///< the last first
    int32_t far;
} ae_past;

/// The index of a quantiser, of those of one parity near a value, that costs least.
static void candidates(const ae_latent_costs *costs, float value, int32_t c, int32_t quantizer, float found[2], int16_t indexes[2]) {
    int32_t below, above;
    if (quantizer == 0) {
        below = (int32_t)floorf(value);
        above = below + 1;
    } else {
        const int32_t magnitude = (int32_t)(fabsf(value) + 0.5f);
        below = value < 0 ? -magnitude : magnitude;
        above = value < 0 ? -magnitude - 1 : magnitude + 1;
    }
    const int32_t both[2] = {below, above};
    for (int k = 0; k < 2; ++k) {
        const int32_t r = both[k];
        const float point = 0.5f * (float)ae_doubled(r, quantizer) + costs->centroids[c * AE_CENTROIDS + ae_centroid_of(r)];
        const float distance = value - point;
        found[r & 1] = distance * distance + costs->lambda * ae_bits_of(costs->bits + c * AE_LATENT_SYMBOLS, r);
        indexes[r & 1] = (int16_t)r;
    }
    if (indexes[0] != 0 && indexes[0] >= -4 && indexes[0] <= 4) {
        const float distance = value - costs->centroids[c * AE_CENTROIDS];
        const float zero = distance * distance + costs->lambda * ae_bits_of(costs->bits + c * AE_LATENT_SYMBOLS, 0);
        if (zero < found[0]) {
            found[0] = zero;
            indexes[0] = 0;
        }
    }
}

AE_INLINE int32_t limited(int32_t doubled) {
    const int32_t magnitude = doubled < 0 ? -doubled : doubled;
    return magnitude > AE_SEEN_LIMIT ? AE_SEEN_LIMIT : magnitude;
}

static ae_past past_of(const uint8_t *seen) {
    ae_past p = {{0}, 0};
    for (int k = 0; k < AE_PAST; ++k) {
        p.last[k] = seen[-1 - k];
        if (k >= 4) p.far += p.last[k];
    }
    return p;
}

AE_INLINE void remember(ae_past *p, int32_t magnitude) {
    p->far += p->last[3] - p->last[AE_PAST - 1];
    memmove(p->last + 1, p->last, sizeof(int16_t) * (AE_PAST - 1));
    p->last[0] = (int16_t)magnitude;
}

/// The terms of a latent, and its class for the first quantiser.
AE_INLINE int32_t class_of(const ae_line_state *s, const ae_line_stretch *at, int32_t t, const uint16_t *weights,
                           const ae_past *p, int32_t terms[AE_LINE_TERMS]) {
    ae_line_terms(s, at, t, terms);
    terms[0] = p->last[0];
    terms[1] = p->last[1];
    terms[2] = p->last[2] + p->last[3];
    terms[3] = p->far;
    uint32_t sum = 0;
    for (int32_t k = 0; k < AE_LINE_TERMS; ++k) sum += (uint32_t)weights[k] * (uint32_t)terms[k];
    const uint32_t scale = weights[AE_LINE_TERMS] + (sum >> 1);
    return 2 * ae_raw_class(scale > 0xFFFFFF ? 0xFFFFFF : (int32_t)scale);
}

static void observe(const quantizing *q, const ae_line_state *s, const ae_line_stretch *at,
                    const int32_t terms[AE_LINE_TERMS], int32_t doubled) {
    int32_t kind = s->window->levels - at->level;
    if (kind >= AE_LINE_KINDS) kind = AE_LINE_KINDS - 1;
    const int32_t rule = 2 * kind + (at->row > 0);
    const ae_line_sampling *o = q->sampling;
    if (o->seen[rule]++ % o->every[kind] != 0 || o->counts[rule] >= o->capacity) return;
    const size_t place = (size_t)rule * (size_t)o->capacity + (size_t)o->counts[rule]++;
    for (int32_t k = 0; k < AE_LINE_TERMS; ++k) o->terms[place * AE_LINE_TERMS + (size_t)k] = (float)terms[k];
    o->magnitudes[place] = (float)limited(doubled);
}

/// What is to be quantised at a place, in steps.
AE_INLINE float value_of(const quantizing *q, const ae_line_state *s, const ae_line_stretch *at, int32_t t) {
    const ae_line_window *w = s->window;
    const int32_t value = q->lines[(size_t)at->row * (size_t)w->columns + (size_t)(s->starts[at->level] + t)];
    const int32_t predicted = at->predicted ? ae_share(at->predicted[t - at->first], w->shares[at->level]) : 0;
    return (float)(value - predicted) * (256.0f / (float)w->steps[at->level]);
}

/// Takes the indexes of a stretch: their classes follow from what a decoder sees.
static void take(quantizing *q, ae_line_state *s, const ae_line_stretch *at, const int16_t *indexes, const uint8_t *quantizers) {
    const ae_line_window *w = s->window;
    const size_t place = (size_t)at->row * (size_t)w->columns + (size_t)s->starts[at->level];
    uint8_t *seen = ae_seen_band(s, at->row, at->level);
    const uint16_t *weights = ae_line_weights(w, at->row, at->level);
    ae_past p = past_of(seen + at->first);
    int32_t terms[AE_LINE_TERMS];
    for (int32_t t = at->first; t < at->last; ++t) {
        const int32_t i = t - at->first, quantizer = quantizers[i], r = indexes[i], v = ae_doubled(r, quantizer);
        const int32_t c = class_of(s, at, t, weights, &p, terms) + quantizer;
        if (q->sampling) observe(q, s, at, terms, v);
        put(q, r, c);
        if (q->output->offsets) {
            double *offset = q->output->offsets + 2 * (c * AE_CENTROIDS + ae_centroid_of(r));
            offset[0] += (double)(value_of(q, s, at, t) - 0.5f * (float)v);
            offset[1] += 1;
        }
        seen[t] = (uint8_t)limited(v);
        remember(&p, seen[t]);
        const int32_t predicted = at->predicted ? ae_share(at->predicted[i], w->shares[at->level]) : 0;
        if (q->products && at->predicted) {
            const double step = w->steps[at->level], value = q->lines[place + (size_t)t];
            q->products[2 * at->level] += value * at->predicted[i] / (step * step);
            q->products[2 * at->level + 1] += (double)at->predicted[i] * at->predicted[i] / (step * step);
        }
        const int32_t centroid = (int32_t)lrintf(64 * q->costs->centroids[c * AE_CENTROIDS + ae_centroid_of(r)]);
        q->decoded[place + (size_t)t] = ae_reconstructed(v, centroid, w->steps[at->level]) + predicted;
    }
}

/// Quantises every latent alone; magnitudes are left as contexts.
static void quantize_alone(quantizing *q, ae_line_state *s, const ae_line_stretch *at, int16_t *indexes, uint16_t *classes) {
    uint8_t *seen = ae_seen_band(s, at->row, at->level);
    const uint16_t *weights = ae_line_weights(s->window, at->row, at->level);
    ae_past p = past_of(seen + at->first);
    int32_t terms[AE_LINE_TERMS];
    for (int32_t t = at->first; t < at->last; ++t) {
        const int32_t c = class_of(s, at, t, weights, &p, terms);
        float found[2];
        int16_t both[2];
        const float value = value_of(q, s, at, t);
        candidates(q->costs, value, c, 0, found, both);
        int16_t index = both[found[1] < found[0]];
        if (index & 1 && index > -4 && index < 4) {
            const float zero = value * value + q->costs->lambda * q->costs->bits[c * AE_LATENT_SYMBOLS];
            if (zero < found[1]) index = 0;
        }
        indexes[t - at->first] = index;
        classes[t - at->first] = (uint16_t)c;
        seen[t] = (uint8_t)limited(2 * index);
        remember(&p, seen[t]);
    }
}

static int quantize_stretches(void *context, ae_line_state *s, const ae_line_stretch *stretches, int32_t stretch_count) {
    quantizing *q = context;
    size_t count = 0;
    for (int32_t i = 0; i < stretch_count; ++i) count += (size_t)(stretches[i].last - stretches[i].first);
    if (count == 0) return 0;
    // Classes as they would be without a trellis say what bits cost in it.
    ae_trellis trellis = {.decisions = (uint32_t *)q->costs->trellis};
    int16_t (*choices)[4] = (int16_t (*)[4])(void *)(trellis.decisions + count);
    float (*costs)[4] = (float (*)[4])(void *)(choices + count);
    int16_t *indexes = (int16_t *)(void *)(costs + count);
    uint16_t *classes = (uint16_t *)(indexes + count);
    uint8_t *quantizers = (uint8_t *)(classes + count);
    size_t n = 0;
    for (int32_t i = 0; i < stretch_count; ++i) {
        quantize_alone(q, s, stretches + i, indexes + n, classes + n);
        n += (size_t)(stretches[i].last - stretches[i].first);
    }
    if (s->window->is_dependent) {
        n = 0;
        for (int32_t i = 0; i < stretch_count; ++i)
            for (int32_t t = stretches[i].first; t < stretches[i].last; ++t, ++n) {
                const float value = value_of(q, s, stretches + i, t);
                candidates(q->costs, value, classes[n], 0, costs[n], choices[n]);
                candidates(q->costs, value, classes[n] + 1, 1, costs[n] + 2, choices[n] + 2);
            }
        ae_trellis_begin(&trellis, *s->trellis);
        ae_trellis_advance(q->kernels, &trellis, 0, count, (const float (*)[4])costs);
        *s->trellis = ae_trellis_finish(&trellis, count);
        for (n = 0; n < count; ++n) {
            indexes[n] = choices[n][trellis.decisions[n]];
            quantizers[n] = (uint8_t)(trellis.decisions[n] >> 1);
        }
    } else {
        memset(quantizers, 0, count);
    }
    n = 0;
    // What the first pass left must not be seen before its time.
    for (int32_t i = 0; i < stretch_count; ++i)
        memset(ae_seen_band(s, stretches[i].row, stretches[i].level) + stretches[i].first, 0, (size_t)(stretches[i].last - stretches[i].first));
    for (int32_t i = 0; i < stretch_count; ++i) {
        take(q, s, stretches + i, indexes + n, quantizers + n);
        n += (size_t)(stretches[i].last - stretches[i].first);
    }
    return 0;
}

/// The energy of what a template leaves of a waveform, as far as it is below `limit`.
static double energy_left(const quantizing *q, const ae_line_state *s, const int32_t *t, int32_t position, int32_t from, int32_t to,
                          double limit) {
    double energy = 0;
    const size_t size = (size_t)s->template_length;
    for (int32_t row = 0; row < q->window->rows && energy < limit; ++row) {
        const int32_t *x = q->smooth + (size_t)row * (size_t)q->window->columns, *own = t + (size_t)row * size;
        double sum = 0;
        if ((position & 3) == 0) {
            const int32_t shift = q->window->before + AE_TEMPLATE_MARGIN - (position >> 2);
            for (int32_t c = from; c < to; ++c) {
                const int32_t u = c + shift;
                const float d = (float)(x[c] - (u < 0 || u >= s->template_length ? 0 : own[u]));
                sum += (double)(d * d);
            }
        } else {
            for (int32_t c = from; c < to; ++c) {
                const float d = (float)(x[c] - ae_template_value(s, own, position, c));
                sum += (double)(d * d);
            }
        }
        energy += sum;
    }
    return energy;
}

static void add(quantizing *q, int32_t position, int32_t symbol) {
    ae_event *e = q->choice->events + q->event_count++;
    ae_advance_event(&q->history, position - q->history.position - q->history.usual, symbol);
    ae_apply_event(&q->history, symbol, e);
}

/// Chooses a template for a waveform, or opens one.
static void choose_one(quantizing *q, ae_line_state *s, int32_t number) {
    const ae_line_window *w = q->window;
    const int32_t time = q->choice->times[number], reach = q->choice->reach;
    int32_t from = time - w->before + reach, to = time + w->after - reach;
    if (number + 1 < q->choice->count && q->choice->times[number + 1] - w->before < to) to = q->choice->times[number + 1] - w->before;
    if (from < 0) from = 0;
    if (to > w->columns) to = w->columns;
    if (to - from < 8) return;
    const size_t size = (size_t)w->rows * (size_t)s->template_length;
    double all = 0;
    for (int32_t row = 0; row < w->rows; ++row)
        for (int32_t c = from; c < to; ++c) {
            const double x = q->smooth[(size_t)row * (size_t)w->columns + (size_t)c];
            all += x * x;
        }
    double best = 1e300;
    int32_t rank = -1, position = 4 * time;
    for (int32_t k = 0; k < AE_TEMPLATES; ++k) {
        const int32_t slot = q->history.order[k];
        if (s->learned[slot] == 0 && q->pending[slot] < 0) continue;
        const int32_t *t = s->templates + (size_t)slot * size;
        int32_t *borrowed = NULL;
        if (q->pending[slot] >= 0) {
            // What it will learn, as far as is known.
            borrowed = (int32_t *)q->costs->trellis;
            const int32_t origin = q->pending[slot] - w->before - AE_TEMPLATE_MARGIN;
            for (int32_t row = 0; row < w->rows; ++row)
                for (int32_t u = 0; u < s->template_length; ++u) {
                    const int32_t c = u + origin;
                    borrowed[(size_t)row * (size_t)s->template_length + (size_t)u] =
                        c < 0 || c >= w->columns ? 0 : q->smooth[(size_t)row * (size_t)w->columns + (size_t)c];
                }
            t = borrowed;
        }
        for (int32_t m = -reach; m <= reach; ++m) {
            const double e = energy_left(q, s, t, 4 * (time + m), from, to, best);
            if (e < best) {
                best = e;
                rank = k;
                position = 4 * (time + m);
            }
        }
        if (rank != k) continue;
        const int32_t middle = position;
        for (int32_t f = -3; f <= 3; ++f) {
            if (f == 0) continue;
            const double e = energy_left(q, s, t, middle + f, from, to, best);
            if (e < best) {
                best = e;
                position = middle + f;
            }
        }
    }
    const int is_used = rank >= 0 && best < q->choice->use_below * all, opens = rank < 0 || best > q->choice->open_above * all;
    if (!is_used) position = 4 * time;
    // Times far from what is usual take steps in between.
    while (position - q->history.position - q->history.usual > 32000) add(q, q->history.position + q->history.usual + 32000, AE_EVENT_SKIP);
    if (position < q->history.position) return;
    const int32_t symbol = opens ? is_used ? 9 + rank : 8 : rank;
    add(q, position, symbol);
    const ae_event *e = q->choice->events + q->event_count - 1;
    q->pending[e->destination] = e->opens ? e->position >> 2 : q->pending[e->destination];
}

static int32_t choose(void *context, ae_line_state *s, int32_t before) {
    quantizing *q = context;
    // What has learned is no longer pending.
    for (int32_t k = 0; k < AE_TEMPLATES; ++k) {
        if (q->pending[k] < 0) continue;
        int is_open = 0;
        for (int32_t i = s->next_event; i < q->event_count; ++i)
            is_open |= q->choice->events[i].opens && q->choice->events[i].destination == k;
        if (!is_open) q->pending[k] = -1;
    }
    while (q->next_time < q->choice->count && q->choice->times[q->next_time] - q->choice->reach - 1 - q->window->before < before)
        choose_one(q, s, q->next_time++);
    return q->event_count;
}

void ae_quantize_coarse_lines(ae_kernel_level kernels, const ae_line_window *w, const ae_latent_costs *costs, const int32_t *lines, int32_t *decoded,
                               void *work, ae_line_output *output, const ae_line_sampling *sampling) {
    ae_line_state state;
    ae_line_begin(&state, w, work, 1);
    quantizing q = {.kernels = kernels, .costs = costs, .lines = lines, .decoded = decoded, .output = output, .sampling = sampling, .window = w};
    const ae_line_visitor visitor = {quantize_stretches, quantize_low, NULL, &q, decoded};
    ae_visit_coarse(&state, &visitor);
}

void ae_quantize_fine_lines(ae_kernel_level kernels, const ae_line_window *w, const ae_latent_costs *costs, const int32_t *lines, const int32_t *smooth,
                             const ae_event_choice *choice, int32_t *decoded, void *work, ae_line_output *output,
                             const ae_line_sampling *sampling, double *products, int32_t *event_count) {
    ae_line_state state;
    ae_line_begin(&state, w, work, 0);
    quantizing q = {.kernels = kernels, .costs = costs, .lines = lines, .decoded = decoded, .output = output, .sampling = sampling,
                    .products = products, .window = w, .smooth = smooth, .choice = choice};
    ae_begin_events(&q.history, w->before);
    for (int32_t k = 0; k < AE_TEMPLATES; ++k) q.pending[k] = -1;
    ae_line_window own = *w;
    own.events = choice ? choice->events : NULL;
    state.window = &own;
    const ae_line_visitor visitor = {quantize_stretches, quantize_low, choice ? choose : NULL, &q, decoded};
    if (!choice) own.event_count = 0;
    ae_visit_fine(&state, &visitor);
    *event_count = q.event_count;
}

size_t ae_line_trellis_bytes(const ae_line_window *w) {
    int32_t starts[AE_LINE_LEVELS + 1], counts[AE_LINE_LEVELS + 1];
    ae_line_bands(w->columns, w->levels, starts, counts);
    size_t coarse = 0, chunk = (size_t)1 << w->chunk_exponent;
    for (int32_t l = w->predicted + 1; l <= w->levels; ++l) coarse += (size_t)counts[l];
    // The last chunk has what is left of every level.
    if (chunk > (size_t)w->columns) chunk = (size_t)w->columns;
    const size_t latents = (coarse > chunk ? coarse : chunk) * (size_t)w->rows;
    const size_t trellis = latents * (sizeof(uint32_t) + 4 * sizeof(int16_t) + 4 * sizeof(float) + 2 * sizeof(int16_t) + 1);
    const size_t borrowed = (size_t)w->rows * (size_t)(w->before + w->after + 2 * AE_TEMPLATE_MARGIN) * sizeof(int32_t);
    return trellis > borrowed ? trellis : borrowed;
}
