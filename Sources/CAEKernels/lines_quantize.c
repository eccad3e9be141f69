// SPDX-License-Identifier: Apache-2.0
// Quantises the latents of a window of signals as its decoder will see them, and chooses what recurs.
#include "latents_cost.h"
#include "lines_choose.h"

/// A stretch without a value of this magnitude, in steps, becomes zeros; nothing else would pay there.
static const float AE_SURELY_ZERO = 0.3f;
/// More than any cost.
static const float AE_NEVER = 1e6f;

typedef struct quantizing {
    const ae_latent_costs *costs;
    const int32_t *lines;
    int32_t *decoded;
    ae_line_output *output;
    const ae_line_sampling *sampling;
    double *products;  ///< by level: of coefficients with predictions, and of predictions with themselves
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

/// The index of a quantiser, of those of one parity near a value, that costs least.
AE_INLINE void candidates(const ae_latent_costs *costs, float value, int32_t c, int32_t quantizer, float found[2], int16_t indexes[2]) {
    int32_t below, above;
    if (quantizer == 0) {
        below = (int32_t)value;
        below -= (float)below > value;
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

static void observe(const quantizing *q, const ae_line_state *s, const ae_line_stretch *at, int32_t t, const uint8_t *seen,
                    int32_t far, int32_t doubled) {
    int32_t kind = s->window->levels - at->level;
    if (kind >= AE_LINE_KINDS) kind = AE_LINE_KINDS - 1;
    const int32_t rule = 2 * kind + (at->row > 0);
    const ae_line_sampling *o = q->sampling;
    if (o->seen[rule]++ % o->every[kind] != 0 || o->counts[rule] >= o->capacity) return;
    const size_t place = (size_t)rule * (size_t)o->capacity + (size_t)o->counts[rule]++;
    int32_t terms[AE_LINE_TERMS];
    ae_line_terms(s, at, t, terms);
    terms[0] = seen[t - 1];
    terms[1] = seen[t - 2];
    terms[2] = seen[t - 3] + seen[t - 4];
    terms[3] = far;
    for (int32_t k = 0; k < AE_LINE_TERMS; ++k) o->terms[place * AE_LINE_TERMS + (size_t)k] = (float)terms[k];
    o->magnitudes[place] = (float)limited(doubled);
}

/// What is to be quantised in a stretch, in steps. Returns the greatest magnitude.
AE_INLINE float values_of(const quantizing *q, const ae_line_state *s, const ae_line_stretch *at, float *restrict values) {
    const ae_line_window *w = s->window;
    const int32_t count = at->last - at->first;
    const int32_t *from = q->lines + (size_t)at->row * (size_t)w->columns + (size_t)(s->starts[at->level] + at->first);
    const float scale = 256.0f / (float)at->step;
    if (at->predicted) {
        const int32_t share = w->shares[at->level];
        for (int32_t i = 0; i < count; ++i)
            values[i] = (float)(from[i] - ae_limited((int64_t)at->predicted[i] * share >> 4)) * scale;
    } else {
        for (int32_t i = 0; i < count; ++i) values[i] = (float)from[i] * scale;
    }
    float greatest = 0;
    for (int32_t i = 0; i < count; ++i) greatest = fabsf(values[i]) > greatest ? fabsf(values[i]) : greatest;
    return greatest;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static float values_avx2(const quantizing *q, const ae_line_state *s, const ae_line_stretch *at,
                                                         float *values) {
    return values_of(q, s, at, values);
}
#endif

static float fill_values(const quantizing *q, const ae_line_state *s, const ae_line_stretch *at, float *values) {
#if defined(__x86_64__)
    const ae_kernel_level kernels = s->window->kernels;
    if (kernels == AE_KERNEL_AVX2 || kernels == AE_KERNEL_AVX512) return values_avx2(q, s, at, values);
#endif
    return values_of(q, s, at, values);
}

/// Takes the indexes of a stretch: their classes follow from what a decoder sees.
static void take(quantizing *q, ae_line_state *s, const ae_line_stretch *at, const float *values, const int16_t *indexes,
                 const uint8_t *quantizers) {
    const ae_line_window *w = s->window;
    const size_t place = (size_t)at->row * (size_t)w->columns + (size_t)s->starts[at->level];
    uint8_t *seen = ae_seen_band(s, at->row, at->level);
    const uint16_t *weights = ae_line_weights(w, at->row, at->level);
    uint32_t sums[AE_LINE_BLOCK], far = ae_far_sum(seen + at->first);
    double of = 0, with = 0;
    for (int32_t t = at->first; t < at->last; ++t) {
        const int32_t i = t - at->first, quantizer = quantizers[i], r = indexes[i], v = ae_doubled(r, quantizer);
        if (i % AE_LINE_BLOCK == 0) {
            const int32_t rest = at->last - t;
            ae_line_sums(s, at, weights, t, rest < AE_LINE_BLOCK ? rest : AE_LINE_BLOCK, sums);
        }
        const int32_t c = 2 * ae_line_class(sums[i % AE_LINE_BLOCK], weights, seen + t, far) + quantizer;
        if (q->sampling) observe(q, s, at, t, seen, (int32_t)far, v);
        put(q, r, c);
        if (q->output->offsets) {
            double *offset = q->output->offsets + 2 * (c * AE_CENTROIDS + ae_centroid_of(r));
            offset[0] += (double)(values[i] - 0.5f * (float)v);
            offset[1] += 1;
        }
        seen[t] = (uint8_t)limited(v);
        far += (uint32_t)seen[t - 4] - seen[t - 12];
        const int32_t predicted = at->predicted ? ae_share(at->predicted[i], w->shares[at->level]) : 0;
        if (q->products && at->predicted) {
            const double value = q->lines[place + (size_t)t], guess = at->predicted[i];
            of += value * guess;
            with += guess * guess;
        }
        const int32_t centroid = (int32_t)lrintf(64 * q->costs->centroids[c * AE_CENTROIDS + ae_centroid_of(r)]);
        q->decoded[place + (size_t)t] = ae_reconstructed(v, centroid, at->step) + predicted;
    }
    if (q->products) {
        const double square = (double)at->step * at->step;
        q->products[2 * at->level] += of / square;
        q->products[2 * at->level + 1] += with / square;
    }
}

/// Quantises every latent alone; magnitudes are left as contexts.
static void quantize_alone(quantizing *q, ae_line_state *s, const ae_line_stretch *at, const float *values, int16_t *indexes,
                           uint16_t *classes) {
    uint8_t *seen = ae_seen_band(s, at->row, at->level);
    const uint16_t *weights = ae_line_weights(s->window, at->row, at->level);
    uint32_t sums[AE_LINE_BLOCK], far = ae_far_sum(seen + at->first);
    for (int32_t t = at->first; t < at->last; ++t) {
        const int32_t i = t - at->first;
        if (i % AE_LINE_BLOCK == 0) {
            const int32_t rest = at->last - t;
            ae_line_sums(s, at, weights, t, rest < AE_LINE_BLOCK ? rest : AE_LINE_BLOCK, sums);
        }
        const int32_t c = 2 * ae_line_class(sums[i % AE_LINE_BLOCK], weights, seen + t, far);
        float found[2];
        int16_t both[2];
        const float value = values[i];
        candidates(q->costs, value, c, 0, found, both);
        int16_t index = both[found[1] < found[0]];
        if (index & 1 && index > -4 && index < 4) {
            const float zero = value * value + q->costs->lambda * q->costs->bits[c * AE_LATENT_SYMBOLS];
            if (zero < found[1]) index = 0;
        }
        indexes[i] = index;
        classes[i] = (uint16_t)c;
        seen[t] = (uint8_t)limited(2 * index);
        far += (uint32_t)seen[t - 4] - seen[t - 12];
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
    float *values = (float *)(void *)(costs + count);
    int16_t *indexes = (int16_t *)(void *)(values + count);
    uint16_t *classes = (uint16_t *)(indexes + count);
    uint8_t *quantizers = (uint8_t *)(classes + count);
    size_t n = 0;
    for (int32_t i = 0; i < stretch_count; ++i) {
        const ae_line_stretch *at = stretches + i;
        const size_t length = (size_t)(at->last - at->first);
        if (fill_values(q, s, at, values + n) < AE_SURELY_ZERO) {
            memset(indexes + n, 0, sizeof *indexes * length);
            memset(choices + n, 0, sizeof *choices * length);
            for (size_t k = n; k < n + length; ++k) {
                costs[k][0] = costs[k][2] = 0;
                costs[k][1] = costs[k][3] = AE_NEVER;
            }
        } else {
            quantize_alone(q, s, at, values + n, indexes + n, classes + n);
            if (s->window->is_dependent)
                for (size_t k = n; k < n + length; ++k) {
                    candidates(q->costs, values[k], classes[k], 0, costs[k], choices[k]);
                    candidates(q->costs, values[k], classes[k] + 1, 1, costs[k] + 2, choices[k] + 2);
                }
        }
        n += length;
    }
    if (s->window->is_dependent) {
        ae_trellis_begin(&trellis, *s->trellis);
        ae_trellis_advance(s->window->kernels, &trellis, 0, count, (const float (*)[4])costs);
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
        take(q, s, stretches + i, values + n, indexes + n, quantizers + n);
        n += (size_t)(stretches[i].last - stretches[i].first);
    }
    return 0;
}

void ae_quantize_coarse_lines(const ae_line_window *w, const ae_latent_costs *costs, const int32_t *lines, int32_t *decoded,
                               void *work, ae_line_output *output, const ae_line_sampling *sampling) {
    ae_line_state state;
    ae_line_begin(&state, w, work, 1);
    quantizing q = {.costs = costs, .lines = lines, .decoded = decoded, .output = output, .sampling = sampling};
    const ae_line_visitor visitor = {quantize_stretches, quantize_low, NULL, &q, NULL, decoded};
    ae_visit_coarse(&state, &visitor);
}

void ae_quantize_fine_lines(const ae_line_window *w, const ae_latent_costs *costs, const int32_t *lines, const int32_t *smooth,
                             const ae_event_choice *choice, int32_t *decoded, void *work, ae_line_output *output,
                             const ae_line_sampling *sampling, double *products, int32_t *event_count) {
    ae_line_state state;
    ae_line_begin(&state, w, work, 0);
    quantizing q = {.costs = costs, .lines = lines, .decoded = decoded, .output = output, .sampling = sampling,
                    .products = products};
    ae_choosing choosing = {.window = w, .smooth = smooth, .choice = choice, .borrowed = costs->trellis};
    ae_begin_choosing(&choosing);
    ae_line_window own = *w;
    own.events = choice ? choice->events : NULL;
    state.window = &own;
    const ae_line_visitor visitor = {quantize_stretches, quantize_low, choice ? ae_choose_events : NULL, &q, &choosing, decoded};
    if (!choice) own.event_count = 0;
    ae_visit_fine(&state, &visitor);
    *event_count = choosing.event_count;
}

size_t ae_line_trellis_bytes(const ae_line_window *w) {
    int32_t starts[AE_LINE_LEVELS + 1], counts[AE_LINE_LEVELS + 1];
    ae_line_bands(w->columns, w->levels, starts, counts);
    size_t coarse = 0, chunk = (size_t)1 << w->chunk_exponent;
    for (int32_t l = w->predicted + 1; l <= w->levels; ++l) coarse += (size_t)counts[l];
    // The last chunk has what is left of every level.
    if (chunk > (size_t)w->columns) chunk = (size_t)w->columns;
    const size_t latents = (coarse > chunk ? coarse : chunk) * (size_t)w->rows;
    const size_t trellis = latents * (sizeof(uint32_t) + 4 * sizeof(int16_t) + 5 * sizeof(float) + 2 * sizeof(int16_t) + 1);
    const size_t borrowed = (size_t)w->rows * (size_t)(w->before + w->after + 2 * AE_TEMPLATE_MARGIN) * sizeof(int32_t);
    return trellis > borrowed ? trellis : borrowed;
}
