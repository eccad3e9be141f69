// SPDX-License-Identifier: Apache-2.0
// Weights that follow the samples above and beside: least squares over some columns, which every four samples
// come a step nearer to.
#ifndef AE_ADAPTIVE_LOCAL_H
#define AE_ADAPTIVE_LOCAL_H
#include "adaptive_internal.h"

enum {
    AE_LOCAL_UNIT = 4096,    ///< a weight of 1
    AE_LOCAL_MOST = 16383,   ///< the greatest weight
    AE_LOCAL_RIDGE = 64,     ///< what keeps weights small where there is little to fit
    AE_LOCAL_FADING = 2,     ///< of what was counted, 1/4 is forgotten each time
    AE_LOCAL_SWEEPS = 2,
};

/// Forgets the samples of the tile before.
AE_INLINE void ae_begin_locals(ae_adaptive *coder, int32_t columns) {
    memset(coder->locals, 0, ae_local_count(columns) * sizeof *coder->locals);
}

/// What the weights of a column make of differences `taps`, in 1/16, at most 65535 in magnitude.
AE_INLINE int32_t ae_local_guess(const ae_adaptive *coder, int32_t column, const int16_t *taps) {
    const int32_t *weights = coder->locals[column / AE_LOCAL_COLUMNS].weights;
    // Differences have 12 bits and weights 14, so that a sum of ten has 30.
    int32_t sum = 0;
    for (int k = 0; k < AE_LOCAL_SUMS; ++k) sum += weights[k] * taps[k];
    sum >>= 8;
    return sum > 65535 ? 65535 : sum < -65535 ? -65535 : sum;
}

/// One weight after the other takes its best value, the others being what they are. Sums of three neighbours.
AE_INLINE void ae_local_fit(ae_local *own, const ae_local *left, const ae_local *right) {
    int32_t sums[AE_LOCAL_TAPS][AE_LOCAL_SUMS];
    for (int k = 0; k < AE_LOCAL_TAPS; ++k)
        for (int i = 0; i < AE_LOCAL_SUMS; ++i)
            sums[k][i] = own->sums[k][i] + (left ? left->sums[k][i] : 0) + (right ? right->sums[k][i] : 0);
    for (int k = 0; k < AE_LOCAL_TAPS; ++k)
        for (int i = 0; i < k / 4 * 4; ++i) sums[k][i] = sums[i][k];
    for (int sweep = 0; sweep < AE_LOCAL_SWEEPS; ++sweep) {
        for (int k = 0; k < AE_LOCAL_TAPS; ++k) {
            int64_t rest = (int64_t)sums[k][AE_LOCAL_TAPS] * AE_LOCAL_UNIT + (int64_t)sums[k][k] * own->weights[k];
            for (int i = 0; i < AE_LOCAL_TAPS; ++i) rest -= (int64_t)sums[k][i] * own->weights[i];
            const int64_t weight = rest / (sums[k][k] + (sums[k][k] >> 7) + AE_LOCAL_RIDGE);
            own->weights[k] = (int32_t)(weight < -AE_LOCAL_MOST  ? -AE_LOCAL_MOST
                                        : weight > AE_LOCAL_MOST ? AE_LOCAL_MOST
                                                                 : weight);
        }
    }
    for (int k = 0; k < AE_LOCAL_TAPS; ++k)
        for (int i = 0; i < AE_LOCAL_SUMS; ++i) own->sums[k][i] -= own->sums[k][i] >> AE_LOCAL_FADING;
}

/// Counts a sample; the last one of some columns moves their weights.
AE_INLINE void ae_local_learn(ae_adaptive *coder, int32_t column, int32_t columns, const int16_t *taps, int32_t error) {
    const int32_t number = column / AE_LOCAL_COLUMNS;
    ae_local *own = coder->locals + number;
    int32_t factors[AE_LOCAL_SUMS];
    for (int k = 0; k < AE_LOCAL_SUMS; ++k) factors[k] = taps[k];
    factors[AE_LOCAL_TAPS] = error;
#pragma clang loop unroll(full)
    for (int k = 0; k < AE_LOCAL_TAPS; ++k)
        for (int i = k / 4 * 4; i < AE_LOCAL_SUMS; ++i) own->sums[k][i] += factors[k] * factors[i];
    if (column % AE_LOCAL_COLUMNS != AE_LOCAL_COLUMNS - 1 && column != columns - 1) return;
    ae_local_fit(own, number > 0 ? own - 1 : NULL, (size_t)number + 1 < ae_local_count(columns) ? own + 1 : NULL);
}

#endif
