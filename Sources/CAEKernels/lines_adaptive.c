// SPDX-License-Identifier: Apache-2.0
// Latents and events of signals as decisions of an arithmetic coder whose probabilities learn. Spec/signals.md, section 8.
#include "adaptive_hash.h"
#include "adaptive_latents.h"
#include "lines_internal.h"

enum {
    AE_LINE_MIXERS = 24,     ///< by level and first row or other; then those of times, symbols and the low band
    AE_TIME_MIXER = AE_LINE_MIXERS,
    AE_SYMBOL_MIXER,
    AE_LOW_MIXER,
    AE_FEATURES = 13,        ///< values that a value is guessed from
    AE_FEATURE_LIMIT = 20,
    AE_GUESS_LIMIT = 1 << 20,
    AE_NO_PHASE = 65535,
};

typedef struct coding {
    ae_line_adaptive *source;
    int32_t *lines;
} coding;

AE_INLINE int16_t next_residual(ae_line_adaptive *source) { return ae_next_residual(source->coder, &source->residuals); }

AE_INLINE uint32_t range_of(uint32_t magnitude) {
    static const uint8_t ranges[49] = {0, 1, 2, 3, 4, 4, 5, 5, 5, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8, 8,
                                       8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 9};
    return ranges[magnitude < 48 ? magnitude : 48];
}

/// -2...2 by sign and whether it is large, plus 2.
AE_INLINE uint32_t fifth_of(int32_t v) { return v > 3 ? 4 : v > 0 ? 3 : v < -3 ? 0 : v < 0 ? 1 : 2; }

/// Doubled values around a latent.
typedef struct around {
    int32_t own[4], other[3], parent, near, far;
} around;

/// Values that a value is guessed from; returns 8 and the sum of their squares.
AE_INLINE int32_t gather(const ae_line_state *s, const ae_line_stretch *at, int32_t t, int32_t predicted, around *found,
                         int32_t features[16]) {
    const ae_line_window *w = s->window;
    const int32_t level = at->level, row = at->row, p = t >> 1, side = t & 1 ? 1 : -1;
    const int8_t *own = ae_doubled_band(s, row, level) + t;
    memset(found, 0, sizeof *found);
    memset(features, 0, sizeof *features * 16);
    for (int k = 0; k < 4; ++k) found->own[k] = own[-1 - k];
    if (row > 0) {
        const int8_t *other = ae_doubled_band(s, row - 1, level) + t;
        found->other[0] = other[0];
        found->other[1] = other[-1];
        found->other[2] = other[1];
    }
    if (level < w->levels) {
        const int8_t *parent = ae_doubled_band(s, row, level + 1) + p;
        found->parent = parent[0];
        found->near = parent[side];
        found->far = parent[-side];
        if (w->rows > 1) features[11] = ae_doubled_band(s, row > 0 ? row - 1 : 1, level + 1)[p];
    }
    if (level + 1 < w->levels) {
        const int32_t grandparent = ae_doubled_band(s, row, level + 2)[t >> 2];
        features[10] = t & 2 ? grandparent : -grandparent;
    }
    for (int k = 0; k < 4; ++k) features[k] = found->own[k];
    for (int k = 0; k < 3; ++k) features[4 + k] = found->other[k];
    features[7] = found->parent;
    features[8] = found->near;
    features[9] = found->far;
    const int32_t half = predicted / 2;
    features[12] = ae_kept_within(half, -AE_FEATURE_LIMIT, AE_FEATURE_LIMIT);
    int32_t energy = 8;
    for (int k = 0; k < AE_FEATURES; ++k) energy += features[k] * features[k];
    return energy;
}

/// The event whose waveform began last, at or before a column; `event` is one that did before, or -1.
AE_INLINE int32_t last_event(const ae_line_window *w, int32_t event, int32_t column) {
    for (int32_t i = event + 1; i < w->event_count; ++i) {
        if (w->events[i].symbol == AE_EVENT_SKIP) continue;
        if (ae_event_start(w, w->events + i) > column) break;
        event = i;
    }
    return event;
}

