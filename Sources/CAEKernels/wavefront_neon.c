// SPDX-License-Identifier: Apache-2.0
// The lossless predictor with 128-bit vectors of AArch64: two for the 16 lanes, four for their 32-bit sums.
#if defined(__aarch64__)
#include "wavefront_internal.h"
#include <arm_neon.h>

typedef struct ae_vector {
    int16x8_t lo, hi;
} ae_vector;
typedef struct ae_forecast {
    ae_vector value;
    uint8x16_t classes;
} ae_forecast;

#define AE_VECTOR ae_vector
#define AE_BYTES uint8x16_t
#define AE_TARGET
#define AE_NAME(name) name##_neon

AE_INLINE ae_vector ae_load(const int16_t *from) { return (ae_vector){vld1q_s16(from), vld1q_s16(from + 8)}; }

AE_INLINE void store_neon(int16_t *values, ae_vector v) {
    vst1q_s16(values, v.lo);
    vst1q_s16(values + 8, v.hi);
}

AE_INLINE void store_bytes_neon(uint8_t *bytes, uint8x16_t v) { vst1q_u8(bytes, v); }

/// Functions of two vectors, half by half.
#define AE_BINARY(name, instruction)                                                                        \
    AE_INLINE ae_vector name(ae_vector a, ae_vector b) {                                                    \
        return (ae_vector){instruction(a.lo, b.lo), instruction(a.hi, b.hi)};                               \
    }
AE_BINARY(ae_add, vaddq_s16)
AE_BINARY(ae_sub, vsubq_s16)
AE_BINARY(ae_add_saturating, vqaddq_s16)
AE_BINARY(ae_sub_saturating, vqsubq_s16)
AE_BINARY(ae_min, vminq_s16)
AE_BINARY(ae_max, vmaxq_s16)

AE_INLINE ae_vector ae_repeat(int16_t value) { return (ae_vector){vdupq_n_s16(value), vdupq_n_s16(value)}; }

AE_INLINE int16x8_t ae_magnitudes8(const ae_prediction *p, int16x8_t d) {
    // The magnitude of -32768 is 32768 without sign.
    const uint16x8_t m = vshlq_u16(vreinterpretq_u16_s16(vabsq_s16(d)), vdupq_n_s16((int16_t)-p->error_shift));
    return vreinterpretq_s16_u16(vminq_u16(m, vdupq_n_u16(4095)));
}

AE_INLINE ae_vector ae_magnitudes(const ae_prediction *p, ae_vector d) {
    return (ae_vector){ae_magnitudes8(p, d.lo), ae_magnitudes8(p, d.hi)};
}

AE_INLINE ae_vector ae_gradients(const ae_prediction *p, ae_vector a, ae_vector b) {
    return ae_magnitudes(p, ae_sub_saturating(a, b));
}

/// 32-bit sums of the 16 lanes.
typedef struct ae_sums {
    int32x4_t v[4];
} ae_sums;

AE_INLINE void ae_add_products(ae_sums *sums, ae_vector a, ae_vector w) {
    sums->v[0] = vmlal_s16(sums->v[0], vget_low_s16(a.lo), vget_low_s16(w.lo));
    sums->v[1] = vmlal_high_s16(sums->v[1], a.lo, w.lo);
    sums->v[2] = vmlal_s16(sums->v[2], vget_low_s16(a.hi), vget_low_s16(w.hi));
    sums->v[3] = vmlal_high_s16(sums->v[3], a.hi, w.hi);
}

/// The halves of eight 32-bit values, picked by lane: `at` has the places of their bytes.
typedef struct ae_halves {
    ae_vector low, high;
} ae_halves;

AE_INLINE ae_halves ae_pick(const int32_t *table, uint8x16x2_t at) {
    const int16x8_t first = vreinterpretq_s16_s32(vld1q_s32(table));
    const int16x8_t second = vreinterpretq_s16_s32(vld1q_s32(table + 4));
    const uint8x16_t low = vreinterpretq_u8_s16(vuzp1q_s16(first, second));
    const uint8x16_t high = vreinterpretq_u8_s16(vuzp2q_s16(first, second));
    return (ae_halves){
        {vreinterpretq_s16_u8(vqtbl1q_u8(low, at.val[0])), vreinterpretq_s16_u8(vqtbl1q_u8(low, at.val[1]))},
        {vreinterpretq_s16_u8(vqtbl1q_u8(high, at.val[0])), vreinterpretq_s16_u8(vqtbl1q_u8(high, at.val[1]))},
    };
}

