// SPDX-License-Identifier: Apache-2.0
// The lossless predictor with 256-bit vectors: one for the 16 lanes, two for their 32-bit sums.
#include "wavefront_internal.h"
#if defined(__x86_64__)

#define AE_TARGET __attribute__((target("avx2")))
#define AE_NAME(name) name##_avx2
#include "wavefront_x86.h"

/// Two vectors of 32-bit sums, in the order that unpacking 16-bit lanes gives and packing undoes.
typedef struct ae_sums {
    __m256i lo, hi;
} ae_sums;

AE_TARGET AE_INLINE ae_sums ae_add_products(ae_sums sums, __m256i a, __m256i b, __m256i w_lo, __m256i w_hi) {
    sums.lo = _mm256_add_epi32(sums.lo, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), w_lo));
    sums.hi = _mm256_add_epi32(sums.hi, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), w_hi));
    return sums;
}

AE_TARGET AE_INLINE __m256i ae_scale_pair(const ae_prediction *p, int k) {
    int32_t pair;
    memcpy(&pair, p->scale + 2 * k, 4);
    return _mm256_set1_epi32(pair);
}

/// 32 entries of 32 bits by an index vector.
AE_TARGET AE_INLINE __m256i ae_look_up(const int32_t *table, __m256i index) {
    const __m256i t0 = _mm256_permutevar8x32_epi32(AE_LOAD(table), index);
    const __m256i t1 = _mm256_permutevar8x32_epi32(AE_LOAD(table + 8), index);
    const __m256i t2 = _mm256_permutevar8x32_epi32(AE_LOAD(table + 16), index);
    const __m256i t3 = _mm256_permutevar8x32_epi32(AE_LOAD(table + 24), index);
    const __m256 bit3 = _mm256_castsi256_ps(_mm256_slli_epi32(index, 28));
    const __m256 bit4 = _mm256_castsi256_ps(_mm256_slli_epi32(index, 27));
    const __m256 low = _mm256_blendv_ps(_mm256_castsi256_ps(t0), _mm256_castsi256_ps(t1), bit3);
    const __m256 high = _mm256_blendv_ps(_mm256_castsi256_ps(t2), _mm256_castsi256_ps(t3), bit3);
    return _mm256_castps_si256(_mm256_blendv_ps(low, high, bit4));
}

/// The exponent and two bits of the fraction of a scale below 2^24: four classes an octave, 0 for 0.
AE_TARGET AE_INLINE __m256i ae_raw_classes(__m256i scale) {
    const __m256i bits = _mm256_castps_si256(_mm256_cvtepi32_ps(_mm256_min_epi32(scale, _mm256_set1_epi32(0xFFFFFF))));
    const __m256i value = _mm256_sub_epi32(_mm256_srli_epi32(bits, 21), _mm256_set1_epi32(127 * 4 - 1));
    return _mm256_max_epi32(value, _mm256_setzero_si256());
}

