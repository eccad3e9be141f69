// SPDX-License-Identifier: Apache-2.0
// The lossless predictor with 256-bit vectors: one for the 16 lanes, two for their 32-bit sums.
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

/// Entries of a table of weight sets.
AE_TARGET AE_INLINE __m256i ae_entries(const ae_prediction *p, const int32_t *table, __m256i set) {
    const __m256i first = _mm256_permutevar8x32_epi32(AE_LOAD(table), set);
    if (!p->wide) return first;
    const __m256i second = _mm256_permutevar8x32_epi32(AE_LOAD(table + 8), set);
    const __m256 bit3 = _mm256_castsi256_ps(_mm256_slli_epi32(set, 28));
    return _mm256_castps_si256(_mm256_blendv_ps(_mm256_castsi256_ps(first), _mm256_castsi256_ps(second), bit3));
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

AE_TARGET AE_INLINE ae_forecast predict_avx2(const ae_prediction *p, const int16_t *x, const int16_t *base,
                                             __m128i labels, const int pairs) {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i texture = ae_textures(p, x), set = ae_sets(p, labels, texture);
    const __m256i set_lo = _mm256_unpacklo_epi16(set, zero), set_hi = _mm256_unpackhi_epi16(set, zero);
    const __m256i w = AE_LOAD(x + AE_AT(0, -1));
    ae_sums sums = {ae_entries(p, p->bias, set_lo), ae_entries(p, p->bias, set_hi)};
#pragma clang loop unroll(full)
    for (int j = 0; j < pairs; ++j) {
        sums = ae_add_products(sums, _mm256_subs_epi16(AE_LOAD(x + AE_TAP(2 * j)), w),
                               _mm256_subs_epi16(AE_LOAD(x + AE_TAP(2 * j + 1)), w),
                               ae_entries(p, p->weights[j], set_lo), ae_entries(p, p->weights[j], set_hi));
    }
    for (int j = 0; base && j < AE_BASE_PAIRS; ++j) {
        const int32_t *weights = p->weights[AE_MAX_TAP_PAIRS + j];
        sums = ae_add_products(sums, _mm256_subs_epi16(AE_LOAD(base + AE_BASE_TAP(2 * j)), w),
                               _mm256_subs_epi16(AE_LOAD(base + AE_BASE_TAP(2 * j + 1)), w),
                               ae_entries(p, weights, set_lo), ae_entries(p, weights, set_hi));
    }
    const __m128i shift = _mm_cvtsi32_si128(p->shift);
    const __m256i delta = _mm256_packs_epi32(_mm256_sra_epi32(sums.lo, shift), _mm256_sra_epi32(sums.hi, shift));
    const __m256i repeated = ae_repeated(p, x), value = ae_values(p, x, delta, labels, repeated);

    const __m256i code = _mm256_xor_si256(value, _mm256_set1_epi16(-32768));
    const __m256i index = _mm256_srl_epi16(code, _mm_cvtsi32_si128(p->curve_shift));
    ae_sums scale = {ae_look_up(p->curve, _mm256_unpacklo_epi16(index, zero)),
                     ae_look_up(p->curve, _mm256_unpackhi_epi16(index, zero))};
    const ae_terms terms = ae_scale_terms_of(p, x, value, texture);
#pragma clang loop unroll(full)
    for (int k = 0; k < 5; ++k) {
        const __m256i both = _mm256_set1_epi32(ae_scale_pair(p, k));
        scale = ae_add_products(scale, terms.first[k], terms.second[k], both, both);
    }
    const __m256i found = _mm256_packs_epi32(ae_raw_classes(scale.lo), ae_raw_classes(scale.hi));
    const __m128i classes = _mm_packus_epi16(_mm256_castsi256_si128(found), _mm256_extracti128_si256(found, 1));
    ae_forecast forecast = {.value = value, .classes = ae_unrepeated(classes, repeated)};
    if (p->signs) {
        const __m256i mask = _mm256_set1_epi32((1 << p->shift) - 1), half = _mm256_set1_epi32(1 << p->shift >> 1);
        const __m256i fractions = _mm256_packs_epi32(_mm256_sub_epi32(_mm256_and_si256(sums.lo, mask), half),
                                                     _mm256_sub_epi32(_mm256_and_si256(sums.hi, mask), half));
        forecast.fractions = ae_fitted_only(fractions, labels, repeated);
        forecast.errors = ae_errors_around(x);
    }
    return forecast;
}

#include "wavefront_walk.h"
#endif