/// W, and what the weights add to it. Labels beyond the tables are those of the median.
AE_INLINE ae_vector ae_fitted(const ae_prediction *p, const int16_t *x, uint8x16_t labels, const int pairs) {
    const uint8x16_t twice = vshlq_n_u8(labels, 1);
    const uint8x16x2_t at = vzipq_u8(twice, vaddq_u8(twice, vdupq_n_u8(1)));
    const ae_vector w = ae_load(x + AE_AT(0, -1));
    const ae_halves bias = ae_pick(p->bias, at);
    ae_sums sums = {{
        vreinterpretq_s32_s16(vzip1q_s16(bias.low.lo, bias.high.lo)),
        vreinterpretq_s32_s16(vzip2q_s16(bias.low.lo, bias.high.lo)),
        vreinterpretq_s32_s16(vzip1q_s16(bias.low.hi, bias.high.hi)),
        vreinterpretq_s32_s16(vzip2q_s16(bias.low.hi, bias.high.hi)),
    }};
#pragma clang loop unroll(full)
    for (int j = 0; j < pairs; ++j) {
        const ae_halves weights = ae_pick(p->weights[j], at);
        ae_add_products(&sums, ae_sub_saturating(ae_load(x + AE_TAP(2 * j)), w), weights.low);
        ae_add_products(&sums, ae_sub_saturating(ae_load(x + AE_TAP(2 * j + 1)), w), weights.high);
    }
    const int32x4_t shift = vdupq_n_s32(-p->shift);
    const int16x4_t a = vqmovn_s32(vshlq_s32(sums.v[0], shift)), b = vqmovn_s32(vshlq_s32(sums.v[2], shift));
    const ae_vector delta = {vqmovn_high_s32(a, vshlq_s32(sums.v[1], shift)),
                             vqmovn_high_s32(b, vshlq_s32(sums.v[3], shift))};
    return ae_add_saturating(w, delta);
}

/// The entries of the curve; its bytes are looked up one by one.
AE_INLINE ae_sums ae_look_up(const ae_prediction *p, ae_vector value) {
    const int16x8_t shift = vdupq_n_s16((int16_t)-p->curve_shift);
    const uint16x8_t sign = vdupq_n_u16(0x8000);
    const uint16x8_t a = vshlq_u16(veorq_u16(vreinterpretq_u16_s16(value.lo), sign), shift);
    const uint16x8_t b = vshlq_u16(veorq_u16(vreinterpretq_u16_s16(value.hi), sign), shift);
    const uint8x16_t index = vcombine_u8(vmovn_u16(a), vmovn_u16(b));
    const uint8x16x4_t low = vld4q_u8((const uint8_t *)p->curve), high = vld4q_u8((const uint8_t *)(p->curve + 16));
    uint8x16_t bytes[4];
    for (int k = 0; k < 4; ++k) bytes[k] = vqtbl2q_u8((uint8x16x2_t){{low.val[k], high.val[k]}}, index);
    const uint16x8x2_t even = {{vreinterpretq_u16_u8(vzip1q_u8(bytes[0], bytes[1])),
                                vreinterpretq_u16_u8(vzip2q_u8(bytes[0], bytes[1]))}};
    const uint16x8x2_t odd = {{vreinterpretq_u16_u8(vzip1q_u8(bytes[2], bytes[3])),
                               vreinterpretq_u16_u8(vzip2q_u8(bytes[2], bytes[3]))}};
    return (ae_sums){{
        vreinterpretq_s32_u16(vzip1q_u16(even.val[0], odd.val[0])),
        vreinterpretq_s32_u16(vzip2q_u16(even.val[0], odd.val[0])),
        vreinterpretq_s32_u16(vzip1q_u16(even.val[1], odd.val[1])),
        vreinterpretq_s32_u16(vzip2q_u16(even.val[1], odd.val[1])),
    }};
}

AE_INLINE void ae_add_term(ae_sums *scale, const ae_prediction *p, int term, ae_vector value) {
    const int16x8_t weight = vdupq_n_s16(p->scale[term]);
    ae_add_products(scale, value, (ae_vector){weight, weight});
}

/// Exponent and two bits of the fraction of a scale: four classes an octave, 0 for 0. A scale of 2^24 or more
/// gives more than 96, rounded or not.
AE_INLINE uint16x4_t ae_raw_classes(int32x4_t scale) {
    const int32x4_t bits = vshrq_n_s32(vreinterpretq_s32_f32(vcvtq_f32_s32(scale)), 21);
    return vqmovun_s32(vsubq_s32(bits, vdupq_n_s32(127 * 4 - 1)));
}

