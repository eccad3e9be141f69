// SPDX-License-Identifier: Apache-2.0
// The order in which a window of signals is coded, and waveforms that recur. Spec/signals.md.
#include "lines_internal.h"

/// A block of the workspace.
static void *taken(uint8_t *work, size_t *used, size_t bytes) {
    void *block = work ? work + *used : NULL;
    *used += (bytes + 63) / 64 * 64;
    return block;
}

static size_t lay_out(ae_line_state *s, const ae_line_window *w, uint8_t *work) {
    size_t used = 0;
    s->window = w;
    ae_line_bands(w->columns, w->levels, s->starts, s->counts);
    s->seen_count = 0;
    for (int32_t b = 0; b <= w->levels; ++b) {
        s->seen_starts[b] = s->seen_count + AE_LINE_PAD;
        s->seen_count += (size_t)s->counts[b] + 2 * AE_LINE_PAD;
    }
    const size_t rows = (size_t)w->rows;
    s->seen = taken(work, &used, rows * s->seen_count);
    s->doubled = taken(work, &used, rows * s->seen_count);
    s->guesses = taken(work, &used, rows * (AE_LINE_LEVELS + 1) * 2 * 16 * sizeof *s->guesses);
    s->trellis = taken(work, &used, sizeof *s->trellis);
    s->stretches = taken(work, &used, rows * AE_LINE_LEVELS * sizeof *s->stretches);
    s->template_length = w->before + w->after + 2 * AE_TEMPLATE_MARGIN;
    s->templates = taken(work, &used, AE_TEMPLATES * rows * (size_t)s->template_length * sizeof(int32_t));
    s->learned = taken(work, &used, AE_TEMPLATES * sizeof(int32_t));
    int32_t places = 0;
    for (int32_t l = 1; l <= w->predicted; ++l) {
        s->envelope_starts[l] = places;
        places += ((w->before + w->after) >> l) + 4;
    }
    s->envelope_starts[w->predicted + 1] = places;
    s->envelopes = taken(work, &used, AE_TEMPLATES * rows * (size_t)places * sizeof(int32_t));
    s->margin = 4 << w->predicted;
    s->region_length = (1 << w->chunk_exponent) + 3 * s->margin;
    s->prediction = taken(work, &used, rows * (size_t)s->region_length * sizeof(int32_t));
    s->line = taken(work, &used, rows * (size_t)s->region_length * sizeof(int32_t));
    s->scratch = taken(work, &used, ae_line_scratch_count(s->region_length > w->columns ? s->region_length : w->columns) * sizeof(int32_t));
    int32_t expected = 0;
    for (int32_t l = 1; l <= w->predicted; ++l) {
        s->expected_starts[l] = expected + 1;
        expected += ((1 << w->chunk_exponent) >> l) + 3;
    }
    s->expected_count = expected + 1;
    s->expected = taken(work, &used, rows * (size_t)s->expected_count);
    s->envelope = taken(work, &used, rows * (size_t)s->expected_count);
    s->next_event = 0;
    s->last_event = -1;
    return used;
}

size_t ae_line_work_bytes(const ae_line_window *window) {
    ae_line_state state;
    // Places only; nothing is touched.
    return lay_out(&state, window, NULL);
}

void ae_line_begin(ae_line_state *s, const ae_line_window *w, void *work, int clear) {
    const size_t bytes = lay_out(s, w, work);
    if (clear) memset(work, 0, bytes);
}

int ae_visit_coarse(ae_line_state *s, const ae_line_visitor *v) {
    const ae_line_window *w = s->window;
    for (int32_t row = 0; row < w->rows; ++row)
        if (v->visit_low(v->context, s, row)) return 1;
    int32_t count = 0;
    for (int32_t level = w->levels; level > w->predicted; --level)
        for (int32_t row = 0; row < w->rows; ++row)
            s->stretches[count++] = (ae_line_stretch){row, level, 0, s->counts[level], w->steps[level], NULL, NULL, NULL};
    return v->visit(v->context, s, s->stretches, count);
}

/// What is expected of the columns first to last, by the templates as they are.
static void render(const ae_line_state *s, int32_t event_count, int32_t first, int32_t last) {
    const ae_line_window *w = s->window;
    for (int32_t row = 0; row < w->rows; ++row)
        memset(s->prediction + (size_t)row * (size_t)s->region_length, 0, sizeof(int32_t) * (size_t)(last - first));
    for (int32_t i = s->next_event; i < event_count; ++i) {
        const ae_event *e = w->events + i;
        if (e->symbol == AE_EVENT_SKIP) continue;
        int32_t from = ae_event_start(w, e), to = ae_event_end(w, w->events, event_count, i);
        if (from >= last) break;
        if (e->source < 0 || s->learned[e->source] == 0) continue;
        if (from < first) from = first;
        if (to > last) to = last;
        for (int32_t row = 0; row < w->rows; ++row) {
            const int32_t *t = s->templates + ((size_t)e->source * (size_t)w->rows + (size_t)row) * (size_t)s->template_length;
            int32_t *to_line = s->prediction + (size_t)row * (size_t)s->region_length;
            ae_template_values(s, t, e->position, from, to, to_line + (from - first));
        }
    }
}

