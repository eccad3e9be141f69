// SPDX-License-Identifier: Apache-2.0
// Choice of the variant, and the parts of encoding that need no speed.
#include "adaptive_local.h"

int ae_kernel_available(ae_kernel_level level) {
    switch (level) {
    case AE_KERNEL_PORTABLE: return 1;
#if defined(__x86_64__)
    case AE_KERNEL_AVX2: return __builtin_cpu_supports("avx2") != 0;
    case AE_KERNEL_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vnni");
#endif
#if defined(__aarch64__)
    case AE_KERNEL_NEON: return 1;
#endif
    default: return 0;
    }
}

ae_kernel_level ae_kernel_best(void) {
    if (ae_kernel_available(AE_KERNEL_AVX512)) return AE_KERNEL_AVX512;
    if (ae_kernel_available(AE_KERNEL_AVX2)) return AE_KERNEL_AVX2;
    if (ae_kernel_available(AE_KERNEL_NEON)) return AE_KERNEL_NEON;
    return AE_KERNEL_PORTABLE;
}

int ae_decode_tile(ae_kernel_level level, const ae_prediction *prediction, const ae_tile *tile,
                   ae_streams *streams, uint16_t *out, ptrdiff_t stride) {
#if defined(__x86_64__)
    if (level == AE_KERNEL_AVX2) return ae_decode_tile_avx2(prediction, tile, streams, out, stride);
    if (level == AE_KERNEL_AVX512) return ae_decode_tile_avx512(prediction, tile, streams, out, stride);
#elif defined(__aarch64__)
    if (level == AE_KERNEL_NEON) return ae_decode_tile_neon(prediction, tile, streams, out, stride);
#endif
    return ae_decode_tile_portable(prediction, tile, streams, out, stride);
}

/// Rows above an isolated band come from the image; their errors are unknown and taken as zero.
static void begin_isolated(const ae_tile *tile, int32_t band_index, const uint16_t *codes, ptrdiff_t stride) {
    for (int32_t t = -AE_LEAD_STEPS; t < tile->columns; ++t) {
        int16_t *record = ae_record(tile->band, t);
        for (int l = -4; l < 0; ++l) {
            int32_t column = t - AE_LAG * l;
            column = column < 0 ? 0 : column >= tile->columns ? tile->columns - 1 : column;
            record[AE_X + l] = (int16_t)(codes[(band_index * AE_LANES + l) * stride + column] ^ 0x8000);
            record[AE_E + l] = 0;
            record[AE_H + l] = 0;
        }
    }
    for (int32_t t = -AE_LEFT; t < 0; ++t) {
        int16_t *record = ae_record(tile->band, t);
        record[AE_X] = ae_record(tile->band, -AE_LAG)[AE_X - 1];
        record[AE_E] = record[AE_H] = 0;
    }
}

size_t ae_encode_band(ae_kernel_level level, const ae_prediction *prediction, const ae_tile *tile,
                      int32_t band_index, int isolated, const uint16_t *codes, ptrdiff_t stride,
                      int16_t *residuals, uint8_t *classes, const ae_signs *signs) {
    if (isolated && band_index > 0) {
        begin_isolated(tile, band_index, codes, stride);
    } else {
        ae_begin_band(tile->band, tile->columns, band_index == 0, (int16_t)(tile->initial ^ 0x8000));
    }
    if (tile->coder && band_index == 0) ae_begin_locals(tile->coder, tile->columns);
    codes += (ptrdiff_t)band_index * AE_LANES * stride;
#if defined(__x86_64__)
    if (level == AE_KERNEL_AVX2)
        return ae_encode_band_avx2(prediction, tile, band_index, codes, stride, residuals, classes, signs);
    if (level == AE_KERNEL_AVX512)
        return ae_encode_band_avx512(prediction, tile, band_index, codes, stride, residuals, classes, signs);
#elif defined(__aarch64__)
    if (level == AE_KERNEL_NEON)
        return ae_encode_band_neon(prediction, tile, band_index, codes, stride, residuals, classes, signs);
#endif
    return ae_encode_band_portable(prediction, tile, band_index, codes, stride, residuals, classes, signs);
}

void ae_apply_signs(const ae_signs *signs, int32_t weight, size_t count, int16_t *residuals) {
    for (size_t i = 0; i < count; ++i) {
        const int32_t negative = (signs->fractions[i] + weight * signs->errors[i]) >> 31;
        residuals[i] = (int16_t)((residuals[i] ^ negative) - negative);
    }
}

