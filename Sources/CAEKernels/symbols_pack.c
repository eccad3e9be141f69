// SPDX-License-Identifier: Apache-2.0
// Residuals to main bytes, escapes and low bits.
#include "ae_latents.h"
#include "symbols_internal.h"

/// Low bits one field after the other; the bytes of the last word beyond them are zero.
static void pack_raw(const int16_t *residuals, size_t count, int bits, uint8_t *raw) {
    const uint32_t mask = (1u << bits) - 1;
    size_t i = 0;
    // Eight fields of up to 8 bits are whole bytes of one word.
    for (; bits <= 8 && i + 8 <= count; i += 8, raw += bits) {
        uint64_t word = 0;
        for (int k = 0; k < 8; ++k) word |= (uint64_t)((uint32_t)residuals[i + (size_t)k] & mask) << (k * bits);
        memcpy(raw, &word, 8);
    }
    uint64_t word = 0;
    int filled = 0;
    for (; i < count; ++i) {
        word |= (uint64_t)((uint32_t)residuals[i] & mask) << filled;
        filled += bits;
        if (filled >= 32) {
            memcpy(raw, &word, 4);
            raw += 4;
            word >>= 32;
            filled -= 32;
        }
    }
    memcpy(raw, &word, 8);
}

void ae_fold(const int16_t *residuals, size_t count, int32_t raw_bits, uint16_t *folded, uint8_t *raw) {
    for (size_t i = 0; i < count; ++i) {
        const int16_t z = (int16_t)(residuals[i] >> raw_bits);
        folded[i] = (uint16_t)((uint16_t)z << 1) ^ (uint16_t)(z >> 15);
    }
    pack_raw(residuals, raw_bits > 0 ? count : 0, raw_bits, raw);
}

/// What every u from `last` on exceeds it by.
static size_t collect_escapes(const uint16_t *folded, size_t count, uint16_t last, uint16_t *escapes) {
    size_t found = 0;
    for (size_t i = 0; i < count;) {
        const size_t end = count - i < 64 ? count : i + 64;
        uint16_t most = 0;
        for (size_t k = i; k < end; ++k) most = folded[k] > most ? folded[k] : most;
        // Written without a branch, and kept or overwritten.
        for (; most >= last && i < end; ++i) {
            escapes[found] = (uint16_t)(folded[i] - last);
            found += folded[i] >= last;
        }
        i = end;
    }
    return found;
}

size_t ae_write_escapes(const uint16_t *escapes, size_t count, uint8_t *bytes) {
    size_t at = 0;
    for (size_t i = 0; i < count; ++i) {
        bytes[at++] = (uint8_t)(escapes[i] < 255 ? escapes[i] : 255);
        if (escapes[i] < 255) continue;
        memcpy(bytes + at, escapes + i, 2);
        at += 2;
    }
    return at;
}

/// One symbol a byte; the greatest, `last`, has an escape.
static void pack_single(const uint16_t *folded, size_t count, uint16_t last, ae_symbol_sink *sink) {
    uint8_t *main = sink->main;
    for (size_t i = 0; i < count; ++i) main[i] = (uint8_t)(folded[i] < last ? folded[i] : last);
    sink->main_count = count;
    sink->escape_count = collect_escapes(folded, count, last, sink->escapes);
    sink->extra_bits = 0;
}

void ae_pack_bytes(const uint16_t *folded, size_t count, ae_symbol_sink *sink) {
    pack_single(folded, count, 255, sink);
}

/// Bytes of `per_byte` digits each.
AE_INLINE void pack_digits(const uint16_t *folded, size_t bytes, const size_t per_byte, uint32_t radix, uint8_t *main) {
    for (size_t b = 0; b < bytes; ++b) {
        uint32_t byte = 0;
        for (size_t d = per_byte; d-- > 0;) {
            const uint32_t u = folded[b * per_byte + d];
            byte = byte * radix + (u < radix - 1 ? u : radix - 1);
        }
        main[b] = (uint8_t)byte;
    }
}

