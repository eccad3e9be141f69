// SPDX-License-Identifier: Apache-2.0
#ifndef DCMTK_SHIM_H
#define DCMTK_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum dcm_status {
    DCM_OK = 0,
    DCM_UNSUPPORTED = 1,
    DCM_DAMAGED = 2,
    DCM_NO_MEMORY = 3,
    DCM_TOO_LARGE = 4,
} dcm_status;

/// The failure text of one call. The caller owns the memory; the text is always terminated.
typedef struct dcm_message {
    char text[256];
} dcm_message;

/// Decodes one frame of one component, compressed by JPEG or JPEG-LS.
///
///  - transfer_syntax  identifier of the codec
///  - rows, columns    size of the frame; the caller has compared it with the codestream's
///  - bits             8 for codestreams of 2 to 8 bits a sample, 16 for those of 9 to 16
///  - codestream       [count] bytes, copied
///  - out              [rows * columns * bits / 8] bytes; samples in the machine's order, row by
///                     row, not sign-extended
///  - capacity         bytes at `out`; too few is DCM_TOO_LARGE and nothing is written
dcm_status dcm_decode_frame(const char *transfer_syntax, uint16_t rows, uint16_t columns, uint16_t bits,
                            const uint8_t *codestream, size_t count, void *out, size_t capacity,
                            dcm_message *why);

/// Inflates a deflated data set (raw deflate, RFC 1951).
///
///  - out       [capacity] bytes, or NULL to count only
///  - produced  bytes of the data set, on DCM_OK
///
/// More than `capacity` bytes are DCM_TOO_LARGE.
dcm_status dcm_inflate(const uint8_t *deflated, size_t count, uint8_t *out, size_t capacity,
                       size_t *produced);

/// Looks a tag up in DCMTK's data dictionary, which is loaded by the first call.
///
///  - keyword  [capacity] characters, terminated; empty if the tag is unknown
///  - vr       two letters and a terminator; "UN" if the tag is unknown
void dcm_look_up(uint16_t group, uint16_t element, char *keyword, size_t capacity, char vr[3]);

/// DCMTK's version as text, for `--version`.
const char *dcm_library_version(void);

#ifdef __cplusplus
}
#endif

#endif
