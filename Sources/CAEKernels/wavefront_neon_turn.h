// SPDX-License-Identifier: Apache-2.0
// Transposing of 16 x 16 values with 128-bit vectors.
#ifndef AE_WAVEFRONT_NEON_TURN_H
#define AE_WAVEFRONT_NEON_TURN_H
#include "wavefront_internal.h"
#include <arm_neon.h>

/// Transposes 8 x 8 values and flips their highest bit.
AE_INLINE void ae_turn8(const int16_t *from, ptrdiff_t from_stride, int16_t *to, ptrdiff_t to_stride) {
    int16x8_t a[8];
    int32x4_t b[8];
    for (int i = 0; i < 8; ++i) a[i] = veorq_s16(vld1q_s16(from + i * from_stride), vdupq_n_s16(INT16_MIN));
    for (int i = 0; i < 8; i += 2) {
        b[i] = vreinterpretq_s32_s16(vtrn1q_s16(a[i], a[i + 1]));
        b[i + 1] = vreinterpretq_s32_s16(vtrn2q_s16(a[i], a[i + 1]));
    }
    // b[i] and b[i + 1] have the even and the odd columns of two rows, row pairs side by side.
    for (int k = 0; k < 2; ++k) {
        const int64x2_t top[2] = {vreinterpretq_s64_s32(vtrn1q_s32(b[k], b[2 + k])),
                                  vreinterpretq_s64_s32(vtrn2q_s32(b[k], b[2 + k]))};
        const int64x2_t bottom[2] = {vreinterpretq_s64_s32(vtrn1q_s32(b[4 + k], b[6 + k])),
                                     vreinterpretq_s64_s32(vtrn2q_s32(b[4 + k], b[6 + k]))};
        for (int m = 0; m < 2; ++m) {
            vst1q_s16(to + (2 * m + k) * to_stride, vreinterpretq_s16_s64(vtrn1q_s64(top[m], bottom[m])));
            vst1q_s16(to + (2 * m + k + 4) * to_stride, vreinterpretq_s16_s64(vtrn2q_s64(top[m], bottom[m])));
        }
    }
}

AE_INLINE void turn_neon(const int16_t *from, ptrdiff_t from_stride, int16_t *to, ptrdiff_t to_stride) {
    for (int i = 0; i < 16; i += 8)
        for (int k = 0; k < 16; k += 8)
            ae_turn8(from + i * from_stride + k, from_stride, to + k * to_stride + i, to_stride);
}
#endif
