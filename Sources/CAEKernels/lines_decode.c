// SPDX-License-Identifier: Apache-2.0
// Decodes the latents and events of a window of signals.
#include "lines_internal.h"

typedef struct decoding {
    const ae_line_source *source;
    int32_t *lines;
} decoding;

/// Whether a stream ran past its end; streams are padded by more than is taken between two questions.
static int ran_out(const ae_streams *streams) {
    int dry = 0;
    for (int i = 0; i < AE_RAW_CLASSES; ++i) dry |= streams->next[i] > streams->end[i];
    return dry;
}

static int decode_low(void *context, ae_line_state *s, int32_t row) {
    decoding *d = context;
    const ae_line_window *w = s->window;
    int32_t *line = d->lines + (size_t)row * (size_t)w->columns;
    int32_t value = 0, before = 0;
    for (int32_t t = 0; t < s->counts[0]; ++t) {
        const int32_t c = ae_low_class(before, AE_LINEAR_CLASSES);
        const int32_t r = *d->source->streams->next[d->source->stream_of_class[c]]++;
        before = 2 * (r < 0 ? -r : r);
        value += r;
        if (value > 1 << 24) value = 1 << 24;
        if (value < -(1 << 24)) value = -(1 << 24);
        line[t] = (int32_t)((int64_t)value * w->steps[0] >> 8);
    }
    return ran_out(d->source->streams);
}

static void decode_stretch(decoding *d, ae_line_state *s, const ae_line_stretch *at) {
    const ae_line_window *w = s->window;
    const ae_line_source *source = d->source;
    int32_t *values = d->lines + (size_t)at->row * (size_t)w->columns + s->starts[at->level];
    uint8_t *seen = ae_seen_band(s, at->row, at->level);
    const uint16_t *weights = ae_line_weights(w, at->row, at->level);
    uint32_t state = *s->trellis, sums[AE_LINE_BLOCK], far = ae_far_sum(seen + at->first);
    for (int32_t start = at->first; start < at->last; start += AE_LINE_BLOCK) {
        const int32_t end = at->last - start > AE_LINE_BLOCK ? start + AE_LINE_BLOCK : at->last;
        ae_line_sums(s, at, weights, start, end - start, sums);
        for (int32_t t = start; t < end; ++t) {
            const uint32_t quantizer = state & 1;
            const uint32_t c = 2 * (uint32_t)ae_line_class(sums[t - start], weights, seen + t, far) + quantizer;
            const int32_t r = *source->streams->next[source->stream_of_class[c]]++;
            const int32_t v = ae_doubled(r, (int32_t)quantizer), magnitude = v < 0 ? -v : v;
            seen[t] = (uint8_t)(magnitude > AE_SEEN_LIMIT ? AE_SEEN_LIMIT : magnitude);
            far += (uint32_t)seen[t - 4] - seen[t - 12];
            int32_t value = ae_reconstructed(v, source->centroids[c * AE_CENTROIDS + (uint32_t)ae_centroid_of(r)], at->step);
            if (at->predicted) value += ae_share(at->predicted[t - at->first], w->shares[at->level]);
            values[t] = value;
            if (w->is_dependent) state = ae_next_state(state, r);
        }
    }
    *s->trellis = state;
}

static int decode_stretches(void *context, ae_line_state *s, const ae_line_stretch *stretches, int32_t count) {
    decoding *d = context;
    for (int32_t i = 0; i < count; ++i) decode_stretch(d, s, stretches + i);
    return ran_out(d->source->streams);
}

static ae_line_visitor visitor_of(decoding *d) {
    return (ae_line_visitor){decode_stretches, decode_low, NULL, d, NULL, d->lines};
}

int ae_decode_coarse_lines(const ae_line_window *w, const ae_line_source *source, int32_t *lines, void *work) {
    ae_line_state state;
    ae_line_begin(&state, w, work, 1);
    decoding d = {source, lines};
    const ae_line_visitor visitor = visitor_of(&d);
    return ae_visit_coarse(&state, &visitor);
}

int ae_decode_fine_lines(const ae_line_window *w, const ae_line_source *source, int32_t *lines, void *work) {
    ae_line_state state;
    ae_line_begin(&state, w, work, 0);
    decoding d = {source, lines};
    const ae_line_visitor visitor = visitor_of(&d);
    return ae_visit_fine(&state, &visitor);
}
