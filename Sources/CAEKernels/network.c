// SPDX-License-Identifier: Apache-2.0
// Choice of the variant of the network kernels.
#include "network_internal.h"
#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#if defined(__aarch64__)
/// Whether the machine has the dot products of four bytes.
static int has_dot(void) {
#if defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#elif defined(__APPLE__)
    return 1;
#else
    return 0;
#endif
}
#endif

#if defined(__x86_64__)
#define AE_CHOOSE(name, ...)                                          \
    (kernels == AE_KERNEL_AVX512 ? name##_avx512(__VA_ARGS__)         \
     : kernels == AE_KERNEL_AVX2 ? name##_avx2(__VA_ARGS__)           \
                                 : name##_portable(__VA_ARGS__))
#elif defined(__aarch64__)
#define AE_CHOOSE(name, ...)                                          \
    (kernels != AE_KERNEL_NEON ? name##_portable(__VA_ARGS__)         \
     : has_dot()               ? name##_neon_dot(__VA_ARGS__)         \
                               : name##_neon(__VA_ARGS__))
#else
#define AE_CHOOSE(name, ...) ((void)kernels, name##_portable(__VA_ARGS__))
#endif

void ae_network_quads(ae_kernel_level kernels, const ae_row_layer *layer, const uint32_t *const *taps,
                      uint32_t *const *to, ptrdiff_t first, ptrdiff_t count) {
    AE_CHOOSE(ae_network_quads, layer, taps, to, first, count);
}

void ae_network_sums(ae_kernel_level kernels, const ae_row_layer *layer, const uint32_t *const *taps,
                     int32_t *const *to, ptrdiff_t first, ptrdiff_t count) {
    AE_CHOOSE(ae_network_sums, layer, taps, to, first, count);
}

void ae_network_pairs(ae_kernel_level kernels, const ae_row_layer *layer, const uint32_t *const *taps,
                      int32_t *const *to, ptrdiff_t first, ptrdiff_t count) {
    AE_CHOOSE(ae_network_pairs, layer, taps, to, first, count);
}

void ae_classify_row(ae_kernel_level kernels, const ae_context_row *row, ptrdiff_t first, ptrdiff_t last) {
    AE_CHOOSE(ae_classify, row, first, last);
}

uint64_t ae_network_peak(ae_kernel_level kernels, int is_pairs, uint32_t rounds, int32_t *sink) {
    return AE_CHOOSE(ae_network_peak, is_pairs, rounds, sink);
}
