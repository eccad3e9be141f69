// SPDX-License-Identifier: Apache-2.0
// The pyramid transform with 256-bit vectors: products of the even and of the odd lanes in 64 bits each.
#if defined(__x86_64__)
#include <immintrin.h>
#define AE_TARGET __attribute__((target("avx2")))
#define AE_NAME(name) name##_avx2
#define AE_VECTOR_COUNT 8
#define AE_LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define AE_STORE(p, v) _mm256_storeu_si256((__m256i *)(p), v)
#include "wavelet_internal.h"

AE_TARGET AE_INLINE void lift_avx2(int32_t *restrict to, const int32_t *const *from, const int32_t *coefficients,
                                   ptrdiff_t count, const int pairs, const int forward) {
    const __m256i half = _mm256_set1_epi64x(1 << 15);
    __m256i c[AE_MAX_LIFTING_PAIRS];
    const int32_t *before[AE_MAX_LIFTING_PAIRS], *after[AE_MAX_LIFTING_PAIRS];
#pragma clang loop unroll(full)
    for (int p = 0; p < pairs; ++p) {
        c[p] = _mm256_set1_epi32(coefficients[p]);
        before[p] = from[2 * p];
        after[p] = from[2 * p + 1];
    }
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i even = half, odd = half;
#pragma clang loop unroll(full)
        for (int p = 0; p < pairs; ++p) {
            const __m256i both = _mm256_add_epi32(AE_LOAD(before[p] + i), AE_LOAD(after[p] + i));
            even = _mm256_add_epi64(even, _mm256_mul_epi32(both, c[p]));
            odd = _mm256_add_epi64(odd, _mm256_mul_epi32(_mm256_srli_epi64(both, 32), c[p]));
        }
        // Bits 16...47 of every sum, in the half of 64 bits where they belong.
        const __m256i change =
            _mm256_blend_epi32(_mm256_srli_epi64(even, 16), _mm256_slli_epi64(odd, 16), 0xAA);
        const __m256i value = AE_LOAD(to + i);
        AE_STORE(to + i, forward ? _mm256_add_epi32(value, change) : _mm256_sub_epi32(value, change));
    }
    for (; i < count; ++i) {
        int64_t sum = 1 << 15;
        for (int p = 0; p < pairs; ++p)
            sum += (int64_t)coefficients[p] * (int32_t)((uint32_t)before[p][i] + (uint32_t)after[p][i]);
        const uint32_t change = (uint32_t)(sum >> 16), value = (uint32_t)to[i];
        to[i] = (int32_t)(forward ? value + change : value - change);
    }
}

AE_TARGET AE_INLINE void split_avx2(const int32_t *restrict from, int32_t *restrict even, int32_t *restrict odd,
                                    ptrdiff_t count) {
    const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
    ptrdiff_t i = 0;
    for (; 2 * i + 16 <= count; i += 8) {
        const __m256i a = _mm256_permutevar8x32_epi32(AE_LOAD(from + 2 * i), order);
        const __m256i b = _mm256_permutevar8x32_epi32(AE_LOAD(from + 2 * i + 8), order);
        AE_STORE(even + i, _mm256_permute2x128_si256(a, b, 0x20));
        AE_STORE(odd + i, _mm256_permute2x128_si256(a, b, 0x31));
    }
    for (; i < (count + 1) / 2; ++i) {
        even[i] = from[2 * i];
        if (2 * i + 1 < count) odd[i] = from[2 * i + 1];
    }
}

AE_TARGET AE_INLINE void merge_avx2(const int32_t *restrict even, const int32_t *restrict odd, int32_t *restrict to,
                                    ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; 2 * i + 16 <= count; i += 8) {
        const __m256i a = AE_LOAD(even + i), b = AE_LOAD(odd + i);
        const __m256i low = _mm256_unpacklo_epi32(a, b), high = _mm256_unpackhi_epi32(a, b);
        AE_STORE(to + 2 * i, _mm256_permute2x128_si256(low, high, 0x20));
        AE_STORE(to + 2 * i + 8, _mm256_permute2x128_si256(low, high, 0x31));
    }
    for (; i < (count + 1) / 2; ++i) {
        to[2 * i] = even[i];
        if (2 * i + 1 < count) to[2 * i + 1] = odd[i];
    }
}

#include "wavelet_walk.h"
#endif
