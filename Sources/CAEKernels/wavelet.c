// SPDX-License-Identifier: Apache-2.0
// Chooses the variant of the pyramid transform, and takes planes to codes.
#include "wavelet_internal.h"

AE_INLINE void codes_of_plane(const ae_code_plane *of, const int32_t *restrict plane, ptrdiff_t plane_stride,
                              uint16_t *restrict codes, ptrdiff_t stride) {
    const int32_t bits = of->fraction_bits, offset = of->offset, maximum = of->maximum;
    const int32_t half = bits > 0 ? 1 << (bits - 1) : 0;
    const int64_t scale = of->scale, rounding = (int64_t)1 << (bits + 15);
    for (int32_t r = 0; r < of->rows; ++r) {
        const int32_t *from = plane + r * plane_stride;
        uint16_t *to = codes + r * stride;
        if (!of->is_reduced) {
            for (int32_t c = 0; c < of->columns; ++c) {
                const uint32_t rounded = (uint32_t)from[c] + (uint32_t)half;
                // Limited before the offset is added: of damaged data the sum may not fit.
                const int32_t value = (int32_t)rounded >> bits;
                to[c] = (uint16_t)((value < -offset ? -offset : value > maximum - offset ? maximum - offset : value) + offset);
            }
        } else {
            for (int32_t c = 0; c < of->columns; ++c) {
                const int64_t value = ((from[c] * scale + rounding) >> (bits + 16)) + offset;
                to[c] = (uint16_t)(value < 0 ? 0 : value > maximum ? maximum : value);
            }
        }
    }
}

static void codes_of_plane_portable(const ae_code_plane *of, const int32_t *plane, ptrdiff_t plane_stride,
                                    uint16_t *codes, ptrdiff_t stride) {
    codes_of_plane(of, plane, plane_stride, codes, stride);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void codes_of_plane_avx2(const ae_code_plane *of, const int32_t *plane,
                                                                ptrdiff_t plane_stride, uint16_t *codes,
                                                                ptrdiff_t stride) {
    codes_of_plane(of, plane, plane_stride, codes, stride);
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

void ae_analyze_line(ae_kernel_level kernels, const ae_lifting *lifting, int32_t *values, int32_t columns,
                     int32_t *scratch) {
    AE_CHOOSE(ae_analyze_line, lifting, values, columns, scratch);
}

void ae_synthesize_line(ae_kernel_level kernels, const ae_lifting *lifting, int32_t *values, int32_t columns,
                        int32_t *scratch) {
    AE_CHOOSE(ae_synthesize_line, lifting, values, columns, scratch);
}

void ae_codes_of_plane(ae_kernel_level kernels, const ae_code_plane *of, const int32_t *plane,
                       ptrdiff_t plane_stride, uint16_t *codes, ptrdiff_t stride) {
    AE_CHOOSE(codes_of_plane, of, plane, plane_stride, codes, stride);
}
