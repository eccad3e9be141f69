// SPDX-License-Identifier: Apache-2.0
// The lossless predictor with 128-bit vectors: two for the 16 lanes, four for their 32-bit sums.
#include "wavefront_internal.h"
#if defined(__aarch64__)
#include "wavefront_neon_turn.h"

/// Lanes 0...7 and 8...15.
typedef struct ae_vector {
    int16x8_t lo, hi;
} ae_vector;

typedef struct ae_forecast {
    ae_vector value;
    uint8x16_t classes;
    ae_vector fractions, errors;
} ae_forecast;

#define AE_VECTOR ae_vector
#define AE_BYTES uint8x16_t
#define AE_TARGET
#define AE_NAME(name) name##_neon

/// An operation on both halves of two vectors.
#define AE_BOTH(name, op) \
    AE_INLINE ae_vector name(ae_vector a, ae_vector b) { return (ae_vector){op(a.lo, b.lo), op(a.hi, b.hi)}; }
AE_BOTH(ae_add, vaddq_s16)
AE_BOTH(ae_subtract, vsubq_s16)
AE_BOTH(ae_add_saturated, vqaddq_s16)
AE_BOTH(ae_subtract_saturated, vqsubq_s16)
AE_BOTH(ae_least, vminq_s16)
AE_BOTH(ae_most, vmaxq_s16)

/// 32-bit sums of lanes 0...3, 4...7, 8...11 and 12...15.
typedef struct ae_sums {
    int32x4_t v[4];
} ae_sums;

AE_INLINE ae_sums ae_add_products(ae_sums sums, ae_vector a, ae_vector b) {
    sums.v[0] = vmlal_s16(sums.v[0], vget_low_s16(a.lo), vget_low_s16(b.lo));
    sums.v[1] = vmlal_high_s16(sums.v[1], a.lo, b.lo);
    sums.v[2] = vmlal_s16(sums.v[2], vget_low_s16(a.hi), vget_low_s16(b.hi));
    sums.v[3] = vmlal_high_s16(sums.v[3], a.hi, b.hi);
    return sums;
}

AE_INLINE ae_vector load_neon(const int16_t *values) {
    return (ae_vector){vld1q_s16(values), vld1q_s16(values + 8)};
}

AE_INLINE void store_neon(int16_t *values, ae_vector vector) {
    vst1q_s16(values, vector.lo);
    vst1q_s16(values + 8, vector.hi);
}

AE_INLINE void store_bytes_neon(uint8_t *bytes, uint8x16_t vector) { vst1q_u8(bytes, vector); }

/// Differences over the step, rounded to the nearest. Both have few enough bits for a quotient in single
/// precision to be exact once its fraction is dropped: 2^17 / step * 2^-24 is less than 1 / step.
AE_INLINE int16x4_t ae_quotients(int32x4_t d, int32_t bound) {
    const float32x4_t sum = vcvtq_f32_s32(vaddq_s32(vabsq_s32(d), vdupq_n_s32(bound)));
    const int32x4_t size = vcvtq_s32_f32(vdivq_f32(sum, vdupq_n_f32((float)(2 * bound + 1))));
    return vmovn_s32(vbslq_s32(vcltzq_s32(d), vnegq_s32(size), size));
}

AE_INLINE int16x8_t ae_bounded_residuals(int16x8_t own, int16x8_t predicted, int32_t bound) {
    const int32x4_t low = vsubl_s16(vget_low_s16(own), vget_low_s16(predicted));
    return vcombine_s16(ae_quotients(low, bound), ae_quotients(vsubl_high_s16(own, predicted), bound));
}

AE_INLINE ae_vector residuals_of_neon(const ae_prediction *p, const int16_t *x, ae_vector predicted) {
    const ae_vector own = load_neon(x);
    if (!p->bound) return ae_subtract(own, predicted);
    return (ae_vector){ae_bounded_residuals(own.lo, predicted.lo, p->bound),
                       ae_bounded_residuals(own.hi, predicted.hi, p->bound)};
}

