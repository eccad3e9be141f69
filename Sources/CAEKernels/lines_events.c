// SPDX-License-Identifier: Apache-2.0
// How events are coded: times by what is usual, templates by how recently they were used. Spec/signals.md, section 4.
#include "lines_internal.h"

int ae_decode_events(const ae_line_source *source, int32_t before, int32_t columns, int32_t count, ae_event *events) {
    ae_event_history h;
    ae_begin_events(&h, before);
    ae_streams *streams = source->streams;
    for (int32_t i = 0; i < count; ++i) {
        const int32_t deviation = *streams->next[source->stream_of_class[ae_time_class(&h)]]++;
        const int32_t residual = *streams->next[source->stream_of_class[ae_symbol_class(&h)]]++;
        const int32_t symbol = residual >= 0 ? 2 * residual : -2 * residual - 1;
        const int32_t interval = h.usual + deviation;
        if (symbol > AE_EVENT_SKIP || interval < 0 || interval > 4 * columns - h.position) return 1;
        ae_advance_event(&h, deviation, symbol);
        ae_apply_event(&h, symbol, events + i);
        for (int k = 0; k < AE_RAW_CLASSES; ++k)
            if (streams->next[k] > streams->end[k]) return 1;
    }
    return 0;
}

static void put(ae_line_output *out, int32_t residual, int32_t c) {
    out->residuals[out->count] = (int16_t)residual;
    out->classes[out->count++] = (uint16_t)c;
}

void ae_encode_events(const ae_event *events, int32_t count, int32_t before, ae_line_output *out) {
    ae_event_history h;
    ae_begin_events(&h, before);
    for (int32_t i = 0; i < count; ++i) {
        const int32_t deviation = events[i].position - h.position - h.usual, symbol = events[i].symbol;
        put(out, deviation, ae_time_class(&h));
        put(out, symbol & 1 ? -(symbol + 1) / 2 : symbol / 2, ae_symbol_class(&h));
        ae_advance_event(&h, deviation, symbol);
        ae_event made;
        ae_apply_event(&h, symbol, &made);
    }
}
