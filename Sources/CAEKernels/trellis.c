// SPDX-License-Identifier: Apache-2.0
// The Viterbi search of dependent quantisation (trellis-coded quantisation with two union quantisers: Marcellin and
// Fischer 1990; Schwarz et al. 2021). Sums and minima only: all variants give identical results.
#include "latents_internal.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Vectors pass between inlined functions only; no call depends on how they are handed over.
#pragma clang diagnostic ignored "-Wpsabi"

/// Sixteen states; the compiler makes of it what the target has.
typedef float ae_sixteen __attribute__((vector_size(64)));

enum { UNREACHED = 1000000, RENORMALIZED = 64 };

void ae_trellis_begin(ae_trellis *trellis, uint32_t state) {
    for (int s = 0; s < AE_TRELLIS_STATES; ++s) trellis->metrics[s] = (float)UNREACHED;
    trellis->metrics[state] = 0;
}

#define AE_EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define AE_ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define AE_XOR_2 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13
#define AE_XOR_4 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11
#define AE_XOR_6 6, 7, 4, 5, 2, 3, 0, 1, 14, 15, 12, 13, 10, 11, 8, 9

/// States below 16 are reached from even ones, by the first quantiser; the others from odd ones. Of the two ways to
/// a state one has an even index.
AE_INLINE void advance(ae_trellis *trellis, size_t done, size_t count, const float (*costs)[4],
                       uint32_t (*less)(ae_sixteen, ae_sixteen)) {
    ae_sixteen low, high;
    memcpy(&low, trellis->metrics, sizeof low);
    memcpy(&high, trellis->metrics + 16, sizeof high);
    for (size_t n = 0; n < count; ++n) {
        if ((done + n) % RENORMALIZED == 0) {
            // Sums stay small, so that nothing is lost in them.
            float least = low[0];
            for (int s = 0; s < 16; ++s) least = low[s] < least ? low[s] : least;
            for (int s = 0; s < 16; ++s) least = high[s] < least ? high[s] : least;
            low -= least;
            high -= least;
        }
        const ae_sixteen even = __builtin_shufflevector(low, high, AE_EVEN);
        const ae_sixteen odd = __builtin_shufflevector(low, high, AE_ODD);
        const float *c = costs[n];
        const ae_sixteen low_even = even + c[0], low_odd = __builtin_shufflevector(even, even, AE_XOR_4) + c[1];
        const ae_sixteen high_even = __builtin_shufflevector(odd, odd, AE_XOR_2) + c[2];
        const ae_sixteen high_odd = __builtin_shufflevector(odd, odd, AE_XOR_6) + c[3];
        trellis->decisions[done + n] = less(low_odd, low_even) | less(high_odd, high_even) << 16;
        low = __builtin_elementwise_min(low_even, low_odd);
        high = __builtin_elementwise_min(high_even, high_odd);
    }
    memcpy(trellis->metrics, &low, sizeof low);
    memcpy(trellis->metrics + 16, &high, sizeof high);
}

AE_INLINE uint32_t less_portable(ae_sixteen a, ae_sixteen b) {
    uint32_t mask = 0;
    for (int s = 0; s < 16; ++s) mask |= (uint32_t)(a[s] < b[s]) << s;
    return mask;
}

static void advance_portable(ae_trellis *trellis, size_t done, size_t count, const float (*costs)[4]) {
    advance(trellis, done, count, costs, less_portable);
}

#if defined(__x86_64__)
__attribute__((target("avx2"), always_inline)) static inline uint32_t less_avx2(ae_sixteen a, ae_sixteen b) {
    const __m256 a0 = __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7);
    const __m256 a1 = __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m256 b0 = __builtin_shufflevector(b, b, 0, 1, 2, 3, 4, 5, 6, 7);
    const __m256 b1 = __builtin_shufflevector(b, b, 8, 9, 10, 11, 12, 13, 14, 15);
    return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a0, b0, _CMP_LT_OQ))
        | (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a1, b1, _CMP_LT_OQ)) << 8;
}

__attribute__((target("avx2"))) static void advance_avx2(ae_trellis *trellis, size_t done, size_t count,
                                                         const float (*costs)[4]) {
    advance(trellis, done, count, costs, less_avx2);
}

__attribute__((target("avx512f"), always_inline)) static inline uint32_t less_avx512(ae_sixteen a, ae_sixteen b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}

__attribute__((target("avx512f"))) static void advance_avx512(ae_trellis *trellis, size_t done, size_t count,
                                                              const float (*costs)[4]) {
    advance(trellis, done, count, costs, less_avx512);
}
#endif

void ae_trellis_advance(ae_kernel_level kernels, ae_trellis *trellis, size_t done, size_t count,
                        const float (*costs)[4]) {
#if defined(__x86_64__)
    if (kernels == AE_KERNEL_AVX512) return advance_avx512(trellis, done, count, costs);
    if (kernels == AE_KERNEL_AVX2) return advance_avx2(trellis, done, count, costs);
#else
    (void)kernels;
#endif
    advance_portable(trellis, done, count, costs);
}

uint32_t ae_trellis_finish(ae_trellis *trellis, size_t count) {
    uint32_t last = 0;
    for (uint32_t s = 1; s < AE_TRELLIS_STATES; ++s)
        if (trellis->metrics[s] < trellis->metrics[last]) last = s;
    uint32_t state = last;
    for (size_t n = count; n-- > 0;) {
        const uint32_t parity = trellis->decisions[n] >> state & 1, quantizer = state >> 4;
        trellis->decisions[n] = 2 * quantizer + parity;
        state = 2 * ((state ^ (quantizer ? 18 : 0) ^ 4 * parity) & 15) + quantizer;
    }
    return last;
}