/// Residuals times the step: with 16 bits, and added to the predicted values.
typedef struct ae_stepped {
    int16x8_t d, value;
} ae_stepped;

AE_INLINE ae_stepped ae_take_steps(int16x8_t predicted, int16x8_t residuals, int32_t bound) {
    const int16x8_t step = vdupq_n_s16((int16_t)(2 * bound + 1));
    const int32x4_t low = vmull_s16(vget_low_s16(residuals), vget_low_s16(step)), high = vmull_high_s16(residuals, step);
    return (ae_stepped){vqmovn_high_s32(vqmovn_s32(low), high),
                        vqmovn_high_s32(vqmovn_s32(vaddw_s16(low, vget_low_s16(predicted))),
                                        vaddw_high_s16(high, predicted))};
}

/// Weighted errors or differences; the magnitude of -32768 is 32768 without sign.
AE_INLINE ae_vector ae_magnitudes(ae_vector d, int shift) {
    const int16x8_t right = vdupq_n_s16((int16_t)-shift);
    const uint16x8_t most = vdupq_n_u16(4095);
    const uint16x8_t lo = vshlq_u16(vreinterpretq_u16_s16(vabsq_s16(d.lo)), right);
    const uint16x8_t hi = vshlq_u16(vreinterpretq_u16_s16(vabsq_s16(d.hi)), right);
    return (ae_vector){vreinterpretq_s16_u16(vminq_u16(lo, most)), vreinterpretq_s16_u16(vminq_u16(hi, most))};
}

/// The magnitudes of errors.
AE_INLINE ae_vector ae_load_absolute(const int16_t *errors) {
    return (ae_vector){vabsq_s16(vld1q_s16(errors)), vabsq_s16(vld1q_s16(errors + 8))};
}

/// Magnitudes with the signs of d.
AE_INLINE ae_vector ae_signed(ae_vector magnitudes, ae_vector d) {
    return (ae_vector){vbslq_s16(vcltzq_s16(d.lo), vnegq_s16(magnitudes.lo), magnitudes.lo),
                       vbslq_s16(vcltzq_s16(d.hi), vnegq_s16(magnitudes.hi), magnitudes.hi)};
}

AE_INLINE ae_vector ae_gradient(ae_vector a, ae_vector b, int shift) {
    return ae_magnitudes(ae_subtract_saturated(a, b), shift);
}

/// For every lane the low and the high halves of one of 16 values of 32 bits. Sets beyond the table
/// are those of the median; nobody looks at what they give.
typedef struct ae_halves {
    ae_vector low, high;
} ae_halves;

AE_INLINE int16x8_t ae_choose(uint8x16x2_t table, uint16x8_t bytes) {
    return vreinterpretq_s16_u8(vqtbl2q_u8(table, vreinterpretq_u8_u16(bytes)));
}

AE_INLINE ae_halves ae_look_up(const int32_t *table, const uint16x8_t bytes[2]) {
    const int16x8_t a = vreinterpretq_s16_s32(vld1q_s32(table)), b = vreinterpretq_s16_s32(vld1q_s32(table + 4));
    const int16x8_t c = vreinterpretq_s16_s32(vld1q_s32(table + 8)), d = vreinterpretq_s16_s32(vld1q_s32(table + 12));
    const uint8x16x2_t low = {{vreinterpretq_u8_s16(vuzp1q_s16(a, b)), vreinterpretq_u8_s16(vuzp1q_s16(c, d))}};
    const uint8x16x2_t high = {{vreinterpretq_u8_s16(vuzp2q_s16(a, b)), vreinterpretq_u8_s16(vuzp2q_s16(c, d))}};
    return (ae_halves){{ae_choose(low, bytes[0]), ae_choose(low, bytes[1])},
                       {ae_choose(high, bytes[0]), ae_choose(high, bytes[1])}};
}

AE_INLINE ae_sums ae_join(ae_halves halves) {
    const ae_vector low = halves.low, high = halves.high;
    return (ae_sums){{vreinterpretq_s32_s16(vzip1q_s16(low.lo, high.lo)),
                      vreinterpretq_s32_s16(vzip2q_s16(low.lo, high.lo)),
                      vreinterpretq_s32_s16(vzip1q_s16(low.hi, high.hi)),
                      vreinterpretq_s32_s16(vzip2q_s16(low.hi, high.hi))}};
}

