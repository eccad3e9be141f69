// SPDX-License-Identifier: Apache-2.0
#ifndef PNG_SHIM_H
#define PNG_SHIM_H

#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp, which must not cross Swift; it starts and ends in these calls.

typedef enum png_shim_status {
    PNG_SHIM_OK = 0,
    PNG_SHIM_DAMAGED = 1,
    PNG_SHIM_NO_MEMORY = 2,
} png_shim_status;

/// The failure text of one call. The caller owns the memory; the text is always terminated.
typedef struct png_message {
    char text[128];
} png_message;

typedef struct png_header {
    uint32_t rows, columns;
    uint8_t bit_depth;        ///< 1, 2, 4, 8 or 16
    uint8_t color_type;       ///< 0 gray, 2 color, 3 palette, 4 gray with alpha, 6 color with alpha
    uint8_t has_transparency; ///< 1 if a gray value stands for "transparent"
} png_header;

/// Reads everything before the samples of the PNG in `bytes`.
png_shim_status png_shim_header(const uint8_t *bytes, size_t count, png_header *header, png_message *why);

/// Decodes the gray PNG of 8 or 16 bits in `bytes`.
///
///  - out       [rows * columns] samples, row by row; what it holds after a failure is undefined
///  - capacity  samples at `out`; any number but rows * columns is PNG_SHIM_DAMAGED
png_shim_status png_shim_read(const uint8_t *bytes, size_t count, uint16_t *out, size_t capacity,
                              png_message *why);

/// Writes a gray PNG.
///
///  - header   rows, columns and bit_depth (8 or 16) are used
///  - samples  [sample_count] values, rows * columns of them; the low 8 bits count if bit_depth is 8
///  - out      on PNG_SHIM_OK the file, to be passed to png_shim_free; otherwise NULL
png_shim_status png_shim_write(const png_header *header, const uint16_t *samples, size_t sample_count,
                               uint8_t **out, size_t *out_count, png_message *why);

/// Releases what png_shim_write made. NULL is allowed.
void png_shim_free(uint8_t *bytes);

#endif
