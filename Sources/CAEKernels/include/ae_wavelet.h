// SPDX-License-Identifier: Apache-2.0
#ifndef AE_WAVELET_H
#define AE_WAVELET_H
#include <stddef.h>
#include <stdint.h>
#include "ae_wavefront.h"

/// One level of the pyramid transform: four symmetric lifting steps on fixed-point integers, rows first,
/// then columns. Spec/bitstream.md, section 7. All variants give identical results.
///
/// A step adds (c * (left + right) + 2^15) >> 16 to every second value, c being a coefficient in units of
/// 2^-16; beyond an end the value on the other side stands in. Lines of one value stay as they are.

enum { AE_LIFTING_STEPS = 4 };

/// A level in work: the plane it comes from or becomes, and its four bands. The low band has
/// (rows + 1) / 2 rows and (columns + 1) / 2 columns; horizontal detail shares its rows, vertical detail its
/// columns. Strides are in values.
typedef struct ae_level {
    int32_t rows, columns;
    int32_t *low;         ///< stride (columns + 1) / 2
    int32_t *horizontal;  ///< stride columns / 2
    int32_t *vertical;    ///< stride (columns + 1) / 2
    int32_t *diagonal;    ///< stride columns / 2
    ptrdiff_t low_stride, horizontal_stride, vertical_stride, diagonal_stride;
} ae_level;

/// Analysis: plane (overwritten) to bands. `scratch` has room for one row.
void ae_analyze(ae_kernel_level kernels, const ae_level *level, const int32_t lifting[AE_LIFTING_STEPS], int32_t *plane, int32_t *scratch, int32_t first_row, int32_t last_row);

/// Synthesis: bands to plane (rows * columns values). `scratch` has room for one row.
void ae_synthesize(ae_kernel_level kernels, const ae_level *level, const int32_t lifting[AE_LIFTING_STEPS], int32_t *plane, int32_t *scratch);

/// Codes to the plane of the first level: (code - offset) << fraction_bits, rows `stride` apart.
void ae_plane_of_codes(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns, int32_t offset,
                       int32_t fraction_bits, int32_t *plane);

/// The inverse: ((value + half) >> fraction_bits) + offset, limited to 0...maximum. With a `scale` that is not 0,
/// values are first multiplied by it in units of 2^-16; the sum is rounded once.
void ae_codes_of_plane(ae_kernel_level kernels, const int32_t *plane, ptrdiff_t plane_stride, int32_t rows, int32_t columns,
                       int32_t offset, int32_t fraction_bits, uint32_t scale, int32_t maximum, uint16_t *codes,
                       ptrdiff_t stride);

#endif
