// SPDX-License-Identifier: Apache-2.0
#include "ae_wavelet.h"
#include <string.h>

#define AE_INLINE static inline __attribute__((always_inline))

/// Columns that go through the vertical steps together: their values stay in the cache.
enum { STRIP = 64 };

/// What a step adds. Sums of damaged data wrap around; those of real data are far from the limits.
AE_INLINE uint32_t product(int32_t a, int32_t b, int32_t c) {
    const int32_t sum = (int32_t)((uint32_t)a + (uint32_t)b);
    return (uint32_t)(((int64_t)c * sum + 32768) >> 16);
}

/// Adds or takes away one lifting step on `count` values.
AE_INLINE void lift(int32_t *restrict to, const int32_t *a, const int32_t *b, int32_t c, size_t count) {
    for (size_t i = 0; i < count; ++i)
        to[i] = (int32_t)((uint32_t)to[i] + product(a[i], b[i], c));
}

AE_INLINE void unlift(int32_t *restrict to, const int32_t *a, const int32_t *b, int32_t c, size_t count) {
    for (size_t i = 0; i < count; ++i)
        to[i] = (int32_t)((uint32_t)to[i] - product(a[i], b[i], c));
}

/// A horizontal step from one half of a row to the other. Odd values lie between even ones i and i + 1,
/// even ones between odd ones i - 1 and i; at the ends the one neighbour counts twice.
AE_INLINE void lift_half(int32_t *even, int32_t *odd, size_t columns, int step, int32_t c, const int forward) {
    const size_t evens = (columns + 1) / 2, odds = columns / 2;
    if (step % 2 == 0) {
        const size_t inner = evens > odds ? odds : odds - 1;
        if (forward) lift(odd, even, even + 1, c, inner);
        else unlift(odd, even, even + 1, c, inner);
        if (inner < odds) {
            if (forward) lift(odd + inner, even + inner, even + inner, c, 1);
            else unlift(odd + inner, even + inner, even + inner, c, 1);
        }
    } else {
        if (forward) lift(even, odd, odd, c, 1);
        else unlift(even, odd, odd, c, 1);
        const size_t inner = evens > odds ? odds - 1 : evens - 1;
        if (forward) lift(even + 1, odd, odd + 1, c, inner);
        else unlift(even + 1, odd, odd + 1, c, inner);
        if (evens > odds) {
            if (forward) lift(even + evens - 1, odd + odds - 1, odd + odds - 1, c, 1);
            else unlift(even + evens - 1, odd + odds - 1, odd + odds - 1, c, 1);
        }
    }
}

/// All vertical steps of a strip of columns; rows of the plane keep their places.
AE_INLINE void lift_strip(int32_t *strip, ptrdiff_t stride, int32_t rows, size_t width, const int32_t *lifting,
                          const int forward) {
    for (int k = 0; k < AE_LIFTING_STEPS; ++k) {
        const int step = forward ? k : AE_LIFTING_STEPS - 1 - k;
        for (int32_t r = step % 2 == 0 ? 1 : 0; r < rows; r += 2) {
            const int32_t above = r > 0 ? r - 1 : 1, below = r + 1 < rows ? r + 1 : r - 1;
            int32_t *to = strip + r * stride;
            if (forward) lift(to, strip + above * stride, strip + below * stride, lifting[step], width);
            else unlift(to, strip + above * stride, strip + below * stride, lifting[step], width);
        }
    }
}

AE_INLINE void analyze(const ae_level *level, const int32_t *lifting, int32_t *plane, int32_t *odd, int32_t first_row, int32_t last_row) {
    const size_t columns = (size_t)level->columns, evens = (columns + 1) / 2, odds = columns / 2;
    for (int32_t r = 0; r < level->rows && columns > 1; ++r) {
        int32_t *at = plane + (size_t)r * columns;
        for (size_t i = 0; i < odds; ++i) odd[i] = at[2 * i + 1];
        for (size_t i = 0; i < evens; ++i) at[i] = at[2 * i];
        memcpy(at + evens, odd, odds * sizeof *at);
        for (int s = 0; s < AE_LIFTING_STEPS; ++s) lift_half(at, at + evens, columns, s, lifting[s], 1);
    }
    for (size_t c = 0; c < columns && level->rows > 1; c += STRIP)
        lift_strip(plane + c, (ptrdiff_t)columns, level->rows, columns - c < STRIP ? columns - c : STRIP, lifting, 1);
    for (int32_t r = first_row; r < last_row; ++r) {
        const int32_t *at = plane + (size_t)r * columns;
        const ptrdiff_t half = (r - first_row) / 2;
        memcpy(r % 2 ? level->vertical + half * level->vertical_stride : level->low + half * level->low_stride, at, evens * sizeof *at);
        memcpy(r % 2 ? level->diagonal + half * level->diagonal_stride : level->horizontal + half * level->horizontal_stride, at + evens, odds * sizeof *at);
    }
}

