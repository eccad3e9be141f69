// SPDX-License-Identifier: Apache-2.0
// The pyramid transform in C; the definition of its kernels.
#define AE_TARGET
#define AE_NAME(name) name##_portable
#define AE_VECTOR_COUNT 1
#include "wavelet_internal.h"

AE_INLINE void lift_portable(int32_t *restrict to, const int32_t *const *from, const int32_t *coefficients,
                             ptrdiff_t count, const int pairs, const int forward) {
    for (ptrdiff_t i = 0; i < count; ++i) {
        int64_t sum = 1 << 15;
        for (int p = 0; p < pairs; ++p) {
            const uint32_t both = (uint32_t)from[2 * p][i] + (uint32_t)from[2 * p + 1][i];
            sum += (int64_t)coefficients[p] * (int32_t)both;
        }
        const uint32_t change = (uint32_t)(sum >> 16), value = (uint32_t)to[i];
        to[i] = (int32_t)(forward ? value + change : value - change);
    }
}

AE_INLINE void split_portable(const int32_t *restrict from, int32_t *restrict even, int32_t *restrict odd,
                              ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count / 2; ++i) {
        even[i] = from[2 * i];
        odd[i] = from[2 * i + 1];
    }
    if (count % 2) even[count / 2] = from[count - 1];
}

AE_INLINE void merge_portable(const int32_t *restrict even, const int32_t *restrict odd, int32_t *restrict to,
                              ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count / 2; ++i) {
        to[2 * i] = even[i];
        to[2 * i + 1] = odd[i];
    }
    if (count % 2) to[count - 1] = even[count / 2];
}

#include "wavelet_walk.h"