AE_INLINE void code_stretch(coding *d, ae_line_state *s, const ae_line_stretch *at) {
    const ae_line_window *w = s->window;
    ae_line_adaptive *source = d->source;
    const int32_t level = at->level, row = at->row;
    int32_t *values = d->lines + (size_t)row * (size_t)w->columns + s->starts[level];
    uint8_t *seen = ae_seen_band(s, row, level);
    int8_t *doubled = ae_doubled_band(s, row, level);
    const uint16_t *weights = ae_line_weights(w, row, level);
    uint32_t state = *s->trellis, sums[AE_LINE_BLOCK], far = ae_far_sum(seen + at->first);
    const uint32_t band = (uint32_t)(2 * level + (row > 0));
    const int phase_bits = level > 2 ? level : 2, class_phase_bits = level > 3 ? level : 3, has_phase = level <= w->predicted;
    ae_lane lane;
    memset(&lane, 0, sizeof lane);
    lane.mixer = 2 * ((level < 12 ? level : 12) - 1) + (row > 0);
    if (has_phase && at->first < at->last) s->last_event = last_event(w, s->last_event, at->first << level);
    int32_t event = s->last_event;
    for (int32_t start = at->first; start < at->last; start += AE_LINE_BLOCK) {
        const int32_t end = at->last - start > AE_LINE_BLOCK ? start + AE_LINE_BLOCK : at->last;
        ae_line_sums(s, at, weights, start, end - start, sums);
        for (int32_t t = start; t < end; ++t) {
            const uint32_t quantizer = state & 1, parity = (uint32_t)t & 1, i = (uint32_t)(t - at->first);
            const uint32_t raw = (uint32_t)ae_line_class(sums[t - start], weights, seen + t, far), c = 2 * raw + quantizer;
            const uint32_t coarse = raw / 2 * 2 + quantizer, place = band * 2 + quantizer;
            int32_t predicted = 0;
            if (at->predicted) {
                const int64_t quarters = (int64_t)at->predicted[i] * 1024 / at->step;
                predicted = quarters > 255 ? 255 : quarters < -255 ? -255 : (int32_t)quarters;
            }
            around near;
            int32_t features[16];
            const int32_t energy = gather(s, at, t, predicted, &near, features);
            int32_t *own = s->guesses + (((size_t)row * (AE_LINE_LEVELS + 1) + (size_t)level) * 2 + parity) * 16;
            int32_t sum = 0;
            for (int k = 0; k < AE_FEATURES; ++k) sum += own[k] * features[k];
            const int32_t guess = sum >> 12;
            const uint32_t steps = ae_guess_steps(guess / 2);
            uint32_t phase = AE_NO_PHASE, class_phase = AE_NO_PHASE;
            if (has_phase) {
                event = last_event(w, event, t << level);
                if (event >= 0) {
                    const uint32_t since = (uint32_t)((t << level) - ae_event_start(w, w->events + event));
                    phase = since >> phase_bits;
                    class_phase = since >> class_phase_bits;
                }
            }
            const uint32_t x = at->expected ? at->expected[i] : 0, y = at->expected ? at->envelope[i] : 0;
            const uint32_t p = level < w->levels ? ae_seen_band(s, row, level + 1)[t >> 1] : 0;
            const uint32_t sign = predicted < 0 ? 0 : predicted > 0 ? 2 : 1;
            const uint32_t size = range_of((uint32_t)(predicted < 0 ? -predicted : predicted));
            const uint32_t fifths = (fifth_of(near.own[0]) * 5 + fifth_of(near.parent)) * 5 + fifth_of(near.other[0]);
            lane.contexts[0] = ae_place(0, ae_hash(c, 1));
            lane.contexts[1] = ae_place(1, ae_hash(range_of(y) * 10 + range_of(x), (range_of(p) * 2 + quantizer) * 32 + 2));
            lane.contexts[2] = ae_place(2, ae_hash(size * 3 + sign, coarse * 32 + 3));
            lane.contexts[3] = ae_place(3, ae_hash(phase, place * 32 + 4));
            lane.contexts[4] = ae_place(4, ae_hash(class_phase, coarse * 32 + 5));
            lane.contexts[5] = ae_place(5, ae_hash(fifths, (place * 2 + parity) * 32 + 6));
            lane.contexts[6] = ae_place(6, ae_hash(steps, coarse * 32 + 7));
            lane.contexts[7] = ae_place(7, ae_hash(steps, place * 32 + 8));
            const int32_t r = ae_code_latent(source->coder, &lane, next_residual(source));
            const int32_t v = ae_doubled(r, (int32_t)quantizer), magnitude = v < 0 ? -v : v;
            const int32_t missed = ae_kept_within(v * 16 - guess, -128, 128);
            ae_move_weights(own, features, AE_FEATURES, missed * 65536 / energy, AE_GUESS_LIMIT);
            seen[t] = (uint8_t)(magnitude > AE_SEEN_LIMIT ? AE_SEEN_LIMIT : magnitude);
            doubled[t] = (int8_t)ae_kept_within(v, -AE_FEATURE_LIMIT, AE_FEATURE_LIMIT);
            far += (uint32_t)seen[t - 4] - seen[t - 12];
            int32_t value = ae_reconstructed(v, source->centroids[c * AE_CENTROIDS + (uint32_t)ae_centroid_of(r)], at->step);
            if (at->predicted) value += ae_share(at->predicted[i], w->shares[level]);
            values[t] = value;
            if (w->is_dependent) state = ae_next_state(state, r);
        }
    }
    *s->trellis = state;
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi2,lzcnt"))) static void code_stretch_avx2(coding *d, ae_line_state *s,
                                                                         const ae_line_stretch *at) {
    code_stretch(d, s, at);
}
#endif