AE_INLINE void synthesize(const ae_level *level, const int32_t *lifting, int32_t *plane, int32_t *scratch) {
    const size_t columns = (size_t)level->columns, evens = (columns + 1) / 2, odds = columns / 2;
    for (int32_t r = 0; r < level->rows; ++r) {
        int32_t *at = plane + (size_t)r * columns;
        const ptrdiff_t half = r / 2;
        memcpy(at, r % 2 ? level->vertical + half * level->vertical_stride : level->low + half * level->low_stride, evens * sizeof *at);
        memcpy(at + evens, r % 2 ? level->diagonal + half * level->diagonal_stride : level->horizontal + half * level->horizontal_stride, odds * sizeof *at);
    }
    for (size_t c = 0; c < columns && level->rows > 1; c += STRIP)
        lift_strip(plane + c, (ptrdiff_t)columns, level->rows, columns - c < STRIP ? columns - c : STRIP, lifting, 0);
    for (int32_t r = 0; r < level->rows && columns > 1; ++r) {
        int32_t *at = plane + (size_t)r * columns;
        for (int s = AE_LIFTING_STEPS - 1; s >= 0; --s) lift_half(at, at + evens, columns, s, lifting[s], 0);
        memcpy(scratch, at, columns * sizeof *at);
        for (size_t i = 0; i < odds; ++i) {
            at[2 * i] = scratch[i];
            at[2 * i + 1] = scratch[evens + i];
        }
        if (evens > odds) at[2 * odds] = scratch[odds];
    }
}

AE_INLINE uint16_t limited(int32_t value, int32_t maximum) {
    return (uint16_t)(value < 0 ? 0 : value > maximum ? maximum : value);
}

AE_INLINE void codes_of_plane(const int32_t *restrict plane, ptrdiff_t plane_stride, int32_t rows, int32_t columns,
                              int32_t offset, int32_t fraction_bits, uint32_t scale, int32_t maximum,
                              uint16_t *restrict codes, ptrdiff_t stride) {
    const int32_t half = fraction_bits > 0 ? 1 << (fraction_bits - 1) : 0;
    const int64_t rounding = (int64_t)1 << (fraction_bits + 15);
    for (int32_t r = 0; r < rows; ++r) {
        const int32_t *from = plane + r * plane_stride;
        uint16_t *to = codes + r * stride;
        if (scale == 0) {
            for (int32_t c = 0; c < columns; ++c) {
                const uint32_t rounded = (uint32_t)from[c] + (uint32_t)half;
                to[c] = limited(((int32_t)rounded >> fraction_bits) + offset, maximum);
            }
        } else {
            for (int32_t c = 0; c < columns; ++c) {
                int64_t value = ((from[c] * (int64_t)scale + rounding) >> (fraction_bits + 16)) + offset;
                to[c] = (uint16_t)(value < 0 ? 0 : value > maximum ? maximum : value);
            }
        }
    }
}

void ae_plane_of_codes(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns, int32_t offset,
                       int32_t fraction_bits, int32_t *plane) {
    for (int32_t r = 0; r < rows; ++r)
        for (int32_t c = 0; c < columns; ++c)
            plane[(ptrdiff_t)r * columns + c] = ((int32_t)codes[r * stride + c] - offset) * (1 << fraction_bits);
}

#define AE_VARIANT(suffix, attribute)                                                                          \
    attribute static void analyze_##suffix(const ae_level *level, const int32_t *lifting, int32_t *plane,      \
                                           int32_t *scratch, int32_t first_row, int32_t last_row) {                                                 \
        analyze(level, lifting, plane, scratch, first_row, last_row);                                                               \
    }                                                                                                          \
    attribute static void synthesize_##suffix(const ae_level *level, const int32_t *lifting, int32_t *plane,   \
                                              int32_t *scratch) {                                              \
        synthesize(level, lifting, plane, scratch);                                                            \
    }                                                                                                          \
    attribute static void codes_of_plane_##suffix(const int32_t *plane, ptrdiff_t plane_stride, int32_t rows,  \
                                                  int32_t columns, int32_t offset, int32_t fraction_bits,      \
                                                  uint32_t scale, int32_t maximum, uint16_t *codes,            \
                                                  ptrdiff_t stride) {                                          \
        codes_of_plane(plane, plane_stride, rows, columns, offset, fraction_bits, scale, maximum, codes, stride); \
    }

AE_VARIANT(portable, )
#if defined(__x86_64__)
AE_VARIANT(avx2, __attribute__((target("avx2"))))
// With 512-bit vectors nothing is gained; that level takes these.
#define AE_CHOOSE(name, ...)                                                                                   \
    (kernels == AE_KERNEL_AVX2 || kernels == AE_KERNEL_AVX512 ? name##_avx2(__VA_ARGS__)                       \
                                                              : name##_portable(__VA_ARGS__))
#else
#define AE_CHOOSE(name, ...) ((void)kernels, name##_portable(__VA_ARGS__))
#endif

void ae_analyze(ae_kernel_level kernels, const ae_level *level, const int32_t lifting[AE_LIFTING_STEPS], int32_t *plane, int32_t *scratch, int32_t first_row, int32_t last_row) {
    AE_CHOOSE(analyze, level, lifting, plane, scratch, first_row, last_row);
}

void ae_synthesize(ae_kernel_level kernels, const ae_level *level, const int32_t lifting[AE_LIFTING_STEPS], int32_t *plane, int32_t *scratch) {
    AE_CHOOSE(synthesize, level, lifting, plane, scratch);
}

void ae_codes_of_plane(ae_kernel_level kernels, const int32_t *plane, ptrdiff_t plane_stride, int32_t rows, int32_t columns,
                       int32_t offset, int32_t fraction_bits, uint32_t scale, int32_t maximum, uint16_t *codes,
                       ptrdiff_t stride) {
    AE_CHOOSE(codes_of_plane, plane, plane_stride, rows, columns, offset, fraction_bits, scale, maximum, codes, stride);
}