/// The curve's value for every lane: each byte of the 32 entries is a table of its own.
AE_INLINE ae_sums ae_curve_values(const int32_t *curve, uint8x16_t index) {
    const uint8x16x4_t first = vld4q_u8((const uint8_t *)curve);
    const uint8x16x4_t second = vld4q_u8((const uint8_t *)(curve + AE_CURVE_ENTRIES / 2));
    uint8x16_t byte[4];
    for (int k = 0; k < 4; ++k) byte[k] = vqtbl2q_u8((uint8x16x2_t){{first.val[k], second.val[k]}}, index);
    return ae_join((ae_halves){{vreinterpretq_s16_u8(vzip1q_u8(byte[0], byte[1])),
                                vreinterpretq_s16_u8(vzip2q_u8(byte[0], byte[1]))},
                               {vreinterpretq_s16_u8(vzip1q_u8(byte[2], byte[3])),
                                vreinterpretq_s16_u8(vzip2q_u8(byte[2], byte[3]))}});
}

/// The exponent and two bits of the fraction of a scale below 2^24: four classes an octave, 0 for 0.
AE_INLINE uint16x8_t ae_raw_classes(int32x4_t lo, int32x4_t hi) {
    const int32x4_t most = vdupq_n_s32(0xFFFFFF);
    const uint32x4_t below = vdupq_n_u32(127 * 4 - 1);
    const uint32x4_t a = vreinterpretq_u32_f32(vcvtq_f32_s32(vminq_s32(lo, most)));
    const uint32x4_t b = vreinterpretq_u32_f32(vcvtq_f32_s32(vminq_s32(hi, most)));
    return vuzp1q_u16(vreinterpretq_u16_u32(vqsubq_u32(vshrq_n_u32(a, 21), below)),
                      vreinterpretq_u16_u32(vqsubq_u32(vshrq_n_u32(b, 21), below)));
}

AE_INLINE ae_vector ae_median_of(ae_vector w, ae_vector n, ae_vector nw) {
    const ae_vector plane = ae_add_saturated(w, ae_subtract_saturated(n, nw));
    return ae_most(ae_least(w, n), ae_least(ae_most(w, n), plane));
}

/// What the weight set of each lane predicts, and the fraction of that; `bytes` are the places of a set's two bytes.
typedef struct ae_fit {
    ae_vector value, fractions;
} ae_fit;

AE_INLINE ae_fit ae_fitted(const ae_prediction *p, const int16_t *x, const int16_t *base, ae_vector w,
                              const uint16x8_t bytes[2], const int pairs) {
    const int32x4_t zero = vdupq_n_s32(0);
    // Two chains of sums, since one would wait for itself.
    ae_sums first = ae_join(ae_look_up(p->bias, bytes)), second = {{zero, zero, zero, zero}};
#pragma clang loop unroll(full)
    for (int j = 0; j < pairs; ++j) {
        const ae_halves weights = ae_look_up(p->weights[j], bytes);
        first = ae_add_products(first, ae_subtract_saturated(load_neon(x + AE_TAP(2 * j)), w), weights.low);
        second = ae_add_products(second, ae_subtract_saturated(load_neon(x + AE_TAP(2 * j + 1)), w), weights.high);
    }
    for (int j = 0; base && j < AE_BASE_PAIRS; ++j) {
        const ae_halves weights = ae_look_up(p->weights[AE_MAX_TAP_PAIRS + j], bytes);
        const ae_vector a = load_neon(base + AE_BASE_TAP(2 * j)), b = load_neon(base + AE_BASE_TAP(2 * j + 1));
        first = ae_add_products(first, ae_subtract_saturated(a, w), weights.low);
        second = ae_add_products(second, ae_subtract_saturated(b, w), weights.high);
    }
    const int32x4_t right = vdupq_n_s32(-p->shift);
    const int32x4_t mask = vdupq_n_s32((1 << p->shift) - 1), half = vdupq_n_s32(1 << p->shift >> 1);
    int32x4_t sum[4], rest[4];
    for (int k = 0; k < 4; ++k) {
        const int32x4_t total = vaddq_s32(first.v[k], second.v[k]);
        sum[k] = vshlq_s32(total, right);
        rest[k] = vsubq_s32(vandq_s32(total, mask), half);
    }
    const ae_vector delta = {vqmovn_high_s32(vqmovn_s32(sum[0]), sum[1]), vqmovn_high_s32(vqmovn_s32(sum[2]), sum[3])};
    return (ae_fit){ae_add_saturated(w, delta), {vmovn_high_s32(vmovn_s32(rest[0]), rest[1]),
                                                 vmovn_high_s32(vmovn_s32(rest[2]), rest[3])}};
}

