// SPDX-License-Identifier: Apache-2.0
#ifndef AE_LINES_CHOOSE_H
#define AE_LINES_CHOOSE_H
#include "lines_internal.h"

/// An encoder's choice of events, as far as it is.
typedef struct ae_choosing {
    const ae_line_window *window;
    const int32_t *smooth;
    const ae_event_choice *choice;
    int32_t *borrowed;  ///< room for a template of all rows
    ae_event_history history;
    int32_t next_time, event_count;
    /// Waveforms that opened a template which has not learned yet, by template: their columns; -1 for none.
    int32_t pending[AE_TEMPLATES];
} ae_choosing;

void ae_begin_choosing(ae_choosing *choosing);

/// Chooses the events that lie before a column. Returns how many there are.
int32_t ae_choose_events(ae_choosing *choosing, ae_line_state *state, int32_t before);

#endif
