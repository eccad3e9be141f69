// SPDX-License-Identifier: Apache-2.0
#ifndef AE_LINES_INTERNAL_H
#define AE_LINES_INTERNAL_H
#include "ae_lines.h"
#include "latents_internal.h"
#include <string.h>

enum {
    AE_LINE_PAD = 16,        ///< zeros beside the magnitudes of a band
    AE_SEEN_LIMIT = 255,       ///< doubled magnitudes that contexts see
    AE_ENVELOPE_BITS = 4,      ///< fraction bits of envelopes
    AE_VALUE_LIMIT = 1 << 28,
    AE_TEMPLATE_MARGIN = 4,    ///< columns of a template beside those of its waveform
};

/// A stretch of a band that is coded.
typedef struct ae_line_stretch {
    int32_t row, level, first, last;
    uint32_t step;  ///< units of 2^-8
    const int32_t *predicted;  ///< coefficients from `first` on; NULL without prediction
    const uint8_t *expected, *envelope;
} ae_line_stretch;

/// A window in work.
typedef struct ae_line_state {
    const ae_line_window *window;
    int32_t starts[AE_LINE_LEVELS + 1], counts[AE_LINE_LEVELS + 1];
    size_t seen_starts[AE_LINE_LEVELS + 1], seen_count;  ///< places of a row's magnitudes
    uint8_t *seen;          ///< doubled magnitudes, by row and band
    int8_t *doubled;        ///< doubled values, limited; of adaptive coding, as what follows
    int32_t *guesses;       ///< by row, level and parity: weights that values are guessed with
    int32_t last_event;     ///< the one whose waveform began last before the chunk in work; -1 for none
    uint32_t *trellis;      ///< the quantiser's state
    ae_line_stretch *stretches;  ///< of a chunk, in coding order
    int32_t template_length, envelope_starts[AE_LINE_LEVELS + 2];
    int32_t *templates;     ///< by template, row and column
    int32_t *learned;       ///< by template: waveforms it has learned from
    int32_t *envelopes;     ///< by template, row, level and place
    int32_t margin, region_length;
    int32_t *prediction;    ///< by row: the predicted waveform of the region
    int32_t *line;          ///< by row: its bands
    int32_t *scratch;
    uint8_t *expected;      ///< by row: doubled magnitudes of predicted coefficients of the chunk, and one beside
    uint8_t *envelope;      ///< by row: those of waveforms before
    int32_t expected_starts[AE_LINE_LEVELS + 2], expected_count;
    int32_t next_event;     ///< the first that nothing has learned from
    uint32_t steps[AE_LINE_LEVELS + 1];  ///< of the predicted levels of the chunk in work
} ae_line_state;

struct ae_choosing;

/// What is done with the stretches of a window, in order.
typedef struct ae_line_visitor {
    /// Codes stretches one after the other.
    int (*visit)(void *context, ae_line_state *state, const ae_line_stretch *stretches, int32_t count);
    int (*visit_low)(void *context, ae_line_state *state, int32_t row);
    /// Called before the chunk that needs events before this column; NULL where all are known.
    int32_t (*choose)(struct ae_choosing *choosing, ae_line_state *state, int32_t before);
    void *context;
    struct ae_choosing *choosing;
    int32_t *lines;  ///< decoded coefficients
} ae_line_visitor;

void ae_line_begin(ae_line_state *state, const ae_line_window *window, void *work, int clear);
int ae_visit_coarse(ae_line_state *state, const ae_line_visitor *visitor);
int ae_visit_fine(ae_line_state *state, const ae_line_visitor *visitor);

/// A step times 2^(eighths / 8). Spec/signals.md, section 3.
AE_INLINE uint32_t ae_scaled_step(uint32_t step, int32_t eighths) {
    static const uint32_t parts[8] = {65536, 71468, 77936, 84990, 92682, 101070, 110218, 120194};
    const int32_t whole = eighths >> 3;
    const uint64_t product = (uint64_t)step * parts[eighths & 7];
    const uint64_t scaled = product >> (16 - whole);
    return scaled < 1 ? 1 : scaled > (uint64_t)1 << 31 ? (uint32_t)1 << 31 : (uint32_t)scaled;
}

