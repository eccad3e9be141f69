// SPDX-License-Identifier: Apache-2.0
// What the variants of the pyramid transform share, and their entry points.
#ifndef AE_WAVELET_INTERNAL_H
#define AE_WAVELET_INTERNAL_H
#include "ae_wavelet.h"
#include <string.h>

#ifndef AE_INLINE
#define AE_INLINE static inline __attribute__((always_inline))
#endif

enum {
    /// Columns that go through the vertical steps together, so that their rows stay in the first cache.
    AE_STRIP = 128,
    /// Rows that enter between two passes over the strips; even.
    AE_ROW_BLOCK = 32,
    /// Values before and behind each half of a line in the workspace: mirrored ones, and what whole
    /// vectors write beyond the end.
    AE_PAD_BEFORE = 8,
    AE_PAD_AFTER = 16,
};

/// The place in 0..<count that stands for one outside; count is at least 2. Parity is kept.
AE_INLINE ptrdiff_t ae_mirrored(ptrdiff_t place, ptrdiff_t count) {
    while (place < 0 || place >= count) place = place < 0 ? -place : 2 * (count - 1) - place;
    return place;
}

/// The halves of a line in the workspace.
typedef struct ae_line {
    int32_t *even, *odd;
    ptrdiff_t count;  ///< of both together
} ae_line;

AE_INLINE ae_line ae_line_in(int32_t *scratch, int32_t columns) {
    int32_t *even = scratch + AE_PAD_BEFORE;
    return (ae_line){even, even + (columns + 1) / 2 + AE_PAD_AFTER + AE_PAD_BEFORE, columns};
}

/// Writes the mirrored values around one half of a line.
AE_INLINE void ae_extend(ae_line line, int pairs, int is_odd) {
    int32_t *half = is_odd ? line.odd : line.even;
    const ptrdiff_t count = is_odd ? line.count / 2 : (line.count + 1) / 2;
    for (ptrdiff_t j = 1; j <= pairs; ++j) {
        half[-j] = half[ae_mirrored(-2 * j + is_odd, line.count) / 2];
        half[count - 1 + j] = half[ae_mirrored(2 * (count - 1 + j) + is_odd, line.count) / 2];
    }
}

/// The part of a window that analysis stores of one row.
AE_INLINE void ae_store_row(const ae_level *level, const int32_t *at, int32_t row, ae_kept kept) {
    if (row < kept.first_row || row >= kept.last_row) return;
    const ptrdiff_t place = row / 2 - kept.first_row / 2, evens = (level->columns + 1) / 2;
    const ptrdiff_t from = kept.first_column / 2, even_to = (kept.last_column + 1) / 2, odd_to = kept.last_column / 2;
    const ae_band first = row % 2 ? level->vertical : level->low;
    const ae_band second = row % 2 ? level->diagonal : level->horizontal;
    if (even_to > from)
        memcpy(first.values + place * first.stride, at + from, (size_t)(even_to - from) * sizeof *at);
    if (odd_to > from)
        memcpy(second.values + place * second.stride, at + evens + from, (size_t)(odd_to - from) * sizeof *at);
}

/// A row of both bands that share it, the even half first.
AE_INLINE void ae_load_row(const ae_level *level, int32_t *at, int32_t row) {
    const size_t evens = (size_t)(level->columns + 1) / 2, odds = (size_t)level->columns / 2;
    const ae_band first = row % 2 ? level->vertical : level->low;
    const ae_band second = row % 2 ? level->diagonal : level->horizontal;
    memcpy(at, first.values + row / 2 * first.stride, evens * sizeof *at);
    if (odds > 0) memcpy(at + evens, second.values + row / 2 * second.stride, odds * sizeof *at);
}

void ae_analyze_portable(const ae_level *level, const ae_lifting *lifting, int32_t *plane, ptrdiff_t stride,
                         ae_kept kept, int32_t *scratch);
void ae_synthesize_portable(const ae_level *level, const ae_lifting *lifting, int32_t *plane, ptrdiff_t stride,
                            int32_t *scratch);
void ae_analyze_line_portable(const ae_lifting *lifting, int32_t *values, int32_t columns, int32_t *scratch);
void ae_synthesize_line_portable(const ae_lifting *lifting, int32_t *values, int32_t columns, int32_t *scratch);
#if defined(__x86_64__)
void ae_analyze_line_avx2(const ae_lifting *lifting, int32_t *values, int32_t columns, int32_t *scratch);
void ae_synthesize_line_avx2(const ae_lifting *lifting, int32_t *values, int32_t columns, int32_t *scratch);
void ae_analyze_avx2(const ae_level *level, const ae_lifting *lifting, int32_t *plane, ptrdiff_t stride,
                     ae_kept kept, int32_t *scratch);
void ae_synthesize_avx2(const ae_level *level, const ae_lifting *lifting, int32_t *plane, ptrdiff_t stride,
                        int32_t *scratch);
#endif

#endif
