// SPDX-License-Identifier: Apache-2.0
// The lossless predictor with 512-bit sums: one vector holds the 32-bit sums of the 16 lanes.
#if defined(__x86_64__)
#define AE_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define AE_NAME(name) name##_avx512
#include "wavefront_x86.h"

/// Indices that put lane l of two vectors side by side.
static const uint16_t ae_pairing[32] __attribute__((aligned(64))) = {
    0, 32, 1, 33, 2,  34, 3,  35, 4,  36, 5,  37, 6,  38, 7,  39,
    8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47,
};

AE_TARGET AE_INLINE __m512i ae_pair(__m256i a, __m256i b) {
    // Zero extension costs nothing, a cast that leaves the upper half undefined makes clang 21 insert one.
    return _mm512_permutex2var_epi16(_mm512_zextsi256_si512(a), _mm512_load_si512(ae_pairing),
                                     _mm512_zextsi256_si512(b));
}

AE_TARGET AE_INLINE __m512i ae_weights(const int32_t *table, __m512i label) {
    // Labels beyond the table are those of the median, whose sums nobody looks at.
    return _mm512_permutexvar_epi32(label, _mm512_loadu_si512(table));
}

AE_TARGET AE_INLINE ae_forecast predict_avx512(const ae_prediction *p, const int16_t *x, const int16_t *base,
                                               __m128i labels, const int pairs) {
    const __m256i texture = ae_textures(p, x);
    const __m512i label = _mm512_cvtepu16_epi32(ae_sets(p, labels, texture));
    const __m256i w = AE_LOAD(x + AE_AT(0, -1));
    __m512i even = ae_weights(p->bias, label), odd = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int j = 0; j < pairs; ++j) {
        const __m512i both = ae_pair(_mm256_subs_epi16(AE_LOAD(x + AE_TAP(2 * j)), w),
                                     _mm256_subs_epi16(AE_LOAD(x + AE_TAP(2 * j + 1)), w));
        if (j & 1) odd = _mm512_dpwssd_epi32(odd, both, ae_weights(p->weights[j], label));
        else even = _mm512_dpwssd_epi32(even, both, ae_weights(p->weights[j], label));
    }
    for (int j = 0; base && j < AE_BASE_PAIRS; ++j) {
        const __m512i both = ae_pair(_mm256_subs_epi16(AE_LOAD(base + AE_BASE_TAP(2 * j)), w),
                                     _mm256_subs_epi16(AE_LOAD(base + AE_BASE_TAP(2 * j + 1)), w));
        odd = _mm512_dpwssd_epi32(odd, both, ae_weights(p->weights[AE_MAX_TAP_PAIRS + j], label));
    }
    const __m512i total = _mm512_add_epi32(even, odd), sum = _mm512_sra_epi32(total, _mm_cvtsi32_si128(p->shift));
    const __m256i repeated = ae_repeated(p, x);
    const __m256i value = ae_values(p, x, _mm512_cvtsepi32_epi16(sum), labels, repeated);

    const __m256i code = _mm256_xor_si256(value, _mm256_set1_epi16(-32768));
    const __m512i index = _mm512_cvtepu16_epi32(_mm256_srl_epi16(code, _mm_cvtsi32_si128(p->curve_shift)));
    const ae_terms terms = ae_scale_terms_of(p, x, value, texture);
    __m512i scale = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int k = 0; k < 5; ++k) {
        const __m512i both = ae_pair(terms.first[k], terms.second[k]);
        scale = _mm512_dpwssd_epi32(scale, both, _mm512_set1_epi32(ae_scale_pair(p, k)));
    }
    scale = _mm512_add_epi32(scale, _mm512_permutex2var_epi32(_mm512_loadu_si512(p->curve), index,
                                                              _mm512_loadu_si512(p->curve + 16)));

    // Exponent and two bits of the fraction of a scale below 2^24: four classes an octave, 0 for 0.
    const __m512 exact = _mm512_cvtepi32_ps(_mm512_min_epi32(scale, _mm512_set1_epi32(0xFFFFFF)));
    const __m512i bits = _mm512_srli_epi32(_mm512_castps_si512(exact), 21);
    const __m512i classes = _mm512_sub_epi32(bits, _mm512_set1_epi32(127 * 4 - 1));
    const __m128i found = _mm512_cvtepi32_epi8(_mm512_max_epi32(classes, _mm512_setzero_si512()));
    ae_forecast forecast = {.value = value, .classes = ae_unrepeated(found, repeated)};
    if (p->signs) {
        const int32_t unit = 1 << p->shift;
        const __m512i fractions = _mm512_sub_epi32(_mm512_and_si512(total, _mm512_set1_epi32(unit - 1)),
                                                   _mm512_set1_epi32(unit >> 1));
        forecast.fractions = ae_fitted_only(_mm512_cvtepi32_epi16(fractions), labels, repeated);
        forecast.errors = ae_errors_around(x);
    }
    return forecast;
}

#include "wavefront_walk.h"
#endif
