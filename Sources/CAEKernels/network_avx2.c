// SPDX-License-Identifier: Apache-2.0
// The network kernels with 256-bit vectors. Products of 7 bits and signed bytes cannot saturate in pairs.
#if defined(__x86_64__)
#include <immintrin.h>
#define AE_TARGET __attribute__((target("avx2")))
#define AE_NAME(name) name##_avx2
#define AE_VECTOR __m256i
#define AE_LANES_OF 8
#define AE_QUAD_OUTPUTS 4
#define AE_PLAIN_OUTPUTS 3
#define AE_QUAD_VECTORS 2
#define AE_PLAIN_VECTORS 2
#define AE_PEAK_CHANNELS 2
#define AE_IN_REGISTER(v) "+x"(v)
#include "network_internal.h"

AE_TARGET AE_INLINE __m256i broadcast_avx2(uint32_t word) { return _mm256_set1_epi32((int32_t)word); }
AE_TARGET AE_INLINE __m256i load_avx2(const uint32_t *from) { return _mm256_loadu_si256((const __m256i *)from); }

AE_TARGET AE_INLINE __m256i dot_quads_avx2(__m256i sum, __m256i channels, __m256i weights) {
    const __m256i pairs = _mm256_maddubs_epi16(channels, weights);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

AE_TARGET AE_INLINE __m256i dot_pairs_avx2(__m256i sum, __m256i channels, __m256i weights) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(channels, weights));
}

AE_TARGET AE_INLINE void store_shifted_avx2(int32_t *to, __m256i sum, int32_t shift) {
    _mm256_storeu_si256((__m256i *)to, _mm256_sra_epi32(sum, _mm_cvtsi32_si128(shift)));
}

/// Narrowing with saturation keeps order, so that the limits 0 and 127 can wait until values are bytes.
AE_TARGET AE_INLINE void store_quads_avx2(uint32_t *to, __m256i a, __m256i b, __m256i c, __m256i d,
                                          const int32_t *shifts) {
    const __m256i first = _mm256_packs_epi32(_mm256_srav_epi32(a, _mm256_set1_epi32(shifts[0])),
                                             _mm256_srav_epi32(b, _mm256_set1_epi32(shifts[1])));
    const __m256i second = _mm256_packs_epi32(_mm256_srav_epi32(c, _mm256_set1_epi32(shifts[2])),
                                              _mm256_srav_epi32(d, _mm256_set1_epi32(shifts[3])));
    const __m256i bytes = _mm256_min_epu8(_mm256_packus_epi16(first, second), _mm256_set1_epi8(127));
    // In every 128 bits: four positions of a, of b, of c, of d.
    const __m256i order =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    _mm256_storeu_si256((__m256i *)to, _mm256_shuffle_epi8(bytes, order));
}

#include "network_walk.h"
#endif
