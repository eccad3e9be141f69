// SPDX-License-Identifier: Apache-2.0
#ifndef PEERS_H
#define PEERS_H

#include <stddef.h>
#include <stdint.h>

/// Codecs that the benchmark compares with, one grey frame at a time; `peer` is lossless.
///
/// A frame is unsigned: one byte a sample for 1 to 8 bits, two in the machine's order for 9 to 16,
/// row by row without gaps.
typedef struct peer_frame {
    uint32_t columns;
    uint32_t rows;
    int bits;  ///< 2 ... 16 for CharLS, 1 ... 16 for OpenJPEG
} peer_frame;

/// Encodes `samples` into `out`.
///
/// Returns the bytes written, or 0 if the codec refused or `capacity` is too small.
typedef size_t (*peer_encode_fn)(peer_frame frame, const void *samples, uint8_t *out, size_t capacity);

/// Decodes `count` bytes into `samples`, which has room for the whole frame.
///
/// Returns 1, or 0 if the codec refused.
typedef int (*peer_decode_fn)(peer_frame frame, const uint8_t *bytes, size_t count, void *samples);

/// One codec; `name` is NULL if its library is not installed.
typedef struct peer {
    const char *name;  ///< name and version of the library, kept for the life of the process
    peer_encode_fn encode;
    peer_decode_fn decode;
} peer;

/// JPEG-LS by libcharls.so.2, loaded at run time.
peer peer_charls(void);

/// JPEG 2000 (5/3, six resolutions, one layer, a bare codestream) by the OpenJPEG that is linked.
peer peer_openjpeg(void);

/// As `peer_openjpeg` encodes, but down to a compression ratio, as `opj_compress -n 6 -r ratio`.
///
/// `irreversible` chooses the 9/7 wavelet (`-I`) instead of the 5/3; `ratio` is bits of the frame over
/// bits of the codestream, at least 1. The codestream is for the decoder of `peer_openjpeg`.
size_t peer_openjpeg_encode_lossy(peer_frame frame, const void *samples, int irreversible, double ratio,
                                  uint8_t *out, size_t capacity);

#endif
