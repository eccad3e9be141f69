// SPDX-License-Identifier: Apache-2.0
// Binary decisions: probabilities of several contexts, mixed, and the interval that they divide. Variants of the
// wavefront include it, so that it is compiled for their processors.
#ifndef AE_ADAPTIVE_DECISIONS_H
#define AE_ADAPTIVE_DECISIONS_H
#include "adaptive_internal.h"

enum {
    AE_LOGIT_MOST = 2047,      ///< logits are in 1/256
    AE_ANCHOR_DISTANCE = 128,  ///< between two entries of ae_anchors
};

/// Probabilities in 1/65536 of the logits -8, -7.5, ... 8.
static const uint16_t ae_anchors[33] = {22,    36,    60,    98,    162,   267,   439,   720,   1179,  1921,  3108,
                                        4971,  7812,  11955, 17625, 24743, 32768, 40793, 47911, 53581, 57724, 60565,
                                        62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500, 65514};

AE_INLINE int32_t ae_probability(int32_t logit) {
    logit = logit > AE_LOGIT_MOST ? AE_LOGIT_MOST : logit < -AE_LOGIT_MOST ? -AE_LOGIT_MOST : logit;
    const int32_t place = logit + AE_LOGIT_MOST + 1, entry = place / AE_ANCHOR_DISTANCE;
    const int32_t part = place % AE_ANCHOR_DISTANCE;
    return (ae_anchors[entry] * (AE_ANCHOR_DISTANCE - part) + ae_anchors[entry + 1] * part) / AE_ANCHOR_DISTANCE;
}

/// Behind the end there are zeros.
AE_INLINE void ae_read_byte(ae_adaptive *coder) {
    coder->code = coder->code << 8 | (coder->next < coder->end ? *coder->next++ : 0);
}

/// What does not fit is counted only.
AE_INLINE void ae_write_byte(ae_adaptive *coder, uint8_t byte) {
    if (coder->shifts < coder->capacity) coder->out[coder->shifts] = byte;
    coder->shifts += 1;
}

/// Divides the interval; `bit` counts in encoding only.
AE_INLINE int ae_divide(ae_adaptive *coder, int32_t probability, int bit) {
    const uint32_t middle = coder->low + (uint32_t)(((uint64_t)(coder->high - coder->low) * (uint32_t)probability) >> 16);
    if (coder->decoding) bit = coder->code <= middle;
    if (bit) coder->high = middle;
    else coder->low = middle + 1;
    while ((coder->low ^ coder->high) >> 24 == 0) {
        if (coder->decoding) {
            ae_read_byte(coder);
            coder->shifts += 1;
        } else {
            ae_write_byte(coder, (uint8_t)(coder->high >> 24));
        }
        coder->low <<= 8;
        coder->high = coder->high << 8 | 255;
    }
    return bit;
}

// Vectors pass between inlined functions only; no call depends on how they are handed over.
#pragma clang diagnostic ignored "-Wpsabi"

/// The inputs of a decision; the compiler makes of them what the target has.
typedef int32_t ae_inputs __attribute__((vector_size(4 * AE_ADAPTIVE_INPUTS)));
typedef int16_t ae_short_inputs __attribute__((vector_size(2 * AE_ADAPTIVE_INPUTS)));

