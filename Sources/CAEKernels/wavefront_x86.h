// SPDX-License-Identifier: Apache-2.0
// What the AVX2 and AVX-512 variants share: all that is done on 16 lanes of 16 bits. Included after AE_TARGET
// and AE_NAME have been defined.
#include "wavefront_internal.h"
#include <immintrin.h>

#define AE_VECTOR __m256i
#define AE_BYTES __m128i
#define AE_LOAD(from) _mm256_loadu_si256((const __m256i *)(from))
#define AE_STORE(to, vector) _mm256_storeu_si256((__m256i *)(to), vector)

typedef struct ae_forecast {
    __m256i value;
    __m128i classes;
    __m256i fractions, errors;
} ae_forecast;

AE_TARGET AE_INLINE __m256i ae_magnitudes(const ae_prediction *p, __m256i d) {
    return _mm256_min_epu16(_mm256_srl_epi16(_mm256_abs_epi16(d), _mm_cvtsi32_si128(p->error_shift)),
                            _mm256_set1_epi16(4095));
}

AE_TARGET AE_INLINE __m256i ae_gradients(const ae_prediction *p, __m256i a, __m256i b) {
    return ae_magnitudes(p, _mm256_subs_epi16(a, b));
}

/// Lanes whose neighbours say that their value repeats theirs: all bits set.
AE_TARGET AE_INLINE __m256i ae_repeated(const ae_prediction *p, const int16_t *x) {
    if (!p->repeats) return _mm256_setzero_si256();
    const __m256i w = AE_LOAD(x + AE_AT(0, -1));
    const __m256i same = _mm256_and_si256(_mm256_cmpeq_epi16(w, AE_LOAD(x + AE_AT(-1, 0))),
                                          _mm256_cmpeq_epi16(w, AE_LOAD(x + AE_AT(-1, -1))));
    return _mm256_and_si256(same, _mm256_cmpeq_epi16(w, AE_LOAD(x + AE_AT(-1, 1))));
}

/// The classes of lanes, 0 where values repeat.
AE_TARGET AE_INLINE __m128i ae_unrepeated(__m128i classes, __m256i repeated) {
    return _mm_andnot_si128(
        _mm_packs_epi16(_mm256_castsi256_si128(repeated), _mm256_extracti128_si256(repeated, 1)), classes);
}

/// The predicted values: W and what the weights add, or the median, or W, at most the greatest code.
AE_TARGET AE_INLINE __m256i ae_values(const ae_prediction *p, const int16_t *x, __m256i delta, __m128i labels,
                                      __m256i repeated) {
    const __m256i w = AE_LOAD(x + AE_AT(0, -1)), n = AE_LOAD(x + AE_AT(-1, 0)), nw = AE_LOAD(x + AE_AT(-1, -1));
    const __m256i plane = _mm256_adds_epi16(w, _mm256_subs_epi16(n, nw));
    const __m256i median =
        _mm256_max_epi16(_mm256_min_epi16(w, n), _mm256_min_epi16(_mm256_max_epi16(w, n), plane));
    const __m256i is_median =
        _mm256_cmpgt_epi16(_mm256_cvtepu8_epi16(labels), _mm256_set1_epi16(AE_MEDIAN_LABEL - 1));
    const __m256i chosen = _mm256_blendv_epi8(_mm256_adds_epi16(w, delta), median, is_median);
    const __m256i value = _mm256_blendv_epi8(chosen, w, repeated);
    return _mm256_min_epi16(value, _mm256_set1_epi16((int16_t)(p->max_code - 32768)));
}

/// Fractions where a weight set predicts, 0 elsewhere.
AE_TARGET AE_INLINE __m256i ae_fitted_only(__m256i fractions, __m128i labels, __m256i repeated) {
    const __m256i is_median =
        _mm256_cmpgt_epi16(_mm256_cvtepu8_epi16(labels), _mm256_set1_epi16(AE_MEDIAN_LABEL - 1));
    return _mm256_andnot_si256(_mm256_or_si256(is_median, repeated), fractions);
}

/// The signed errors around, weighted.
AE_TARGET AE_INLINE __m256i ae_errors_around(const int16_t *x) {
    const int16_t *e = x + (AE_E - AE_X);
    const __m256i beside = _mm256_add_epi16(AE_LOAD(e + AE_AT(0, -1)), AE_LOAD(e + AE_AT(-1, 0)));
    const __m256i across = _mm256_add_epi16(AE_LOAD(e + AE_AT(-1, -1)), AE_LOAD(e + AE_AT(-1, 1)));
    return _mm256_add_epi16(_mm256_add_epi16(beside, beside), across);
}

