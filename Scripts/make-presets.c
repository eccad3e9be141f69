// SPDX-License-Identifier: Apache-2.0
// Makes the preset tables of Spec/presets.md: zstd dictionaries that hold a Huffman table for the
// main bytes of a symbol form whose residuals have a given mean magnitude.
//
// Build and run (from the repository root):
//   cc -O2 -ISources/CAEKernels/include Scripts/make-presets.c Sources/CAEKernels/symbols_pack.c \
//      Sources/CAEKernels/symbols_expand.c -lzstd -lm -o /tmp/make-presets && /tmp/make-presets
#include "ae_symbols.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

enum { COUNT = 1 << 17, CAPACITY = 1 << 12 };

/// Form (1 bytes, 2 digits, 3 runs), radix, mean magnitude of the two-sided geometric distribution.
static const struct { int form, radix; double mean; } presets[] = {
    {1, 0, 1.6}, {1, 0, 2.2}, {1, 0, 3.0}, {2, 15, 0.75}, {2, 15, 1.1}, {2, 12, 0.6}, {2, 12, 0.9},
    {2, 9, 0.45}, {2, 9, 0.65}, {2, 6, 0.3}, {2, 6, 0.45}, {2, 5, 0.25}, {3, 0, 0.04}, {3, 0, 0.12},
};

static uint64_t state = 1;
static double uniform(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}

/// A two-sided geometric value whose mean magnitude is `mean`: 2 q / (1 - q^2) = mean.
static int16_t residual(double mean) {
    const double q = (sqrt(1 + mean * mean) - 1) / mean;
    const int a = (int)(log(uniform()) / log(q)), b = (int)(log(uniform()) / log(q));
    return (int16_t)(a - b);
}

/// What follows the Huffman table in a dictionary (RFC 8878, section 5): the tables of offsets, match and
/// literal lengths (near the predefined ones; streams have hardly any matches), the first offsets, and
/// eight bytes of content.
static const uint8_t rest[] = {
    0x33, 0xF1, 0x78, 0x3C, 0x1E, 0x8F, 0xC7, 0xE3, 0xF1, 0x78, 0x3C, 0xCF, 0xF3, 0xBC, 0xF7, 0xD4,
    0x42, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41,
    0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0xA1, 0x50, 0x28, 0x14, 0x0A, 0x85,
    0x42, 0xA1, 0x50, 0x28, 0x14, 0x0A, 0x85, 0xA2, 0x28, 0x8A, 0xA2, 0x28, 0x4A, 0x29, 0x7D, 0x74,
    0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1, 0xE1,
    0xE1, 0xE1, 0xE1, 0xF1, 0x78, 0x3C, 0x1E, 0x8F, 0xC7, 0xE3, 0xF1, 0x78, 0x9E, 0xE7, 0x79, 0xEF,
    0x01, 0x01, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00,
};

/// Packs the bytes and takes the Huffman table from the first block of the frame.
static size_t dictionary_of(const uint8_t *bytes, size_t count, unsigned id, uint8_t *dictionary) {
    static uint8_t frame[2 * COUNT];
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 17);
    ZSTD_CCtx_setParameter(context, ZSTD_c_strategy, ZSTD_fast);
    ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, 7);
    ZSTD_CCtx_setParameter(context, ZSTD_c_literalCompressionMode, ZSTD_ps_enable);
    const size_t size = ZSTD_compress2(context, frame, sizeof frame, bytes, count);
    ZSTD_freeCCtx(context);
    // Magic number, descriptor, window; three bytes of block header; the literals section.
    const uint8_t *literals = frame + 4 + 2 + 3;
    if (ZSTD_isError(size) || (literals[0] & 3) != 2) {
        fprintf(stderr, "preset %u: no Huffman table\n", id);
        return 0;
    }
    const int format = literals[0] >> 2 & 3;
    const uint8_t *table = literals + (format < 2 ? 3 : format + 2);
    const size_t table_size = table[0] < 128 ? 1u + table[0] : 1u + (table[0] - 126u) / 2;
    const uint8_t head[8] = {0x37, 0xA4, 0x30, 0xEC, (uint8_t)id};
    memcpy(dictionary, head, 8);
    memcpy(dictionary + 8, table, table_size);
    memcpy(dictionary + 8 + table_size, rest, sizeof rest);
    return 8 + table_size + sizeof rest;
}

int main(void) {
    static int16_t residuals[COUNT];
    static uint16_t folded[COUNT], escapes[COUNT];
    static uint8_t raw[64], bytes[COUNT + 8], extra[2 * COUNT + 8], dictionary[CAPACITY];
    for (size_t p = 0; p < sizeof presets / sizeof *presets; ++p) {
        for (int i = 0; i < COUNT; ++i) residuals[i] = residual(presets[p].mean);
        ae_fold(residuals, COUNT, 0, folded, raw);
        ae_symbol_sink sink = {bytes, 0, escapes, 0, extra, 0};
        if (presets[p].form == 1) ae_pack_bytes(folded, COUNT, &sink);
        if (presets[p].form == 2) ae_pack_digits(folded, COUNT, presets[p].radix, &sink);
        if (presets[p].form == 3) ae_pack_runs(folded, COUNT, &sink);
        // Every byte occurs, also those that the form cannot make: zstd refuses tables with gaps.
        for (size_t i = 0; i < 256; ++i) bytes[i * (sink.main_count / 256)] = (uint8_t)i;
        const size_t size = dictionary_of(bytes, sink.main_count, (unsigned)p + 1, dictionary);
        if (size == 0) return 1;
        printf("%zu %d %d %.2f ", p + 1, presets[p].form, presets[p].radix, presets[p].mean);
        for (size_t i = 0; i < size; ++i) printf("%02x", dictionary[i]);
        printf("\n");
    }
    return 0;
}
