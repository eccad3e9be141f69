// SPDX-License-Identifier: Apache-2.0
// Least squares for predicting signals. Floating point: only encoders see it.
#include "ae_signals.h"
#include <string.h>

enum { BATCH = 64 };

/// The terms of some columns, [term][BATCH]; returns their number, the target included.
static inline __attribute__((always_inline)) int32_t panel_of(const float *const *lanes, int32_t references,
                                                              const float *centers, int32_t own, const int32_t *before,
                                                              const int32_t *after, const int32_t *columns,
                                                              const float *weights, int32_t count, float *panel) {
    int32_t term = 0;
    const float *x = lanes[0];
    for (int32_t k = 2; k <= own + 1; ++k, ++term)
        for (int32_t n = 0; n < count; ++n)
            panel[term * BATCH + n] = weights[n] * (x[columns[n] - k] - x[columns[n] - 1]);
    for (int32_t n = 0; n < count; ++n) panel[term * BATCH + n] = weights[n] * (x[columns[n] - 1] - centers[0]);
    ++term;
    for (int32_t r = 0; r < references; ++r) {
        const float *y = lanes[1 + r];
        for (int32_t k = -before[r]; k <= after[r]; ++k) {
            if (k == -1) continue;
            for (int32_t n = 0; n < count; ++n)
                panel[term * BATCH + n] = weights[n] * (y[columns[n] + k] - y[columns[n] - 1]);
            ++term;
        }
        for (int32_t n = 0; n < count; ++n)
            panel[term * BATCH + n] = weights[n] * (y[columns[n] - 1] - centers[1 + r]);
        ++term;
    }
    for (int32_t n = 0; n < count; ++n) panel[term * BATCH + n] = weights[n];
    ++term;
    for (int32_t n = 0; n < count; ++n) panel[term * BATCH + n] = weights[n] * (x[columns[n]] - x[columns[n] - 1]);
    return term + 1;
}

static inline __attribute__((always_inline)) void gram_of(const float *const *lanes, int32_t references,
                                                          const float *centers, int32_t own, const int32_t *before,
                                                          const int32_t *after, const int32_t *columns,
                                                          const float *weights, size_t count, float *panel,
                                                          double *gram) {
    for (size_t at = 0; at < count; at += BATCH) {
        const int32_t n = count - at < BATCH ? (int32_t)(count - at) : BATCH;
        const int32_t terms =
            panel_of(lanes, references, centers, own, before, after, columns + at, weights + at, n, panel);
        for (int32_t i = 0; n < BATCH && i < terms; ++i)
            memset(panel + i * BATCH + n, 0, (size_t)(BATCH - n) * sizeof *panel);
        for (int32_t i = 0; i < terms; ++i)
            for (int32_t j = i; j < terms; ++j) {
                const float *a = panel + i * BATCH, *b = panel + j * BATCH;
                float sums[16] = {0};
                for (int32_t k = 0; k < BATCH; k += 16)
                    for (int32_t l = 0; l < 16; ++l) sums[l] += a[k + l] * b[k + l];
                float sum = 0;
                for (int32_t l = 0; l < 16; ++l) sum += sums[l];
                gram[i * terms + j] += (double)sum;
            }
    }
}

static inline __attribute__((always_inline)) void errors_of(const float *const *lanes, int32_t references,
                                                            const float *centers, int32_t own, const int32_t *before,
                                                            const int32_t *after, const float *coefficients,
                                                            int32_t first, int32_t end, float *errors) {
    const float *x = lanes[0];
    float sums[BATCH];
    for (int32_t at = first; at < end; at += BATCH) {
        const int32_t n = end - at < BATCH ? end - at : BATCH;
        const float *c = coefficients;
        for (int32_t i = 0; i < n; ++i) sums[i] = x[at + i] - x[at + i - 1];
        for (int32_t k = 2; k <= own + 1; ++k, ++c)
            for (int32_t i = 0; i < n; ++i) sums[i] -= *c * (x[at + i - k] - x[at + i - 1]);
        for (int32_t i = 0; i < n; ++i) sums[i] -= *c * (x[at + i - 1] - centers[0]);
        ++c;
        for (int32_t r = 0; r < references; ++r) {
            const float *y = lanes[1 + r];
            for (int32_t k = -before[r]; k <= after[r]; ++k) {
                if (k == -1) continue;
                for (int32_t i = 0; i < n; ++i) sums[i] -= *c * (y[at + i + k] - y[at + i - 1]);
                ++c;
            }
            for (int32_t i = 0; i < n; ++i) sums[i] -= *c * (y[at + i - 1] - centers[1 + r]);
            ++c;
        }
        for (int32_t i = 0; i < n; ++i) errors[at - first + i] = sums[i] - *c;
    }
}

#define AE_FIT_VARIANT(name, attribute)                                                                                \
    attribute static void gram_##name(const float *const *lanes, int32_t references, const float *centers, int32_t own, \
                                      const int32_t *before, const int32_t *after, const int32_t *columns,             \
                                      const float *weights, size_t count, float *panel, double *gram) {                \
        gram_of(lanes, references, centers, own, before, after, columns, weights, count, panel, gram);                 \
    }                                                                                                                  \
    attribute static void errors_##name(const float *const *lanes, int32_t references, const float *centers,           \
                                        int32_t own, const int32_t *before, const int32_t *after,                      \
                                        const float *coefficients, int32_t first, int32_t end, float *errors) {        \
        errors_of(lanes, references, centers, own, before, after, coefficients, first, end, errors);                   \
    }

AE_FIT_VARIANT(portable, )
#if defined(__x86_64__)
AE_FIT_VARIANT(avx2, __attribute__((target("avx2,fma"))))
#define AE_CHOOSE_FIT(name, ...)                                                                                       \
    (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? name##_avx2(__VA_ARGS__)                        \
                                                                     : name##_portable(__VA_ARGS__))
#else
#define AE_CHOOSE_FIT(name, ...) name##_portable(__VA_ARGS__)
#endif

void ae_signal_gram(const float *const *lanes, int32_t reference_count, const float *centers, int32_t own,
                    const int32_t *before, const int32_t *after, const int32_t *columns, const float *weights,
                    size_t count, float *panel, double *gram) {
    AE_CHOOSE_FIT(gram, lanes, reference_count, centers, own, before, after, columns, weights, count, panel, gram);
}

void ae_signal_errors(const float *const *lanes, int32_t reference_count, const float *centers, int32_t own,
                      const int32_t *before, const int32_t *after, const float *coefficients, int32_t first, int32_t end,
                      float *errors) {
    AE_CHOOSE_FIT(errors, lanes, reference_count, centers, own, before, after, coefficients, first, end, errors);
}
