// SPDX-License-Identifier: Apache-2.0
#ifndef AE_SIGNALS_H
#define AE_SIGNALS_H
#include "ae_adaptive.h"
#include "ae_wavefront.h"
#include <stddef.h>
#include <stdint.h>

/// The predictor of lossless and bounded signals: the rows of a tile, which are leads, one after the other. A sample is
/// predicted from its row's past and from a window of up to three rows above, past and future.
/// Spec/bitstream.md, section 11, is the definition. All variants give identical results.

enum {
    AE_SIGNAL_ROWS = 64,         ///< rows of a tile
    AE_SIGNAL_OWN = 63,          ///< most own differences of a weight set
    AE_SIGNAL_REFERENCES = 3,    ///< rows above that a row is predicted from
    AE_SIGNAL_REACH = 31,        ///< most columns that a window reaches to either side
    AE_SIGNAL_SETS = 16,         ///< weight sets of a row
    AE_SIGNAL_PAD = 64,          ///< places of a lane beside the tile, on either side
    AE_SIGNAL_TERMS = 10,        ///< terms of the scale
    AE_SIGNAL_OWN_CELLS = 64,    ///< weights of the own window, the oldest first
    AE_SIGNAL_GUESS_WEIGHTS = 24, ///< residuals that a residual is guessed from
    AE_SIGNAL_WINDOW_CELLS = 64, ///< weights of a reference's window, from `before` columns before on
};

/// How one row is predicted, ready for use.
typedef struct ae_signal_row {
    int32_t reference_count;
    int32_t own_cells;  ///< cells of the own window, a multiple of 16
    int32_t reference[AE_SIGNAL_REFERENCES];
    int32_t before[AE_SIGNAL_REFERENCES];
    int32_t window_cells[AE_SIGNAL_REFERENCES];  ///< a multiple of 16
    int32_t set_count;
    int32_t center;              ///< the code in the middle, less 32768; stands before the first column
    const uint32_t *thresholds;  ///< set_count - 1, rising
    const int16_t *weights;      ///< [set][own cells, then the cells of each window]
    const int32_t *constants;    ///< [set]
} ae_signal_row;

/// The parameters of a group.
typedef struct ae_signal_coder {
    int32_t shift;  ///< fraction bits of the weights
    int32_t error_shift;
    int32_t max_code;
    int32_t bound;  ///< the greatest error of a code; 0 is lossless
    int32_t scale_constant;
    const int32_t *scale;  ///< AE_SIGNAL_TERMS weights
    const ae_signal_row *rows;
} ae_signal_coder;

/// Work memory of a tile: for each row lanes of `stride` values, whose column 0 is at AE_SIGNAL_PAD.
typedef struct ae_signal_lanes {
    ptrdiff_t stride;
    int16_t *samples;
    int16_t *errors;
    int32_t *activity;  ///< sum of the last four gradients
    int16_t *residuals; ///< of adaptive coding only
} ae_signal_lanes;

/// Residuals of a group by probabilities that learn, for decoding and encoding.
typedef struct ae_signal_adaptive {
    ae_adaptive *coder;
    const int16_t *residuals;  ///< encoding: those of the tiles in order; moves on as they are taken
    int32_t *guesses;          ///< AE_SIGNAL_GUESS_WEIGHTS a row, 0 at the start of the group
} ae_signal_adaptive;

/// Decodes one tile to codes, rows of `out` being `stride` apart. Returns 0, or 1 if a class stream ran out.
int ae_decode_signals(ae_kernel_level level, const ae_signal_coder *coder, const ae_signal_lanes *lanes, int32_t rows,
                      int32_t columns, ae_streams *streams, uint16_t *out, ptrdiff_t stride);

/// The same by probabilities that learn (Spec/bitstream.md, section 11.4), of one variant. `out` receives the codes in encoding too, if
/// it is not NULL.
void ae_code_signals(const ae_signal_coder *coder, const ae_signal_lanes *lanes, int32_t rows, int32_t columns,
                     ae_signal_adaptive *source, uint16_t *out, ptrdiff_t stride);

/// Predicts a tile whose codes are known.
///
///  - residuals, classes   one value a sample, row by row
///  - every        terms are wanted of every so many columns
///  - terms        [n][AE_SIGNAL_TERMS], or NULL
///  - magnitudes   [n] the errors of these samples
///  - decoded      what a decoder has, rows `stride` apart, or NULL
void ae_encode_signals(ae_kernel_level level, const ae_signal_coder *coder, const ae_signal_lanes *lanes, int32_t rows,
                       int32_t columns, const uint16_t *codes, ptrdiff_t stride, int16_t *residuals, uint8_t *classes,
                       int32_t every, float *terms, float *magnitudes, uint16_t *decoded);

/// Terms of least squares for one row, at some columns: own differences x(t-2)...x(t-1-own) less x(t-1), then the level
/// x(t-1) less the center; of every reference its window less the place before, likewise, and its level; 1; the target
/// x(t) - x(t-1). Each is multiplied by the weight of its column.
///
/// Adds the products of all pairs (j >= i) to `gram` [terms][terms].
void ae_signal_gram(const float *const *lanes, int32_t reference_count, const float *centers, int32_t own,
                    const int32_t *before, const int32_t *after, const int32_t *columns, const float *weights,
                    size_t count, float *panel, double *gram);

/// Errors x(t) - x(t-1) - sum of coefficient * term of columns first..<end, of the same terms without the target.
void ae_signal_errors(const float *const *lanes, int32_t reference_count, const float *centers, int32_t own,
                      const int32_t *before, const int32_t *after, const float *coefficients, int32_t first, int32_t end,
                      float *errors);

#endif
