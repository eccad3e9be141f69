// SPDX-License-Identifier: Apache-2.0
#ifndef AE_ADAPTIVE_H
#define AE_ADAPTIVE_H
#include <stddef.h>
#include <stdint.h>

/// Residuals as binary decisions of an arithmetic coder whose probabilities learn from what was coded.
/// Spec/bitstream.md, section 4.7, is the definition. There is one variant: a decision waits for the one before.

enum {
    AE_ADAPTIVE_INPUTS = 8,          ///< probabilities that are mixed for a decision
    AE_ADAPTIVE_NODES = 32,          ///< slots of a context, one for each kind of decision
    AE_ADAPTIVE_SLOT_BITS = 17,      ///< slots of an input, as a power of two
    AE_ADAPTIVE_MIXERS = 28,         ///< sets of weights for mixing, by what is coded
    AE_ADAPTIVE_CORRECTIONS = 10,    ///< sets of weights that foretell an error from those around, by label
    AE_ADAPTIVE_TAPS = 16,           ///< weights of such a set, of which 12 are used
    AE_LOCAL_TAPS = 10,              ///< weights that follow the samples of some columns
    AE_LOCAL_SUMS = 12,              ///< sums of a tap: with all taps, with the error, and one that is always 0
    AE_LOCAL_COLUMNS = 4,            ///< columns that share such weights
    AE_ADAPTIVE_STRETCHED = 4096,    ///< entries of the table of logits
    AE_ADAPTIVE_COUNTS = 401,        ///< what a slot can have counted, and one
};

/// Sums of products over the latest samples of some columns, and the weights that fit them.
typedef struct ae_local {
    int32_t sums[AE_LOCAL_TAPS][AE_LOCAL_SUMS];
    int32_t weights[AE_LOCAL_SUMS];
} ae_local;

/// Those of a tile.
static inline size_t ae_local_count(int32_t columns) {
    return ((size_t)columns + AE_LOCAL_COLUMNS - 1) / AE_LOCAL_COLUMNS;
}

/// The state of a group in work. `slots` has room for ae_adaptive_slot_count() values, aligned for cache lines.
typedef struct ae_adaptive {
    uint32_t *slots;
    ae_local *locals;  ///< ae_local_count(columns) of them, for the widest tile
    const uint8_t *next, *end;  ///< decoding: what is left to read of `byte_count` bytes
    size_t byte_count;
    uint8_t *out;               ///< encoding: where bytes go, `capacity` of them
    size_t capacity;
    size_t shifts;  ///< bytes that the interval has left behind
    uint32_t low, high, code;
    int32_t decoding;
    int32_t is_wide;  ///< whether the processor has vectors of 256 bits (x86-64: AVX2, BMI2 and LZCNT); set once
    int16_t mixers[AE_ADAPTIVE_MIXERS][AE_ADAPTIVE_NODES][AE_ADAPTIVE_INPUTS];
    int16_t corrections[AE_ADAPTIVE_CORRECTIONS][AE_ADAPTIVE_TAPS];
    int16_t stretched[AE_ADAPTIVE_STRETCHED];
    uint16_t rates[AE_ADAPTIVE_COUNTS];
} ae_adaptive;

/// Values that `slots` points to.
static inline size_t ae_adaptive_slot_count(void) {
    return (size_t)AE_ADAPTIVE_INPUTS << AE_ADAPTIVE_SLOT_BITS;
}

/// Begins a group that is read from `bytes`; they must stay.
void ae_begin_reading(ae_adaptive *coder, const uint8_t *bytes, size_t count);

/// Whether all of the bytes were needed and no more, once all residuals are read.
int ae_is_read(const ae_adaptive *coder);

/// Begins a group that is written to `out`.
void ae_begin_writing(ae_adaptive *coder, uint8_t *out, size_t capacity);

/// Ends it; returns how many bytes there are, or 0 if they are more than `capacity`.
size_t ae_end_writing(ae_adaptive *coder);

#endif
