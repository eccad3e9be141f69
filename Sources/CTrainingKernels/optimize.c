// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "clones.h"
#include "training_kernels.h"

CLONES void tr_adam_step(
    size_t count, tr_adam step, const float *gradient, float *restrict values, float *restrict moment1,
    float *restrict moment2, float *restrict average) {
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i] * step.gradient_scale;
        moment1[i] = step.beta1 * moment1[i] + (1 - step.beta1) * g;
        moment2[i] = step.beta2 * moment2[i] + (1 - step.beta2) * g * g;
        float root = sqrtf(moment2[i] / step.correction2) + step.epsilon;
        values[i] -= step.rate * (moment1[i] / step.correction1) / root;
        average[i] = step.averaging * average[i] + (1 - step.averaging) * values[i];
    }
}

// Seven of 64 bytes fill the registers of AVX2.
#define CHAINS 7
typedef float lanes __attribute__((vector_size(64)));

// Chains of dependent multiply-adds, more of them than the latency of one hides.
CLONES double tr_float_peak(int64_t turns, float *result) {
    lanes sums[CHAINS], factor, term;
    for (int lane = 0; lane < 16; lane++) {
        factor[lane] = 0.999f - 0.001f * (float)lane;
        term[lane] = 0.5f;
    }
    for (int chain = 0; chain < CHAINS; chain++) sums[chain] = term * (float)chain;
    for (int64_t turn = 0; turn < turns; turn++) {
#pragma clang loop unroll(full)
        for (int chain = 0; chain < CHAINS; chain++) sums[chain] = sums[chain] * factor + term;
    }
    float total = 0;
    for (int chain = 0; chain < CHAINS; chain++) {
        for (int lane = 0; lane < 16; lane++) total += sums[chain][lane];
    }
    *result = total;
    return (double)turns * CHAINS * 16;
}
