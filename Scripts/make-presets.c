// SPDX-License-Identifier: Apache-2.0
// Makes the preset tables of Spec/presets.md: zstd dictionaries that hold a Huffman table for the
// main bytes of a symbol form whose residuals have a given mean magnitude.
//
// Build and run (from the repository root):
//   cc -O2 -ISources/CAEKernels/include Scripts/make-presets.c Sources/CAEKernels/symbols_pack.c \
//      Sources/CAEKernels/symbols_expand.c Sources/CAEKernels/symbols_raw.c -lzstd -lm -o .build/make-presets && .build/make-presets
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

/// Tables of sequences: how many of 512 main bytes have the lower half 0, 1, ... 15, then the same of the upper half.
/// The former are fitted to the residuals of class streams (k-means by code length over the streams of our training
/// images), both halves alike; the latter to their runs, levels in the lower half.
static const uint16_t halves[][2][16] = {
    {{510, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
     {510, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {{484, 16, 10, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
     {484, 16, 10, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {{431, 47, 30, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0},
     {431, 47, 30, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {{361, 88, 55, 3, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0},
     {361, 88, 55, 3, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}},
    {{282, 115, 88, 11, 8, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1},
     {282, 115, 88, 11, 8, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1}},
    {{243, 196, 43, 17, 5, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1},
     {243, 196, 43, 17, 5, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1}},
    {{205, 144, 109, 25, 18, 3, 2, 1, 1, 1, 1, 1, 0, 0, 0, 1},
     {205, 144, 109, 25, 18, 3, 2, 1, 1, 1, 1, 1, 0, 0, 0, 1}},
    {{107, 303, 37, 43, 7, 6, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1},
     {107, 303, 37, 43, 7, 6, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1}},
    {{145, 143, 113, 49, 37, 10, 7, 2, 1, 1, 1, 1, 1, 0, 0, 1},
     {145, 143, 113, 49, 37, 10, 7, 2, 1, 1, 1, 1, 1, 0, 0, 1}},
    {{161, 156, 69, 62, 21, 19, 7, 5, 3, 2, 1, 1, 1, 1, 1, 2},
     {161, 156, 69, 62, 21, 19, 7, 5, 3, 2, 1, 1, 1, 1, 1, 2}},
    {{171, 207, 32, 44, 10, 14, 4, 7, 3, 4, 1, 2, 1, 1, 1, 10},
     {171, 207, 32, 44, 10, 14, 4, 7, 3, 4, 1, 2, 1, 1, 1, 10}},
    {{165, 49, 174, 15, 70, 4, 22, 1, 5, 1, 1, 1, 1, 1, 1, 1},
     {165, 49, 174, 15, 70, 4, 22, 1, 5, 1, 1, 1, 1, 1, 1, 1}},
    {{117, 111, 94, 63, 50, 26, 20, 10, 7, 4, 3, 2, 1, 1, 1, 2},
     {117, 111, 94, 63, 50, 26, 20, 10, 7, 4, 3, 2, 1, 1, 1, 2}},
    {{134, 128, 72, 62, 31, 27, 14, 13, 7, 6, 3, 3, 2, 2, 1, 7},
     {134, 128, 72, 62, 31, 27, 14, 13, 7, 6, 3, 3, 2, 2, 1, 7}},
    {{1, 304, 195, 3, 2, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 1},
     {44, 34, 56, 84, 107, 96, 60, 22, 6, 1, 1, 1, 0, 0, 0, 0}},
    {{1, 305, 181, 9, 6, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1},
     {141, 93, 115, 98, 49, 12, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0}},
    {{1, 292, 202, 5, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1},
     {82, 61, 93, 112, 96, 49, 14, 3, 1, 1, 0, 0, 0, 0, 0, 0}},
    {{1, 324, 162, 6, 7, 4, 2, 1, 1, 1, 1, 1, 0, 0, 0, 1},
     {13, 4, 7, 10, 17, 28, 40, 61, 76, 69, 61, 42, 30, 20, 16, 18}},
    {{1, 300, 204, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0},
     {20, 15, 26, 43, 70, 91, 103, 77, 42, 17, 5, 1, 1, 1, 0, 0}},
    {{1, 293, 5, 13, 3, 2, 1, 1, 1, 1, 1, 1, 0, 1, 0, 188},
     {479, 26, 4, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
};
enum { FIRST_OF_RUNS = 14 };

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

static void print(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; ++i) printf("%02x", bytes[i]);
    printf("\n");
}

/// Appends a table of FSE as RFC 8878, section 4.1.1, writes it: probabilities of 512.
static size_t write_table(const uint16_t *counts, int symbols, uint8_t *to) {
    uint64_t bits = 0;
    int filled = 0, width = 10, remaining = 513, threshold = 512, follows_zero = 0, s = 0;
    size_t bytes = 0;
#define PUT(value, n) do { bits |= (uint64_t)(value) << filled; filled += (n); \
        while (filled >= 8) { to[bytes++] = (uint8_t)bits; bits >>= 8; filled -= 8; } } while (0)
    PUT(9 - 5, 4);
    while (s < symbols && remaining > 1) {
        if (follows_zero) {
            int run = 0;
            while (counts[s] == 0) ++s, ++run;
            for (; run >= 3; run -= 3) PUT(3, 2);
            PUT(run, 2);
        }
        const int count = counts[s++], most = 2 * threshold - 1 - remaining;
        remaining -= count;
        int value = count + 1;
        if (value >= threshold) value += most;
        PUT(value, value < most ? width - 1 : width);
        follows_zero = count == 0;
        while (remaining < threshold) --width, threshold >>= 1;
    }
    if (filled > 0) to[bytes++] = (uint8_t)bits;
    return bytes;
}

/// A dictionary for sequences: the Huffman table of another one, offsets that repeat, matches by lower halves, literals by
/// upper ones, and AE_RUN_BYTES as all of the first offsets. Its content, so many zeros, is not written.
static size_t sequence_dictionary(const uint8_t *other, size_t table_size, const uint16_t halves[2][16], unsigned id,
                                  uint8_t *dictionary) {
    uint16_t literals[17] = {0};
    memcpy(literals + 1, halves[1], 16 * sizeof *literals);
    size_t size = 8 + table_size;
    memcpy(dictionary, other, size);
    dictionary[4] = (uint8_t)id;
    // Of 32 offsets 31 are the first that repeats.
    static const uint8_t repeated[] = {0xE0, 0x0F};
    memcpy(dictionary + size, repeated, sizeof repeated);
    size += sizeof repeated;
    size += write_table(halves[0], 16, dictionary + size);
    size += write_table(literals, 17, dictionary + size);
    for (int k = 0; k < 3; ++k) {
        const uint32_t offset = AE_RUN_BYTES;
        memcpy(dictionary + size, &offset, 4);
        size += 4;
    }
    return size;
}

int main(void) {
    static int16_t residuals[COUNT];
    static uint16_t folded[COUNT], escapes[COUNT];
    static uint8_t raw[64], bytes[COUNT + 8], extra[2 * COUNT + 8], dictionary[CAPACITY], first[CAPACITY];
    size_t first_table_size = 0;
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
        print(dictionary, size);
        if (p == 0) {
            memcpy(first, dictionary, size);
            first_table_size = size - 8 - sizeof rest;
        }
    }
    for (size_t p = 0; p < sizeof halves / sizeof *halves; ++p) {
        const unsigned id = (unsigned)(sizeof presets / sizeof *presets + p + 1);
        const size_t size = sequence_dictionary(first, first_table_size, halves[p], id, dictionary);
        printf("%u sequences %s ", id, p < FIRST_OF_RUNS ? "symbols" : "runs");
        print(dictionary, size);
    }
    return 0;
}
