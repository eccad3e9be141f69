// SPDX-License-Identifier: Apache-2.0
#include "clones.h"
#include "fast_math.h"
#include "training_kernels.h"

// Both distributions are symmetric: an interval right of the center is taken at its mirror image, where the
// distribution function keeps its precision.

static const float log2_e = 1.44269504f;
static const float ln_2 = 0.69314718f;

// Less than a float can tell from nothing counts as this.
static const float least_mass = 1e-30f;

CLONES void tr_laplace_code_length(
    size_t count, const float *restrict center, const float *restrict log_scale, const float *restrict lower,
    const float *restrict upper, tr_code_length result) {
    float *restrict bits = result.bits, *restrict d_center = result.d_center;
    float *restrict d_log_scale = result.d_log_scale, *restrict d_lower = result.d_lower;
    float *restrict d_upper = result.d_upper;
    for (size_t i = 0; i < count; i++) {
        float inverse = fast_exp(-log_scale[i]);
        float a = (lower[i] - center[i]) * inverse, b = (upper[i] - center[i]) * inverse;
        float mirrored = a > 0 ? 1.0f : 0.0f;
        float low = mirrored > 0 ? -b : a, high = mirrored > 0 ? -a : b;
        // Left of the center: mass = exp(high) / 2 (1 - exp(low - high)). Around it: 1 - (e^low + e^-high) / 2.
        float width = high - low;
        float fall = fast_exp(-width);
        // 1 - exp(-width) by its series where the difference would lose its digits.
        float share = width < 0.01f ? width * (1.0f - width * (0.5f - width * (1.0f / 6))) : 1.0f - fall;
        share = share > least_mass ? share : least_mass;
        float left = fast_exp(low), right = fast_exp(-fabsf(high));
        float around = 1.0f - 0.5f * (left + right);
        around = around > least_mass ? around : least_mass;
        float beside = high <= 0 ? 1.0f : 0.0f;
        float mass = beside > 0 ? share : around;
        float ln_mass = fast_log(mass) + (beside > 0 ? high - ln_2 : 0.0f);
        bits[i] = -log2_e * ln_mass;
        // d ln mass by low and high: densities over the mass.
        float over = 1.0f / mass;
        float by_low = beside > 0 ? -fall * over : -0.5f * left * over;
        float by_high = beside > 0 ? over : 0.5f * right * over;
        // low and high fall with log_scale by themselves.
        d_log_scale[i] = log2_e * (by_low * low + by_high * high);
        float by_a = mirrored > 0 ? -by_high : by_low, by_b = mirrored > 0 ? -by_low : by_high;
        d_lower[i] = -log2_e * by_a * inverse;
        d_upper[i] = -log2_e * by_b * inverse;
        d_center[i] = log2_e * (by_a + by_b) * inverse;
    }
}

/// Mass of an interval that begins left of the center or around it, and its derivatives.
struct mass {
    float mass, by_low, by_high;
};

INLINE struct mass laplace_mass(float low, float high) {
    float left = fast_exp(low), right = fast_exp(-fabsf(high));
    float beside = high <= 0 ? 1.0f : 0.0f;
    float width = high - low;
    float share = width < 0.01f ? width * (1.0f - width * (0.5f - width * (1.0f / 6))) : 1.0f - fast_exp(-width);
    return (struct mass){
        beside > 0 ? 0.5f * right * share : 1.0f - 0.5f * (left + right), -0.5f * left, 0.5f * right};
}

INLINE struct mass tail_mass(float low, float high) {
    float left = 1.0f / (1.0f - low), right = 1.0f / (1.0f + fabsf(high));
    float beside = high <= 0 ? 1.0f : 0.0f;
    // Of two near places the difference is taken without losing digits.
    float mass = beside > 0 ? 0.5f * (high - low) * left * right : 1.0f - 0.5f * (left + right);
    return (struct mass){mass, -0.5f * left * left, 0.5f * right * right};
}

INLINE struct mass logistic_mass(float low, float high) {
    float left = fast_exp(low), right = fast_exp(high);
    float left_share = 1.0f / (1.0f + left), right_share = 1.0f / (1.0f + right);
    return (struct mass){
        (right - left) * left_share * right_share, -left * left_share * left_share,
        right * right_share * right_share};
}