AE_TARGET AE_INLINE __m256i AE_NAME(signed_by)(const ae_prediction *p, __m256i fractions, __m256i errors,
                                               __m256i residuals) {
    const __m256i weights = _mm256_set1_epi32(p->sign_weight | 1 << 16);
    const __m256i lo = _mm256_madd_epi16(_mm256_unpacklo_epi16(errors, fractions), weights);
    const __m256i hi = _mm256_madd_epi16(_mm256_unpackhi_epi16(errors, fractions), weights);
    const __m256i negative = _mm256_srai_epi16(_mm256_packs_epi32(lo, hi), 15);
    return _mm256_sub_epi16(_mm256_xor_si256(residuals, negative), negative);
}

/// The magnitudes of errors.
#define AE_LOAD_ABSOLUTE(from) _mm256_abs_epi16(AE_LOAD(from))

/// Pairs of terms of the scale rule, in the order of their weights.
typedef struct ae_terms {
    __m256i first[5], second[5];
} ae_terms;

/// The sums of five gradients.
AE_TARGET AE_INLINE __m256i ae_textures(const ae_prediction *p, const int16_t *x) {
    const __m256i w = AE_LOAD(x + AE_AT(0, -1)), n = AE_LOAD(x + AE_AT(-1, 0)), nw = AE_LOAD(x + AE_AT(-1, -1));
    __m256i texture = _mm256_add_epi16(ae_gradients(p, w, nw), ae_gradients(p, n, nw));
    texture = _mm256_add_epi16(texture, ae_gradients(p, n, AE_LOAD(x + AE_AT(-1, 1))));
    texture = _mm256_add_epi16(texture, ae_gradients(p, w, AE_LOAD(x + AE_AT(0, -2))));
    return _mm256_add_epi16(texture, ae_gradients(p, n, AE_LOAD(x + AE_AT(-2, 0))));
}

/// The weight sets of lanes, with 16 bits; from 16 on where the label is none.
AE_TARGET AE_INLINE __m256i ae_sets(const ae_prediction *p, __m128i labels, __m256i texture) {
    const __m256i label = _mm256_cvtepu8_epi16(labels);
    if (!p->textures) return label;
    const __m256i above = _mm256_cmpgt_epi16(texture, _mm256_set1_epi16((int16_t)p->texture_limit));
    return _mm256_sub_epi16(_mm256_add_epi16(label, label), above);
}

AE_TARGET AE_INLINE ae_terms ae_scale_terms_of(const ae_prediction *p, const int16_t *x, __m256i value,
                                               __m256i texture) {
    const int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    const __m256i w = AE_LOAD(x + AE_AT(0, -1)), n = AE_LOAD(x + AE_AT(-1, 0));
    const __m256i jump = _mm256_add_epi16(ae_gradients(p, value, w), ae_gradients(p, value, n));
    return (ae_terms){
        {AE_LOAD_ABSOLUTE(e + AE_AT(0, -1)), AE_LOAD_ABSOLUTE(e + AE_AT(-1, -1)),
         _mm256_add_epi16(AE_LOAD_ABSOLUTE(e + AE_AT(0, -2)), AE_LOAD_ABSOLUTE(e + AE_AT(-2, 0))),
         _mm256_add_epi16(AE_LOAD(h + AE_AT(-1, 0)), AE_LOAD(h + AE_AT(-1, 4))), texture},
        {AE_LOAD_ABSOLUTE(e + AE_AT(-1, 0)), AE_LOAD_ABSOLUTE(e + AE_AT(-1, 1)), AE_LOAD(h + AE_AT(0, -1)),
         _mm256_add_epi16(AE_LOAD(h + AE_AT(-2, 0)), AE_LOAD(h + AE_AT(-2, 4))), jump},
    };
}

/// Two neighbouring weights of the scale rule as one number.
AE_INLINE int32_t ae_scale_pair(const ae_prediction *p, int k) {
    int32_t pair;
    memcpy(&pair, p->scale + 2 * k, 4);
    return pair;
}

/// Half of the values with 32 bits, in the order that packing undoes.
AE_TARGET AE_INLINE __m256i ae_widened_lo(__m256i v) { return _mm256_srai_epi32(_mm256_unpacklo_epi16(v, v), 16); }
AE_TARGET AE_INLINE __m256i ae_widened_hi(__m256i v) { return _mm256_srai_epi32(_mm256_unpackhi_epi16(v, v), 16); }

