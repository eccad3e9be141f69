// SPDX-License-Identifier: Apache-2.0
#include "ae_fit.h"
#include "wavefront_internal.h"
#include <math.h>
#include <string.h>

// Vectors pass between inlined functions only; no call depends on how they are handed over.
#pragma clang diagnostic ignored "-Wpsabi"

/// Eight observations; the compiler makes of it what the target has.
typedef float ae_eight __attribute__((vector_size(32)));

AE_INLINE ae_eight load_eight(const float *from) {
    ae_eight value;
    memcpy(&value, from, sizeof value);
    return value;
}

AE_INLINE float total_of(ae_eight v) {
    return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

AE_INLINE void gram_add(const float *restrict panel, size_t stride, size_t count, size_t terms,
                        float *restrict gram) {
    // Four terms against two, so that eight sums stay in registers.
    for (size_t i = 0; i < terms; i += 4) {
        for (size_t j = i; j < terms; j += 2) {
            ae_eight s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
            const float *a = panel + i * stride, *b = panel + j * stride;
            for (size_t n = 0; n < count; n += 8) {
                const ae_eight b0 = load_eight(b + n), b1 = load_eight(b + stride + n);
                const ae_eight a0 = load_eight(a + n), a1 = load_eight(a + stride + n);
                const ae_eight a2 = load_eight(a + 2 * stride + n), a3 = load_eight(a + 3 * stride + n);
                s00 += a0 * b0, s01 += a0 * b1, s10 += a1 * b0, s11 += a1 * b1;
                s20 += a2 * b0, s21 += a2 * b1, s30 += a3 * b0, s31 += a3 * b1;
            }
            const ae_eight sums[4][2] = {{s00, s01}, {s10, s11}, {s20, s21}, {s30, s31}};
            for (size_t k = 0; k < 4; ++k)
                for (size_t l = 0; l < 2; ++l) gram[(i + k) * AE_FIT_TERMS + j + l] += total_of(sums[k][l]);
        }
    }
}

typedef int32_t ae_eight_bits __attribute__((vector_size(32)));

/// Magnitudes: the sign bit is cleared.
AE_INLINE ae_eight magnitudes(ae_eight value) {
    return (ae_eight)((ae_eight_bits)value & 0x7FFFFFFF);
}

/// Errors of three vectors at once.
AE_INLINE void absolute_errors(const float *restrict panel, size_t stride, size_t count, size_t terms,
                               const float *restrict vectors, size_t vector_count, double *restrict out) {
    for (size_t v = 0; v < vector_count; v += 3) {
        ae_eight t0 = {0}, t1 = {0}, t2 = {0};
        for (size_t n = 0; n < count; n += 16) {
            // Two runs of eight; the second may be past the end, where its errors are left out.
            const size_t second = n + 8 < count ? n + 8 : n;
            ae_eight e0 = {0}, e1 = {0}, e2 = {0}, f0 = {0}, f1 = {0}, f2 = {0};
            for (size_t term = 0; term + 1 < terms; ++term) {
                const ae_eight a = load_eight(panel + term * stride + n), b = load_eight(panel + term * stride + second);
                const float *w = vectors + term * 16 + v;
                e0 += a * w[0], e1 += a * w[1], e2 += a * w[2];
                f0 += b * w[0], f1 += b * w[1], f2 += b * w[2];
            }
            t0 += magnitudes(e0), t1 += magnitudes(e1), t2 += magnitudes(e2);
            if (second == n) continue;
            t0 += magnitudes(f0), t1 += magnitudes(f1), t2 += magnitudes(f2);
        }
        const float totals[3] = {total_of(t0), total_of(t1), total_of(t2)};
        for (size_t k = 0; k < 3 && v + k < vector_count; ++k) out[v + k] = (double)totals[k];
    }
}

/// One row of observations, `count` of them from `at` on.
AE_INLINE void row_panel(const uint16_t *at, const uint16_t *targets, const uint16_t *const base[4],
                         ptrdiff_t stride, size_t count, float floor, float *restrict panel, size_t panel_stride, float *restrict activity) {
    float weights[AE_BLOCK], west[AE_BLOCK], medians[AE_BLOCK], activities[AE_BLOCK];
    for (size_t x = 0; x < count; ++x) {
        const uint16_t *p = at + x;
        const float w = p[-1], n = p[-stride], nw = p[-stride - 1], ne = p[-stride + 1], ww = p[-2];
        const float nn = p[-2 * stride];
        const float a = (fabsf(w - nw) + fabsf(n - nw) + fabsf(n - ne) + fabsf(w - ww) + fabsf(n - nn)) * 0.2f;
        const float least = w < n ? w : n, most = w < n ? n : w, plane = w + n - nw;
        const float capped = plane < least ? least : plane;
        activities[x] = a;
        west[x] = w;
        medians[x] = (capped > most ? most : capped) - w;
    }
    for (size_t x = 0; x < count; ++x) {
        const float weight = 1.0f / sqrtf(activities[x] * activities[x] + floor);
        weights[x] = weight;
        panel[28 * panel_stride + x] = weight;
        panel[29 * panel_stride + x] = weight * ((float)targets[x] - west[x]);
        panel[30 * panel_stride + x] = weight * medians[x];
        panel[31 * panel_stride + x] = 0;
    }
    for (size_t x = 0; x < count; ++x) *activity += activities[x];
    for (int k = 0; k < 2 * AE_MAX_TAP_PAIRS; ++k) {
        const uint16_t *tap = at + ae_taps[k][0] * stride + ae_taps[k][1];
        float *to = panel + (size_t)k * panel_stride;
        for (size_t x = 0; x < count; ++x) to[x] = weights[x] * ((float)tap[x] - west[x]);
    }
    if (!base) return;
    for (int k = 0; k < 4; ++k) {
        const uint16_t *tap = base[k];
        float *to = panel + (size_t)(31 + k) * panel_stride;
        for (size_t x = 0; x < count; ++x) to[x] = weights[x] * ((float)tap[x] - west[x]);
    }
    for (size_t x = 0; x < count; ++x) panel[35 * panel_stride + x] = 0;
}

/// Appends the observations of a row whose activity is in some range, and their activities; returns how many.
AE_INLINE size_t keep_part(const float *restrict row, size_t count, float above, float limit, float floor,
                           size_t terms, float *restrict panel, size_t panel_stride, float *restrict activity) {
    size_t places[AE_BLOCK], kept = 0;
    for (size_t x = 0; x < count; ++x) {
        const float weight = row[28 * AE_BLOCK + x], square = 1.0f / (weight * weight) - floor;
        const float a = square > 0 ? sqrtf(square) : 0;
        places[kept] = x;
        if (a <= above || a > limit) continue;
        *activity += a;
        ++kept;
    }
    for (size_t k = 0; k < terms; ++k)
        for (size_t n = 0; n < kept; ++n) panel[k * panel_stride + n] = row[k * AE_BLOCK + places[n]];
    return kept;
}

AE_INLINE size_t block_panel(const uint16_t *codes, const uint16_t *targets, const uint16_t *base, ptrdiff_t stride,
                             int32_t rows, int32_t columns, int32_t row, int32_t column, int32_t every, float floor,
                             float above, float limit, float *panel, size_t panel_stride, float *activity) {
    size_t count = 0;
    const int is_part = above >= 0 || limit < INFINITY;
    float whole[AE_FIT_TERMS * AE_BLOCK], ignored = 0;
    const int32_t first = column < 4 ? 4 : column;
    const int32_t end = column + AE_BLOCK < columns - 4 ? column + AE_BLOCK : columns - 4;
    if (end > first) {
        // Rows spread evenly over the block; the first rows of a tile have no neighbours above.
        int32_t y = row + every / 2;
        while (y < 4) y += every;
        for (; y < row + AE_BLOCK && y < rows; y += every) {
            const ptrdiff_t at = y * stride + first;
            // Columns end four before the tile does; of rows the last is repeated.
            const ptrdiff_t below = (y + 2 < rows ? 2 : rows - 1 - y) * stride;
            const uint16_t *taps[4] = {base + at, base + at + 2, base + at + below, base + at + below + 2};
            const size_t found = (size_t)(end - first);
            if (!is_part) {
                row_panel(codes + at, targets + at, base ? taps : NULL, stride, found, floor, panel + count,
                          panel_stride, activity);
                count += found;
                continue;
            }
            row_panel(codes + at, targets + at, base ? taps : NULL, stride, found, floor, whole, AE_BLOCK, &ignored);
            count += keep_part(whole, found, above, limit, floor, base ? AE_FIT_TERMS : AE_FIT_PLAIN_TERMS,
                               panel + count, panel_stride, activity);
        }
    }
    for (size_t k = 0; k < (base ? AE_FIT_TERMS : AE_FIT_PLAIN_TERMS); ++k)
        for (size_t n = count; n < (count + 7) / 8 * 8; ++n) panel[k * panel_stride + n] = 0;
    return count;
}

#define AE_VARIANT(suffix, attribute)                                                                          \
    attribute static void gram_add_##suffix(const float *panel, size_t stride, size_t count, size_t terms,     \
                                            float *gram) {                                                     \
        gram_add(panel, stride, count, terms, gram);                                                           \
    }                                                                                                          \
    attribute static void absolute_errors_##suffix(const float *panel, size_t stride, size_t count,            \
                                                   size_t terms, const float *vectors, size_t vector_count,    \
                                                   double *out) {                                              \
        absolute_errors(panel, stride, count, terms, vectors, vector_count, out);                              \
    }                                                                                                          \
    attribute static size_t block_panel_##suffix(                                                              \
        const uint16_t *codes, const uint16_t *targets, const uint16_t *base, ptrdiff_t stride, int32_t rows,  \
        int32_t columns, int32_t row, int32_t column, int32_t every, float floor, float above, float limit,    \
        float *panel, size_t panel_stride, float *activity) {                                                  \
        return block_panel(codes, targets, base, stride, rows, columns, row, column, every, floor, above,      \
                           limit, panel, panel_stride, activity);                                              \
    }

