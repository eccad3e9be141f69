// SPDX-License-Identifier: Apache-2.0
// The pyramid of a line: the lifting steps of ae_wavelet.h in one dimension. Spec/signals.md, section 2.
#include "lines_internal.h"

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

void ae_line_analyze(ae_kernel_level kernels, const ae_lifting *lifting, int32_t *line, int32_t columns, int32_t levels,
                     int32_t *scratch) {
    for (int32_t l = 0; l < levels && columns > 1; ++l) {
        ae_analyze_line(kernels, lifting, line, columns, scratch);
        columns -= columns / 2;
    }
}

void ae_line_synthesize(ae_kernel_level kernels, const ae_lifting *lifting, int32_t *line, int32_t columns, int32_t levels,
                        int32_t plane, int32_t *scratch) {
    int32_t lengths[AE_LINE_LEVELS + 1] = {columns};
    for (int32_t l = 1; l <= levels; ++l) lengths[l] = lengths[l - 1] - lengths[l - 1] / 2;
    for (int32_t l = levels; l > plane; --l)
        if (lengths[l - 1] > 1) ae_synthesize_line(kernels, lifting, line, lengths[l - 1], scratch);
}