/// Where a waveform begins; it ends where it is over or the next one begins.
AE_INLINE int32_t ae_event_start(const ae_line_window *w, const ae_event *e) {
    const int32_t start = (e->position >> 2) - w->before;
    return start < 0 ? 0 : start;
}

AE_INLINE int32_t ae_event_end(const ae_line_window *w, const ae_event *events, int32_t count, int32_t i) {
    int32_t end = (events[i].position >> 2) + w->after;
    for (int32_t n = i + 1; n < count; ++n) {
        if (events[n].symbol == AE_EVENT_SKIP) continue;
        const int32_t next = ae_event_start(w, events + n);
        if (next < end) end = next;
        break;
    }
    return end < w->columns ? end : w->columns;
}

/// A value between samples, `quarter` quarters behind the second of four (Catmull and Rom 1974), in 1/128.
AE_INLINE int32_t ae_between(int32_t a, int32_t b, int32_t c, int32_t d, int32_t quarter) {
    static const int32_t weights[4][4] = {{0, 128, 0, 0}, {-9, 111, 29, -3}, {-8, 72, 72, -8}, {-3, 29, 111, -9}};
    const int32_t *w = weights[quarter];
    return (int32_t)(((int64_t)w[0] * a + (int64_t)w[1] * b + (int64_t)w[2] * c + (int64_t)w[3] * d + 64) >> 7);
}

/// The values of a template at the columns from `from` to before `to` of the window.
void ae_template_values(const ae_line_state *s, const int32_t *t, int32_t position, int32_t from, int32_t to, int32_t *values);

/// Moves `count` values of a template by differences a part of a column beside them, of which one before and two behind are
/// known; units of the rate are 2^-16.
void ae_teach(ae_kernel_level kernels, int32_t *t, const int32_t *difference, int32_t count, int32_t quarter, int64_t rate);

/// Latents whose sums are found together.
enum { AE_LINE_BLOCK = 256 };

/// The sums of weights times terms of `count` latents from t on, but for the terms of the own past.
void ae_line_sums(const ae_line_state *s, const ae_line_stretch *at, const uint16_t *weights, int32_t t, int32_t count,
                  uint32_t sums[AE_LINE_BLOCK]);

/// The raw class of a latent of which `sum` is known; `seen` are the magnitudes before it, `far` the sum of those 5 to 12
/// places before.
AE_INLINE int32_t ae_line_class(uint32_t sum, const uint16_t *weights, const uint8_t *seen, uint32_t far) {
    sum += (uint32_t)weights[0] * seen[-1] + (uint32_t)weights[1] * seen[-2] + (uint32_t)weights[2] * ((uint32_t)seen[-3] + seen[-4])
        + (uint32_t)weights[3] * far;
    const uint32_t scale = weights[AE_LINE_TERMS] + (sum >> 1);
    return ae_raw_class(scale > 0xFFFFFF ? 0xFFFFFF : (int32_t)scale);
}

/// The sum of the magnitudes 5 to 12 places before.
AE_INLINE uint32_t ae_far_sum(const uint8_t *seen) {
    uint32_t far = 0;
    for (int32_t k = 5; k <= 12; ++k) far += seen[-k];
    return far;
}

/// The terms of a latent but for those of the own past, for a fit.
void ae_line_terms(const ae_line_state *s, const ae_line_stretch *at, int32_t t, int32_t terms[AE_LINE_TERMS]);

AE_INLINE const uint16_t *ae_line_weights(const ae_line_window *w, int32_t row, int32_t level) {
    int32_t kind = w->levels - level;
    if (kind >= AE_LINE_KINDS) kind = AE_LINE_KINDS - 1;
    return w->weights + ((size_t)kind * 2 + (row > 0)) * (AE_LINE_TERMS + 1);
}

