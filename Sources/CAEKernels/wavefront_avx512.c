// SPDX-License-Identifier: Apache-2.0
// The lossless predictor with 512-bit sums: one vector holds the 32-bit sums of the 16 lanes.
#include "wavefront_internal.h"
#if defined(__x86_64__)

#define AE_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define AE_NAME(name) name##_avx512
#include "wavefront_x86.h"

/// Indices that put lane l of two vectors side by side.
static const uint16_t ae_pairing[32] __attribute__((aligned(64))) = {
    0, 32, 1, 33, 2,  34, 3,  35, 4,  36, 5,  37, 6,  38, 7,  39,
    8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47,
};

AE_TARGET AE_INLINE __m512i ae_pair(__m256i a, __m512i pairing, __m256i b) {
    return _mm512_permutex2var_epi16(_mm512_castsi256_si512(a), pairing, _mm512_castsi256_si512(b));
}

AE_TARGET AE_INLINE __m512i predict_weights(const int32_t *table, __m512i label) {
    // Labels beyond the table are those of the median, whose sums nobody looks at.
    return _mm512_permutexvar_epi32(label, _mm512_zextsi256_si512(AE_LOAD(table)));
}

AE_TARGET AE_INLINE __m512i ae_scale_pair(const ae_prediction *p, int k) {
    int32_t pair;
    memcpy(&pair, p->scale + 2 * k, 4);
    return _mm512_set1_epi32(pair);
}

AE_TARGET AE_INLINE __m256i predict_avx512(const ae_prediction *p, const int16_t *x, const uint8_t *labels,
                                           const int pairs, uint8_t *classes) {
    const __m512i pairing = _mm512_load_si512(ae_pairing);
    const __m128i label_bytes = _mm_load_si128((const __m128i *)labels);
    const __m512i label = _mm512_cvtepu8_epi32(label_bytes);
    const __m256i is_median = _mm256_cmpgt_epi16(_mm256_cvtepu8_epi16(label_bytes), _mm256_set1_epi16(AE_MEDIAN_LABEL - 1));
    const __m256i w = AE_LOAD(x + AE_AT(0, -1));
    __m512i even = predict_weights(p->bias, label), odd = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int j = 0; j < pairs; ++j) {
        const __m512i both = ae_pair(_mm256_subs_epi16(AE_LOAD(x + AE_TAP(2 * j)), w), pairing,
                                     _mm256_subs_epi16(AE_LOAD(x + AE_TAP(2 * j + 1)), w));
        const __m512i weights = predict_weights(p->weights[j], label);
        if (j & 1) odd = _mm512_dpwssd_epi32(odd, both, weights);
        else even = _mm512_dpwssd_epi32(even, both, weights);
    }
    const __m512i sum = _mm512_sra_epi32(_mm512_add_epi32(even, odd), _mm_cvtsi32_si128(p->shift));
    const __m256i delta = _mm512_cvtsepi32_epi16(sum);
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

    const __m256i code = _mm256_xor_si256(predicted, _mm256_set1_epi16(-32768));
    const __m512i index = _mm512_cvtepu16_epi32(_mm256_srl_epi16(code, _mm_cvtsi32_si128(p->curve_shift)));
    __m512i scale = _mm512_permutex2var_epi32(_mm512_loadu_si512(p->curve), index, _mm512_loadu_si512(p->curve + 16));
#define AE_TERMS(k, a, b) scale = _mm512_dpwssd_epi32(scale, ae_pair(a, pairing, b), ae_scale_pair(p, k))
    AE_TERMS(0, AE_LOAD(e + AE_AT(0, -1)), AE_LOAD(e + AE_AT(-1, 0)));
    AE_TERMS(1, AE_LOAD(e + AE_AT(-1, -1)), AE_LOAD(e + AE_AT(-1, 1)));
    AE_TERMS(2, _mm256_add_epi16(AE_LOAD(e + AE_AT(0, -2)), AE_LOAD(e + AE_AT(-2, 0))), AE_LOAD(h + AE_AT(0, -1)));
    AE_TERMS(3, _mm256_add_epi16(AE_LOAD(h + AE_AT(-1, 0)), AE_LOAD(h + AE_AT(-1, 4))),
             _mm256_add_epi16(AE_LOAD(h + AE_AT(-2, 0)), AE_LOAD(h + AE_AT(-2, 4))));
    AE_TERMS(4, texture, jump);

    // Exponent and two bits of the fraction of a scale below 2^24: four classes an octave, 0 for 0.
    const __m512 exact = _mm512_cvtepi32_ps(_mm512_min_epi32(scale, _mm512_set1_epi32(0xFFFFFF)));
    const __m512i bits = _mm512_srli_epi32(_mm512_castps_si512(exact), 21);
    const __m512i found = _mm512_max_epi32(_mm512_sub_epi32(bits, _mm512_set1_epi32(127 * 4 - 1)), _mm512_setzero_si512());
    _mm_store_si128((__m128i *)classes, _mm512_cvtepi32_epi8(found));
    return predicted;
}

#include "wavefront_walk.h"
#endif