static void code_stretch_portable(coding *d, ae_line_state *s, const ae_line_stretch *at) { code_stretch(d, s, at); }

static int code_stretches(void *context, ae_line_state *s, const ae_line_stretch *stretches, int32_t count) {
    coding *d = context;
    for (int32_t i = 0; i < count; ++i) AE_CHOOSE_WIDE(d->source->coder, code_stretch, d, s, stretches + i);
    return 0;
}

static int code_low(void *context, ae_line_state *s, int32_t row) {
    coding *d = context;
    const ae_line_window *w = s->window;
    int32_t *line = d->lines + (size_t)row * (size_t)w->columns;
    int32_t value = 0, last = 0, second = 0;
    for (int32_t t = 0; t < s->counts[0]; ++t) {
        const int32_t bits = (int32_t)ae_bits(last < 0 ? -last : last) - 32;
        const int32_t r = ae_code_low(d->source->coder, AE_LOW_MIXER, bits, ae_hash((uint32_t)bits, 30),
                                      ae_hash(ae_bits(last), ae_bits(second) * 32 + 31), next_residual(d->source));
        second = last;
        last = r;
        value += r;
        value = ae_kept_within(value, -(1 << 24), 1 << 24);
        line[t] = (int32_t)((int64_t)value * w->steps[0] >> 8);
    }
    return 0;
}

static ae_line_visitor visitor_of(coding *d) {
    return (ae_line_visitor){code_stretches, code_low, NULL, d, NULL, d->lines};
}

int ae_code_coarse_lines(const ae_line_window *w, ae_line_adaptive *source, int32_t *lines, void *work) {
    ae_line_state state;
    ae_line_begin(&state, w, work, 1);
    coding d = {source, lines};
    const ae_line_visitor visitor = visitor_of(&d);
    return ae_visit_coarse(&state, &visitor);
}

