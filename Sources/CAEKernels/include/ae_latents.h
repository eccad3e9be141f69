// SPDX-License-Identifier: Apache-2.0
#ifndef AE_LATENTS_H
#define AE_LATENTS_H
#include <stddef.h>
#include <stdint.h>
#include "ae_adaptive.h"
#include "ae_wavefront.h"

struct ae_context_network;

/// Quantised subbands (latents) of one tile: context classes from what is already coded, in four phases, and
/// quantisers that follow from the latents before. Spec/bitstream.md, section 8. Integers only in decoding; all
/// variants give identical results.

enum {
    AE_MAX_LEVELS = 6,
    AE_BANDS = 3,            ///< horizontal, vertical, diagonal detail
    AE_PHASES = 4,           ///< (0,0), (1,1), (0,1), (1,0)
    AE_LATENT_TERMS = 8,     ///< terms of the linear rule, besides its constant
    AE_LEVEL_KINDS = 4,      ///< levels 1, 2, 3, and 4 upwards share rules
    AE_CENTROIDS = 5,        ///< of residuals 0, 1, 2 upwards, -1, -2 downwards
    AE_LINEAR_CLASSES = 2 * AE_RAW_CLASSES,   ///< of the linear rule: raw class x 2 + union
    AE_LOW_CLASSES = AE_RAW_CLASSES,          ///< of the low band, after those of the details
    AE_LATENT_CLASSES = 512 + AE_LOW_CLASSES, ///< at most
    AE_LATENT_SYMBOLS = 40,  ///< residuals -18...18 by magnitude and sign, and further ones
    AE_TRELLIS_STATES = 32,
    AE_PHASE_COLUMNS = 1 << 10,  ///< at most, of a phase of a tile
    AE_PRIOR_NODES = 9,      ///< decisions of an adaptive latent that have a prior: zero, negative, sizes 1 to 7
};

/// How classes follow from contexts: by networks, or by weights in units of 2^-12, the constant last.
typedef struct ae_latent_rule {
    const uint16_t *weights;  ///< by level kind, band, phase and term
    const struct ae_context_network *networks;  ///< by level kind; NULL for the linear rule
} ae_latent_rule;

/// One band of the whole plane: coefficients, and the part that belongs to the tile.
typedef struct ae_latent_band {
    int32_t *values;  ///< first coefficient of the tile
    ptrdiff_t stride;
    int32_t rows, columns;  ///< of the tile; 0 where the tile has none
    uint32_t step;          ///< quantiser step in units of 2^-8
} ae_latent_band;

/// The doubled values of a level's details that groups leave for finer ones: three bands of rows x columns.
typedef struct ae_kept_level {
    int16_t *values;  ///< NULL if the level is not kept
    int32_t rows, columns;
} ae_kept_level;

/// The bands of a tile, and which of them are coded: the details of levels `first` + 1 to `last`, coarse ones
/// first, and before them the low band if `last` is `levels`.
typedef struct ae_latent_tile {
    int32_t levels, first, last;
    int32_t is_dependent;  ///< two quantisers in turn instead of one
    ae_latent_band bands[AE_MAX_LEVELS][AE_BANDS];  ///< [level - 1]
    ae_latent_band low;
    /// [level - 1]; levels above `last` are read, others written.
    ae_kept_level kept[AE_MAX_LEVELS];
    void *work;  ///< ae_latent_work_bytes()
} ae_latent_tile;

/// Bytes of the workspace of a tile whose finest bands, coded or not, have at most this many rows and columns.
size_t ae_latent_work_bytes(const ae_latent_rule *rule, int32_t rows, int32_t columns);

/// Decodes a tile: pops residuals, and writes reconstructed coefficients into the bands. `centroids` are in
/// 1/64 of a step, AE_CENTROIDS a class. Returns 0, or 1 if a class stream ran out.
int ae_decode_latents(ae_kernel_level kernels, const ae_latent_rule *rule, const ae_latent_tile *tile, ae_streams *streams,
                      const uint8_t *stream_of_class, const int8_t *centroids);

