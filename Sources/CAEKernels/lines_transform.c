// SPDX-License-Identifier: Apache-2.0
// The pyramid of a line: the lifting steps of ae_wavelet.h in one dimension. Spec/signals.md, section 2.
#include "lines_internal.h"
#include "wavelet_internal.h"

AE_INLINE int32_t changed(int32_t value, int64_t sum, int forward) {
    const uint32_t change = (uint32_t)((sum + (1 << 15)) >> 16);
    return (int32_t)(forward ? (uint32_t)value + change : (uint32_t)value - change);
}

/// One step of a whole line, places that are mirrored included.
static void lift_slowly(int32_t *line, int32_t n, int32_t first, int32_t last, int32_t odd, const int32_t *c, int32_t pairs, int forward) {
    for (int32_t i = first + ((first & 1) != odd); i < last; i += 2) {
        int64_t sum = 0;
        for (int32_t k = 0; k < pairs; ++k) {
            const uint32_t both = (uint32_t)line[ae_mirrored(i - 2 * k - 1, n)] + (uint32_t)line[ae_mirrored(i + 2 * k + 1, n)];
            sum += (int64_t)c[k] * (int32_t)both;
        }
        line[i] = changed(line[i], sum, forward);
    }
}

static void lift(int32_t *line, int32_t n, const ae_lifting *lifting, int32_t step, int forward) {
    const int32_t pairs = lifting->pairs, reach = 2 * pairs - 1, odd = step % 2 == 0;
    const int32_t *c = lifting->coefficients[step];
    const int32_t from = reach < n ? reach : n, to = n - reach > from ? n - reach : from;
    lift_slowly(line, n, 0, from, odd, c, pairs, forward);
    const int32_t first = from + ((from & 1) != odd);
    if (pairs == 1) {
        for (int32_t i = first; i < to; i += 2)
            line[i] = changed(line[i], (int64_t)c[0] * (int32_t)((uint32_t)line[i - 1] + (uint32_t)line[i + 1]), forward);
    } else {
        for (int32_t i = first; i < to; i += 2) {
            int64_t sum = 0;
            for (int32_t k = 0; k < pairs; ++k)
                sum += (int64_t)c[k] * (int32_t)((uint32_t)line[i - 2 * k - 1] + (uint32_t)line[i + 2 * k + 1]);
            line[i] = changed(line[i], sum, forward);
        }
    }
    lift_slowly(line, n, to, n, odd, c, pairs, forward);
}

void ae_line_bands(int32_t columns, int32_t levels, int32_t starts[AE_LINE_LEVELS + 1],
                     int32_t counts[AE_LINE_LEVELS + 1]) {
    int32_t length = columns;
    for (int32_t l = 1; l <= levels; ++l) {
        counts[l] = length / 2;
        length -= length / 2;
        starts[l] = length;
    }
    starts[0] = 0;
    counts[0] = length;
}

void ae_line_analyze(const ae_lifting *lifting, int32_t *line, int32_t columns, int32_t levels, int32_t *scratch) {
    int32_t length = columns;
    for (int32_t l = 0; l < levels && length > 1; ++l) {
        for (int32_t s = 0; s < AE_LIFTING_STEPS; ++s) lift(line, length, lifting, s, 1);
        const int32_t low = length - length / 2;
        for (int32_t i = 0; i < length / 2; ++i) scratch[i] = line[2 * i + 1];
        for (int32_t i = 0; i < low; ++i) line[i] = line[2 * i];
        memcpy(line + low, scratch, sizeof *line * (size_t)(length / 2));
        length = low;
    }
}

void ae_line_synthesize(const ae_lifting *lifting, int32_t *line, int32_t columns, int32_t levels, int32_t plane,
                        int32_t *scratch) {
    int32_t lengths[AE_LINE_LEVELS + 1] = {columns};
    for (int32_t l = 1; l <= levels; ++l) lengths[l] = lengths[l - 1] - lengths[l - 1] / 2;
    for (int32_t l = levels; l > plane; --l) {
        const int32_t length = lengths[l - 1], low = lengths[l];
        if (length < 2) continue;
        memcpy(scratch, line, sizeof *line * (size_t)low);
        for (int32_t i = 0; i < length / 2; ++i) line[2 * i + 1] = line[low + i];
        for (int32_t i = 0; i < low; ++i) line[2 * i] = scratch[i];
        for (int32_t s = AE_LIFTING_STEPS - 1; s >= 0; --s) lift(line, length, lifting, s, 0);
    }
}
