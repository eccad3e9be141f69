// SPDX-License-Identifier: Apache-2.0
// The terms of the rule that says how large a latent of a signal is expected. Spec/signals.md, section 3.
#include "lines_internal.h"

void ae_line_terms(const ae_line_state *s, const ae_line_stretch *at, int32_t t, int32_t terms[AE_LINE_TERMS]) {
    const ae_line_window *w = s->window;
    const int32_t level = at->level, row = at->row, p = t >> 1, g = t >> 2, near = t & 1 ? 1 : -1;
    const int has_parent = level < w->levels, has_grandparent = level + 1 < w->levels;
    for (int32_t k = 0; k < AE_LINE_TERMS; ++k) terms[k] = 0;
    if (has_parent) {
        const uint8_t *parent = ae_seen_band(s, row, level + 1);
        terms[4] = parent[p];
        terms[5] = parent[p + near];
        terms[6] = parent[p - near];
        if (w->rows > 1) terms[11] = ae_seen_band(s, row > 0 ? row - 1 : 1, level + 1)[p];
    }
    if (has_grandparent) {
        const uint8_t *grandparent = ae_seen_band(s, row, level + 2);
        terms[7] = grandparent[g];
        terms[8] = grandparent[g - 1] + grandparent[g + 1];
    }
    if (row > 0) {
        const uint8_t *other = ae_seen_band(s, row - 1, level);
        terms[9] = other[t];
        terms[10] = other[t - 1] + other[t + 1];
    }
    if (row > 1) {
        const uint8_t *other = ae_seen_band(s, row - 2, level);
        terms[15] = other[t - 1] + 2 * other[t] + other[t + 1];
    }
    if (at->expected) {
        const int32_t i = t - at->first;
        terms[12] = at->expected[i];
        terms[13] = at->expected[i - 1] + at->expected[i + 1];
        terms[14] = at->envelope[i];
    }
}

AE_INLINE void sums_of(const ae_line_state *s, const ae_line_stretch *at, const uint16_t *weights, int32_t t, int32_t count,
                       uint32_t *restrict sums) {
    const ae_line_window *w = s->window;
    const int32_t level = at->level, row = at->row;
    if (row > 0) {
        const uint8_t *other = ae_seen_band(s, row - 1, level) + t;
        const uint32_t a = weights[9], b = weights[10];
        for (int32_t i = 0; i < count; ++i) sums[i] = a * other[i] + b * ((uint32_t)other[i - 1] + other[i + 1]);
    } else {
        memset(sums, 0, sizeof *sums * (size_t)count);
    }
    if (row > 1) {
        const uint8_t *other = ae_seen_band(s, row - 2, level) + t;
        const uint32_t a = weights[15];
        for (int32_t i = 0; i < count; ++i) sums[i] += a * ((uint32_t)other[i - 1] + 2 * (uint32_t)other[i] + other[i + 1]);
    }
    if (at->expected) {
        const uint8_t *expected = at->expected + (t - at->first), *envelope = at->envelope + (t - at->first);
        const uint32_t a = weights[12], b = weights[13], c = weights[14];
        for (int32_t i = 0; i < count; ++i)
            sums[i] += a * expected[i] + b * ((uint32_t)expected[i - 1] + expected[i + 1]) + c * envelope[i];
    }
    if (level >= w->levels) return;
    // Two latents share a parent, four a grandparent: sums of both kinds of latents of each parent.
    uint32_t even[AE_LINE_BLOCK / 2 + 1], odd[AE_LINE_BLOCK / 2 + 1];
    const int32_t first = t >> 1, parents = ((t + count - 1) >> 1) - first + 1;
    const uint8_t *parent = ae_seen_band(s, row, level + 1) + first;
    const uint32_t a = weights[4], b = weights[5], c = weights[6];
    for (int32_t j = 0; j < parents; ++j) {
        const uint32_t own = a * parent[j];
        even[j] = own + b * parent[j - 1] + c * parent[j + 1];
        odd[j] = own + b * parent[j + 1] + c * parent[j - 1];
    }
    if (w->rows > 1) {
        const uint8_t *other = ae_seen_band(s, row > 0 ? row - 1 : 1, level + 1) + first;
        const uint32_t d = weights[11];
        for (int32_t j = 0; j < parents; ++j) {
            even[j] += d * other[j];
            odd[j] += d * other[j];
        }
    }
    if (level + 1 < w->levels) {
        const uint8_t *grandparent = ae_seen_band(s, row, level + 2);
        const uint32_t d = weights[7], e = weights[8];
        for (int32_t j = 0; j < parents; ++j) {
            const int32_t g = (first + j) >> 1;
            const uint32_t sum = d * grandparent[g] + e * ((uint32_t)grandparent[g - 1] + grandparent[g + 1]);
            even[j] += sum;
            odd[j] += sum;
        }
    }
    const uint32_t *pair[2] = {even, odd};
    if (t & 1) *sums++ += pair[1][0], --count;
    const int32_t skipped = t & 1;
    for (int32_t i = 0; i + 1 < count; i += 2) {
        sums[i] += even[skipped + i / 2];
        sums[i + 1] += odd[skipped + i / 2];
    }
    if (count & 1) sums[count - 1] += even[skipped + count / 2];
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void sums_avx2(const ae_line_state *s, const ae_line_stretch *at, const uint16_t *weights,
                                                      int32_t t, int32_t count, uint32_t *sums) {
    sums_of(s, at, weights, t, count, sums);
}
#endif

void ae_line_sums(const ae_line_state *s, const ae_line_stretch *at, const uint16_t *weights, int32_t t, int32_t count,
                  uint32_t sums[AE_LINE_BLOCK]) {
#if defined(__x86_64__)
    if (s->window->kernels == AE_KERNEL_AVX2 || s->window->kernels == AE_KERNEL_AVX512) {
        sums_avx2(s, at, weights, t, count, sums);
        return;
    }
#endif
    sums_of(s, at, weights, t, count, sums);
}