AE_VARIANT(portable, )
#if defined(__x86_64__)
AE_VARIANT(avx2, __attribute__((target("avx2,fma"))))
#define AE_CHOOSE(name, ...)                                                                                   \
    (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? name##_avx2(__VA_ARGS__)                \
                                                                     : name##_portable(__VA_ARGS__))
#else
#define AE_CHOOSE(name, ...) name##_portable(__VA_ARGS__)
#endif

void ae_gram_add(const float *panel, size_t stride, size_t count, size_t terms, float *gram) {
    AE_CHOOSE(gram_add, panel, stride, count, terms, gram);
}

void ae_absolute_errors(const float *panel, size_t stride, size_t count, size_t terms, const float *vectors,
                        size_t vector_count, double *out) {
    AE_CHOOSE(absolute_errors, panel, stride, count, terms, vectors, vector_count, out);
}

size_t ae_block_panel(const uint16_t *codes, const uint16_t *targets, const uint16_t *base, ptrdiff_t stride,
                      int32_t rows, int32_t columns, int32_t row, int32_t column, int32_t every, float floor,
                      float above, float limit, float *panel, size_t panel_stride, float *activity) {
    return AE_CHOOSE(block_panel, codes, targets, base, stride, rows, columns, row, column, every, floor, above,
                     limit, panel, panel_stride, activity);
}
