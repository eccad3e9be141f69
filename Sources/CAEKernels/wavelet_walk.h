// SPDX-License-Identifier: Apache-2.0
// The walk over a level, included once by every variant after it has defined AE_NAME, AE_TARGET and
//   lift(to, from, coefficients, count, pairs, forward)
//     adds a step to `count` values or takes it away; from[2k] and from[2k + 1] are the values of pair k
//   AE_VECTOR_COUNT                how many values it is best given a multiple of
//   split(from, even, odd, count)  the values of a line to its halves
//   merge(even, odd, to, count)    and back
#include "wavelet_internal.h"

AE_TARGET AE_INLINE void AE_NAME(lift_values)(int32_t *to, const int32_t *const *from, const int32_t *coefficients,
                                              ptrdiff_t count, int pairs, const int forward) {
    switch (pairs) {
    case 1: AE_NAME(lift)(to, from, coefficients, count, 1, forward); break;
    case 2: AE_NAME(lift)(to, from, coefficients, count, 2, forward); break;
    case 3: AE_NAME(lift)(to, from, coefficients, count, 3, forward); break;
    default: AE_NAME(lift)(to, from, coefficients, count, 4, forward);
    }
}

/// All steps along a line.
AE_TARGET AE_INLINE void AE_NAME(lift_line)(ae_line line, const ae_lifting *lifting, const int forward) {
    const int pairs = lifting->pairs;
    // The first step reads the half that the last one writes.
    ae_extend(line, pairs, !forward);
    for (int k = 0; k < AE_LIFTING_STEPS; ++k) {
        const int step = forward ? k : AE_LIFTING_STEPS - 1 - k, is_odd = step % 2 == 0;
        const int32_t *other = is_odd ? line.even : line.odd - 1, *from[2 * AE_MAX_LIFTING_PAIRS];
        for (int p = 0; p < pairs; ++p) {
            from[2 * p] = other - p;
            from[2 * p + 1] = other + 1 + p;
        }
        const ptrdiff_t count = is_odd ? line.count / 2 : (line.count + 1) / 2;
        const ptrdiff_t whole = (count + AE_VECTOR_COUNT - 1) / AE_VECTOR_COUNT * AE_VECTOR_COUNT;
        AE_NAME(lift_values)(is_odd ? line.odd : line.even, from, lifting->coefficients[step], whole, pairs, forward);
        ae_extend(line, pairs, is_odd);
    }
}

/// One level of a line alone, in place: low values, then details.
AE_TARGET void AE_NAME(ae_analyze_line)(const ae_lifting *lifting, int32_t *values, int32_t columns, int32_t *scratch) {
    const ae_line line = ae_line_in(scratch, columns);
    AE_NAME(split)(values, line.even, line.odd, columns);
    AE_NAME(lift_line)(line, lifting, 1);
    memcpy(values, line.even, (size_t)(columns + 1) / 2 * sizeof *values);
    memcpy(values + (columns + 1) / 2, line.odd, (size_t)columns / 2 * sizeof *values);
}

AE_TARGET void AE_NAME(ae_synthesize_line)(const ae_lifting *lifting, int32_t *values, int32_t columns, int32_t *scratch) {
    const ae_line line = ae_line_in(scratch, columns);
    memcpy(line.even, values, (size_t)(columns + 1) / 2 * sizeof *values);
    memcpy(line.odd, values + (columns + 1) / 2, (size_t)columns / 2 * sizeof *values);
    AE_NAME(lift_line)(line, lifting, 0);
    AE_NAME(merge)(line.even, line.odd, values, columns);
}

/// Vertical steps of the rows base, base + 2, ... of a strip of columns. Every step lags one reach behind
/// the step before, so it finds the rows it reads finished and none that still has readers is changed.
AE_TARGET static void AE_NAME(lift_strip)(int32_t *strip, ptrdiff_t stride, int32_t rows, ptrdiff_t width,
                                          const ae_lifting *lifting, int32_t base, int32_t end, const int forward) {
    const int reach = 2 * lifting->pairs - 1;
    for (; base < end; base += 2) {
        for (int k = 0; k < AE_LIFTING_STEPS; ++k) {
            const int32_t row = base - k * reach;
            if (row < 0 || row >= rows) continue;
            const int step = forward ? k : AE_LIFTING_STEPS - 1 - k;
            const int32_t *from[2 * AE_MAX_LIFTING_PAIRS];
            for (int p = 0; p < lifting->pairs; ++p) {
                from[2 * p] = strip + ae_mirrored(row - 2 * p - 1, rows) * stride;
                from[2 * p + 1] = strip + ae_mirrored(row + 2 * p + 1, rows) * stride;
            }
            AE_NAME(lift_values)(strip + row * stride, from, lifting->coefficients[step], width, lifting->pairs,
                                 forward);
        }
    }
}

/// The rows from `base` on, up to `end`, of the whole width.
AE_TARGET AE_INLINE void AE_NAME(lift_block)(int32_t *plane, ptrdiff_t stride, int32_t rows, int32_t columns,
                                             const ae_lifting *lifting, int32_t base, const int forward) {
    for (int32_t c = 0; c < columns && rows > 1; c += AE_STRIP)
        AE_NAME(lift_strip)(plane + c, stride, rows, columns - c < AE_STRIP ? columns - c : AE_STRIP, lifting, base,
                            base + AE_ROW_BLOCK, forward);
}

AE_TARGET void AE_NAME(ae_analyze)(const ae_level *level, const ae_lifting *lifting, int32_t *plane, ptrdiff_t stride,
                                   ae_kept kept, int32_t *scratch) {
    const int32_t rows = level->rows, columns = level->columns, reach = 2 * lifting->pairs - 1;
    int32_t entered = 0, left = 0;
    for (int32_t base = 1; left < rows; base += AE_ROW_BLOCK) {
        for (; entered < rows && entered < base + AE_ROW_BLOCK + reach; ++entered) {
            int32_t *at = plane + entered * stride;
            if (columns == 1) continue;
            AE_NAME(ae_analyze_line)(lifting, at, columns, scratch);
        }
        AE_NAME(lift_block)(plane, stride, rows, columns, lifting, base, 1);
        for (; left < rows && left <= base + AE_ROW_BLOCK - 2 - AE_LIFTING_MARGIN(lifting->pairs); ++left)
            ae_store_row(level, plane + left * stride, left, kept);
    }
}

AE_TARGET void AE_NAME(ae_synthesize)(const ae_level *level, const ae_lifting *lifting, int32_t *plane,
                                      ptrdiff_t stride, int32_t *scratch) {
    const int32_t rows = level->rows, columns = level->columns, reach = 2 * lifting->pairs - 1;
    int32_t entered = 0, left = 0;
    for (int32_t base = 0; left < rows; base += AE_ROW_BLOCK) {
        for (; entered < rows && entered < base + AE_ROW_BLOCK + reach; ++entered)
            ae_load_row(level, plane + entered * stride, entered);
        AE_NAME(lift_block)(plane, stride, rows, columns, lifting, base, 0);
        for (; left < rows && left <= base + AE_ROW_BLOCK - 2 - AE_LIFTING_MARGIN(lifting->pairs); ++left) {
            int32_t *at = plane + left * stride;
            if (columns == 1) continue;
            AE_NAME(ae_synthesize_line)(lifting, at, columns, scratch);
        }
    }
}
