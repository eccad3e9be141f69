// SPDX-License-Identifier: Apache-2.0
#ifndef AE_WAVELET_H
#define AE_WAVELET_H
#include <stddef.h>
#include <stdint.h>
#include "ae_wavefront.h"

/// One level of the pyramid transform: four symmetric lifting steps on fixed-point integers, rows first,
/// then columns. Spec/bitstream.md, section 7. All variants give identical results.
///
/// A step adds (sum over k of c[k] * (value 2k+1 before + value 2k+1 after) + 2^15) >> 16 to every second
/// value, c being coefficients in units of 2^-16; places outside a line are mirrored about its first and
/// last value until they are inside. Lines of one value stay as they are. Sums of two values and results
/// wrap around at 32 bits, which only damaged data make them do; the sum of products never does at 64.

enum {
    AE_LIFTING_STEPS = 4,
    AE_MAX_LIFTING_PAIRS = 4,
};

/// The steps in the order of analysis; the first changes odd values.
typedef struct ae_lifting {
    int32_t pairs;  ///< 1...AE_MAX_LIFTING_PAIRS
    /// Units of 2^-16, magnitude at most 2^17; the pair at distance 1 first.
    int32_t coefficients[AE_LIFTING_STEPS][AE_MAX_LIFTING_PAIRS];
} ae_lifting;

/// How far, in values of a level, a result depends on what it is made of: what a window of a plane gives
/// is the plane's own but for so many values along those edges that are not the plane's.
#define AE_LIFTING_MARGIN(pairs) (AE_LIFTING_STEPS * (2 * (pairs)-1))

/// A band, or its part in a window: its first value, and how many values lie between two rows.
typedef struct ae_band {
    int32_t *values;
    ptrdiff_t stride;
} ae_band;

/// A level in work: the size of the plane it comes from or becomes, or of a window of that plane which
/// begins at an even row and column, and the four bands. The low band has (rows + 1) / 2 rows and
/// (columns + 1) / 2 columns; horizontal detail shares its rows, vertical detail its columns.
typedef struct ae_level {
    int32_t rows, columns;
    ae_band low, horizontal, vertical, diagonal;
} ae_level;

/// The rows and columns of a level's plane that analysis stores, the first ones even, the last ones
/// exclusive; the bands begin at first_row / 2 and first_column / 2.
typedef struct ae_kept {
    int32_t first_row, last_row, first_column, last_column;
} ae_kept;

/// Values of the workspace that lines of so many columns need.
static inline size_t ae_wavelet_scratch_count(int32_t columns) { return (size_t)columns + 64; }

/// Analysis: plane (rows `stride` apart; overwritten) to bands.
void ae_analyze(ae_kernel_level kernels, const ae_level *level, const ae_lifting *lifting, int32_t *plane,
                ptrdiff_t stride, ae_kept kept, int32_t *scratch);

/// One level of a single line of at least two values, in place: low values, then details; and back.
void ae_analyze_line(ae_kernel_level kernels, const ae_lifting *lifting, int32_t *values, int32_t columns,
                     int32_t *scratch);
void ae_synthesize_line(ae_kernel_level kernels, const ae_lifting *lifting, int32_t *values, int32_t columns,
                        int32_t *scratch);

/// Synthesis: bands to plane (rows `stride` apart).
void ae_synthesize(ae_kernel_level kernels, const ae_level *level, const ae_lifting *lifting, int32_t *plane,
                   ptrdiff_t stride, int32_t *scratch);

/// How values of a plane become codes.
typedef struct ae_code_plane {
    int32_t rows, columns;
    int32_t fraction_bits;
    /// Whether it is a plane beyond the first, and what its values are multiplied by, in units of 2^-16.
    int32_t is_reduced;
    uint32_t scale;
    int32_t offset, maximum;  ///< what is added, and the greatest code
} ae_code_plane;

/// Codes of a plane: values are scaled and rounded to integers once, and limited to 0...maximum.
void ae_codes_of_plane(ae_kernel_level kernels, const ae_code_plane *of, const int32_t *plane,
                       ptrdiff_t plane_stride, uint16_t *codes, ptrdiff_t stride);

#endif
