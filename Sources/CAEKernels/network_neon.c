// SPDX-License-Identifier: Apache-2.0
// The network kernels of any AArch64: products of bytes in 16 bits, which 7-bit channels cannot overflow in pairs.
#include "network_internal.h"
#if defined(__aarch64__)
#include <arm_neon.h>
#define AE_TARGET
#define AE_NAME(name) name##_neon

AE_INLINE int32x4_t dot_quads_neon(int32x4_t sum, int32x4_t channels, int32x4_t weights) {
    const int8x16_t a = vreinterpretq_s8_s32(channels), b = vreinterpretq_s8_s32(weights);
    return vpadalq_s16(sum, vpaddq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(b)), vmull_high_s8(a, b)));
}

#include "network_neon.h"
#endif
