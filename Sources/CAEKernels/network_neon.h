// SPDX-License-Identifier: Apache-2.0
// The network kernels with 128-bit vectors. A variant defines AE_TARGET, AE_NAME and dot_quads before.
#define AE_VECTOR int32x4_t
#define AE_LANES_OF 4
#define AE_QUAD_OUTPUTS 4
#define AE_PLAIN_OUTPUTS 6
#define AE_QUAD_VECTORS 4
#define AE_PLAIN_VECTORS 4
#define AE_PEAK_CHANNELS 4
#define AE_IN_REGISTER(v) "+w"(v)

AE_TARGET AE_INLINE int32x4_t AE_NAME(broadcast)(uint32_t word) { return vdupq_n_s32((int32_t)word); }

AE_TARGET AE_INLINE int32x4_t AE_NAME(load)(const uint32_t *from) { return vreinterpretq_s32_u32(vld1q_u32(from)); }

AE_TARGET AE_INLINE int32x4_t AE_NAME(dot_pairs)(int32x4_t sum, int32x4_t channels, int32x4_t weights) {
    const int16x8_t a = vreinterpretq_s16_s32(channels), b = vreinterpretq_s16_s32(weights);
    return vaddq_s32(sum, vpaddq_s32(vmull_s16(vget_low_s16(a), vget_low_s16(b)), vmull_high_s16(a, b)));
}

AE_TARGET AE_INLINE void AE_NAME(store_shifted)(int32_t *to, int32x4_t sum, int32_t shift) {
    vst1q_s32(to, vshlq_s32(sum, vdupq_n_s32(-shift)));
}

AE_TARGET AE_INLINE uint32x4_t AE_NAME(activation)(int32x4_t sum, int32_t shift) {
    const int32x4_t value = vshlq_s32(sum, vdupq_n_s32(-shift));
    return vreinterpretq_u32_s32(vminq_s32(vmaxq_s32(value, vdupq_n_s32(0)), vdupq_n_s32(127)));
}

AE_TARGET AE_INLINE void AE_NAME(store_quads)(uint32_t *to, int32x4_t a, int32x4_t b, int32x4_t c, int32x4_t d,
                                              const int32_t *shifts) {
    const uint32x4_t low = vsliq_n_u32(AE_NAME(activation)(a, shifts[0]), AE_NAME(activation)(b, shifts[1]), 8);
    const uint32x4_t high = vsliq_n_u32(AE_NAME(activation)(c, shifts[2]), AE_NAME(activation)(d, shifts[3]), 8);
    vst1q_u32(to, vsliq_n_u32(low, high, 16));
}

#include "network_walk.h"
