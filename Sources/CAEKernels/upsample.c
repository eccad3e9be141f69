// SPDX-License-Identifier: Apache-2.0
#include "ae_upsample.h"
#include <string.h>

#define AE_INLINE static inline __attribute__((always_inline))

AE_INLINE int32_t limited(int32_t v, int32_t least, int32_t most) { return v < least ? least : v > most ? most : v; }

/// Where a place of the enlarged side lies: `first` is the place of the first of four neighbours, and the weights
/// are those of a cubic through the second and third, whose slopes there are half the difference of their
/// neighbours. They sum to 2^(3 exponent + 4).
typedef struct ae_cubic {
    int32_t first;
    int32_t weights[4];
} ae_cubic;

AE_INLINE ae_cubic cubic_at(int32_t place, int32_t exponent) {
    const int32_t s = 2 << exponent, at = 2 * place + 1 - s / 2;
    const int32_t whole = at >> (exponent + 1), m = at - whole * s;
    return (ae_cubic){whole - 1,
                      {-m * (s - m) * (s - m), 2 * s * s * s - 5 * m * m * s + 3 * m * m * m,
                       m * (s * s + 4 * m * s - 3 * m * m), -m * m * (s - m)}};
}

AE_INLINE int16_t weighted(const int32_t w[4], int32_t a, int32_t b, int32_t c, int32_t d, int32_t shift,
                           int32_t most) {
    const int32_t sum = w[0] * a + w[1] * b + w[2] * c + w[3] * d + (1 << (shift - 1));
    return (int16_t)limited(sum >> shift, -32768, most);
}

/// A row between four others.
AE_INLINE void between_rows(const uint16_t *const rows[4], const int32_t w[4], size_t count, int32_t shift,
                            int16_t *restrict out) {
    for (size_t i = 0; i < count; ++i)
        out[i] = weighted(w, rows[0][i] - 32768, rows[1][i] - 32768, rows[2][i] - 32768, rows[3][i] - 32768, shift,
                          32767);
}

/// Enlarges a row, from its place 2 on.
AE_INLINE void between_columns(const int16_t *in, size_t count, const int32_t exponent, int32_t most,
                               uint16_t *restrict out) {
    ae_cubic cubic[1 << AE_MAX_UPSAMPLE];
    for (int32_t p = 0; p < 1 << exponent; ++p) cubic[p] = cubic_at(p, exponent);
    for (size_t k = 0; k < count; ++k) {
#pragma clang loop unroll(full)
        for (int32_t p = 0; p < 1 << exponent; ++p) {
            const int16_t *v = in + k + (p < 1 << exponent >> 1 ? 0 : 1);  // 2 + cubic[p].first
            out[(k << exponent) + (size_t)p] =
                (uint16_t)(weighted(cubic[p].weights, v[0], v[1], v[2], v[3], 3 * exponent + 4, most) + 32768);
        }
    }
}

AE_INLINE void upsample(const ae_base_plane *plane, const int32_t exponent, int32_t row, int32_t column,
                        int32_t rows, int32_t columns, uint16_t *out, ptrdiff_t stride, void *work) {
    const int32_t most = (int32_t)plane->max_code - 32768;
    // Sources of the window, two more at either side; those beside the plane repeat its border.
    const int32_t start = column >> exponent, end = ((column + columns - 1) >> exponent) + 1;
    const int32_t held = start - 2 < 0 ? 0 : start - 2, held_end = end + 2 < plane->columns ? end + 2 : plane->columns;
    int16_t *line = work;
    uint16_t *wide = (uint16_t *)line + (end - start + 8);
    for (int32_t y = row; y < row + rows; ++y) {
        const ae_cubic cubic = cubic_at(y, exponent);
        const uint16_t *sources[4];
        for (int32_t k = 0; k < 4; ++k)
            sources[k] = plane->codes + limited(cubic.first + k, 0, plane->rows - 1) * plane->stride + held;
        int16_t *own = line + (held - (start - 2));
        const int32_t count = held_end - held;
        between_rows(sources, cubic.weights, (size_t)count, 3 * exponent + 4, own);
        for (int32_t k = 0; k < held - (start - 2); ++k) line[k] = own[0];
        for (int32_t k = held_end; k < end + 2; ++k) line[k - (start - 2)] = own[count - 1];
        between_columns(line, (size_t)(end - start), exponent, most, wide);
        memcpy(out + (y - row) * stride, wide + (column - (start << exponent)), (size_t)columns * sizeof *out);
    }
}

#define AE_VARIANT(suffix, attribute)                                                                         \
    attribute static void upsample_##suffix(const ae_base_plane *plane, int32_t exponent, int32_t row,        \
                                            int32_t column, int32_t rows, int32_t columns, uint16_t *out,     \
                                            ptrdiff_t stride, void *work) {                                   \
        if (exponent == 1) upsample(plane, 1, row, column, rows, columns, out, stride, work);                 \
        else if (exponent == 2) upsample(plane, 2, row, column, rows, columns, out, stride, work);            \
        else upsample(plane, 3, row, column, rows, columns, out, stride, work);                               \
    }

AE_VARIANT(portable, )
#if defined(__x86_64__)
AE_VARIANT(avx2, __attribute__((target("avx2"))))
#endif

void ae_upsample(const ae_base_plane *plane, int32_t exponent, int32_t row, int32_t column, int32_t rows,
                 int32_t columns, uint16_t *out, ptrdiff_t stride, void *work) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        upsample_avx2(plane, exponent, row, column, rows, columns, out, stride, work);
        return;
    }
#endif
    upsample_portable(plane, exponent, row, column, rows, columns, out, stride, work);
}
