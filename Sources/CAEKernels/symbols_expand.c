// SPDX-License-Identifier: Apache-2.0
#include "ae_symbols.h"
#include <string.h>

#define AE_INLINE static inline __attribute__((always_inline))

/// Reads fixed-width fields of a bit string one after the other.
typedef struct bit_reader {
    const uint8_t *bytes;
    size_t at;
} bit_reader;

AE_INLINE uint32_t take(bit_reader *bits, int width) {
    uint64_t word;
    memcpy(&word, bits->bytes + (bits->at >> 3), 8);
    const uint32_t value = (uint32_t)(word >> (bits->at & 7)) & ((1u << width) - 1);
    bits->at += (size_t)width;
    return value;
}

AE_INLINE uint32_t escape(const ae_symbol_source *source, size_t *next, int *bad) {
    if (*next >= source->escape_count) {
        *bad = 1;
        return 0;
    }
    uint16_t value;
    memcpy(&value, source->escapes + 2 * (*next)++, 2);
    return value;
}

AE_INLINE int16_t unfold(uint32_t u, int raw_bits, uint32_t raw) {
    const uint32_t z = (u >> 1) ^ (0u - (u & 1));
    return (int16_t)(z << raw_bits | raw);
}

int ae_expand_constant(uint16_t value, const ae_symbol_source *source, size_t count, int16_t *out) {
    bit_reader raw = {source->raw, 0};
    for (size_t i = 0; i < count; ++i)
        out[i] = unfold(value, source->raw_bits, source->raw_bits ? take(&raw, source->raw_bits) : 0);
    return source->main_count != 0 || source->escape_count != 0 || source->extra_bits != 0;
}

/// Eight symbols at a time: their raw bits are raw_bits bytes, and with up to 8 bits each one word.
AE_INLINE void expand_eight(const uint8_t *u, const uint8_t *raw, int raw_bits, int16_t *out) {
    uint64_t word;
    memcpy(&word, raw, 8);
    const uint64_t mask = (1u << raw_bits) - 1;
    for (int i = 0; i < 8; ++i) out[i] = unfold(u[i], raw_bits, (uint32_t)(word >> (i * raw_bits) & mask));
}

AE_INLINE int expand_bytes(const ae_symbol_source *source, const int raw_bits, size_t count, int16_t *out) {
    size_t escapes = 0, i = 0;
    int bad = 0;
    if (raw_bits <= 8) {
        for (; i + 8 <= count; i += 8) {
            expand_eight(source->main + i, source->raw + (i >> 3) * (size_t)raw_bits, raw_bits, out + i);
            uint64_t eight;
            memcpy(&eight, source->main + i, 8);
            // A byte 255 is zero in the complement; the classic test finds one among eight.
            const uint64_t inverse = ~eight;
            if (__builtin_expect(((inverse - 0x0101010101010101u) & ~inverse & 0x8080808080808080u) != 0, 0)) {
                bit_reader raw = {source->raw, i * (size_t)raw_bits};
                for (int j = 0; j < 8; ++j) {
                    const uint32_t low = take(&raw, raw_bits);
                    uint32_t u = source->main[i + (size_t)j];
                    if (u == 255) u += escape(source, &escapes, &bad);
                    out[i + (size_t)j] = unfold(u, raw_bits, low);
                }
            }
        }
    }
    bit_reader raw = {source->raw, i * (size_t)raw_bits};
    for (; i < count; ++i) {
        const uint32_t low = raw_bits ? take(&raw, raw_bits) : 0;
        uint32_t u = source->main[i];
        if (u == 255) u += escape(source, &escapes, &bad);
        out[i] = unfold(u, raw_bits, low);
    }
    return bad || escapes != source->escape_count;
}

int ae_expand_bytes(const ae_symbol_source *source, size_t count, int16_t *out) {
    if (source->main_count != count || source->extra_bits != 0) return 1;
    switch (source->raw_bits) {
    case 0: return expand_bytes(source, 0, count, out);
    case 1: return expand_bytes(source, 1, count, out);
    case 2: return expand_bytes(source, 2, count, out);
    case 3: return expand_bytes(source, 3, count, out);
    case 4: return expand_bytes(source, 4, count, out);
    case 5: return expand_bytes(source, 5, count, out);
    default: return expand_bytes(source, source->raw_bits, count, out);
    }
}

int32_t ae_digits_per_byte(int32_t radix) {
    return radix <= 3 ? 5 : radix == 4 ? 4 : radix <= 6 ? 3 : 2;
}

int ae_expand_digits(const ae_symbol_source *source, int32_t radix, size_t count, int16_t *out) {
    const int32_t per_byte = ae_digits_per_byte(radix);
    const size_t bytes = (count + (size_t)per_byte - 1) / (size_t)per_byte;
    if (source->main_count != bytes || source->extra_bits != 0) return 1;
    uint8_t table[256][5];
    int32_t valid = 1;
    for (int32_t d = 0; d < per_byte; ++d) valid *= radix;
    for (int32_t b = 0; b < 256; ++b) {
        int32_t rest = b;
        for (int32_t d = 0; d < 5; ++d) {
            table[b][d] = (uint8_t)(rest % radix);
            rest /= radix;
        }
    }
    const uint32_t last = (uint32_t)radix - 1;
    bit_reader raw = {source->raw, 0};
    size_t escapes = 0, i = 0;
    int bad = 0;
    for (size_t b = 0; b < bytes; ++b) {
        bad |= source->main[b] >= valid;
        const uint8_t *digits = table[source->main[b]];
        for (int32_t d = 0; d < per_byte && i < count; ++d, ++i) {
            uint32_t u = digits[d];
            if (__builtin_expect(u == last, 0)) u += escape(source, &escapes, &bad);
            out[i] = unfold(u, source->raw_bits, source->raw_bits ? take(&raw, source->raw_bits) : 0);
        }
    }
    return bad || escapes != source->escape_count;
}

int ae_expand_runs(const ae_symbol_source *source, size_t count, int16_t *out) {
    bit_reader raw = {source->raw, 0}, extra = {source->extra, 0};
    const int raw_bits = source->raw_bits;
    size_t escapes = 0, i = 0;
    int bad = 0;
    for (size_t k = 0; k < source->main_count; ++k) {
        const int bucket = source->main[k] >> 4, width = bucket > 1 ? bucket - 1 : 0;
        uint32_t u = source->main[k] & 15;
        if (extra.at + (size_t)width > source->extra_bits) return 1;
        size_t run = bucket == 0 ? 0 : ((size_t)1 << width) + (width ? take(&extra, width) : 0);
        if (run + (u != 0) > count - i) return 1;
        for (; run > 0; --run) out[i++] = unfold(0, raw_bits, raw_bits ? take(&raw, raw_bits) : 0);
        if (u == 0) continue;
        if (u == 15) u += escape(source, &escapes, &bad);
        out[i++] = unfold(u, raw_bits, raw_bits ? take(&raw, raw_bits) : 0);
    }
    return bad || i != count || escapes != source->escape_count || extra.at != source->extra_bits;
}
