// SPDX-License-Identifier: Apache-2.0
#ifndef J2K_SHIM_H
#define J2K_SHIM_H

#include <stddef.h>
#include <stdint.h>

// A failed assertion of OpenJPEG leaves it by longjmp, which must not cross Swift; it ends in this call.

typedef enum j2k_status {
    J2K_OK = 0,
    J2K_DAMAGED = 1,
    J2K_NO_MEMORY = 2,
} j2k_status;

/// The failure text of one call. The caller owns the memory; the text is always terminated.
typedef struct j2k_message {
    char text[128];
} j2k_message;

/// Decodes a JPEG 2000 or HTJ2K codestream of one component (no JP2 boxes).
///
///  - out       [capacity] samples, row by row: the low 16 bits of each
///  - capacity  any number but that of the codestream's samples is J2K_DAMAGED
///
/// A cut codestream is J2K_DAMAGED.
j2k_status j2k_decode(const uint8_t *codestream, size_t count, uint16_t *out, size_t capacity, j2k_message *why);

/// OpenJPEG's version as text, for `--version`.
const char *j2k_library_version(void);

#endif
