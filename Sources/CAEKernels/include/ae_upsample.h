// SPDX-License-Identifier: Apache-2.0
#ifndef AE_UPSAMPLE_H
#define AE_UPSAMPLE_H
#include <stddef.h>
#include <stdint.h>

/// Enlargement of the base of a part by cubic interpolation (Spec/bitstream.md, section 10).

enum { AE_MAX_UPSAMPLE = 3 };  ///< sides grow at most by 2 to this power

/// A plane of codes.
typedef struct ae_base_plane {
    const uint16_t *codes;
    ptrdiff_t stride;  ///< codes between rows
    int32_t rows, columns;
    uint16_t max_code;
} ae_base_plane;

/// Bytes of workspace for windows up to a width.
static inline size_t ae_upsample_work_bytes(int32_t columns) { return 2 * (2 * (size_t)columns + 64); }

/// A window of a plane whose sides are enlarged 2^exponent times, exponent being 1...AE_MAX_UPSAMPLE.
///
///  - row, column, rows, columns   the window; it may end up to 2^exponent - 1 places before the enlarged plane does
///  - out                          the window, rows `stride` apart
///  - work                         ae_upsample_work_bytes(columns), aligned for int16
void ae_upsample(const ae_base_plane *plane, int32_t exponent, int32_t row, int32_t column, int32_t rows,
                 int32_t columns, uint16_t *out, ptrdiff_t stride, void *work);

#endif
