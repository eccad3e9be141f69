// SPDX-License-Identifier: Apache-2.0
// Where the probabilities of a context stand, and numbers in steps that contexts are made of. Spec/bitstream.md, 4.7.
#ifndef AE_ADAPTIVE_HASH_H
#define AE_ADAPTIVE_HASH_H
#include "adaptive_internal.h"

/// Mixes two numbers.
AE_INLINE uint32_t ae_hash(uint32_t a, uint32_t b) {
    uint32_t x = a * 0x9E3779B1u ^ (b + 0x7F4A7C15u) * 0x85EBCA6Bu;
    x ^= x >> 15;
    x *= 0x2C1B3C6Du;
    return x ^ x >> 13;
}

/// Bits of a magnitude, with the sign, above 0.
AE_INLINE uint32_t ae_bits(int32_t v) {
    const int32_t size = v < 0 ? -v : v, bits = size > 0 ? ae_octave((uint32_t)size) + 1 : 0;
    return (uint32_t)(v < 0 ? 32 - bits : 32 + bits);
}

/// Four steps an octave, as raw classes.
AE_INLINE int32_t ae_steps(int32_t v) {
    if (v == 0) return 0;
    const int octave = ae_octave((uint32_t)v);
    return 1 + 4 * octave + (int32_t)((((int64_t)v << 2) >> octave) & 3);
}

/// The slots of a context.
AE_INLINE uint32_t ae_place(int input, uint32_t hash) {
    const uint32_t place = hash >> (32 - AE_ADAPTIVE_SLOT_BITS);
    return ((uint32_t)input << AE_ADAPTIVE_SLOT_BITS) + (place & ~(uint32_t)(AE_ADAPTIVE_NODES - 1));
}

/// A guess in steps of its magnitude.
AE_INLINE uint32_t ae_guess_steps(int32_t guess) {
    return (uint32_t)(guess < 0 ? 100 - ae_steps(-guess) : 100 + ae_steps(guess));
}

#endif
