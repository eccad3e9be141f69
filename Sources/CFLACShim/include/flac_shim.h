// SPDX-License-Identifier: Apache-2.0
#ifndef FLAC_SHIM_H
#define FLAC_SHIM_H

#include <stddef.h>
#include <stdint.h>

// libFLAC works through callbacks, which are C's.

typedef enum flac_shim_status {
    FLAC_SHIM_OK = 0,
    FLAC_SHIM_DAMAGED = 1,
    FLAC_SHIM_NO_MEMORY = 2,
} flac_shim_status;

/// What a stream turned out to hold.
typedef struct flac_shape {
    uint32_t channels;
    uint32_t bits;   ///< of a sample
    uint64_t frames; ///< samples of each channel
} flac_shape;

/// Decodes the whole stream in `bytes`, checks it, and counts what it holds.
///
///  - limit  frames at which decoding stops as FLAC_SHIM_DAMAGED
///  - shape  filled on FLAC_SHIM_OK
flac_shim_status flac_shim_measure(const uint8_t *bytes, size_t count, uint64_t limit, flac_shape *shape);

/// Decodes a stream that was measured.
///
///  - shape  what flac_shim_measure said
///  - out    [channels * frames] samples, channel by channel
flac_shim_status flac_shim_decode(const uint8_t *bytes, size_t count, const flac_shape *shape, int32_t *out);

#endif