AE_INLINE uint8_t *ae_seen_band(const ae_line_state *s, int32_t row, int32_t band) {
    return s->seen + (size_t)row * s->seen_count + s->seen_starts[band];
}

AE_INLINE int8_t *ae_doubled_band(const ae_line_state *s, int32_t row, int32_t band) {
    return s->doubled + (size_t)row * s->seen_count + s->seen_starts[band];
}

/// A number limited so that sums of damaged data do not run away.
AE_INLINE int32_t ae_limited(int64_t value) {
    return (int32_t)(value > AE_VALUE_LIMIT ? AE_VALUE_LIMIT : value < -AE_VALUE_LIMIT ? -AE_VALUE_LIMIT : value);
}

/// What of a prediction is taken.
AE_INLINE int32_t ae_share(int32_t predicted, uint8_t share) { return ae_limited((int64_t)predicted * share >> 4); }

/// The class of a residual of the low band.
AE_INLINE int32_t ae_low_class(int32_t before, int32_t first) {
    const int32_t scale = before < 4000 ? 2048 * before + 1024 : 0xFFFFFF;
    return first + ae_raw_class(scale);
}

/// What is known of the events before.
typedef struct ae_event_history {
    int32_t position, usual, last, second;  ///< in quarters of a sample
    int32_t kind;
    int8_t order[AE_TEMPLATES];  ///< templates, the most recently used first
} ae_event_history;

AE_INLINE void ae_begin_events(ae_event_history *h, int32_t before) {
    *h = (ae_event_history){0, 12 * before, 0, 0, 0, {0, 1, 2, 3, 4, 5, 6, 7}};
}

AE_INLINE int32_t ae_time_class(const ae_event_history *h) {
    const uint32_t sum = (uint32_t)(h->last + h->second) / 2;
    const int32_t bits = sum == 0 ? 0 : 32 - __builtin_clz(sum);
    return AE_LINEAR_CLASSES + AE_LOW_CLASSES + (bits < 15 ? bits : 15);
}

AE_INLINE int32_t ae_symbol_class(const ae_event_history *h) { return AE_LINEAR_CLASSES + AE_LOW_CLASSES + 16 + h->kind; }

AE_INLINE void ae_advance_event(ae_event_history *h, int32_t deviation, int32_t symbol) {
    const int32_t interval = h->usual + deviation, limit = h->usual / 2;
    const int32_t used = deviation > limit ? limit : deviation < -limit ? -limit : deviation;
    h->position += interval;
    h->usual += used / 4;
    h->second = h->last;
    h->last = deviation < 0 ? -deviation : deviation;
    h->kind = symbol == 0 ? 0 : symbol == 1 ? 1 : symbol < 8 ? 2 : 3;
}

/// The template with a rank goes to the front.
AE_INLINE int8_t ae_used_template(ae_event_history *h, int32_t rank) {
    const int8_t number = h->order[rank];
    for (int32_t k = rank; k > 0; --k) h->order[k] = h->order[k - 1];
    h->order[0] = number;
    return number;
}

/// The templates of a symbol: 0...7 learn and predict; 8 opens; 9...16 predict and open another.
AE_INLINE void ae_apply_event(ae_event_history *h, int32_t symbol, ae_event *e) {
    e->position = h->position;
    e->symbol = (uint8_t)symbol;
    e->source = e->destination = -1;
    e->opens = 0;
    if (symbol == AE_EVENT_SKIP) return;
    if (symbol < AE_TEMPLATES) {
        e->source = e->destination = ae_used_template(h, symbol);
        return;
    }
    if (symbol > AE_TEMPLATES) e->source = h->order[symbol - AE_TEMPLATES - 1];
    e->destination = ae_used_template(h, AE_TEMPLATES - 1);
    e->opens = 1;
}

#endif
