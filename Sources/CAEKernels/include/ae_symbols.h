// SPDX-License-Identifier: Apache-2.0
#ifndef AE_SYMBOLS_H
#define AE_SYMBOLS_H
#include <stddef.h>
#include <stdint.h>

/// Symbols of a class stream <-> bytes for zstd. Spec/bitstream.md, section 6.
///
/// A residual r has raw_bits low bits that are stored as they are, and a rest z = r >> raw_bits that
/// is folded to u = 2 z (z >= 0) or -2 z - 1. A form turns many u into bytes:
///  - bytes   u, or 255 and an escape u - 255
///  - digits  radix R: u, or R - 1 and an escape u - (R - 1); as many digits a byte as fit, from 17 on one
///  - runs    a token is 16 * bucket + level: 2^bucket zeros (and extra bits), then level; level 15
///            has an escape u - 15, level 0 ends a run without a symbol
/// Escapes are 16-bit values in order; as bytes a value below 255 is one, others are 255 and a u16. Bits are packed from the least significant on.

/// The main bytes and side data of a stream that is being read. Lengths have been checked against
/// the input; `raw`, `extra` and `main` are followed by at least 8 readable bytes.
typedef struct ae_symbol_source {
    const uint8_t *main;
    size_t main_count;
    const uint16_t *escapes;
    size_t escape_count;
    const uint8_t *extra;
    size_t extra_bits;
    const uint8_t *raw;
    int32_t raw_bits;
} ae_symbol_source;

/// Each writes `count` residuals to `out`. Returns 0, or 1 if the data do not give exactly `count`
/// symbols or leave escapes or extra bits unused. Nothing outside the source is read.
int ae_expand_constant(uint16_t value, const ae_symbol_source *source, size_t count, int16_t *out);
int ae_expand_bytes(const ae_symbol_source *source, size_t count, int16_t *out);
int ae_expand_digits(const ae_symbol_source *source, int32_t radix, size_t count, int16_t *out);
int ae_expand_runs(const ae_symbol_source *source, size_t count, int16_t *out);

/// Reads `count` escapes from bytes. Returns 0, or 1 if the bytes do not give exactly so many.
int ae_read_escapes(const uint8_t *bytes, size_t byte_count, size_t count, uint16_t *escapes);

/// Writes escapes as bytes, room for 3 * count; returns how many.
size_t ae_write_escapes(const uint16_t *escapes, size_t count, uint8_t *bytes);

/// Digits of a radix (3...254) that fit one byte.
int32_t ae_digits_per_byte(int32_t radix);

/// What packing made: counts of bytes and values written.
typedef struct ae_symbol_sink {
    uint8_t *main;      ///< room for count + 1 bytes
    size_t main_count;
    uint16_t *escapes;  ///< room for count values
    size_t escape_count;
    uint8_t *extra;     ///< room for 2 * count + 8 bytes, zeroed by the packer as it goes
    size_t extra_bits;
} ae_symbol_sink;

/// Folds residuals: `folded[i]` is u; the low bits go to `raw`, room for (count * raw_bits + 7) / 8 + 8.
void ae_fold(const int16_t *residuals, size_t count, int32_t raw_bits, uint16_t *folded, uint8_t *raw);

void ae_pack_bytes(const uint16_t *folded, size_t count, ae_symbol_sink *sink);
void ae_pack_digits(const uint16_t *folded, size_t count, int32_t radix, ae_symbol_sink *sink);
void ae_pack_runs(const uint16_t *folded, size_t count, ae_symbol_sink *sink);

/// Bytes of runs that stand for the main bytes of a block, at most; as long is what their zeros are copied from.
#define AE_RUN_BYTES (1 << 17)
/// Bytes behind runs that are written.
#define AE_RUN_SLACK 64

/// A sequence as zstd's ZSTD_Sequence.
typedef struct ae_sequence {
    uint32_t offset, literals, match, repeat;
} ae_sequence;

/// The runs of main bytes, as many as fit a block: `runs` has room for AE_RUN_BYTES + AE_RUN_SLACK bytes, `sequences`
/// for AE_RUN_BYTES / 4. Returns how many main bytes were taken.
size_t ae_write_sequences(const uint8_t *main, size_t count, uint8_t *runs, ae_sequence *sequences, size_t *run_bytes);

/// The main bytes of runs. Returns how many, at most `limit`, or SIZE_MAX if there are more or the runs are not those of
/// main bytes.
size_t ae_read_sequences(const uint8_t *runs, size_t run_bytes, uint8_t *main, size_t limit);

/// Sorts residuals into their streams, order kept: `next[stream_of_class[class]]` is advanced.
void ae_scatter(const int16_t *residuals, const uint8_t *classes, size_t count,
                const uint8_t *stream_of_class, int16_t **next);

/// Statistics of raw classes for merging: histogram[class][bin] += 1, where bin is the fully folded
/// residual >> shifts[class], at most bins - 1; magnitudes[class] += |residual|.
void ae_histogram(const int16_t *residuals, const uint8_t *classes, size_t count, int32_t bins,
                  const uint8_t *shifts, uint32_t *histogram, int64_t *magnitudes);

#endif
