// SPDX-License-Identifier: Apache-2.0
#ifndef AE_WAVEFRONT_H
#define AE_WAVEFRONT_H
#include <stddef.h>
#include <stdint.h>

/// The predictor of lossless and bounded parts: 16 rows of a tile advance together, row r lagging AE_LAG columns behind
/// row r - 1, so that every causal neighbour is known and 16 samples are predicted at once.
/// Spec/bitstream.md, section 5, is the definition; `wavefront_portable.c` says the same in C.
/// All variants give identical results.

enum {
    AE_LANES = 16,           ///< rows that advance together; part of the format
    AE_LAG = 5,              ///< columns between two of them; part of the format
    AE_MAX_TAP_PAIRS = 14,   ///< 28 taps
    AE_BASE_PAIRS = 2,       ///< 4 taps of the base
    AE_MAX_PREDICTORS = 16,  ///< weight sets of a group, more than 8 only if textures choose among them
    AE_MEDIAN_LABEL = 8,     ///< label of blocks predicted by the median of W, N and W + N - NW
    AE_FLAT_LABEL = 9,       ///< label of blocks whose samples all repeat W and have no residuals
    AE_BLOCK = 32,           ///< side of the square that shares a weight set
    AE_MAX_SIDE = 65536,     ///< rows and columns of a tile
    AE_SCALE_FEATURES = 10,  ///< terms of the scale rule
    AE_CURVE_ENTRIES = 32,   ///< entries of the noise curve
    AE_RAW_CLASSES = 97,     ///< 0 = flat, then four an octave over 24 octaves
    AE_LEAD_STEPS = 24,      ///< records before step 0 of a band
    AE_TAIL_STEPS = 80,      ///< records after the last column of a band
    AE_RECORD = 64,          ///< int16 values of one record: samples, errors, error sums
    AE_BASE_RECORD = 32,     ///< int16 values of one record of the base
    AE_MAX_BOUND = 16383,    ///< greatest error of a code in bounded parts
};

/// The parameters of one packing group, ready for use.
typedef struct ae_prediction {
    int32_t tap_pairs;  ///< 0...AE_MAX_TAP_PAIRS; weights of later pairs are zero
    int32_t shift;      ///< fraction bits of the weights
    /// Two int16 weights a value, the first tap in the low half; [pair][weight set]. Those of the base are the last.
    int32_t weights[AE_MAX_TAP_PAIRS + AE_BASE_PAIRS][AE_MAX_PREDICTORS];
    int32_t bias[AE_MAX_PREDICTORS];  ///< with the rounding half added
    int16_t scale[AE_SCALE_FEATURES];
    int32_t curve[AE_CURVE_ENTRIES];
    int32_t curve_shift;  ///< code >> curve_shift indexes the curve
    int32_t error_shift;
    uint16_t max_code;
    /// Whether a label stands for two weight sets, 2 label and 2 label + 1, the latter where the texture (the ninth
    /// term of the scale rule) is above `texture_limit`; and whether there are more than 8 sets.
    int32_t textures, wide;
    int32_t texture_limit;  ///< 0...32767
    /// Whether W is the prediction, in class 0, where W, N, NW and NE are equal.
    int32_t repeats;
    /// Whether streams have residuals negated where a negative one is expected: where the fraction of the predicted
    /// value, in units of 2^-shift, and `sign_weight` times the signed errors around are less than 0.
    int32_t signs;
    int32_t sign_weight;  ///< 0...32767
    /// The greatest error of a code; 0 is lossless. Residuals count steps of 2 * bound + 1 codes, and what is
    /// predicted from is what a decoder has.
    int32_t bound;
} ae_prediction;

/// One tile in work, at most AE_MAX_SIDE samples wide and high. `band` has ae_band_count(columns) values;
/// labels has one byte a block, row by row.
typedef struct ae_tile {
    int32_t rows, columns;
    uint16_t initial;  ///< code assumed above and left of the first sample
    const uint8_t *labels;
    int16_t *band;
    /// The codes of the base at the tile's places, rows `base_stride` apart; NULL if there is none. In decoding
    /// they may stand where the tile's own codes go.
    const uint16_t *base;
    ptrdiff_t base_stride;
    int16_t *base_band;  ///< ae_base_band_count(columns) values, if there is a base
    /// What codes residuals in place of class streams, both ways; NULL if there are streams.
    struct ae_adaptive *coder;
} ae_tile;

/// Residuals of the class streams of a group. `next` is advanced; the caller has proved that the
/// streams together hold as many residuals as the tiles have samples, and padded each by slack:
/// a stream that runs past `end` is noticed afterwards, never read beyond the shared buffer.
typedef struct ae_streams {
    const int16_t *next[AE_RAW_CLASSES];
    const int16_t *end[AE_RAW_CLASSES];
    uint8_t stream_of_class[AE_RAW_CLASSES];
} ae_streams;

