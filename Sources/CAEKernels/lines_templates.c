// SPDX-License-Identifier: Apache-2.0
// What templates say of columns, and how they learn. Spec/signals.md, section 4.
#include "lines_internal.h"

AE_INLINE void between_values(const int32_t *restrict t, int32_t count, int32_t quarter, int32_t *restrict values) {
    switch (quarter) {
    case 0: memcpy(values, t, sizeof *values * (size_t)count); break;
    case 1: for (int32_t i = 0; i < count; ++i) values[i] = ae_between(t[i - 1], t[i], t[i + 1], t[i + 2], 1); break;
    case 2: for (int32_t i = 0; i < count; ++i) values[i] = ae_between(t[i - 1], t[i], t[i + 1], t[i + 2], 2); break;
    default: for (int32_t i = 0; i < count; ++i) values[i] = ae_between(t[i - 1], t[i], t[i + 1], t[i + 2], 3);
    }
}

AE_INLINE void teach(int32_t *restrict t, const int32_t *restrict d, int32_t count, int32_t quarter, int64_t rate) {
    for (int32_t i = 0; i < count; ++i) {
        const int64_t change = ae_between(d[i - 1], d[i], d[i + 1], d[i + 2], quarter);
        t[i] = ae_limited(t[i] + ((change * rate + 32768) >> 16));
    }
}

AE_INLINE void teach_quarter(int32_t *t, const int32_t *d, int32_t count, int32_t quarter, int64_t rate) {
    switch (quarter) {
    case 0: teach(t, d, count, 0, rate); break;
    case 1: teach(t, d, count, 1, rate); break;
    case 2: teach(t, d, count, 2, rate); break;
    default: teach(t, d, count, 3, rate);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void between_avx2(const int32_t *t, int32_t count, int32_t quarter, int32_t *values) {
    between_values(t, count, quarter, values);
}

__attribute__((target("avx2"))) static void teach_avx2(int32_t *t, const int32_t *d, int32_t count, int32_t quarter, int64_t rate) {
    teach_quarter(t, d, count, quarter, rate);
}
#endif

void ae_template_values(const ae_line_state *s, const int32_t *t, int32_t position, int32_t from, int32_t to, int32_t *values) {
    const int32_t f = position & 3, quarter = f ? 4 - f : 0;
    const int32_t shift = s->window->before + AE_TEMPLATE_MARGIN - (position >> 2) - (f ? 1 : 0);
    // Places that the template does not reach are zeros.
    int32_t first = from + shift < 1 ? 1 - shift : from, end = to + shift + 2 > s->template_length ? s->template_length - 2 - shift : to;
    if (first > to) first = to;
    if (end < first) end = first;
    memset(values, 0, sizeof *values * (size_t)(first - from));
    memset(values + (end - from), 0, sizeof *values * (size_t)(to - end));
#if defined(__x86_64__)
    const ae_kernel_level kernels = s->window->kernels;
    if (kernels == AE_KERNEL_AVX2 || kernels == AE_KERNEL_AVX512) {
        between_avx2(t + (first + shift), end - first, quarter, values + (first - from));
        return;
    }
#endif
    between_values(t + (first + shift), end - first, quarter, values + (first - from));
}

void ae_teach(ae_kernel_level kernels, int32_t *t, const int32_t *difference, int32_t count, int32_t quarter, int64_t rate) {
    if (count <= 0) return;
#if defined(__x86_64__)
    if (kernels == AE_KERNEL_AVX2 || kernels == AE_KERNEL_AVX512) {
        teach_avx2(t, difference, count, quarter, rate);
        return;
    }
#endif
    (void)kernels;
    teach_quarter(t, difference, count, quarter, rate);
}