int ae_code_fine_lines(const ae_line_window *w, ae_line_adaptive *source, int32_t *lines, void *work) {
    ae_line_state state;
    ae_line_begin(&state, w, work, 0);
    coding d = {source, lines};
    const ae_line_visitor visitor = visitor_of(&d);
    return ae_visit_fine(&state, &visitor);
}

/// Codes the difference of a time from the usual one; `last` and `second` are those before, `was` the symbol before.
static int32_t code_time(ae_line_adaptive *source, const ae_event_history *h, int32_t last, int32_t second, int32_t was) {
    const uint32_t t = (uint32_t)(ae_time_class(h) - AE_LINEAR_CLASSES - AE_LOW_CLASSES), kind = (uint32_t)h->kind;
    ae_lane lane;
    memset(&lane, 0, sizeof lane);
    lane.mixer = AE_TIME_MIXER;
    lane.shift = t > 2 ? (int32_t)t - 2 : 0;
    const uint32_t hashes[AE_ADAPTIVE_INPUTS] = {
        ae_hash(t, 11),
        ae_hash(ae_bits(last), t * 32 + 12),
        ae_hash(ae_bits(h->last), ae_bits(h->second) * 32 + 13),
        ae_hash(kind, t * 32 + 14),
        ae_hash((uint32_t)was, 15),
        ae_hash(ae_bits(last), ae_bits(second) * 32 + 16),
        ae_hash(ae_bits(h->last), kind * 32 + 17),
        ae_hash(ae_guess_steps(last), t * 32 + 18),
    };
    ae_set_contexts(&lane, hashes);
    return ae_code_residual(source->coder, &lane, next_residual(source));
}

/// Codes what happens at a time: `was` are the symbols before, the last first, `r` the difference of the time.
static int32_t code_symbol(ae_line_adaptive *source, const ae_event_history *h, const int32_t was[3], int32_t r, int32_t last) {
    const uint32_t t = (uint32_t)(ae_time_class(h) - AE_LINEAR_CLASSES - AE_LOW_CLASSES), kind = (uint32_t)h->kind;
    const uint32_t first = (uint32_t)was[0], both = first * 18 + (uint32_t)was[1];
    ae_lane lane;
    memset(&lane, 0, sizeof lane);
    lane.mixer = AE_SYMBOL_MIXER;
    const uint32_t hashes[AE_ADAPTIVE_INPUTS] = {
        ae_hash(kind, 21),
        ae_hash(first, 22),
        ae_hash(both, 23),
        ae_hash(ae_bits(r), kind * 32 + 24),
        ae_hash(t, kind * 32 + 25),
        ae_hash(ae_bits(r), ae_bits(last) * 32 + 26),
        ae_hash(first, ae_bits(r) * 32 + 27),
        ae_hash(both, (uint32_t)was[2] * 32 + 28),
    };
    ae_set_contexts(&lane, hashes);
    const int32_t residual = next_residual(source), symbol = residual >= 0 ? 2 * residual : -2 * residual - 1;
    int32_t found = 0;
    while (found < AE_EVENT_SKIP && !ae_decide(source->coder, &lane, found, symbol == found)) ++found;
    return found;
}

int ae_code_events(ae_line_adaptive *source, int32_t before, int32_t columns, int32_t count, ae_event *events) {
    ae_event_history h;
    ae_begin_events(&h, before);
    int32_t last = 0, second = 0, was[3] = {0, 0, 0};
    for (int32_t i = 0; i < count; ++i) {
        const int32_t deviation = code_time(source, &h, last, second, was[0]);
        const int32_t symbol = code_symbol(source, &h, was, deviation, last);
        const int32_t interval = h.usual + deviation;
        if (interval < 0 || interval > 4 * columns - h.position) return 1;
        ae_advance_event(&h, deviation, symbol);
        ae_apply_event(&h, symbol, events + i);
        second = last;
        last = deviation;
        was[2] = was[1];
        was[1] = was[0];
        was[0] = symbol;
    }
    return 0;
}