/// Lanes whose neighbours say that their value repeats theirs: all bits set, one half after the other.
typedef struct ae_mask {
    uint16x8_t lo, hi;
} ae_mask;

AE_INLINE ae_mask ae_repeated(const ae_prediction *p, ae_vector w, ae_vector n, ae_vector nw, ae_vector ne) {
    if (!p->repeats) return (ae_mask){vdupq_n_u16(0), vdupq_n_u16(0)};
    return (ae_mask){
        vandq_u16(vceqq_s16(w.lo, n.lo), vandq_u16(vceqq_s16(w.lo, nw.lo), vceqq_s16(w.lo, ne.lo))),
        vandq_u16(vceqq_s16(w.hi, n.hi), vandq_u16(vceqq_s16(w.hi, nw.hi), vceqq_s16(w.hi, ne.hi)))};
}

AE_INLINE ae_forecast predict_neon(const ae_prediction *p, const int16_t *x, const int16_t *base, uint8x16_t label,
                                   const int pairs) {
    const uint16x8_t label_lo = vmovl_u8(vget_low_u8(label)), label_hi = vmovl_high_u8(label);
    const uint16x8_t median_from = vdupq_n_u16(AE_MEDIAN_LABEL), two_bytes = vdupq_n_u16(0x0100);
    const ae_vector w = load_neon(x + AE_AT(0, -1));
    const ae_vector n = load_neon(x + AE_AT(-1, 0)), nw = load_neon(x + AE_AT(-1, -1));
    const int shift = p->error_shift;
    ae_vector texture = ae_add(ae_gradient(w, nw, shift), ae_gradient(n, nw, shift));
    texture = ae_add(texture, ae_gradient(n, load_neon(x + AE_AT(-1, 1)), shift));
    texture = ae_add(texture, ae_gradient(w, load_neon(x + AE_AT(0, -2)), shift));
    texture = ae_add(texture, ae_gradient(n, load_neon(x + AE_AT(-2, 0)), shift));
    uint16x8_t set_lo = label_lo, set_hi = label_hi;
    if (p->textures) {
        const int16x8_t limit = vdupq_n_s16((int16_t)p->texture_limit);
        set_lo = vsubq_u16(vaddq_u16(label_lo, label_lo), vcgtq_s16(texture.lo, limit));
        set_hi = vsubq_u16(vaddq_u16(label_hi, label_hi), vcgtq_s16(texture.hi, limit));
    }
    const uint16x8_t bytes[2] = {vmlaq_n_u16(two_bytes, set_lo, 0x0202), vmlaq_n_u16(two_bytes, set_hi, 0x0202)};
    const int16x8_t max = vdupq_n_s16((int16_t)(p->max_code - 32768));
    const ae_fit fit = ae_fitted(p, x, base, w, bytes, pairs);
    const ae_vector fitted = fit.value, median = ae_median_of(w, n, nw);
    const ae_vector chosen = {vbslq_s16(vcgeq_u16(label_lo, median_from), median.lo, fitted.lo),
                              vbslq_s16(vcgeq_u16(label_hi, median_from), median.hi, fitted.hi)};
    const ae_mask repeated = ae_repeated(p, w, n, nw, load_neon(x + AE_AT(-1, 1)));
    const ae_vector kept = {vbslq_s16(repeated.lo, w.lo, chosen.lo), vbslq_s16(repeated.hi, w.hi, chosen.hi)};
    const ae_vector predicted = ae_least(kept, (ae_vector){max, max});

    const int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    const ae_vector jump = ae_add(ae_gradient(predicted, w, shift), ae_gradient(predicted, n, shift));

    const uint16x8_t sign = vdupq_n_u16(0x8000);
    const int16x8_t right = vdupq_n_s16((int16_t)-p->curve_shift);
    const uint16x8_t index_lo = vshlq_u16(veorq_u16(vreinterpretq_u16_s16(predicted.lo), sign), right);
    const uint16x8_t index_hi = vshlq_u16(veorq_u16(vreinterpretq_u16_s16(predicted.hi), sign), right);
    ae_sums scale = ae_curve_values(p->curve, vmovn_high_u16(vmovn_u16(index_lo), index_hi));
#define AE_TERM(k, term) \
    scale = ae_add_products(scale, term, (ae_vector){vdupq_n_s16(p->scale[k]), vdupq_n_s16(p->scale[k])})
    AE_TERM(0, ae_load_absolute(e + AE_AT(0, -1)));
    AE_TERM(1, ae_load_absolute(e + AE_AT(-1, 0)));
    AE_TERM(2, ae_load_absolute(e + AE_AT(-1, -1)));
    AE_TERM(3, ae_load_absolute(e + AE_AT(-1, 1)));
    AE_TERM(4, ae_add(ae_load_absolute(e + AE_AT(0, -2)), ae_load_absolute(e + AE_AT(-2, 0))));
    AE_TERM(5, load_neon(h + AE_AT(0, -1)));
    AE_TERM(6, ae_add(load_neon(h + AE_AT(-1, 0)), load_neon(h + AE_AT(-1, 4))));
    AE_TERM(7, ae_add(load_neon(h + AE_AT(-2, 0)), load_neon(h + AE_AT(-2, 4))));
    AE_TERM(8, texture);
    AE_TERM(9, jump);
    const uint16x8_t classes_lo = vbicq_u16(ae_raw_classes(scale.v[0], scale.v[1]), repeated.lo);
    const uint16x8_t classes_hi = vbicq_u16(ae_raw_classes(scale.v[2], scale.v[3]), repeated.hi);
    ae_forecast forecast = {.value = predicted, .classes = vmovn_high_u16(vmovn_u16(classes_lo), classes_hi)};
    if (p->signs) {
        const uint16x8_t other_lo = vorrq_u16(repeated.lo, vcgeq_u16(label_lo, median_from));
        const uint16x8_t other_hi = vorrq_u16(repeated.hi, vcgeq_u16(label_hi, median_from));
        forecast.fractions = (ae_vector){vbicq_s16(fit.fractions.lo, vreinterpretq_s16_u16(other_lo)),
                                         vbicq_s16(fit.fractions.hi, vreinterpretq_s16_u16(other_hi))};
        const ae_vector beside = ae_add(load_neon(e + AE_AT(0, -1)), load_neon(e + AE_AT(-1, 0)));
        const ae_vector across = ae_add(load_neon(e + AE_AT(-1, -1)), load_neon(e + AE_AT(-1, 1)));
        forecast.errors = ae_add(ae_add(beside, beside), across);
    }
    return forecast;
}

