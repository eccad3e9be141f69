// SPDX-License-Identifier: Apache-2.0
#ifndef AE_FIT_H
#define AE_FIT_H
#include <stddef.h>
#include <stdint.h>

/// Sums for least squares in the encoder. Floating point: what comes of it is written into the
/// archive as integers, so variants may differ in the last bit and decoders never see it.
///
/// Observations stand in panels: AE_FIT_TERMS runs of `stride` values, one run a term, one place an
/// observation. `stride` is a multiple of 8, and places behind the last observation are zero.

enum {
    AE_FIT_TERMS = 36,        ///< most terms of an observation
    AE_FIT_PLAIN_TERMS = 32,  ///< those in use where there is no base
};

/// gram[i][j] += sum over the observations of term i * term j, for all j >= i of the first `terms`, a multiple of 4.
void ae_gram_add(const float *panel, size_t stride, size_t count, size_t terms, float *gram);

/// Sums over the observations of |sum over the first `terms` terms of term * v| for each of up to 16 vectors of
/// AE_FIT_TERMS coefficients, `vectors` being [term][16]. The last term counts for nothing.
void ae_absolute_errors(const float *panel, size_t stride, size_t count, size_t terms, const float *vectors,
                        size_t vector_count, double *out);

/// Observations for predicting samples of one 32 x 32 block of a tile from their taps.
///
/// Of every `every`-th row of the block all columns that have their neighbours inside the tile give
/// one observation each: 28 differences tap - W, then 1, then the difference sample - W, then
/// median - W (of W, N and W + N - NW), then 0 or, where there is a base, the differences of its four taps and W,
/// each times the root of 1 / (activity^2 + floor), where the activity is the mean of five gradients.
///
///  - codes            the tile, rows `stride` apart; its taps are what a decoder has
///  - targets          the tile's samples, likewise; the same as codes if nothing is lost
///  - base             the base at the tile's places, likewise; NULL if there is none
///  - row, column      the block's first sample
///  - floor            what keeps smooth places from ruling the fit
///  - above, limit     observations whose activity is above the one and at most the other; -1 and infinity for all
///  - panel            terms `panel_stride` apart, room for 1024 / every observations each
///  - activity         receives the sum of all activities
///
/// Returns the number of observations.
size_t ae_block_panel(const uint16_t *codes, const uint16_t *targets, const uint16_t *base, ptrdiff_t stride,
                      int32_t rows, int32_t columns, int32_t row, int32_t column, int32_t every, float floor,
                      float above, float limit, float *panel, size_t panel_stride, float *activity);

#endif