/// One decision: the mixed probability of a 1 divides the interval, then all that it came from learns.
AE_INLINE int ae_decide(ae_adaptive *coder, const ae_lane *lane, int node, int bit) {
    uint32_t *slots[AE_ADAPTIVE_INPUTS], found[AE_ADAPTIVE_INPUTS];
    int16_t *mixer = coder->mixers[lane->mixer][node], stretched[AE_ADAPTIVE_INPUTS];
    uint16_t speeds[AE_ADAPTIVE_INPUTS];
#pragma clang loop unroll(full)
    for (int i = 0; i < AE_ADAPTIVE_INPUTS; ++i) {
        slots[i] = coder->slots + node + lane->contexts[i];
        const uint32_t value = *slots[i];
        found[i] = value;
        stretched[i] = coder->stretched[value >> 20];
        speeds[i] = coder->rates[value & 1023];
    }
    ae_short_inputs narrow;
    memcpy(&narrow, mixer, sizeof narrow);
    const ae_inputs weights = __builtin_convertvector(narrow, ae_inputs);
    memcpy(&narrow, stretched, sizeof narrow);
    const ae_inputs logits = __builtin_convertvector(narrow, ae_inputs), products = weights * logits;
    const int32_t sum = ((products[0] + products[4]) + (products[1] + products[5])) +
                        ((products[2] + products[6]) + (products[3] + products[7]));
    const int32_t probability = ae_probability(sum >> 13);
    bit = ae_divide(coder, probability, bit);
    const int32_t error = ((bit << 16) - probability) >> 1;
    const ae_inputs moved = weights + ((logits * error + (1 << 16)) >> 17), most = (ae_inputs){0} + 32767;
    narrow = __builtin_convertvector(
        __builtin_elementwise_max(__builtin_elementwise_min(moved, most), ~most), ae_short_inputs);
    memcpy(mixer, &narrow, sizeof narrow);
    ae_inputs values;
    memcpy(&values, found, sizeof values);
    memcpy(&narrow, speeds, sizeof narrow);
    const ae_inputs rates = __builtin_convertvector(narrow, ae_inputs) & 0xFFFF;
    const ae_inputs before = (values >> 10) & ((1 << 22) - 1), count = values & 1023;
    const ae_inputs after = before + ((((-bit & ((1 << 22) - 1)) - before) >> 7) * rates >> 9);
    // A comparison that holds is -1.
    values = (after << 10) | (count - (count < AE_ADAPTIVE_COUNTS - 1));
    memcpy(found, &values, sizeof found);
#pragma clang loop unroll(full)
    for (int i = 0; i < AE_ADAPTIVE_INPUTS; ++i) *slots[i] = found[i];
    return bit;
}

/// Bits that nothing is known of, the highest first.
AE_INLINE int32_t ae_plain_bits(ae_adaptive *coder, int count, int32_t bits) {
    int32_t value = 0;
    for (int i = count - 1; i >= 0; --i) value = 2 * value + ae_divide(coder, 1 << 15, bits >> i & 1);
    return value;
}

/// Codes the residual of one sample; in decoding the one given counts for nothing.
AE_INLINE int16_t ae_code_residual(ae_adaptive *coder, const ae_lane *lane, int16_t residual) {
    // In decoding all of what follows is of residual 0, and looked at by nobody.
    const int32_t size = residual < 0 ? -residual - 1 : residual, shift = lane->shift, high = size >> shift;
    const int negative = ae_decide(coder, lane, AE_NODE_SIGN, residual < 0), first = 16 * negative;
    int32_t found = 0;
    while (found < AE_UNARY && !ae_decide(coder, lane, first + AE_NODE_UNARY + found, high == found)) ++found;
    const int is_small = found < AE_UNARY;
    if (!is_small) {
        const int32_t rest = high - AE_UNARY + 1;
        const int exponent = rest > 0 ? ae_octave((uint32_t)rest) : 0;
        int octave = 0;
        while (octave < 15) {
            const int node = AE_NODE_OCTAVE + (octave < 3 ? octave : 3);
            if (ae_decide(coder, lane, first + node, exponent == octave)) break;
            ++octave;
        }
        int32_t value = 1;
        if (octave > 0) {
            value = 2 + ae_decide(coder, lane, first + AE_NODE_MANTISSA, rest >> (octave - 1) & 1);
            value = (int32_t)((uint32_t)value << (octave - 1)) | ae_plain_bits(coder, octave - 1, rest);
        }
        found = value + AE_UNARY - 1;
    }
    if (shift > 0) {
        const int top = ae_decide(coder, lane, first + AE_NODE_LOW + (found > 0), size >> (shift - 1) & 1);
        found = 2 * found + top;
        if (shift > 1) {
            found = 2 * found + ae_decide(coder, lane, first + AE_NODE_LOW + 2 + top, size >> (shift - 2) & 1);
            found = (int32_t)((uint32_t)found << (shift - 2)) | ae_plain_bits(coder, shift - 2, size);
        }
    }
    return (int16_t)(negative ? -found - 1 : found);
}

#endif