/// Lanes of one half in which a negative residual is expected.
AE_INLINE uint16x8_t ae_negative(int16x8_t fractions, int16x8_t errors, int16_t weight) {
    const int32x4_t lo = vmlal_n_s16(vmovl_s16(vget_low_s16(fractions)), vget_low_s16(errors), weight);
    const int32x4_t hi = vmlal_high_n_s16(vmovl_high_s16(fractions), errors, weight);
    return vmovn_high_u32(vmovn_u32(vcltzq_s32(lo)), vcltzq_s32(hi));
}

AE_INLINE ae_vector signed_by_neon(const ae_prediction *p, ae_vector fractions, ae_vector errors,
                                   ae_vector residuals) {
    const int16_t weight = (int16_t)p->sign_weight;
    const uint16x8_t lo = ae_negative(fractions.lo, errors.lo, weight);
    const uint16x8_t hi = ae_negative(fractions.hi, errors.hi, weight);
    return (ae_vector){vbslq_s16(lo, vnegq_s16(residuals.lo), residuals.lo),
                       vbslq_s16(hi, vnegq_s16(residuals.hi), residuals.hi)};
}

AE_INLINE void commit_neon(const ae_prediction *p, int16_t *x, ae_vector predicted, ae_vector residuals) {
    int16_t *e = x + (AE_E - AE_X), *h = x + (AE_H - AE_X);
    ae_vector d = residuals, value = ae_add(predicted, residuals);
    if (p->bound) {
        const ae_stepped lo = ae_take_steps(predicted.lo, residuals.lo, p->bound);
        const ae_stepped hi = ae_take_steps(predicted.hi, residuals.hi, p->bound);
        const int16x8_t max = vdupq_n_s16((int16_t)(p->max_code - 32768));
        d = (ae_vector){lo.d, hi.d};
        value = (ae_vector){vminq_s16(lo.value, max), vminq_s16(hi.value, max)};
    }
    const ae_vector error = ae_magnitudes(d, p->error_shift);
    const ae_vector before =
        ae_add(ae_load_absolute(e - AE_RECORD),
               ae_add(ae_load_absolute(e - 2 * AE_RECORD), ae_load_absolute(e - 3 * AE_RECORD)));
    store_neon(x, value);
    store_neon(e, ae_signed(error, d));
    store_neon(h, ae_add(error, before));
}

