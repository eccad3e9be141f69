// SPDX-License-Identifier: Apache-2.0
// Where the probabilities of a context stand, and numbers in steps that contexts are made of. Spec/bitstream.md, 4.7.
#ifndef AE_ADAPTIVE_HASH_H
#define AE_ADAPTIVE_HASH_H
#include "adaptive_internal.h"

/// Calls the variant of a function that is compiled for the processor. Decisions wait for each other, so vectors of more than 256
/// bits gain nothing.
#if defined(__x86_64__)
#define AE_CHOOSE_WIDE(coder, name, ...) ((coder)->is_wide ? name##_avx2(__VA_ARGS__) : name##_portable(__VA_ARGS__))
#else
#define AE_CHOOSE_WIDE(coder, name, ...) ((void)(coder), name##_portable(__VA_ARGS__))
#endif

/// What an adaptive coder is asked for: in encoding the next residual.
AE_INLINE int16_t ae_next_residual(const ae_adaptive *coder, const int16_t **residuals) {
    return coder->decoding ? 0 : *(*residuals)++;
}

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

/// A number kept within limits.
AE_INLINE int32_t ae_kept_within(int32_t v, int32_t least, int32_t most) { return v < least ? least : v > most ? most : v; }

/// Weights of the guess from features move so that it would have come nearer: `gain` is what the guess missed over the energy of
/// the features.
AE_INLINE void ae_move_weights(int32_t *weights, const int32_t *features, int count, int32_t gain, int32_t most) {
    for (int k = 0; k < count; ++k)
        weights[k] = ae_kept_within(weights[k] + ((gain * features[k] + 128) >> 8), -most, most);
}

/// What a context is hashed to, by input.
AE_INLINE void ae_set_contexts(ae_lane *lane, const uint32_t hashes[AE_ADAPTIVE_INPUTS]) {
    for (int k = 0; k < AE_ADAPTIVE_INPUTS; ++k) lane->contexts[k] = ae_place(k, hashes[k]);
}

/// A guess in steps of its magnitude.
AE_INLINE uint32_t ae_guess_steps(int32_t guess) {
    return (uint32_t)(guess < 0 ? 100 - ae_steps(-guess) : 100 + ae_steps(guess));
}

#endif
