// SPDX-License-Identifier: Apache-2.0
#ifndef PEERS_H
#define PEERS_H

#include <stddef.h>
#include <stdint.h>

/// Codecs that the benchmark compares with, one grey frame at a time.
///
/// A frame is unsigned: one byte a sample for 1 to 8 bits, two in the machine's order for 9 to 16,
/// row by row without gaps.
typedef struct peer_frame {
    uint32_t columns;
    uint32_t rows;
    int bits;  ///< 2 ... 16 for CharLS, 1 ... 16 for the others
} peer_frame;

/// Encodes `samples` into `out`; `setting` is 0 for lossless, otherwise what the codec says below.
///
/// Returns the bytes written, or 0 if the codec refused or `capacity` is too small.
typedef size_t (*peer_encode_fn)(peer_frame frame, double setting, const void *samples, uint8_t *out,
                                 size_t capacity);

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

/// JPEG-LS by libcharls.so.2, loaded at run time; the setting is the bound of the error (NEAR).
peer peer_charls(void);

/// JPEG 2000 by the OpenJPEG that is linked: six resolutions, one layer, a bare codestream.
///
/// `irreversible` chooses the 9/7 wavelet (`opj_compress -I`) instead of the 5/3. The setting is the
/// compression ratio of `opj_compress -r`: bits of the frame over bits of the codestream, at least 1;
/// at 0 all bit planes are coded.
peer peer_openjpeg(int irreversible);

/// Threads that OpenJPEG gets from here on, 1 unless called; the others have one.
void peer_openjpeg_set_threads(int threads);

/// zstd, level 19, on the bytes of the samples; there is no setting.
peer peer_zstd(void);

/// xz, preset 6, on the bytes of the samples, by liblzma.so.5, loaded at run time; there is no setting.
peer peer_xz(void);

/// Makes a pipe, ends[0] to read and ends[1] to write, that no child inherits; 0 if that succeeded.
int peer_pipe(int ends[2]);

#endif
