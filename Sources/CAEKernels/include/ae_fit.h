// SPDX-License-Identifier: Apache-2.0
#ifndef AE_FIT_H
#define AE_FIT_H
#include <stddef.h>
#include <stdint.h>

/// Sums for least squares in the encoder. Floating point: what comes of it is written into the
/// archive as integers, so variants may differ in the last bit and decoders never see it.

enum { AE_FIT_WIDTH = 32 };  ///< values of a row: terms, padded with zeros

/// gram[i][j] += sum over the rows of row[i] * row[j], for all i and for j from i rounded down to 8.
void ae_gram_add(const float *rows, size_t count, float *gram);

/// Quadratic forms v' gram v of `count` vectors of AE_FIT_WIDTH values; gram as ae_gram_add leaves it,
/// with its lower triangle filled in.
void ae_quadratic_forms(const float *gram, const float *vectors, size_t count, double *out);

/// Rows for predicting samples of one 32 x 32 block of a tile from their taps.
///
/// Of every eighth row of the block (from its fifth on) all columns that have their neighbours inside
/// the tile give one row each: 28 differences tap - W, then 1, then the difference sample - W, each
/// times the root of 1 / (activity^2 + floor), where the activity is the mean of five gradients.
///
///  - codes            the tile, rows `stride` apart
///  - row, column      the block's first sample
///  - floor            what keeps smooth places from ruling the fit
///  - out              room for 128 rows; `activity` receives the sum of all activities
///
/// Returns the number of rows written.
size_t ae_block_rows(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns, int32_t row,
                     int32_t column, float floor, float *out, float *activity);

#endif
