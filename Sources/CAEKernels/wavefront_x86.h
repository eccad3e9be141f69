// SPDX-License-Identifier: Apache-2.0
// What the two x86-64 variants share: 256-bit vectors of the 16 lanes. Included by each behind its AE_NAME and
// AE_TARGET.
#include "wavefront_internal.h"
#include <immintrin.h>

#define AE_VECTOR __m256i
#define AE_LOAD(from) _mm256_loadu_si256((const __m256i *)(from))
#define AE_MAGNITUDE(d) _mm256_min_epu16(_mm256_srl_epi16(_mm256_abs_epi16(d), error_shift), most)
#define AE_GRADIENT(a, b) AE_MAGNITUDE(_mm256_subs_epi16(a, b))

AE_TARGET AE_INLINE void AE_NAME(commit)(const ae_prediction *p, int16_t *x, __m256i predicted, __m256i residuals) {
    int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    const __m128i error_shift = _mm_cvtsi32_si128(p->error_shift);
    const __m256i most = _mm256_set1_epi16(4095);
    const __m256i error = AE_MAGNITUDE(residuals);
    const __m256i before = _mm256_add_epi16(AE_LOAD(e - AE_RECORD),
                                            _mm256_add_epi16(AE_LOAD(e - 2 * AE_RECORD), AE_LOAD(e - 3 * AE_RECORD)));
    _mm256_storeu_si256((__m256i *)x, _mm256_add_epi16(predicted, residuals));
    _mm256_storeu_si256((__m256i *)e, error);
    _mm256_storeu_si256((__m256i *)h, _mm256_add_epi16(error, before));
}

AE_TARGET AE_INLINE __m256i AE_NAME(residuals_of)(const int16_t *x, __m256i predicted) {
    return _mm256_sub_epi16(AE_LOAD(x), predicted);
}

AE_TARGET AE_INLINE __m256i AE_NAME(load)(const int16_t *values) { return AE_LOAD(values); }

AE_TARGET AE_INLINE void AE_NAME(store)(int16_t *values, __m256i vector) {
    _mm256_storeu_si256((__m256i *)values, vector);
}

AE_TARGET AE_INLINE __m256i AE_NAME(pop16)(ae_streams *streams, const uint8_t *classes) {
    const uint64_t a = ae_pop4(streams, classes), b = ae_pop4(streams, classes + 4);
    const uint64_t c = ae_pop4(streams, classes + 8), d = ae_pop4(streams, classes + 12);
    return _mm256_set_epi64x((int64_t)d, (int64_t)c, (int64_t)b, (int64_t)a);
}
