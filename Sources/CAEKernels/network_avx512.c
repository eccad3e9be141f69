// SPDX-License-Identifier: Apache-2.0
// The network kernels with 512-bit vectors and their dot products (VNNI).
#if defined(__x86_64__)
#include <immintrin.h>
#define AE_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define AE_NAME(name) name##_avx512
#define AE_VECTOR __m512i
#define AE_LANES_OF 16
#define AE_QUAD_OUTPUTS 12
#define AE_PLAIN_OUTPUTS 6
#define AE_QUAD_VECTORS 2
#define AE_PLAIN_VECTORS 4
#define AE_PEAK_CHANNELS 4
#define AE_IN_REGISTER(v) "+v"(v)
#include "network_internal.h"

AE_TARGET AE_INLINE __m512i broadcast_avx512(uint32_t word) { return _mm512_set1_epi32((int32_t)word); }
AE_TARGET AE_INLINE __m512i load_avx512(const uint32_t *from) { return _mm512_loadu_si512(from); }

AE_TARGET AE_INLINE __m512i dot_quads_avx512(__m512i sum, __m512i channels, __m512i weights) {
    return _mm512_dpbusd_epi32(sum, channels, weights);
}

AE_TARGET AE_INLINE __m512i dot_pairs_avx512(__m512i sum, __m512i channels, __m512i weights) {
    return _mm512_dpwssd_epi32(sum, channels, weights);
}

AE_TARGET AE_INLINE void store_shifted_avx512(int32_t *to, __m512i sum, int32_t shift) {
    _mm512_storeu_si512(to, _mm512_sra_epi32(sum, _mm_cvtsi32_si128(shift)));
}

/// Narrowing with saturation keeps order, so that the limits 0 and 127 can wait until values are bytes.
AE_TARGET AE_INLINE void store_quads_avx512(uint32_t *to, __m512i a, __m512i b, __m512i c, __m512i d,
                                            const int32_t *shifts) {
    const __m512i first = _mm512_packs_epi32(_mm512_srav_epi32(a, _mm512_set1_epi32(shifts[0])),
                                             _mm512_srav_epi32(b, _mm512_set1_epi32(shifts[1])));
    const __m512i second = _mm512_packs_epi32(_mm512_srav_epi32(c, _mm512_set1_epi32(shifts[2])),
                                              _mm512_srav_epi32(d, _mm512_set1_epi32(shifts[3])));
    const __m512i bytes = _mm512_min_epu8(_mm512_packus_epi16(first, second), _mm512_set1_epi8(127));
    // In every 128 bits: four positions of a, of b, of c, of d.
    const __m512i order =
        _mm512_broadcast_i32x4(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    _mm512_storeu_si512(to, _mm512_shuffle_epi8(bytes, order));
}

#include "network_walk.h"
#endif