AE_INLINE ae_forecast predict_neon(const ae_prediction *p, const int16_t *x, uint8x16_t labels, const int pairs) {
    const ae_vector w = ae_load(x + AE_AT(0, -1)), n = ae_load(x + AE_AT(-1, 0)), nw = ae_load(x + AE_AT(-1, -1));
    const ae_vector fitted = ae_fitted(p, x, labels, pairs);
    const ae_vector plane = ae_add_saturating(w, ae_sub_saturating(n, nw));
    const ae_vector median = ae_max(ae_min(w, n), ae_min(ae_max(w, n), plane));
    const uint8x16_t is_median = vcgeq_u8(labels, vdupq_n_u8(AE_MEDIAN_LABEL));
    const uint8x16x2_t chosen = vzipq_u8(is_median, is_median);
    const ae_vector either = {vbslq_s16(vreinterpretq_u16_u8(chosen.val[0]), median.lo, fitted.lo),
                              vbslq_s16(vreinterpretq_u16_u8(chosen.val[1]), median.hi, fitted.hi)};
    const ae_vector value = ae_min(either, ae_repeat((int16_t)(p->max_code - 32768)));

    const int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    ae_vector texture = ae_add(ae_gradients(p, w, nw), ae_gradients(p, n, nw));
    texture = ae_add(texture, ae_gradients(p, n, ae_load(x + AE_AT(-1, 1))));
    texture = ae_add(texture, ae_gradients(p, w, ae_load(x + AE_AT(0, -2))));
    texture = ae_add(texture, ae_gradients(p, n, ae_load(x + AE_AT(-2, 0))));
    ae_sums scale = ae_look_up(p, value);
    ae_add_term(&scale, p, 0, ae_load(e + AE_AT(0, -1)));
    ae_add_term(&scale, p, 1, ae_load(e + AE_AT(-1, 0)));
    ae_add_term(&scale, p, 2, ae_load(e + AE_AT(-1, -1)));
    ae_add_term(&scale, p, 3, ae_load(e + AE_AT(-1, 1)));
    ae_add_term(&scale, p, 4, ae_add(ae_load(e + AE_AT(0, -2)), ae_load(e + AE_AT(-2, 0))));
    ae_add_term(&scale, p, 5, ae_load(h + AE_AT(0, -1)));
    ae_add_term(&scale, p, 6, ae_add(ae_load(h + AE_AT(-1, 0)), ae_load(h + AE_AT(-1, 4))));
    ae_add_term(&scale, p, 7, ae_add(ae_load(h + AE_AT(-2, 0)), ae_load(h + AE_AT(-2, 4))));
    ae_add_term(&scale, p, 8, texture);
    ae_add_term(&scale, p, 9, ae_add(ae_gradients(p, value, w), ae_gradients(p, value, n)));
    const uint16x8_t a = vcombine_u16(ae_raw_classes(scale.v[0]), ae_raw_classes(scale.v[1]));
    const uint16x8_t b = vcombine_u16(ae_raw_classes(scale.v[2]), ae_raw_classes(scale.v[3]));
    const uint8x16_t classes = vcombine_u8(vmovn_u16(a), vmovn_u16(b));
    return (ae_forecast){value, vminq_u8(classes, vdupq_n_u8(AE_RAW_CLASSES - 1))};
}

AE_INLINE void commit_neon(const ae_prediction *p, int16_t *x, ae_vector predicted, ae_vector residuals) {
    int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    const ae_vector error = ae_magnitudes(p, residuals);
    const ae_vector before =
        ae_add(ae_load(e - AE_RECORD), ae_add(ae_load(e - 2 * AE_RECORD), ae_load(e - 3 * AE_RECORD)));
    store_neon(x, ae_add(predicted, residuals));
    store_neon(e, error);
    store_neon(h, ae_add(error, before));
}

AE_INLINE ae_vector residuals_of_neon(const int16_t *x, ae_vector predicted) { return ae_sub(ae_load(x), predicted); }

