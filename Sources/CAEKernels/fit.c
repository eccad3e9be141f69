// SPDX-License-Identifier: Apache-2.0
#include "ae_fit.h"
#include "ae_wavefront.h"
#include <math.h>

#define AE_INLINE static inline __attribute__((always_inline))

AE_INLINE void gram_add(const float *restrict rows, size_t count, float *restrict gram) {
    size_t n = 0;
    // Four rows at a time, so that each value of the sum is loaded and stored once for four products.
    for (; n + 4 <= count; n += 4, rows += 4 * AE_FIT_WIDTH) {
        const float *a = rows, *b = a + AE_FIT_WIDTH, *c = b + AE_FIT_WIDTH, *d = c + AE_FIT_WIDTH;
        for (int i = 0; i < AE_FIT_WIDTH; ++i) {
            float *sums = gram + i * AE_FIT_WIDTH;
            const float ai = a[i], bi = b[i], ci = c[i], di = d[i];
            for (int j = i & ~7; j < AE_FIT_WIDTH; ++j)
                sums[j] += ai * a[j] + bi * b[j] + ci * c[j] + di * d[j];
        }
    }
    for (; n < count; ++n, rows += AE_FIT_WIDTH) {
        for (int i = 0; i < AE_FIT_WIDTH; ++i)
            for (int j = i & ~7; j < AE_FIT_WIDTH; ++j)
                gram[i * AE_FIT_WIDTH + j] += rows[i] * rows[j];
    }
}

AE_INLINE void quadratic_forms(const float *restrict gram, const float *restrict vectors, size_t count,
                               double *restrict out) {
    for (size_t k = 0; k < count; ++k, vectors += AE_FIT_WIDTH) {
        float total[8] = {0};
        for (int i = 0; i < AE_FIT_WIDTH; ++i) {
            const float vi = vectors[i];
            for (int j = 0; j < AE_FIT_WIDTH; j += 8)
                for (int l = 0; l < 8; ++l) total[l] += vi * gram[i * AE_FIT_WIDTH + j + l] * vectors[j + l];
        }
        double sum = 0;
        for (int l = 0; l < 8; ++l) sum += (double)total[l];
        out[k] = sum;
    }
}

AE_INLINE size_t block_rows(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns, int32_t row,
                            int32_t column, float floor, float *restrict out, float *restrict activity) {
    size_t count = 0;
    const int32_t first = column < 4 ? 4 : column;
    const int32_t end = column + AE_BLOCK < columns - 4 ? column + AE_BLOCK : columns - 4;
    for (int32_t y = row + 4; y < row + AE_BLOCK && y < rows; y += 8) {
        for (int32_t x = first; x < end; ++x) {
            const uint16_t *at = codes + y * stride + x;
            const float w = at[-1], n = at[-stride], nw = at[-stride - 1], ne = at[-stride + 1], ww = at[-2];
            const float nn = at[-2 * stride];
            const float a = (fabsf(w - nw) + fabsf(n - nw) + fabsf(n - ne) + fabsf(w - ww) + fabsf(n - nn)) * 0.2f;
            const float weight = 1.0f / sqrtf(a * a + floor);
            float *to = out + count * AE_FIT_WIDTH;
            for (int k = 0; k < 2 * AE_MAX_TAP_PAIRS; ++k)
                to[k] = weight * ((float)at[ae_tap_offsets[k][0] * stride + ae_tap_offsets[k][1]] - w);
            to[28] = weight;
            to[29] = weight * ((float)at[0] - w);
            to[30] = to[31] = 0;
            *activity += a;
            ++count;
        }
    }
    return count;
}

#define AE_VARIANT(suffix, attribute)                                                                          \
    attribute static void gram_add_##suffix(const float *rows, size_t count, float *gram) {                    \
        gram_add(rows, count, gram);                                                                           \
    }                                                                                                          \
    attribute static void quadratic_forms_##suffix(const float *gram, const float *vectors, size_t count,      \
                                                   double *out) {                                              \
        quadratic_forms(gram, vectors, count, out);                                                            \
    }                                                                                                          \
    attribute static size_t block_rows_##suffix(const uint16_t *codes, ptrdiff_t stride, int32_t rows,         \
                                                int32_t columns, int32_t row, int32_t column, float floor,     \
                                                float *out, float *activity) {                                 \
        return block_rows(codes, stride, rows, columns, row, column, floor, out, activity);                    \
    }

AE_VARIANT(portable, )
#if defined(__x86_64__)
AE_VARIANT(avx2, __attribute__((target("avx2,fma"))))
#define AE_CHOOSE(name, ...)                                                                                   \
    (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? name##_avx2(__VA_ARGS__)                \
                                                                     : name##_portable(__VA_ARGS__))
#else
#define AE_CHOOSE(name, ...) name##_portable(__VA_ARGS__)
#endif

void ae_gram_add(const float *rows, size_t count, float *gram) { AE_CHOOSE(gram_add, rows, count, gram); }

void ae_quadratic_forms(const float *gram, const float *vectors, size_t count, double *out) {
    AE_CHOOSE(quadratic_forms, gram, vectors, count, out);
}

size_t ae_block_rows(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns, int32_t row,
                     int32_t column, float floor, float *out, float *activity) {
    return AE_CHOOSE(block_rows, codes, stride, rows, columns, row, column, floor, out, activity);
}
