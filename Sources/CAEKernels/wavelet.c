// SPDX-License-Identifier: Apache-2.0
// Chooses the variant of the pyramid transform, and takes codes to planes and back.
#include "wavelet_internal.h"

AE_INLINE void codes_of_plane(const int32_t *restrict plane, ptrdiff_t plane_stride, int32_t rows, int32_t columns,
                              int32_t offset, int32_t fraction_bits, int32_t maximum, uint16_t *restrict codes,
                              ptrdiff_t stride) {
    const int32_t half = fraction_bits > 0 ? 1 << (fraction_bits - 1) : 0;
    for (int32_t r = 0; r < rows; ++r) {
        for (int32_t c = 0; c < columns; ++c) {
            const uint32_t rounded = (uint32_t)plane[r * plane_stride + c] + (uint32_t)half;
            const int32_t value = ((int32_t)rounded >> fraction_bits) + offset;
            codes[r * stride + c] = (uint16_t)(value < 0 ? 0 : value > maximum ? maximum : value);
        }
    }
}

void ae_plane_of_codes(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns, int32_t offset,
                       int32_t fraction_bits, int32_t *plane, ptrdiff_t plane_stride) {
    for (int32_t r = 0; r < rows; ++r)
        for (int32_t c = 0; c < columns; ++c)
            plane[r * plane_stride + c] = ((int32_t)codes[r * stride + c] - offset) * (1 << fraction_bits);
}

static void codes_of_plane_portable(const int32_t *plane, ptrdiff_t plane_stride, int32_t rows, int32_t columns,
                                    int32_t offset, int32_t fraction_bits, int32_t maximum, uint16_t *codes,
                                    ptrdiff_t stride) {
    codes_of_plane(plane, plane_stride, rows, columns, offset, fraction_bits, maximum, codes, stride);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void codes_of_plane_avx2(const int32_t *plane, ptrdiff_t plane_stride,
                                                                int32_t rows, int32_t columns, int32_t offset,
                                                                int32_t fraction_bits, int32_t maximum,
                                                                uint16_t *codes, ptrdiff_t stride) {
    codes_of_plane(plane, plane_stride, rows, columns, offset, fraction_bits, maximum, codes, stride);
}

// With 512-bit vectors nothing is gained; that level takes these.
#define AE_CHOOSE(name, ...)                                                                                   \
    (kernels == AE_KERNEL_AVX2 || kernels == AE_KERNEL_AVX512 ? name##_avx2(__VA_ARGS__)                       \
                                                              : name##_portable(__VA_ARGS__))
#else
#define AE_CHOOSE(name, ...) ((void)kernels, name##_portable(__VA_ARGS__))
#endif

void ae_analyze(ae_kernel_level kernels, const ae_level *level, const ae_lifting *lifting, int32_t *plane,
                ptrdiff_t stride, ae_kept kept, int32_t *scratch) {
    AE_CHOOSE(ae_analyze, level, lifting, plane, stride, kept, scratch);
}

void ae_synthesize(ae_kernel_level kernels, const ae_level *level, const ae_lifting *lifting, int32_t *plane,
                   ptrdiff_t stride, int32_t *scratch) {
    AE_CHOOSE(ae_synthesize, level, lifting, plane, stride, scratch);
}

void ae_codes_of_plane(ae_kernel_level kernels, const int32_t *plane, ptrdiff_t plane_stride, int32_t rows,
                       int32_t columns, int32_t offset, int32_t fraction_bits, int32_t maximum, uint16_t *codes,
                       ptrdiff_t stride) {
    AE_CHOOSE(codes_of_plane, plane, plane_stride, rows, columns, offset, fraction_bits, maximum, codes, stride);
}
