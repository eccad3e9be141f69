// SPDX-License-Identifier: Apache-2.0
#include "clones.h"
#include "fast_math.h"
#include "training_kernels.h"

static const float log2_e = 1.44269504f;

#define UNARY(name, VALUE)                                                                               \
    CLONES void tr_##name(size_t count, float parameter, const float *xs, float *restrict ys) {          \
        (void)parameter;                                                                                 \
        for (size_t i = 0; i < count; i++) {                                                             \
            float x = xs[i];                                                                             \
            ys[i] = (VALUE);                                                                             \
        }                                                                                                \
    }

#define SLOPE(name, SLOPE)                                                                               \
    CLONES void tr_##name##_back(                                                                        \
        size_t count, float parameter, const float *xs, const float *ys, const float *dy,                \
        float *restrict dx) {                                                                            \
        (void)parameter;                                                                                 \
        for (size_t i = 0; i < count; i++) {                                                             \
            float x = xs[i], y = ys[i];                                                                  \
            (void)x;                                                                                     \
            (void)y;                                                                                     \
            dx[i] += dy[i] * (SLOPE);                                                                    \
        }                                                                                                \
    }

INLINE float compand(float x) { return copysignf(log2_e * fast_log(1.0f + fabsf(x)), x); }

UNARY(relu, x > 0 ? x : 0)
SLOPE(relu, x > 0 ? 1.0f : 0.0f)
UNARY(clip, (x > 0 ? x : 0) < parameter ? (x > 0 ? x : 0) : parameter)
SLOPE(clip, (x > 0 ? 1.0f : 0.0f) * (x < parameter ? 1.0f : 0.0f))
UNARY(abs, fabsf(x))
SLOPE(abs, (x > 0 ? 1.0f : 0.0f) - (x < 0 ? 1.0f : 0.0f))
UNARY(compand, compand(x))
SLOPE(compand, log2_e / (1.0f + fabsf(x)))
UNARY(exp, fast_exp(x))
SLOPE(exp, y)
UNARY(log, fast_log(x))
SLOPE(log, 1.0f / x)
UNARY(square, x * x)
SLOPE(square, 2.0f * x)
UNARY(scale, parameter * x)
SLOPE(scale, parameter)
UNARY(offset, x + parameter)
SLOPE(offset, 1.0f)
UNARY(round, rintf(x))

CLONES void tr_add(size_t count, const float *a, const float *b, float *restrict y) {
    for (size_t i = 0; i < count; i++) y[i] = a[i] + b[i];
}

CLONES void tr_multiply(size_t count, const float *a, const float *b, float *restrict y) {
    for (size_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}

CLONES void tr_multiply_back(size_t count, const float *b, const float *dy, float *restrict da) {
    for (size_t i = 0; i < count; i++) da[i] += dy[i] * b[i];
}

CLONES void tr_accumulate(size_t count, float scale, const float *b, float *restrict a) {
    for (size_t i = 0; i < count; i++) a[i] += scale * b[i];
}

CLONES void tr_add_bias(
    size_t positions, size_t channels, const float *x, const float *bias, float *restrict y) {
    for (size_t i = 0; i < positions; i++) {
        for (size_t c = 0; c < channels; c++) y[i * channels + c] = x[i * channels + c] + bias[c];
    }
}

CLONES void tr_add_bias_back(size_t positions, size_t channels, const float *dy, float *restrict dbias) {
    for (size_t i = 0; i < positions; i++) {
        for (size_t c = 0; c < channels; c++) dbias[c] += dy[i * channels + c];
    }
}

#define LANES 16

#define SUM(name, VALUE)                                                                                 \
    CLONES double name(size_t count, const float *xs) {                                                  \
        double sums[LANES] = {0};                                                                        \
        size_t whole = count / LANES * LANES;                                                            \
        for (size_t i = 0; i < whole; i += LANES) {                                                      \
            for (int lane = 0; lane < LANES; lane++) {                                                   \
                double x = (double)xs[i + (size_t)lane];                                                 \
                sums[lane] += (VALUE);                                                                   \
            }                                                                                            \
        }                                                                                                \
        double sum = 0;                                                                                  \
        for (size_t i = whole; i < count; i++) {                                                         \
            double x = (double)xs[i];                                                                    \
            sum += (VALUE);                                                                              \
        }                                                                                                \
        for (int lane = 0; lane < LANES; lane++) sum += sums[lane];                                      \
        return sum;                                                                                      \
    }

SUM(tr_sum, x)
SUM(tr_sum_of_squares, x * x)