/// The lanes of a step stand in at most four blocks; (t - 5 l + 96) / 32 tells which.
AE_INLINE uint8x16_t labels_neon(const ae_block_row *row, int32_t step) {
    static const uint8_t lag[AE_LANES] = {0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75};
    const uint8x16_t column = vdupq_n_u8((uint8_t)(step % AE_BLOCK + 3 * AE_BLOCK));
    const uint8x16_t block = vshrq_n_u8(vsubq_u8(column, vld1q_u8(lag)), 5);
    uint32_t four;
    memcpy(&four, row->labels + step / AE_BLOCK, 4);
    return vqtbl1q_u8(vreinterpretq_u8_u32(vdupq_n_u32(four)), block);
}

/// The bit of each lane within its half.
AE_INLINE uint8x16_t ae_lane_bits(void) {
    static const uint8_t bits[AE_LANES] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    return vld1q_u8(bits);
}

AE_INLINE uint32_t flat_neon(uint8x16_t labels) {
    const uint8x16_t bits = vandq_u8(vceqq_u8(labels, vdupq_n_u8(AE_FLAT_LABEL)), ae_lane_bits());
    return vaddv_u8(vget_low_u8(bits)) | (uint32_t)vaddv_u8(vget_high_u8(bits)) << 8;
}

AE_INLINE ae_vector stay_neon(const int16_t *x, uint8x16_t labels, ae_vector value) {
    const ae_vector w = load_neon(x + AE_AT(0, -1));
    const uint8x16_t is_flat = vceqq_u8(labels, vdupq_n_u8(AE_FLAT_LABEL));
    return (ae_vector){vbslq_s16(vreinterpretq_u16_u8(vzip1q_u8(is_flat, is_flat)), w.lo, value.lo),
                       vbslq_s16(vreinterpretq_u16_u8(vzip2q_u8(is_flat, is_flat)), w.hi, value.hi)};
}

AE_INLINE uint8x16_t idle_neon(uint8x16_t classes, uint32_t busy) {
    const uint8x16_t bytes = vcombine_u8(vdup_n_u8((uint8_t)busy), vdup_n_u8((uint8_t)(busy >> 8)));
    return vbslq_u8(vtstq_u8(bytes, ae_lane_bits()), classes, vdupq_n_u8(AE_IDLE_CLASS));
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

#include "wavefront_walk.h"
#endif
