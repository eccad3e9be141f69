// SPDX-License-Identifier: Apache-2.0
// The low bits of residuals that are stored as they are.
#include "symbols_internal.h"

/// Adds them one by one from symbol `from` on; the definition.
static void add_raw_portable(const uint8_t *raw, int bits, size_t from, size_t count, int16_t *out) {
    ae_bit_reader reader = {raw, from * (size_t)bits};
    for (size_t i = from; i < count; ++i) out[i] |= (int16_t)ae_take(&reader, bits);
}

#if defined(__x86_64__)
#include <immintrin.h>

/// Eight fields of up to 8 bits are `bits` bytes. The two bytes that hold a field move to its lane; then it is
/// shifted to the top by a multiplication and down by one shift for all.
__attribute__((target("avx2"))) static size_t add_raw_fast(const uint8_t *raw, int bits, size_t count, int16_t *out) {
    uint8_t bytes[16];
    uint16_t factors[8];
    for (int i = 0; i < 8; ++i) {
        bytes[2 * i] = (uint8_t)(i * bits >> 3);
        bytes[2 * i + 1] = (uint8_t)((i * bits >> 3) + 1);
        factors[i] = (uint16_t)(1u << (16 - bits - (i * bits & 7)));
    }
    const __m256i place = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)bytes));
    const __m256i factor = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)factors));
    const __m128i down = _mm_cvtsi32_si128(16 - bits);
    size_t i = 0;
    for (; i + 16 <= count; i += 16, raw += 2 * bits) {
        const __m256i words = _mm256_setr_m128i(_mm_loadl_epi64((const __m128i *)raw),
                                                _mm_loadl_epi64((const __m128i *)(raw + bits)));
        const __m256i top = _mm256_mullo_epi16(_mm256_shuffle_epi8(words, place), factor);
        __m256i *to = (__m256i *)(out + i);
        _mm256_storeu_si256(to, _mm256_or_si256(_mm256_loadu_si256(to), _mm256_srl_epi16(top, down)));
    }
    return i;
}

static int is_fast(void) { return __builtin_cpu_supports("avx2") != 0; }

#elif defined(__aarch64__)
#include <arm_neon.h>

/// Eight fields of up to 8 bits are `bits` bytes. The two bytes that hold a field move to its lane, where it is
/// shifted down and cut.
static size_t add_raw_fast(const uint8_t *raw, int bits, size_t count, int16_t *out) {
    uint8_t bytes[16];
    int16_t shifts[8];
    for (int i = 0; i < 8; ++i) {
        bytes[2 * i] = (uint8_t)(i * bits >> 3);
        bytes[2 * i + 1] = (uint8_t)((i * bits >> 3) + 1);
        shifts[i] = (int16_t)-(i * bits & 7);
    }
    const uint8x16_t place = vld1q_u8(bytes);
    const int16x8_t shift = vld1q_s16(shifts);
    const uint16x8_t mask = vdupq_n_u16((uint16_t)((1u << bits) - 1));
    size_t i = 0;
    for (; i + 8 <= count; i += 8, raw += bits) {
        const uint8x16_t word = vcombine_u8(vld1_u8(raw), vdup_n_u8(0));
        const uint16x8_t field = vandq_u16(vshlq_u16(vreinterpretq_u16_u8(vqtbl1q_u8(word, place)), shift), mask);
        vst1q_s16(out + i, vorrq_s16(vld1q_s16(out + i), vreinterpretq_s16_u16(field)));
    }
    return i;
}

static int is_fast(void) { return 1; }

#else

static size_t add_raw_fast(const uint8_t *raw, int bits, size_t count, int16_t *out) {
    (void)raw, (void)bits, (void)count, (void)out;
    return 0;
}

static int is_fast(void) { return 0; }

#endif

void ae_add_raw(const uint8_t *raw, int bits, size_t count, int16_t *out) {
    if (bits == 0) return;
    const size_t done = bits <= 8 && is_fast() ? add_raw_fast(raw, bits, count, out) : 0;
    add_raw_portable(raw, bits, done, count, out);
}
