// SPDX-License-Identifier: Apache-2.0
#ifndef AE_LATENTS_H
#define AE_LATENTS_H
#include <stddef.h>
#include <stdint.h>
#include "ae_wavefront.h"

/// Quantised subbands (latents) of one tile: context classes from what is already coded, in four phases.
/// Spec/bitstream.md, section 8. Integers only; all variants give identical results.

enum {
    AE_MAX_LEVELS = 6,
    AE_BANDS = 3,            ///< horizontal, vertical, diagonal detail
    AE_PHASES = 4,           ///< (0,0), (1,1), (0,1), (1,0)
    AE_LATENT_TERMS = 8,     ///< terms of the scale rule, besides its constant
    AE_LEVEL_KINDS = 4,      ///< levels 1, 2, 3, and 4 upwards share rules
    AE_CENTROIDS = 3,        ///< of magnitudes 1, 2, and 3 upwards
};

/// The scale rule of a model: weights in units of 2^-12, the constant last.
typedef struct ae_latent_model {
    uint16_t weights[AE_LEVEL_KINDS][AE_BANDS][AE_PHASES][AE_LATENT_TERMS + 1];
} ae_latent_model;

/// One band of the whole plane: coefficients, and the part that belongs to the tile.
typedef struct ae_latent_band {
    int32_t *values;  ///< first coefficient of the tile
    ptrdiff_t stride;
    int32_t rows, columns;  ///< of the tile; 0 where the tile has none
    uint32_t step;          ///< quantiser step in units of 2^-8
} ae_latent_band;

/// Places for the magnitudes of a band of a tile that a group leaves for finer ones.
typedef struct ae_magnitude_size {
    int32_t rows, columns;
} ae_magnitude_size;

/// The bands of a tile, and which of them are coded: the details of levels `first` + 1 to `last`, coarse ones
/// first, and before them the low band if `last` is `levels`.
typedef struct ae_latent_tile {
    int32_t levels, first, last;
    ae_latent_band bands[AE_MAX_LEVELS][AE_BANDS];  ///< [level - 1]
    ae_latent_band low;
    /// Magnitudes, at most 255, of the details of level `last` + 1, which were coded before; NULL if there are
    /// none. Bands of `parent_size` follow each other.
    uint8_t *parents;
    /// Where those of level `first` + 1 are left; NULL if nobody needs them.
    uint8_t *children;
    ae_magnitude_size parent_size, child_size;
    void *work;  ///< ae_latent_work_bytes()
} ae_latent_tile;

/// Bytes of the workspace of a tile whose finest bands, coded or not, have at most this many rows and columns.
size_t ae_latent_work_bytes(int32_t rows, int32_t columns);

/// Decodes a tile: pops residuals, and writes reconstructed coefficients into the bands. `centroids` are in
/// 1/64 of a step, by class stream and magnitude. Returns 0, or 1 if a class stream ran out.
int ae_decode_latents(ae_kernel_level kernels, const ae_latent_model *model, const ae_latent_tile *tile, ae_streams *streams,
                      const int8_t (*centroids)[AE_CENTROIDS]);

/// How an encoder quantises: for every raw class the bits of magnitudes 0...16 (sign included), bits a unit
/// of log2 beyond, and reconstruction offsets in steps.
typedef struct ae_latent_costs {
    float bits[AE_RAW_CLASSES][18];
    float centroids[AE_RAW_CLASSES][AE_CENTROIDS];
    float lambda;  ///< squared steps a bit; 0 rounds with `rounding` instead
    float rounding;  ///< what is added before rounding down when lambda is 0
} ae_latent_costs;

/// Quantises a tile; the bands keep their coefficients. Residuals and classes are appended in coding
/// order. `offsets[class][k]` += (|value| - magnitude) in steps and its count, for centroids.
/// Returns the number of residuals.
size_t ae_quantize_latents(ae_kernel_level kernels, const ae_latent_model *model, const ae_latent_tile *tile, const ae_latent_costs *costs,
                           int16_t *residuals, uint8_t *classes, double offsets[AE_RAW_CLASSES][AE_CENTROIDS][2]);

/// As ae_quantize_latents, for fitting a model: terms of every `every`-th latent of a level kind, band and
/// phase, and its magnitude. Returns their number, at most `capacity`.
size_t ae_latent_samples(ae_kernel_level kernels, const ae_latent_model *model, const ae_latent_tile *tile, const ae_latent_costs *costs,
                         int32_t kind, int32_t band, int32_t phase, int32_t every, float *terms, float *magnitudes,
                         size_t capacity);

#endif
