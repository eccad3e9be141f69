// SPDX-License-Identifier: Apache-2.0
// Chooses templates for waveforms that recur, and where exactly they lie. Spec/signals.md, section 4.
#include "lines_choose.h"

// Energies must not depend on what a target fuses: all kernels make the same archive.
#pragma clang fp contract(off)

enum { AE_ENERGY_LANES = 16, AE_ENERGY_BLOCK = 64 };

/// Adds the energy of differences between a signal and a template, which lies a part of a column beside it.
AE_INLINE void add_energy(const int32_t *restrict x, const int32_t *restrict t, int32_t count, int32_t quarter, float lanes[AE_ENERGY_LANES]) {
    for (int32_t i = 0; i + AE_ENERGY_LANES <= count; i += AE_ENERGY_LANES)
        for (int32_t k = 0; k < AE_ENERGY_LANES; ++k) {
            const float d = (float)(x[i + k] - ae_between(t[i + k - 1], t[i + k], t[i + k + 1], t[i + k + 2], quarter));
            lanes[k] += d * d;
        }
    for (int32_t i = count / AE_ENERGY_LANES * AE_ENERGY_LANES; i < count; ++i) {
        const float d = (float)(x[i] - ae_between(t[i - 1], t[i], t[i + 1], t[i + 2], quarter));
        lanes[i % AE_ENERGY_LANES] += d * d;
    }
}

AE_INLINE double energy_of(const ae_choosing *q, const ae_line_state *s, const int32_t *t, int32_t position, int32_t from, int32_t to,
                           double limit) {
    const int32_t f = position & 3, quarter = f ? 4 - f : 0;
    const int32_t shift = q->window->before + AE_TEMPLATE_MARGIN - (position >> 2) - (f ? 1 : 0);
    // Columns stand so far from the ends of a waveform that no position leaves the template.
    const int32_t first = from + shift < 1 ? 1 - shift : from, end = to + shift + 2 > s->template_length ? s->template_length - 2 - shift : to;
    double energy = 0;
    for (int32_t row = 0; row < q->window->rows; ++row) {
        const int32_t *x = q->smooth + (size_t)row * (size_t)q->window->columns;
        const int32_t *own = t + (size_t)row * (size_t)s->template_length + shift;
        for (int32_t c = first; c < end && energy < limit; c += AE_ENERGY_BLOCK) {
            const int32_t count = end - c < AE_ENERGY_BLOCK ? end - c : AE_ENERGY_BLOCK;
            float lanes[AE_ENERGY_LANES] = {0};
            switch (quarter) {
            case 0: add_energy(x + c, own + c, count, 0, lanes); break;
            case 1: add_energy(x + c, own + c, count, 1, lanes); break;
            case 2: add_energy(x + c, own + c, count, 2, lanes); break;
            default: add_energy(x + c, own + c, count, 3, lanes);
            }
            float sum = 0;
            for (int32_t k = 0; k < AE_ENERGY_LANES; ++k) sum += lanes[k];
            energy += (double)sum;
        }
    }
    return energy;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static double energy_avx2(const ae_choosing *q, const ae_line_state *s, const int32_t *t, int32_t position,
                                                          int32_t from, int32_t to, double limit) {
    return energy_of(q, s, t, position, from, to, limit);
}
#endif

/// The energy of what a template leaves of a waveform, as far as it is below `limit`.
static double energy_left(const ae_choosing *q, const ae_line_state *s, const int32_t *t, int32_t position, int32_t from, int32_t to,
                          double limit) {
#if defined(__x86_64__)
    const ae_kernel_level kernels = q->window->kernels;
    if (kernels == AE_KERNEL_AVX2 || kernels == AE_KERNEL_AVX512) return energy_avx2(q, s, t, position, from, to, limit);
#endif
    return energy_of(q, s, t, position, from, to, limit);
}

void ae_begin_choosing(ae_choosing *q) {
    ae_begin_events(&q->history, q->window->before);
    for (int32_t k = 0; k < AE_TEMPLATES; ++k) q->pending[k] = -1;
}

static void add(ae_choosing *q, int32_t position, int32_t symbol) {
    ae_event *e = q->choice->events + q->event_count++;
    ae_advance_event(&q->history, position - q->history.position - q->history.usual, symbol);
    ae_apply_event(&q->history, symbol, e);
}

/// Chooses a template for a waveform, or opens one.
static void choose_one(ae_choosing *q, ae_line_state *s, int32_t number) {
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
            borrowed = q->borrowed;
            const int32_t origin = q->pending[slot] - w->before - AE_TEMPLATE_MARGIN;
            for (int32_t row = 0; row < w->rows; ++row)
                for (int32_t u = 0; u < s->template_length; ++u) {
                    const int32_t c = u + origin;
                    borrowed[(size_t)row * (size_t)s->template_length + (size_t)u] =
                        c < 0 || c >= w->columns ? 0 : q->smooth[(size_t)row * (size_t)w->columns + (size_t)c];
                }
            t = borrowed;
        }
        // From the middle outwards: what is best is found early, and the others are soon given up.
        for (int32_t i = 0; i <= 2 * reach; ++i) {
            const int32_t m = i & 1 ? (i + 1) / 2 : -i / 2;
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

int32_t ae_choose_events(ae_choosing *q, ae_line_state *s, int32_t before) {
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