/// int16 values of the workspace of a tile.
static inline size_t ae_band_count(int32_t columns) {
    return (size_t)(columns + AE_LEAD_STEPS + AE_TAIL_STEPS) * AE_RECORD;
}

/// int16 values of the workspace of the base of a tile.
static inline size_t ae_base_band_count(int32_t columns) {
    return (size_t)(columns + AE_TAIL_STEPS + AE_LEAD_STEPS) * AE_BASE_RECORD;
}

typedef enum ae_kernel_level {
    AE_KERNEL_PORTABLE = 0,
    AE_KERNEL_AVX2 = 1,
    AE_KERNEL_AVX512 = 2,
    AE_KERNEL_NEON = 3,
} ae_kernel_level;

/// Whether this machine and build can run a level.
int ae_kernel_available(ae_kernel_level level);

/// The fastest available level.
ae_kernel_level ae_kernel_best(void);

/// Decodes one tile to codes (0...max_code). Rows of `out` are `stride` values apart. Where the tile has a coder,
/// streams are not looked at, and the prediction must have `signs`, which says then that a coder sees what the sign
/// is expected from.
/// Returns 0, or 1 if a class stream, or the bytes of the coder, ran out.
int ae_decode_tile(ae_kernel_level level, const ae_prediction *prediction, const ae_tile *tile,
                   ae_streams *streams, uint16_t *out, ptrdiff_t stride);

/// What the sign of a residual is expected from, one value a residual each: the fraction of the predicted value
/// and the weighted sum of signed errors around it.
typedef struct ae_signs {
    int16_t *fractions, *errors;
} ae_signs;

/// Predicts one band (16 rows from `band_index * 16`) of a tile whose codes are known.
///
///  - codes      the tile's codes, rows `stride` apart
///  - isolated   the band before was not encoded: its errors are taken as zero (for fitting only)
///  - residuals, classes   one value a sample outside flat blocks, in coding order; room for
///                         16 * columns + 16
///  - signs      likewise, if the prediction has `signs`; else not looked at
///
/// Residuals are those of the samples, whatever sign is expected.
/// Returns the number of residuals. After the call the workspace holds the band's records, whose samples are
/// those that a decoder has.
size_t ae_encode_band(ae_kernel_level level, const ae_prediction *prediction, const ae_tile *tile,
                      int32_t band_index, int isolated, const uint16_t *codes, ptrdiff_t stride,
                      int16_t *residuals, uint8_t *classes, const ae_signs *signs);

/// Negates residuals where a weight expects negative ones, as streams have them.
void ae_apply_signs(const ae_signs *signs, int32_t weight, size_t count, int16_t *residuals);

/// Of residuals by raw class and magnitude (from AE_SIGN_MAGNITUDES - 1 on in one): those whose sign is not what a
/// weight expects, and those whose sign is; of zeros this says nothing. A weight of -1 expects all to be positive.
enum { AE_SIGN_MAGNITUDES = 13 };
typedef struct ae_sign_counts {
    uint32_t of[2];
} ae_sign_counts;

/// Adds to `counts`, [AE_RAW_CLASSES][AE_SIGN_MAGNITUDES].
void ae_count_signs(const int16_t *residuals, const uint8_t *classes, const ae_signs *signs, int32_t weight,
                    size_t count, ae_sign_counts *counts);

/// Copies the samples of the band that ae_encode_band has just left in the workspace to the rows of the tile
/// at `codes`.
void ae_decoded_band(const ae_tile *tile, int32_t band_index, uint16_t *codes, ptrdiff_t stride);

/// Whether all samples of a block repeat their left neighbours (in column 0, the sample above), as
/// AE_FLAT_LABEL says.
int ae_block_is_flat(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns, int32_t row,
                     int32_t column);

/// Of every other row of a tile: samples outside flat blocks whose neighbours W, N, NW and NE are equal, and
/// those among them that repeat these.
typedef struct ae_repeats {
    size_t count, kept;
} ae_repeats;

ae_repeats ae_count_repeats(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns,
                            const uint8_t *labels);

/// The scale features of samples of the band that ae_encode_band has just left in the workspace:
/// lanes 4...15 of every `every`-th step. For fitting.
///
///  - features [n][AE_SCALE_FEATURES], codes_predicted [n], magnitudes [n] = |residual| >> error_shift
///
/// Returns n, at most `capacity`.
size_t ae_band_features(const ae_prediction *prediction, const ae_tile *tile, int32_t band_index,
                        int32_t every, float *features, uint16_t *codes_predicted, float *magnitudes,
                        size_t capacity);

#endif
