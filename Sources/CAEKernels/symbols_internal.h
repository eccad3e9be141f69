// SPDX-License-Identifier: Apache-2.0
#ifndef AE_SYMBOLS_INTERNAL_H
#define AE_SYMBOLS_INTERNAL_H
#include "ae_symbols.h"
#include <string.h>

#define AE_INLINE static inline __attribute__((always_inline))

/// Reads fields of up to 24 bits of a bit string one after the other; 8 bytes from the first on are read.
typedef struct ae_bit_reader {
    const uint8_t *bytes;
    size_t at;
} ae_bit_reader;

AE_INLINE uint32_t ae_take(ae_bit_reader *bits, int width) {
    uint64_t word;
    memcpy(&word, bits->bytes + (bits->at >> 3), 8);
    const uint32_t value = (uint32_t)(word >> (bits->at & 7)) & ((1u << width) - 1);
    bits->at += (size_t)width;
    return value;
}

/// out[i] |= the i-th field of `bits` bits (0...15) of `raw`.
void ae_add_raw(const uint8_t *raw, int bits, size_t count, int16_t *out);

#endif