/// Where adaptive coding of the latents of a group takes residuals from, or puts them.
typedef struct ae_latent_adaptive {
    ae_adaptive *coder;
    const int16_t *residuals;  ///< encoding: in coding order
    int32_t rebuilds;          ///< encoding: whether what a decoder reconstructs is written into the bands
    /// What residuals are guessed with, by level kind, band and phase.
    int32_t guesses[AE_LEVEL_KINDS * AE_BANDS * AE_PHASES][16];
    uint8_t missed[AE_PHASE_COLUMNS + 2];  ///< how far doubled values of a row are from their means
} ae_latent_adaptive;

/// Begins a group whose coder has begun. `priors` are AE_PRIOR_NODES logits in 1/16 for each class of networks; linear contexts
/// have none.
void ae_begin_latents(ae_latent_adaptive *source, const ae_latent_rule *rule, const int8_t *priors);

/// Reads or writes the latents of a tile by probabilities that learn; bands are written in reading, and if `rebuilds` says so.
void ae_code_latents(ae_kernel_level kernels, const ae_latent_rule *rule, const ae_latent_tile *tile, ae_latent_adaptive *source,
                     const int8_t *centroids);

/// How an encoder quantises: the bits of residuals of every class, and reconstruction offsets in steps.
typedef struct ae_latent_costs {
    /// AE_LATENT_SYMBOLS a class: of residual r at 2 |r|, plus 1 if it is negative; the last two are those beyond 18, to which
    /// twice log2(|r| / 19) is added.
    const float *bits;
    const float *centroids;  ///< AE_CENTROIDS a class
    float lambda;  ///< squared steps a bit
    void *trellis;  ///< ae_trellis_bytes(); NULL where no tile is dependent
} ae_latent_costs;

/// Bytes of the workspace of a trellis for bands of at most this many rows and columns.
size_t ae_trellis_bytes(int32_t rows, int32_t columns);

/// Where the quantiser leaves what it found, in coding order.
typedef struct ae_latent_output {
    int16_t *residuals;
    uint16_t *classes;
    int16_t *doubled;  ///< doubled values, limited to 16 bits; may be NULL
    /// By class and centroid: the sum of what a centroid stands for, in steps, and how many there were; may be NULL.
    double *offsets;
} ae_latent_output;

/// Quantises a tile; the bands keep their coefficients. Returns the number of residuals.
size_t ae_quantize_latents(ae_kernel_level kernels, const ae_latent_rule *rule, const ae_latent_tile *tile,
                           const ae_latent_costs *costs, const ae_latent_output *output);

/// Observations for a fit of the linear rule, apart for every level kind, band and phase.
typedef struct ae_latent_sampling {
    const int32_t *every;  ///< by level kind: one of so many latents is observed
    float *terms;          ///< of each its terms; `capacity` observations a rule
    float *magnitudes;     ///< of each its doubled magnitude
    int32_t *counts;       ///< by rule: observations there are, at most `capacity`
    int32_t *seen;         ///< by rule: latents there were
    int32_t capacity;
} ae_latent_sampling;

/// As ae_quantize_latents, for fitting a linear rule.
void ae_latent_samples(ae_kernel_level kernels, const ae_latent_rule *rule, const ae_latent_tile *tile,
                       const ae_latent_costs *costs, const ae_latent_sampling *sampling);

/// histogram[class][bin] += 1, where bin is the folded residual (2 |r|, less 1 if it is positive) >> shifts[class],
/// at most bins - 1; magnitudes[class] += |residual|.
void ae_latent_histogram(const int16_t *residuals, const uint16_t *classes, size_t count, int32_t bins,
                         const uint8_t *shifts, uint32_t *histogram, int64_t *magnitudes);

/// Residuals go to the next place of their stream.
void ae_latent_scatter(const int16_t *residuals, const uint16_t *classes, size_t count, const uint8_t *stream_of_class,
                       int16_t **next);

#endif