/// The first place of an event's envelope at a level.
static int32_t envelope_origin(const ae_line_window *w, const ae_event *e, int32_t level) {
    return (int32_t)(((e->position >> 2) - w->before + (1 << level >> 1)) >> level) - 1;
}

static int32_t *envelope_of(const ae_line_state *s, int32_t number, int32_t row) {
    const size_t places = (size_t)s->envelope_starts[s->window->predicted + 1];
    return s->envelopes + ((size_t)number * (size_t)s->window->rows + (size_t)row) * places;
}

/// What contexts see of the prediction and of waveforms before, in the chunk from first to last.
static void expect(const ae_line_state *s, int32_t event_count, int32_t region, int32_t region_end, int32_t first, int32_t last) {
    const ae_line_window *w = s->window;
    int32_t starts[AE_LINE_LEVELS + 1], counts[AE_LINE_LEVELS + 1];
    ae_line_bands(region_end - region, w->predicted, starts, counts);
    memset(s->envelope, 0, (size_t)w->rows * (size_t)s->expected_count);
    memset(s->expected, 0, (size_t)w->rows * (size_t)s->expected_count);
    for (int32_t level = 1; level <= w->predicted; ++level) {
        const int32_t base = first >> level, end = last < w->columns ? last >> level : s->counts[level];
        const int64_t step = s->steps[level];
        for (int32_t row = 0; row < w->rows; ++row) {
            const int32_t *coefficients = s->line + (size_t)row * (size_t)s->region_length + starts[level] - (region >> level);
            uint8_t *expected = s->expected + (size_t)row * (size_t)s->expected_count + s->expected_starts[level];
            for (int32_t t = base - 1; t <= end; ++t) {
                if (t < region >> level || t >= (region >> level) + counts[level]) continue;
                const int64_t c = coefficients[t], magnitude = (c < 0 ? -c : c) * 512;
                expected[t - base] = (uint8_t)(magnitude >= AE_SEEN_LIMIT * step ? AE_SEEN_LIMIT : magnitude / step);
            }
        }
        for (int32_t i = s->next_event; i < event_count; ++i) {
            const ae_event *e = w->events + i;
            if (e->symbol == AE_EVENT_SKIP) continue;
            int32_t from = ae_event_start(w, e) >> level, to = ae_event_end(w, w->events, event_count, i) >> level;
            if (from >= end) break;
            if (e->source < 0) continue;
            const int32_t origin = envelope_origin(w, e, level), places = s->envelope_starts[level + 1] - s->envelope_starts[level];
            if (from < base) from = base;
            if (from < origin) from = origin;
            if (to > end) to = end;
            if (to > origin + places) to = origin + places;
            for (int32_t row = 0; row < w->rows; ++row) {
                const int32_t *known = envelope_of(s, e->source, row) + s->envelope_starts[level] - origin;
                uint8_t *to_band = s->envelope + (size_t)row * (size_t)s->expected_count + s->expected_starts[level] - base;
                for (int32_t t = from; t < to; ++t) to_band[t] = (uint8_t)(known[t] >> AE_ENVELOPE_BITS);
            }
        }
    }
}

/// A template and its envelope learn from a decoded waveform.
static void learn(ae_line_state *s, int32_t event_count, int32_t i, int32_t region, const int32_t *decoded) {
    const ae_line_window *w = s->window;
    const ae_event *e = w->events + i;
    const int32_t from = ae_event_start(w, e), to = ae_event_end(w, w->events, event_count, i), slot = e->destination;
    if (from < region || to <= from) return;
    const int32_t q = e->position & 3, r = e->position >> 2, origin = r - w->before - AE_TEMPLATE_MARGIN;
    int32_t count = e->opens ? 0 : s->learned[slot];
    const int64_t rate = count < 16 ? 65536 / (count + 1) : 3932;
    for (int32_t row = 0; row < w->rows; ++row) {
        int32_t *t = s->templates + ((size_t)slot * (size_t)w->rows + (size_t)row) * (size_t)s->template_length;
        const int32_t *y = decoded + (size_t)row * (size_t)s->region_length - region;
        if (e->opens) memset(t, 0, sizeof *t * (size_t)s->template_length);
        // What was decoded less what the template says, place by place, zeros around it; then moved to the template's places.
        int32_t *difference = s->scratch + 1, *end = difference + (to - from);
        difference[-1] = end[0] = end[1] = 0;
        if (e->opens) {
            memset(difference, 0, sizeof *difference * (size_t)(to - from));
        } else {
            ae_template_values(s, t, e->position, from, to, difference);
        }
        for (int32_t c = from; c < to; ++c) difference[c - from] = ae_limited((int64_t)y[c] - difference[c - from]);
        const int32_t first = from < origin ? origin : from, last = to > origin + s->template_length ? origin + s->template_length : to;
        ae_teach(w->kernels, t + (first - origin), difference + (first - from), last - first, q, rate);
        int32_t *known = envelope_of(s, slot, row);
        if (e->opens) memset(known, 0, sizeof *known * (size_t)s->envelope_starts[w->predicted + 1]);
        for (int32_t level = 1; level <= w->predicted; ++level) {
            const int32_t first = envelope_origin(w, e, level), places = s->envelope_starts[level + 1] - s->envelope_starts[level];
            const uint8_t *seen = ae_seen_band(s, row, level);
            int32_t *known_band = known + s->envelope_starts[level];
            for (int32_t k = from >> level; k < to >> level && k < s->counts[level]; ++k) {
                if (k < first || k >= first + places) continue;
                const int32_t now = seen[k] << AE_ENVELOPE_BITS, was = known_band[k - first];
                known_band[k - first] = e->opens ? now : was + (((now - was) * 77 + 128) >> 8);
            }
        }
    }
    s->learned[slot] = count < 1 << 20 ? count + 1 : count;
}