/// The numbers of the lanes.
AE_INLINE uint8x16_t ae_lanes(void) {
    static const uint8_t lanes[AE_LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return vld1q_u8(lanes);
}

/// The lanes of a step stand in at most four blocks; (t - 5 l + 96) / 32 tells which.
AE_INLINE uint8x16_t labels_neon(const ae_block_row *row, int32_t step) {
    const uint8x16_t column = vdupq_n_u8((uint8_t)(step % AE_BLOCK + 3 * AE_BLOCK));
    const uint8x16_t block = vshrq_n_u8(vmlsq_u8(column, ae_lanes(), vdupq_n_u8(AE_LAG)), 5);
    uint32_t four;
    memcpy(&four, row->labels + step / AE_BLOCK, 4);
    return vqtbl1q_u8(vreinterpretq_u8_u32(vdupq_n_u32(four)), block);
}

/// Gives the lanes outside first ..< end the class of idle lanes.
AE_INLINE uint8x16_t idle_neon(uint8x16_t classes, int32_t first, int32_t end) {
    const uint8x16_t busy = vandq_u8(vcgeq_u8(ae_lanes(), vdupq_n_u8((uint8_t)first)),
                                     vcltq_u8(ae_lanes(), vdupq_n_u8((uint8_t)end)));
    return vbslq_u8(busy, classes, vdupq_n_u8(AE_IDLE_CLASS));
}

/// How many earlier lanes of its half of 8 have the same stream.
AE_INLINE uint8x16_t ae_ranks(uint8x16_t streams) {
    // Shifts bring in zeros, which no stream must equal.
    const uint8x16_t own = vaddq_u8(streams, vdupq_n_u8(1));
    const uint64x2_t words = vreinterpretq_u64_u8(own);
    uint8x16_t ranks = vdupq_n_u8(0);
#pragma clang loop unroll(full)
    for (int k = 1; k < 8; ++k) {
        const uint64x2_t shifted = vshlq_u64(words, vdupq_n_s64(8 * k));
        ranks = vsubq_u8(ranks, vceqq_u8(own, vreinterpretq_u8_u64(shifted)));
    }
    return ranks;
}

AE_INLINE int16x8_t ae_pop8(ae_queues *queues, const uint8_t *streams, const uint8_t *ranks) {
    const int16_t *from[8];
    ae_take8(queues, streams, ranks, from);
    int16x8_t found = vdupq_n_s16(*from[0]);
    found = vld1q_lane_s16(from[1], found, 1);
    found = vld1q_lane_s16(from[2], found, 2);
    found = vld1q_lane_s16(from[3], found, 3);
    found = vld1q_lane_s16(from[4], found, 4);
    found = vld1q_lane_s16(from[5], found, 5);
    found = vld1q_lane_s16(from[6], found, 6);
    return vld1q_lane_s16(from[7], found, 7);
}

AE_INLINE ae_vector pop16_neon(ae_queues *queues, uint8x16_t classes) {
    uint8_t streams[AE_LANES], ranks[AE_LANES];
    const uint8x16x4_t low = vld1q_u8_x4(queues->stream_of_class), high = vld1q_u8_x4(queues->stream_of_class + 64);
    const uint8x16_t stream = vqtbx4q_u8(vqtbl4q_u8(low, classes), high, vsubq_u8(classes, vdupq_n_u8(64)));
    vst1q_u8(streams, stream);
    vst1q_u8(ranks, ae_ranks(stream));
    const int16x8_t first = ae_pop8(queues, streams, ranks);
    return (ae_vector){first, ae_pop8(queues, streams + 8, ranks + 8)};
}

/// Transposes 8 x 8 values and flips their highest bit.
AE_INLINE void ae_turn8(const int16_t *from, ptrdiff_t from_stride, int16_t *to, ptrdiff_t to_stride) {
    int16x8_t a[8];
    int32x4_t b[8];
    for (int i = 0; i < 8; ++i) a[i] = veorq_s16(vld1q_s16(from + i * from_stride), vdupq_n_s16(INT16_MIN));
    for (int i = 0; i < 8; i += 2) {
        b[i] = vreinterpretq_s32_s16(vtrn1q_s16(a[i], a[i + 1]));
        b[i + 1] = vreinterpretq_s32_s16(vtrn2q_s16(a[i], a[i + 1]));
    }
    // b[i] and b[i + 1] have the even and the odd columns of two rows, row pairs side by side.
    for (int k = 0; k < 2; ++k) {
        const int64x2_t top[2] = {vreinterpretq_s64_s32(vtrn1q_s32(b[k], b[2 + k])),
                                  vreinterpretq_s64_s32(vtrn2q_s32(b[k], b[2 + k]))};
        const int64x2_t bottom[2] = {vreinterpretq_s64_s32(vtrn1q_s32(b[4 + k], b[6 + k])),
                                     vreinterpretq_s64_s32(vtrn2q_s32(b[4 + k], b[6 + k]))};
        for (int m = 0; m < 2; ++m) {
            vst1q_s16(to + (2 * m + k) * to_stride, vreinterpretq_s16_s64(vtrn1q_s64(top[m], bottom[m])));
            vst1q_s16(to + (2 * m + k + 4) * to_stride, vreinterpretq_s16_s64(vtrn2q_s64(top[m], bottom[m])));
        }
    }
}

AE_INLINE void turn_neon(const int16_t *from, ptrdiff_t from_stride, int16_t *to, ptrdiff_t to_stride) {
    for (int i = 0; i < 16; i += 8)
        for (int k = 0; k < 16; k += 8)
            ae_turn8(from + i * from_stride + k, from_stride, to + k * to_stride + i, to_stride);
}

#include "wavefront_walk.h"
#endif
