// SPDX-License-Identifier: Apache-2.0
#include "ae_symbols.h"
#include <string.h>

void ae_fold(const int16_t *residuals, size_t count, int32_t raw_bits, uint16_t *folded, uint8_t *raw) {
    const uint32_t mask = (1u << raw_bits) - 1;
    uint64_t word = 0;
    int filled = 0;
    for (size_t i = 0; i < count; ++i) {
        const int32_t r = residuals[i], z = r >> raw_bits;
        folded[i] = (uint16_t)((uint32_t)z << 1 ^ (uint32_t)(z >> 31));
        word |= (uint64_t)((uint32_t)r & mask) << filled;
        filled += raw_bits;
        if (filled >= 32) {
            memcpy(raw, &word, 4);
            raw += 4;
            word >>= 32;
            filled -= 32;
        }
    }
    memcpy(raw, &word, 8);
}

void ae_pack_bytes(const uint16_t *folded, size_t count, ae_symbol_sink *sink) {
    size_t escapes = 0;
    for (size_t i = 0; i < count; ++i) {
        const uint16_t u = folded[i];
        sink->main[i] = (uint8_t)(u < 255 ? u : 255);
        if (u >= 255) sink->escapes[escapes++] = (uint16_t)(u - 255);
    }
    sink->main_count = count;
    sink->escape_count = escapes;
    sink->extra_bits = 0;
}

void ae_pack_digits(const uint16_t *folded, size_t count, int32_t radix, ae_symbol_sink *sink) {
    const size_t per_byte = (size_t)ae_digits_per_byte(radix);
    const uint16_t last = (uint16_t)(radix - 1);
    size_t escapes = 0, bytes = 0;
    for (size_t i = 0; i < count; i += per_byte) {
        uint32_t byte = 0, place = 1;
        for (size_t d = i; d < i + per_byte && d < count; ++d, place *= (uint32_t)radix) {
            const uint16_t u = folded[d];
            byte += place * (u < last ? u : last);
            if (u >= last) sink->escapes[escapes++] = (uint16_t)(u - last);
        }
        sink->main[bytes++] = (uint8_t)byte;
    }
    sink->main_count = bytes;
    sink->escape_count = escapes;
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

void ae_pack_runs(const uint16_t *folded, size_t count, ae_symbol_sink *sink) {
    size_t tokens = 0, escapes = 0, run = 0;
    sink->extra_bits = 0;
    for (size_t i = 0; i <= count; ++i) {
        const int at_end = i == count;
        if (!at_end && folded[i] == 0 && run < 32767) {
            ++run;
            continue;
        }
        if (at_end && run == 0) break;
        int bucket = 0;
        while (run >> bucket) ++bucket;
        if (bucket > 1) put(sink, (uint32_t)(run - ((size_t)1 << (bucket - 1))), bucket - 1);
        const uint16_t u = at_end ? 0 : folded[i];
        sink->main[tokens++] = (uint8_t)(bucket << 4 | (u < 15 ? u : 15));
        if (u >= 15) sink->escapes[escapes++] = (uint16_t)(u - 15);
        // A zero that found the longest run full starts the next one.
        run = !at_end && u == 0;
    }
    sink->main_count = tokens;
    sink->escape_count = escapes;
}

void ae_scatter(const int16_t *residuals, const uint8_t *classes, size_t count,
                const uint8_t *stream_of_class, int16_t **next) {
    for (size_t i = 0; i < count; ++i) *next[stream_of_class[classes[i]]]++ = residuals[i];
}

void ae_histogram(const int16_t *residuals, const uint8_t *classes, size_t count, int32_t bins,
                  const uint8_t *shifts, uint32_t *histogram, int64_t *magnitudes) {
    for (size_t i = 0; i < count; ++i) {
        const int32_t r = residuals[i], c = classes[i];
        uint32_t u = ((uint32_t)r << 1 ^ (uint32_t)(r >> 31)) >> shifts[c];
        if (u >= (uint32_t)bins) u = (uint32_t)bins - 1;
        histogram[(size_t)c * (size_t)bins + u] += 1;
        magnitudes[c] += r < 0 ? -r : r;
    }
}