int ae_visit_fine(ae_line_state *s, const ae_line_visitor *v) {
    const ae_line_window *w = s->window;
    int32_t event_count = v->choose ? 0 : w->event_count;
    const int32_t chunk = 1 << w->chunk_exponent;
    for (int32_t first = 0; first < w->columns; first += chunk) {
        const int32_t last = first + chunk < w->columns ? first + chunk : w->columns, is_last = last == w->columns;
        const int32_t region = first > 2 * s->margin ? first - 2 * s->margin : 0;
        const int32_t region_end = last + s->margin < w->columns ? last + s->margin : w->columns;
        const int32_t eighths = w->segments ? w->segments[first >> w->segment_exponent] : 0;
        for (int32_t level = 1; level <= w->predicted; ++level)
            s->steps[level] = w->segments ? ae_scaled_step(w->steps[level], eighths) : w->steps[level];
        if (v->choose) event_count = v->choose(v->choosing, s, region_end);
        const int has_events = s->next_event < event_count;
        int32_t starts[AE_LINE_LEVELS + 1], counts[AE_LINE_LEVELS + 1];
        ae_line_bands(region_end - region, w->predicted, starts, counts);
        if (has_events) {
            render(s, event_count, region, region_end);
            for (int32_t row = 0; row < w->rows; ++row) {
                int32_t *line = s->line + (size_t)row * (size_t)s->region_length;
                memcpy(line, s->prediction + (size_t)row * (size_t)s->region_length, sizeof *line * (size_t)(region_end - region));
                ae_line_analyze(w->kernels, w->lifting, line, region_end - region, w->predicted, s->scratch);
            }
            expect(s, event_count, region, region_end, first, last);
        }
        int32_t stretch_count = 0;
        for (int32_t level = w->predicted; level > 0; --level) {
            const int32_t base = first >> level, end = is_last ? s->counts[level] : last >> level;
            for (int32_t row = 0; row < w->rows; ++row) {
                ae_line_stretch stretch = {row, level, base, end, s->steps[level], NULL, NULL, NULL};
                if (has_events) {
                    const size_t place = (size_t)row * (size_t)s->expected_count + (size_t)s->expected_starts[level];
                    stretch.predicted = s->line + (size_t)row * (size_t)s->region_length + starts[level] + (base - (region >> level));
                    stretch.expected = s->expected + place;
                    stretch.envelope = s->envelope + place;
                }
                s->stretches[stretch_count++] = stretch;
            }
        }
        if (v->visit(v->context, s, s->stretches, stretch_count)) return 1;
        if (!has_events) continue;
        // Waveforms that are over by now are learned from.
        int is_decoded = 0;
        for (; s->next_event < event_count; ++s->next_event) {
            const ae_event *e = w->events + s->next_event;
            if (e->symbol != AE_EVENT_SKIP && (e->position >> 2) + w->after > last && !is_last) break;
            if (e->symbol == AE_EVENT_SKIP || e->destination < 0) continue;
            if (!is_decoded) {
                for (int32_t row = 0; row < w->rows; ++row) {
                    int32_t *line = s->line + (size_t)row * (size_t)s->region_length;
                    memset(line, 0, sizeof *line * (size_t)counts[0]);
                    for (int32_t level = 1; level <= w->predicted; ++level) {
                        const int32_t base = region >> level, end = is_last ? s->counts[level] : last >> level;
                        const int32_t *known = v->lines + (size_t)row * (size_t)w->columns + s->starts[level];
                        int32_t *band = line + starts[level];
                        for (int32_t t = 0; t < counts[level]; ++t)
                            band[t] = base + t < end ? known[base + t] : ae_share(band[t], w->shares[level]);
                    }
                    ae_line_synthesize(w->kernels, w->lifting, line, region_end - region, w->predicted, 0, s->scratch);
                }
                is_decoded = 1;
            }
            learn(s, event_count, s->next_event, region, s->line);
        }
    }
    return 0;
}