AE_TARGET AE_INLINE void AE_NAME(commit)(const ae_prediction *p, int16_t *x, __m256i predicted, __m256i residuals) {
    int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    __m256i d = residuals, value = _mm256_add_epi16(predicted, residuals);
    if (p->bound) {
        const __m256i step = _mm256_set1_epi16((int16_t)(2 * p->bound + 1));
        const __m256i low = _mm256_mullo_epi16(residuals, step), high = _mm256_mulhi_epi16(residuals, step);
        const __m256i d_lo = _mm256_unpacklo_epi16(low, high), d_hi = _mm256_unpackhi_epi16(low, high);
        d = _mm256_packs_epi32(d_lo, d_hi);
        value = _mm256_packs_epi32(_mm256_add_epi32(d_lo, ae_widened_lo(predicted)),
                                   _mm256_add_epi32(d_hi, ae_widened_hi(predicted)));
        value = _mm256_min_epi16(value, _mm256_set1_epi16((int16_t)(p->max_code - 32768)));
    }
    const __m256i error = ae_magnitudes(p, d);
    const __m256i before = _mm256_add_epi16(
        AE_LOAD_ABSOLUTE(e - AE_RECORD),
        _mm256_add_epi16(AE_LOAD_ABSOLUTE(e - 2 * AE_RECORD), AE_LOAD_ABSOLUTE(e - 3 * AE_RECORD)));
    AE_STORE(x, value);
    AE_STORE(e, _mm256_sign_epi16(error, d));
    AE_STORE(h, _mm256_add_epi16(error, before));
}

/// Differences over the step, rounded to the nearest. Both have few enough bits for a quotient in single
/// precision to be exact once its fraction is dropped: 2^17 / step * 2^-24 is less than 1 / step.
AE_TARGET AE_INLINE __m256i ae_quotients(__m256i d, int32_t bound) {
    const __m256i sum = _mm256_add_epi32(_mm256_abs_epi32(d), _mm256_set1_epi32(bound));
    const __m256 step = _mm256_set1_ps((float)(2 * bound + 1));
    return _mm256_sign_epi32(_mm256_cvttps_epi32(_mm256_div_ps(_mm256_cvtepi32_ps(sum), step)), d);
}

AE_TARGET AE_INLINE __m256i AE_NAME(residuals_of)(const ae_prediction *p, const int16_t *x, __m256i predicted) {
    const __m256i own = AE_LOAD(x);
    if (!p->bound) return _mm256_sub_epi16(own, predicted);
    const __m256i lo = _mm256_sub_epi32(ae_widened_lo(own), ae_widened_lo(predicted));
    const __m256i hi = _mm256_sub_epi32(ae_widened_hi(own), ae_widened_hi(predicted));
    return _mm256_packs_epi32(ae_quotients(lo, p->bound), ae_quotients(hi, p->bound));
}

AE_TARGET AE_INLINE __m256i AE_NAME(load)(const int16_t *values) { return AE_LOAD(values); }

AE_TARGET AE_INLINE void AE_NAME(store)(int16_t *values, __m256i vector) { AE_STORE(values, vector); }

AE_TARGET AE_INLINE void AE_NAME(store_bytes)(uint8_t *bytes, __m128i vector) {
    _mm_storeu_si128((__m128i *)bytes, vector);
}

/// The lanes of a step stand in at most four blocks; (t - 5 l + 96) / 32 tells which.
AE_TARGET AE_INLINE __m128i AE_NAME(labels)(const ae_block_row *row, int32_t step) {
    const __m128i lag = _mm_setr_epi8(0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75);
    const __m128i column = _mm_sub_epi8(_mm_set1_epi8((char)(step % AE_BLOCK + 96)), lag);
    const __m128i block = _mm_and_si128(_mm_srli_epi16(column, 5), _mm_set1_epi8(3));
    int32_t four;
    memcpy(&four, row->labels + step / AE_BLOCK, 4);
    return _mm_shuffle_epi8(_mm_cvtsi32_si128(four), block);
}

AE_TARGET AE_INLINE uint32_t AE_NAME(flat)(__m128i labels) {
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(labels, _mm_set1_epi8(AE_FLAT_LABEL)));
}

AE_TARGET AE_INLINE __m256i AE_NAME(stay)(const int16_t *x, __m128i labels, __m256i value) {
    const __m256i is_flat = _mm256_cmpeq_epi16(_mm256_cvtepu8_epi16(labels), _mm256_set1_epi16(AE_FLAT_LABEL));
    return _mm256_blendv_epi8(value, AE_LOAD(x + AE_AT(0, -1)), is_flat);
}

AE_TARGET AE_INLINE __m128i AE_NAME(idle)(__m128i classes, uint32_t busy) {
    const __m128i bit = _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    const __m128i byte = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const __m128i bits = _mm_and_si128(_mm_shuffle_epi8(_mm_cvtsi32_si128((int)busy), byte), bit);
    return _mm_blendv_epi8(_mm_set1_epi8(AE_IDLE_CLASS), classes, _mm_cmpeq_epi8(bits, bit));
}