AE_TARGET AE_INLINE __m256i predict_avx2(const ae_prediction *p, const int16_t *x, const uint8_t *labels,
                                         const int pairs, uint8_t *classes) {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i label = _mm256_cvtepu8_epi16(_mm_load_si128((const __m128i *)labels));
    const __m256i is_median = _mm256_cmpgt_epi16(label, _mm256_set1_epi16(AE_MEDIAN_LABEL - 1));
    const __m256i label_lo = _mm256_unpacklo_epi16(label, zero), label_hi = _mm256_unpackhi_epi16(label, zero);
    const __m256i w = AE_LOAD(x + AE_AT(0, -1));
    const __m256i biases = AE_LOAD(p->bias);
    ae_sums sums = {_mm256_permutevar8x32_epi32(biases, label_lo), _mm256_permutevar8x32_epi32(biases, label_hi)};
#pragma clang loop unroll(full)
    for (int j = 0; j < pairs; ++j) {
        const __m256i weights = AE_LOAD(p->weights[j]);
        sums = ae_add_products(sums, _mm256_subs_epi16(AE_LOAD(x + AE_TAP(2 * j)), w),
                               _mm256_subs_epi16(AE_LOAD(x + AE_TAP(2 * j + 1)), w),
                               _mm256_permutevar8x32_epi32(weights, label_lo),
                               _mm256_permutevar8x32_epi32(weights, label_hi));
    }
    const __m128i shift = _mm_cvtsi32_si128(p->shift);
    const __m256i delta = _mm256_packs_epi32(_mm256_sra_epi32(sums.lo, shift), _mm256_sra_epi32(sums.hi, shift));
    const __m256i max = _mm256_set1_epi16((int16_t)(p->max_code - 32768));
    const __m256i n = AE_LOAD(x + AE_AT(-1, 0)), nw = AE_LOAD(x + AE_AT(-1, -1));
    const __m256i plane = _mm256_adds_epi16(w, _mm256_subs_epi16(n, nw));
    const __m256i median = _mm256_max_epi16(_mm256_min_epi16(w, n), _mm256_min_epi16(_mm256_max_epi16(w, n), plane));
    const __m256i fitted = _mm256_adds_epi16(w, delta);
    const __m256i predicted = _mm256_min_epi16(_mm256_blendv_epi8(fitted, median, is_median), max);

    const int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    const __m128i error_shift = _mm_cvtsi32_si128(p->error_shift);
    const __m256i most = _mm256_set1_epi16(4095);
    __m256i texture = _mm256_add_epi16(AE_GRADIENT(w, nw), AE_GRADIENT(n, nw));
    texture = _mm256_add_epi16(texture, AE_GRADIENT(n, AE_LOAD(x + AE_AT(-1, 1))));
    texture = _mm256_add_epi16(texture, AE_GRADIENT(w, AE_LOAD(x + AE_AT(0, -2))));
    texture = _mm256_add_epi16(texture, AE_GRADIENT(n, AE_LOAD(x + AE_AT(-2, 0))));
    const __m256i jump = _mm256_add_epi16(AE_GRADIENT(predicted, w), AE_GRADIENT(predicted, n));

    const __m256i curve_index = _mm256_srl_epi16(_mm256_xor_si256(predicted, _mm256_set1_epi16(-32768)),
                                                 _mm_cvtsi32_si128(p->curve_shift));
    ae_sums scale = {ae_look_up(p->curve, _mm256_unpacklo_epi16(curve_index, zero)),
                     ae_look_up(p->curve, _mm256_unpackhi_epi16(curve_index, zero))};
#define AE_TERMS(k, a, b) \
    do { const __m256i both = ae_scale_pair(p, k); scale = ae_add_products(scale, a, b, both, both); } while (0)
    AE_TERMS(0, AE_LOAD(e + AE_AT(0, -1)), AE_LOAD(e + AE_AT(-1, 0)));
    AE_TERMS(1, AE_LOAD(e + AE_AT(-1, -1)), AE_LOAD(e + AE_AT(-1, 1)));
    AE_TERMS(2, _mm256_add_epi16(AE_LOAD(e + AE_AT(0, -2)), AE_LOAD(e + AE_AT(-2, 0))), AE_LOAD(h + AE_AT(0, -1)));
    AE_TERMS(3, _mm256_add_epi16(AE_LOAD(h + AE_AT(-1, 0)), AE_LOAD(h + AE_AT(-1, 4))),
             _mm256_add_epi16(AE_LOAD(h + AE_AT(-2, 0)), AE_LOAD(h + AE_AT(-2, 4))));
    AE_TERMS(4, texture, jump);
    const __m256i found = _mm256_packs_epi32(ae_raw_classes(scale.lo), ae_raw_classes(scale.hi));
    _mm_store_si128((__m128i *)classes,
                    _mm_packus_epi16(_mm256_castsi256_si128(found), _mm256_extracti128_si256(found, 1)));
    return predicted;
}

#include "wavefront_walk.h"
#endif
