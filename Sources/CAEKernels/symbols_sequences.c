// SPDX-License-Identifier: Apache-2.0
// Main bytes to the sequences of zstd that stand for them, and back. A byte is a run of ones, 1 + its upper half long,
// and a run of zeros, 3 + its lower half long: a sequence's literals and its match.
#include "symbols_internal.h"

size_t ae_write_sequences(const uint8_t *main, size_t count, uint8_t *runs, ae_sequence *sequences, size_t *run_bytes) {
    size_t at = 0, taken = 0;
    for (; taken < count; ++taken) {
        const uint32_t ones = (uint32_t)(main[taken] >> 4) + 1, zeros = (uint32_t)(main[taken] & 15) + 3;
        if (at + ones + zeros > AE_RUN_BYTES) break;
        sequences[taken] = (ae_sequence){.offset = AE_RUN_BYTES, .literals = ones, .match = zeros, .repeat = 1};
        // Both have room for more than they take: what is too much is written over.
        memset(runs + at, 1, 16);
        memset(runs + at + ones, 0, 32);
        at += ones + zeros;
    }
    *run_bytes = at;
    return taken;
}

/// The lowest bits of 64 bytes, and whether any has another bit.
AE_INLINE uint64_t low_bits(const uint8_t *bytes, uint64_t *others) {
    uint64_t bits = 0;
    for (int k = 0; k < 8; ++k) {
        uint64_t word;
        memcpy(&word, bytes + 8 * k, 8);
        *others |= word & 0xFEFEFEFEFEFEFEFE;
        bits |= ((word & 0x0101010101010101) * 0x0102040810204080 >> 56) << (8 * k);
    }
    return bits;
}

size_t ae_read_sequences(const uint8_t *runs, size_t run_bytes, uint8_t *main, size_t limit) {
    size_t at = 0, found = 0;
    uint64_t others = 0;
    while (at < run_bytes) {
        // As many pairs of runs as are whole in 64 bytes; the longest has 34 bytes.
        const size_t rest = run_bytes - at;
        uint64_t bits;
        if (rest >= 64) {
            bits = low_bits(runs + at, &others);
        } else {
            // What follows the last run ends it.
            uint8_t end[64];
            memset(end, 1, sizeof end);
            memcpy(end, runs + at, rest);
            bits = low_bits(end, &others);
        }
        if (others || !(bits & 1)) return SIZE_MAX;
        // Where runs end, in turn of ones and of zeros.
        uint64_t ends = (bits ^ bits << 1) & ~1ull;
        uint32_t start = 0;
        while (ends) {
            const uint32_t fall = (uint32_t)__builtin_ctzll(ends);
            ends &= ends - 1;
            if (!ends) break;
            const uint32_t rise = (uint32_t)__builtin_ctzll(ends);
            ends &= ends - 1;
            const uint32_t ones = fall - start - 1, zeros = rise - fall - 3;
            if ((ones | zeros) > 15 || found == limit) return SIZE_MAX;
            main[found++] = (uint8_t)(ones << 4 | zeros);
            start = rise;
        }
        if (start == 0) return SIZE_MAX;
        at += start;
    }
    return found;
}
