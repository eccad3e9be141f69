// SPDX-License-Identifier: Apache-2.0
// From planes of doubled values to what the layers read.
#include "network_context_internal.h"

// clang-format off
const uint8_t ae_companded[256] = {
    0, 9, 16, 21, 25, 29, 32, 35, 37, 39, 41, 43, 45, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58,
    59, 60, 61, 62, 63, 63, 64, 65, 65, 66, 67, 67, 68, 69, 69, 70, 70, 71, 71, 72, 72, 73, 73, 74,
    74, 75, 75, 76, 76, 77, 77, 77, 78, 78, 79, 79, 79, 80, 80, 80, 81, 81, 81, 82, 82, 82, 83, 83,
    83, 84, 84, 84, 85, 85, 85, 85, 86, 86, 86, 87, 87, 87, 87, 88, 88, 88, 88, 89, 89, 89, 89, 90,
    90, 90, 90, 91, 91, 91, 91, 91, 92, 92, 92, 92, 93, 93, 93, 93, 93, 94, 94, 94, 94, 94, 95, 95,
    95, 95, 95, 95, 96, 96, 96, 96, 96, 97, 97, 97, 97, 97, 97, 98, 98, 98, 98, 98, 98, 99, 99, 99,
    99, 99, 99, 100, 100, 100, 100, 100, 100, 100, 101, 101, 101, 101, 101, 101, 101, 102, 102, 102, 102, 102, 102, 102,
    103, 103, 103, 103, 103, 103, 103, 103, 104, 104, 104, 104, 104, 104, 104, 105, 105, 105, 105, 105, 105, 105, 105, 105,
    106, 106, 106, 106, 106, 106, 106, 106, 107, 107, 107, 107, 107, 107, 107, 107, 107, 108, 108, 108, 108, 108, 108, 108,
    108, 108, 109, 109, 109, 109, 109, 109, 109, 109, 109, 109, 110, 110, 110, 110, 110, 110, 110, 110, 110, 110, 111, 111,
    111, 111, 111, 111, 111, 111, 111, 111, 111, 112, 112, 112, 112, 112, 112, 112,
};
// clang-format on

void ae_mark_activity(const ae_workspace *w, const uint32_t *row, uint8_t *activity) {
    for (int32_t run = 0; run < w->runs; ++run) {
        const uint32_t *from = row + (ptrdiff_t)run * AE_NETWORK_RUN - 2;
        uint32_t any = 0;
        for (int x = 0; x < AE_NETWORK_RUN + 4; ++x) any |= from[x];
        activity[run] |= any != 0;
    }
}

/// A row of a plane, or zeros where there is no plane.
AE_INLINE const int16_t *plane_row(const ae_workspace *w, const int16_t *plane, ptrdiff_t stride, int32_t row) {
    return plane ? plane + row * stride : (const int16_t *)ae_row_of(w, w->zeros, 0, 0);
}

/// Bytes 0...127 of the companded magnitudes of two bands.
AE_INLINE uint32_t magnitudes(const uint16_t *parts, int16_t a, int16_t b) {
    const uint32_t first = parts[a & 511], second = parts[b & 511];
    return ((first | first >> 8) & 255) | ((second | second >> 8) & 255) << 8;
}

void ae_pack_inputs(const ae_workspace *w, const ae_context_level *level) {
    const ptrdiff_t columns = w->columns;
    for (int32_t y = 0; y < w->rows; ++y) {
        const int16_t *parents[AE_BANDS], *grandparents[AE_BANDS];
        for (int band = 0; band < AE_BANDS; ++band) {
            parents[band] = plane_row(w, level->parents[band], level->parent_stride, y);
            grandparents[band] = plane_row(w, level->grandparents[band], level->grandparent_stride, y >> 1);
        }
        uint32_t *first = ae_row_of(w, w->inputs, y, 0), *second = ae_row_of(w, w->inputs, y, 1);
        uint32_t *third = ae_row_of(w, w->inputs, y, 2);
        uint32_t *coarse = ae_row_of(w, w->wide, 0, 0), *diagonal = ae_row_of(w, w->wide, 0, 1);
        // Grandparents repeat in pairs of rows and columns.
        if (y % 2 == 0) {
            for (ptrdiff_t x = 0; x < (columns + 1) / 2; ++x) {
                coarse[x] = magnitudes(w->parts, grandparents[0][x], grandparents[1][x]) << 16;
                diagonal[x] = magnitudes(w->parts, grandparents[2][x], 0);
            }
        }
        ae_pack_signed(w->parts, parents[0], parents[1], first, columns);
        for (ptrdiff_t x = 0; x < columns; ++x) {
            second[x] = w->parts[parents[2][x] & 511] | coarse[x >> 1];
            third[x] = diagonal[x >> 1];
        }
        uint8_t *activity = w->input_activity + (ptrdiff_t)y * w->runs;
        memset(activity, 0, (size_t)w->runs);
        for (int k = 0; k < AE_INPUT_QUADS; ++k) {
            ae_clear_margins(w, ae_row_of(w, w->inputs, y, k));
            ae_mark_activity(w, ae_row_of(w, w->inputs, y, k), activity);
        }
    }
}

/// The row of a band of the phase, of the parents for phase -1, of zeros for those that are not yet known.
AE_INLINE const int16_t *known_row(const ae_workspace *w, const ae_context_level *level, int32_t channel, int32_t row,
                                   int32_t phase) {
    const int32_t of = channel / AE_BANDS - 1, band = channel % AE_BANDS;
    if (of < 0) return plane_row(w, level->parents[band], level->parent_stride, row);
    return plane_row(w, of < phase ? level->phases[of][band] : NULL, level->phase_stride, row);
}

void ae_pack_phase(const ae_workspace *w, const ae_context_level *level, int32_t phase) {
    const ptrdiff_t columns = w->columns;
    // Bands counted from the parents' first; the new ones share a word with the last that was known.
    const int32_t known = AE_BANDS * phase, end = known + AE_BANDS;
    for (int32_t y = 0; y < w->rows; ++y) {
        for (int32_t k = known / 2; k < (end + 1) / 2; ++k) {
            const int16_t *a = known_row(w, level, 2 * k, y, phase), *b = known_row(w, level, 2 * k + 1, y, phase);
            uint32_t *pairs = ae_row_of(w, w->pairs, y, k);
            for (ptrdiff_t x = 0; x < columns; ++x) pairs[x] = (uint16_t)a[x] | (uint32_t)(uint16_t)b[x] << 16;
            ae_clear_margins(w, pairs);
        }
        if (phase == 0) continue;
        uint8_t *activity = w->phase_activity + (ptrdiff_t)y * w->runs;
        if (phase == 1) memset(activity, 0, (size_t)w->runs);
        // Without the parents, which the trunk sees.
        for (int32_t k = (known - AE_BANDS) / 2; k < (end - AE_BANDS + 1) / 2; ++k) {
            uint32_t *quads = ae_row_of(w, w->quads, y, k);
            ae_pack_signed(w->parts, known_row(w, level, 2 * k + AE_BANDS, y, phase),
                           known_row(w, level, 2 * k + 1 + AE_BANDS, y, phase), quads, columns);
            ae_clear_margins(w, quads);
            ae_mark_activity(w, quads, activity);
        }
    }
}