CLONES void tr_mixed_code_length(
    size_t count, const float *restrict center, const float *restrict log_scale, const float *restrict tail,
    const float *restrict roundness, const float *restrict lower, const float *restrict upper,
    tr_code_length result) {
    float *restrict bits = result.bits, *restrict d_center = result.d_center;
    float *restrict d_log_scale = result.d_log_scale, *restrict d_lower = result.d_lower;
    float *restrict d_upper = result.d_upper, *restrict d_tail = result.d_tail;
    float *restrict d_roundness = result.d_roundness;
    const float narrow = 4.0f / 3, wide = 0.5f; // one over the scales of the others
    for (size_t i = 0; i < count; i++) {
        float inverse = fast_exp(-log_scale[i]);
        float a = (lower[i] - center[i]) * inverse, b = (upper[i] - center[i]) * inverse;
        float mirrored = a > 0 ? 1.0f : 0.0f;
        float low = mirrored > 0 ? -b : a, high = mirrored > 0 ? -a : b;
        struct mass sharp = laplace_mass(low, high), round = logistic_mass(narrow * low, narrow * high);
        struct mass far = tail_mass(wide * low, wide * high);
        float far_share = 1.0f / (1.0f + fast_exp(-tail[i]));
        float round_share = 1.0f / (1.0f + fast_exp(-roundness[i])), sharp_share = 1.0f - round_share;
        float near = sharp_share * sharp.mass + round_share * round.mass;
        float mass = near + far_share * (far.mass - near);
        mass = mass > least_mass ? mass : least_mass;
        bits[i] = -log2_e * fast_log(mass);
        float over = 1.0f / mass, near_share = 1.0f - far_share;
        float by_low = near_share * (sharp_share * sharp.by_low + narrow * round_share * round.by_low);
        float by_high = near_share * (sharp_share * sharp.by_high + narrow * round_share * round.by_high);
        by_low = over * (by_low + wide * far_share * far.by_low);
        by_high = over * (by_high + wide * far_share * far.by_high);
        d_tail[i] = -log2_e * over * far_share * near_share * (far.mass - near);
        d_roundness[i] = -log2_e * over * near_share * round_share * sharp_share * (round.mass - sharp.mass);
        d_log_scale[i] = log2_e * (by_low * low + by_high * high);
        float by_a = mirrored > 0 ? -by_high : by_low, by_b = mirrored > 0 ? -by_low : by_high;
        d_lower[i] = -log2_e * by_a * inverse;
        d_upper[i] = -log2_e * by_b * inverse;
        d_center[i] = log2_e * (by_a + by_b) * inverse;
    }
}

void tr_gaussian_code_length(
    size_t count, const float *center, const float *log_scale, const float *lower, const float *upper,
    tr_code_length result) {
    const double root_half = 0.70710678118654752, density = 0.39894228040143268;
    for (size_t i = 0; i < count; i++) {
        double inverse = exp(-(double)log_scale[i]);
        double a = ((double)lower[i] - (double)center[i]) * inverse;
        double b = ((double)upper[i] - (double)center[i]) * inverse;
        int mirrored = a > 0;
        double low = mirrored ? -b : a, high = mirrored ? -a : b;
        double mass = 0.5 * (erfc(-high * root_half) - erfc(-low * root_half));
        mass = mass > (double)least_mass ? mass : (double)least_mass;
        double by_low = -density * exp(-0.5 * low * low) / mass;
        double by_high = density * exp(-0.5 * high * high) / mass;
        double by_a = mirrored ? -by_high : by_low, by_b = mirrored ? -by_low : by_high;
        double to_bits = 1.4426950408889634;
        result.bits[i] = (float)(-to_bits * log(mass));
        result.d_log_scale[i] = (float)(to_bits * (by_low * low + by_high * high));
        result.d_lower[i] = (float)(-to_bits * by_a * inverse);
        result.d_upper[i] = (float)(-to_bits * by_b * inverse);
        result.d_center[i] = (float)(to_bits * (by_a + by_b) * inverse);
    }
}
