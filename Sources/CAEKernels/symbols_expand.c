// SPDX-License-Identifier: Apache-2.0
// Main bytes to residuals without their low bits, which are added last.
#include "symbols_internal.h"

/// The residual of u before its low bits are added.
AE_INLINE int16_t unfold(uint32_t u, int raw_bits) {
    const uint16_t z = (uint16_t)(u >> 1) ^ (uint16_t)(0u - (u & 1));
    return (int16_t)(z << raw_bits);
}

int ae_read_escapes(const uint8_t *bytes, size_t byte_count, size_t count, uint16_t *escapes) {
    size_t at = 0;
    for (size_t i = 0; i < count; ++i) {
        if (at == byte_count) return 1;
        escapes[i] = bytes[at++];
        if (escapes[i] < 255) continue;
        if (byte_count - at < 2) return 1;
        memcpy(escapes + i, bytes + at, 2);
        at += 2;
    }
    return at != byte_count;
}

int ae_expand_constant(uint16_t value, const ae_symbol_source *source, size_t count, int16_t *out) {
    if (source->main_count != 0 || source->escape_count != 0 || source->extra_bits != 0) return 1;
    const int16_t residual = unfold(value, source->raw_bits);
    for (size_t i = 0; i < count; ++i) out[i] = residual;
    ae_add_raw(source->raw, source->raw_bits, count, out);
    return 0;
}

/// One symbol a byte; the greatest, `last`, has an escape.
static int expand_single(const ae_symbol_source *source, uint8_t last, size_t count, int16_t *out) {
    if (source->main_count != count || source->extra_bits != 0) return 1;
    const uint8_t *main = source->main;
    const int raw_bits = source->raw_bits;
    uint8_t most = 0;
    for (size_t i = 0; i < count; ++i) most = main[i] > most ? main[i] : most;
    if (most > last) return 1;
    for (size_t i = 0; i < count; ++i) out[i] = unfold(main[i], raw_bits);
    size_t escapes = 0;
    for (size_t i = 0; i < count; ++i) {
        const uint8_t *at = memchr(main + i, last, count - i);
        if (!at) break;
        if (escapes == source->escape_count) return 1;
        i = (size_t)(at - main);
        out[i] = unfold(last + source->escapes[escapes++], raw_bits);
    }
    if (escapes != source->escape_count) return 1;
    ae_add_raw(source->raw, raw_bits, count, out);
    return 0;
}

int ae_expand_bytes(const ae_symbol_source *source, size_t count, int16_t *out) {
    return expand_single(source, 255, count, out);
}

int32_t ae_digits_per_byte(int32_t radix) {
    return radix <= 3 ? 5 : radix == 4 ? 4 : radix <= 6 ? 3 : radix <= 16 ? 2 : 1;
}

/// Residuals of the digits of a byte, and zeros.
typedef struct digit_table {
    int16_t residuals[256][8];
    /// How a byte is decoded: 0 by the table, 1 digit by digit because it has escapes, 2 not at all.
    uint8_t kind[256];
} digit_table;

static void fill_table(digit_table *table, int32_t radix, int32_t per_byte, int raw_bits) {
    int32_t valid = 1;
    for (int32_t d = 0; d < per_byte; ++d) valid *= radix;
    memset(table, 0, sizeof *table);
    for (int32_t b = 0; b < 256; ++b) {
        int32_t rest = b;
        for (int32_t d = 0; d < per_byte; ++d, rest /= radix) {
            table->residuals[b][d] = unfold((uint32_t)(rest % radix), raw_bits);
            if (rest % radix == radix - 1) table->kind[b] = 1;
        }
        if (b >= valid) table->kind[b] = 2;
    }
}

/// Mends the escapes of one byte at `out`; false if it has too many or is no byte of digits.
static int mend_digits(const digit_table *table, const ae_symbol_source *source, uint32_t byte, uint32_t radix,
                       size_t places, size_t *escapes, int16_t *out) {
    if (table->kind[byte] == 2) return 0;
    for (size_t d = 0; d < places; ++d, byte /= radix) {
        if (byte % radix != radix - 1) continue;
        if (*escapes == source->escape_count) return 0;
        out[d] = unfold(radix - 1 + source->escapes[(*escapes)++], source->raw_bits);
    }
    return 1;
}

int ae_expand_digits(const ae_symbol_source *source, int32_t radix, size_t count, int16_t *out) {
    const size_t per_byte = (size_t)ae_digits_per_byte(radix);
    if (per_byte == 1) return expand_single(source, (uint8_t)(radix - 1), count, out);
    const uint8_t *main = source->main, *const end = main + (count + per_byte - 1) / per_byte;
    if (source->main_count != (size_t)(end - main) || source->extra_bits != 0) return 1;
    digit_table table;
    fill_table(&table, radix, (int32_t)per_byte, source->raw_bits);
    size_t escapes = 0, i = 0;
    for (; i + 8 <= count; ++main, i += per_byte) {
        // Zeros behind the digits of a byte are overwritten by the next one.
        memcpy(out + i, table.residuals[*main], 16);
        if (table.kind[*main] == 0) continue;
        if (!mend_digits(&table, source, *main, (uint32_t)radix, per_byte, &escapes, out + i)) return 1;
    }
    for (; main < end; ++main, i += per_byte) {
        const size_t places = count - i < per_byte ? count - i : per_byte;
        memcpy(out + i, table.residuals[*main], 2 * places);
        if (!mend_digits(&table, source, *main, (uint32_t)radix, places, &escapes, out + i)) return 1;
    }
    if (escapes != source->escape_count) return 1;
    ae_add_raw(source->raw, source->raw_bits, count, out);
    return 0;
}

int ae_expand_runs(const ae_symbol_source *source, size_t count, int16_t *out) {
    ae_bit_reader extra = {source->extra, 0};
    size_t escapes = 0, i = 0;
    if (count > 0) memset(out, 0, count * sizeof *out);
    for (size_t k = 0; k < source->main_count; ++k) {
        const int bucket = source->main[k] >> 4, width = bucket > 1 ? bucket - 1 : 0;
        uint32_t u = source->main[k] & 15;
        if (extra.at + (size_t)width > source->extra_bits) return 1;
        const size_t run = bucket == 0 ? 0 : ((size_t)1 << width) + ae_take(&extra, width);
        if (run + (u != 0) > count - i) return 1;
        i += run;
        if (u == 0) continue;
        if (u == 15) {
            if (escapes == source->escape_count) return 1;
            u += source->escapes[escapes++];
        }
        out[i++] = unfold(u, source->raw_bits);
    }
    if (i != count || escapes != source->escape_count || extra.at != source->extra_bits) return 1;
    ae_add_raw(source->raw, source->raw_bits, count, out);
    return 0;
}