void ae_count_signs(const int16_t *residuals, const uint8_t *classes, const ae_signs *signs, int32_t weight,
                    size_t count, ae_sign_counts *counts) {
    for (size_t i = 0; i < count; ++i) {
        // Without a branch: signs are not to be foretold, or nothing would be won.
        const int32_t r = residuals[i], size = ae_absolute(r);
        const int negative = weight >= 0 && signs->fractions[i] + weight * signs->errors[i] < 0;
        const int bin = size < AE_SIGN_MAGNITUDES ? size : AE_SIGN_MAGNITUDES - 1;
        counts[classes[i] * AE_SIGN_MAGNITUDES + bin].of[(r < 0) == negative] += 1;
    }
}

void ae_decoded_band(const ae_tile *tile, int32_t band_index, uint16_t *codes, ptrdiff_t stride) {
    const int32_t left = tile->rows - band_index * AE_LANES, lanes = left < AE_LANES ? left : AE_LANES;
    for (int32_t l = 0; l < lanes; ++l) {
        const int16_t *x = ae_record(tile->band, (ptrdiff_t)AE_LAG * l) + AE_X + l;
        uint16_t *row = codes + ((ptrdiff_t)band_index * AE_LANES + l) * stride;
        for (int32_t c = 0; c < tile->columns; ++c) row[c] = (uint16_t)x[(ptrdiff_t)c * AE_RECORD] ^ 0x8000;
    }
}

int ae_block_is_flat(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns, int32_t row,
                     int32_t column) {
    const int32_t row_end = row + AE_BLOCK < rows ? row + AE_BLOCK : rows;
    const int32_t column_end = column + AE_BLOCK < columns ? column + AE_BLOCK : columns;
    for (int32_t y = row; y < row_end; ++y) {
        const uint16_t *line = codes + y * stride;
        if (column == 0 && y > 0 && line[0] != line[-stride]) return 0;
        const int32_t first = column == 0 ? 1 : column;
        if (memcmp(line + first, line + first - 1, (size_t)(column_end - first) * sizeof *line) != 0) return 0;
    }
    return 1;
}

ae_repeats ae_count_repeats(const uint16_t *codes, ptrdiff_t stride, int32_t rows, int32_t columns,
                            const uint8_t *labels) {
    const int32_t blocks = (columns + AE_BLOCK - 1) / AE_BLOCK;
    ae_repeats found = {0, 0};
    for (int32_t y = 1; y < rows; y += 2) {
        const uint16_t *row = codes + y * stride, *above = row - stride;
        const uint8_t *own = labels + (size_t)(y / AE_BLOCK) * (size_t)blocks;
        for (int32_t x = 1; x + 1 < columns; ++x) {
            const int repeated = row[x - 1] == above[x] && above[x - 1] == above[x] && above[x + 1] == above[x] &&
                                 own[x / AE_BLOCK] != AE_FLAT_LABEL;
            found.count += (size_t)repeated;
            found.kept += (size_t)(repeated && row[x] == above[x]);
        }
    }
    return found;
}

size_t ae_band_features(const ae_prediction *prediction, const ae_tile *tile, int32_t band_index,
                        int32_t every, float *features, uint16_t *codes_predicted, float *magnitudes,
                        size_t capacity) {
    const int32_t blocks = (tile->columns + AE_BLOCK - 1) / AE_BLOCK;
    const uint8_t *labels = tile->labels + (size_t)(band_index / 2) * blocks;
    const int32_t left = tile->rows - band_index * AE_LANES, lanes = left < AE_LANES ? left : AE_LANES;
    size_t count = 0;
    for (int32_t t = 0; t < tile->columns + AE_LAG * (lanes - 1); t += every) {
        const int16_t *base = ae_base_record(tile, t);
        for (int32_t l = lanes > 4 ? 4 : 0; l < lanes; ++l) {
            const int32_t column = t - AE_LAG * l;
            if (column < 0 || column >= tile->columns || count >= capacity) continue;
            if (labels[column / AE_BLOCK] == AE_FLAT_LABEL) continue;
            const int16_t *x = ae_record(tile->band, t) + AE_X + l;
            if (ae_is_repeated(prediction, x)) continue;
            const int value = ae_predict_lane(prediction, x, base ? base + l : NULL, labels[column / AE_BLOCK],
                                              prediction->tap_pairs);
            int terms[AE_SCALE_FEATURES];
            ae_scale_terms(x, value, prediction->error_shift, terms);
            for (int k = 0; k < AE_SCALE_FEATURES; ++k) features[count * AE_SCALE_FEATURES + k] = (float)terms[k];
            codes_predicted[count] = (uint16_t)(value + 32768);
            magnitudes[count++] = (float)ae_absolute(x[AE_E - AE_X]);
        }
    }
    return count;
}