void ae_pack_digits(const uint16_t *folded, size_t count, int32_t radix, ae_symbol_sink *sink) {
    const size_t per_byte = (size_t)ae_digits_per_byte(radix), whole = count / per_byte, rest = count % per_byte;
    const uint32_t r = (uint32_t)radix;
    switch (per_byte) {
    case 1: pack_single(folded, count, (uint16_t)(r - 1), sink); return;
    case 2: pack_digits(folded, whole, 2, r, sink->main); break;
    case 3: pack_digits(folded, whole, 3, r, sink->main); break;
    case 4: pack_digits(folded, whole, 4, r, sink->main); break;
    default: pack_digits(folded, whole, 5, r, sink->main); break;
    }
    pack_digits(folded + whole * per_byte, rest > 0, rest, r, sink->main + whole);
    sink->main_count = whole + (rest > 0);
    sink->escape_count = collect_escapes(folded, count, (uint16_t)(r - 1), sink->escapes);
    sink->extra_bits = 0;
}

/// Appends `width` bits; the bytes beyond the end are kept zero.
static void put(ae_symbol_sink *sink, uint32_t value, int width) {
    uint64_t word;
    uint8_t *at = sink->extra + (sink->extra_bits >> 3);
    const int shift = (int)(sink->extra_bits & 7);
    word = shift ? *at & (0xFFu >> (8 - shift)) : 0;
    word |= (uint64_t)value << shift;
    memcpy(at, &word, 4);
    sink->extra_bits += (size_t)width;
}

/// How many zeros stand at `folded`, at most `limit`.
AE_INLINE size_t zeros(const uint16_t *folded, size_t limit) {
    size_t run = 0;
    for (uint64_t four; run + 4 <= limit; run += 4) {
        memcpy(&four, folded + run, 8);
        if (four) return run + (size_t)__builtin_ctzll(four) / 16;
    }
    while (run < limit && folded[run] == 0) ++run;
    return run;
}

void ae_pack_runs(const uint16_t *folded, size_t count, ae_symbol_sink *sink) {
    const size_t longest = 32767;
    size_t tokens = 0, i = 0;
    sink->extra_bits = 0;
    while (i < count) {
        const size_t run = zeros(folded + i, count - i < longest ? count - i : longest);
        i += run;
        const int bucket = run == 0 ? 0 : 64 - __builtin_clzll(run);
        if (bucket > 1) put(sink, (uint32_t)(run - ((size_t)1 << (bucket - 1))), bucket - 1);
        // A zero behind the longest run starts the next one; its token, like one at the end, has no level.
        const uint16_t u = i < count ? folded[i] : 0;
        sink->main[tokens++] = (uint8_t)(bucket << 4 | (u < 15 ? u : 15));
        i += u != 0;
    }
    sink->main_count = tokens;
    sink->escape_count = collect_escapes(folded, count, 15, sink->escapes);
}

/// The same for both kinds of class numbers.
#define AE_OF_CLASSES(scatter, histogram_of, number)                                                             \
    void scatter(const int16_t *residuals, const number *classes, size_t count, const uint8_t *stream_of_class,    \
                 int16_t **next) {                                                                                 \
        for (size_t i = 0; i < count; ++i) *next[stream_of_class[classes[i]]]++ = residuals[i];                    \
    }                                                                                                              \
    void histogram_of(const int16_t *residuals, const number *classes, size_t count, int32_t bins,                 \
                      const uint8_t *shifts, uint32_t *histogram, int64_t *magnitudes) {                           \
        for (size_t i = 0; i < count; ++i) {                                                                       \
            const int32_t r = residuals[i], c = classes[i];                                                        \
            uint32_t u = ((uint32_t)r << 1 ^ (uint32_t)(r >> 31)) >> shifts[c];                                    \
            if (u >= (uint32_t)bins) u = (uint32_t)bins - 1;                                                       \
            histogram[(size_t)c * (size_t)bins + u] += 1;                                                          \
            magnitudes[c] += r < 0 ? -r : r;                                                                       \
        }                                                                                                          \
    }

AE_OF_CLASSES(ae_scatter, ae_histogram, uint8_t)
AE_OF_CLASSES(ae_latent_scatter, ae_latent_histogram, uint16_t)
