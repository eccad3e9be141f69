// SPDX-License-Identifier: Apache-2.0
#ifndef FAST_MATH_H
#define FAST_MATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "clones.h"

// Exponential and logarithm without branches, so that loops become vectors. Relative errors are below 3e-7
// of the exponential, absolute ones below 1e-7 and relative ones below 3e-7 of the logarithm.

INLINE float float_of_bits(int32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

INLINE int32_t bits_of_float(float value) {
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/// exp(x); x is limited to -87...88, so that the result is a normal number.
INLINE float fast_exp(float x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    // x = n ln 2 + r with ln 2 in two parts; exp(r) by its series up to r^7 for |r| <= ln 2 / 2.
    const float rounder = 12582912.0f; // 1.5 * 2^23: adding it rounds to an integer
    float shifted = x * 1.44269504f + rounder;
    float n = shifted - rounder;
    float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return p * float_of_bits((int32_t)((uint32_t)((int32_t)n + 127) << 23));
}

/// The natural logarithm of a positive normal number.
INLINE float fast_log(float x) {
    // x = m 2^e with m in sqrt(1/2)...sqrt(2); ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.172.
    int32_t bits = bits_of_float(x);
    int32_t exponent = (int32_t)((uint32_t)bits - 0x3F3504F3u) >> 23;
    float m = float_of_bits((int32_t)((uint32_t)bits - ((uint32_t)exponent << 23)));
    float s = (m - 1.0f) / (m + 1.0f);
    float t = s * s;
    float p = 2.0f / 9;
    p = p * t + 2.0f / 7;
    p = p * t + 2.0f / 5;
    p = p * t + 2.0f / 3;
    p = p * t;
    float e = (float)exponent;
    return e * 0.693359375f + ((s * p + 2.0f * s) - e * 2.12194440e-4f);
}

#endif