/// The streams of classes below 112.
AE_TARGET AE_INLINE __m128i ae_streams_of(const ae_queues *queues, __m128i classes) {
    __m128i streams = _mm_setzero_si128();
#pragma clang loop unroll(full)
    for (int k = 0; k < 7; ++k) {
        // Pieces above the class give 0, those below and its own give the changes up to it.
        const __m128i piece = _mm_load_si128((const __m128i *)(queues->stream_change + 16 * k));
        const __m128i at = _mm_sub_epi8(classes, _mm_set1_epi8((char)(16 * k)));
        streams = _mm_xor_si128(streams, _mm_shuffle_epi8(piece, at));
    }
    return streams;
}

/// How many earlier lanes of its half of 8 have the same stream.
AE_TARGET AE_INLINE __m128i ae_ranks(__m128i streams) {
    // Shifts bring in zeros, which no stream must equal.
    const __m128i s = _mm_add_epi8(streams, _mm_set1_epi8(1));
#define AE_SAME(k) _mm_cmpeq_epi8(s, _mm_slli_epi64(s, 8 * (k)))
    const __m128i near = _mm_add_epi8(_mm_add_epi8(AE_SAME(1), AE_SAME(2)), _mm_add_epi8(AE_SAME(3), AE_SAME(4)));
    const __m128i far = _mm_add_epi8(_mm_add_epi8(AE_SAME(5), AE_SAME(6)), AE_SAME(7));
    return _mm_sub_epi8(_mm_setzero_si128(), _mm_add_epi8(near, far));
}

AE_TARGET AE_INLINE __m128i ae_pop8(ae_queues *queues, const uint8_t *streams, const uint8_t *ranks) {
    const int16_t *from[8];
    ae_take8(queues, streams, ranks, from);
    __m128i found = _mm_cvtsi32_si128((uint16_t)*from[0]);
    found = _mm_insert_epi16(found, *from[1], 1);
    found = _mm_insert_epi16(found, *from[2], 2);
    found = _mm_insert_epi16(found, *from[3], 3);
    found = _mm_insert_epi16(found, *from[4], 4);
    found = _mm_insert_epi16(found, *from[5], 5);
    found = _mm_insert_epi16(found, *from[6], 6);
    return _mm_insert_epi16(found, *from[7], 7);
}

AE_TARGET AE_INLINE __m256i AE_NAME(pop16)(ae_queues *queues, __m128i classes) {
    uint8_t streams[AE_LANES] __attribute__((aligned(16))), ranks[AE_LANES] __attribute__((aligned(16)));
    const __m128i stream = ae_streams_of(queues, classes);
    _mm_store_si128((__m128i *)streams, stream);
    _mm_store_si128((__m128i *)ranks, ae_ranks(stream));
    const __m128i low = ae_pop8(queues, streams, ranks);
    return _mm256_setr_m128i(low, ae_pop8(queues, streams + 8, ranks + 8));
}

/// Transposes 16 x 16 values and flips their highest bit.
AE_TARGET AE_INLINE void AE_NAME(turn)(const int16_t *from, ptrdiff_t from_stride, int16_t *to, ptrdiff_t to_stride) {
    __m256i a[16], b[16];
    for (int i = 0; i < 16; ++i) a[i] = _mm256_xor_si256(AE_LOAD(from + i * from_stride), _mm256_set1_epi16(-32768));
    for (int i = 0; i < 16; i += 2) {
        b[i] = _mm256_unpacklo_epi16(a[i], a[i + 1]);
        b[i + 1] = _mm256_unpackhi_epi16(a[i], a[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        for (int k = 0; k < 2; ++k) {
            a[i + 2 * k] = _mm256_unpacklo_epi32(b[i + k], b[i + 2 + k]);
            a[i + 2 * k + 1] = _mm256_unpackhi_epi32(b[i + k], b[i + 2 + k]);
        }
    }
    for (int i = 0; i < 16; i += 8) {
        for (int k = 0; k < 4; ++k) {
            b[i + 2 * k] = _mm256_unpacklo_epi64(a[i + k], a[i + 4 + k]);
            b[i + 2 * k + 1] = _mm256_unpackhi_epi64(a[i + k], a[i + 4 + k]);
        }
    }
    for (int k = 0; k < 8; ++k) {
        AE_STORE(to + k * to_stride, _mm256_permute2x128_si256(b[k], b[8 + k], 0x20));
        AE_STORE(to + (8 + k) * to_stride, _mm256_permute2x128_si256(b[k], b[8 + k], 0x31));
    }
}
