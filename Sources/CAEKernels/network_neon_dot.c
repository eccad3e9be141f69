// SPDX-License-Identifier: Apache-2.0
// The network kernels of AArch64 with dot products of four bytes; channels of 7 bits are signed ones as well.
#include "network_internal.h"
#if defined(__aarch64__)
#include <arm_neon.h>
#define AE_TARGET __attribute__((target("dotprod")))
#define AE_NAME(name) name##_neon_dot

AE_TARGET AE_INLINE int32x4_t dot_quads_neon_dot(int32x4_t sum, int32x4_t channels, int32x4_t weights) {
    return vdotq_s32(sum, vreinterpretq_s8_s32(channels), vreinterpretq_s8_s32(weights));
}

#include "network_neon.h"
#endif
