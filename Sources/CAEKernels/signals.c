// SPDX-License-Identifier: Apache-2.0
// The predictor of signals in plain C, compiled for several targets: what it sums are integers, so that the order of
// sums does not matter.
#include "signals_internal.h"

AE_INLINE int decode_signals(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t rows, int32_t columns,
                             ae_streams *streams, uint16_t *out, ptrdiff_t stride) {
    for (int32_t row = 0; row < rows; ++row) {
        ae_signal_state state = {0, 0, 0};
        ae_begin_row(c, lanes, row);
        for (int32_t t = 0; t < columns; ++t) {
            const ae_signal_forecast f = ae_forecast_signal(c, lanes, row, t, &state);
            const int stream = streams->stream_of_class[f.raw_class];
            if (streams->next[stream] >= streams->end[stream]) return 1;
            ae_commit_signal(c, lanes, row, t, f.value, *streams->next[stream]++, &state);
        }
        ae_end_row(lanes, row, columns);
        const int16_t *x = lanes->samples + row * lanes->stride + AE_SIGNAL_PAD;
        for (int32_t t = 0; t < columns; ++t) out[row * stride + t] = (uint16_t)x[t] ^ 0x8000;
    }
    return 0;
}

AE_INLINE void encode_signals(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t rows, int32_t columns,
                              const uint16_t *codes, ptrdiff_t stride, int16_t *residuals, uint8_t *classes,
                              int32_t every, float *terms, float *magnitudes, uint16_t *decoded) {
    for (int32_t row = 0; row < rows; ++row) {
        ae_signal_state state = {0, 0, 0};
        ae_begin_row(c, lanes, row);
        for (int32_t t = 0; t < columns; ++t) {
            const ae_signal_forecast f = ae_forecast_signal(c, lanes, row, t, &state);
            const int32_t d = (int16_t)(codes[row * stride + t] ^ 0x8000) - f.value, bound = c->bound;
            const int32_t step = 2 * bound + 1;
            const int16_t residual = (int16_t)(d < 0 ? -((bound - d) / step) : (d + bound) / step);
            *residuals++ = residual;
            *classes++ = f.raw_class;
            ae_commit_signal(c, lanes, row, t, f.value, residual, &state);
            if (terms && t % every == 0) {
                for (int k = 0; k < AE_SIGNAL_TERMS; ++k) *terms++ = (float)f.terms[k];
                *magnitudes++ = (float)lanes->errors[row * lanes->stride + AE_SIGNAL_PAD + t];
            }
        }
        ae_end_row(lanes, row, columns);
        const int16_t *x = lanes->samples + row * lanes->stride + AE_SIGNAL_PAD;
        for (int32_t t = 0; decoded && t < columns; ++t) decoded[row * stride + t] = (uint16_t)x[t] ^ 0x8000;
    }
}

#define AE_SIGNAL_VARIANT(name, attribute)                                                                            \
    attribute static int decode_##name(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t rows,          \
                                       int32_t columns, ae_streams *streams, uint16_t *out, ptrdiff_t stride) {       \
        return decode_signals(c, lanes, rows, columns, streams, out, stride);                                         \
    }                                                                                                                 \
    attribute static void encode_##name(const ae_signal_coder *c, const ae_signal_lanes *lanes, int32_t rows,         \
                                        int32_t columns, const uint16_t *codes, ptrdiff_t stride, int16_t *residuals, \
                                        uint8_t *classes, int32_t every, float *terms, float *magnitudes,             \
                                        uint16_t *decoded) {                                                          \
        encode_signals(c, lanes, rows, columns, codes, stride, residuals, classes, every, terms, magnitudes, decoded); \
    }

AE_SIGNAL_VARIANT(portable, )
#if defined(__x86_64__)
AE_SIGNAL_VARIANT(avx2, __attribute__((target("avx2,bmi2,lzcnt"))))
#endif

int ae_decode_signals(ae_kernel_level level, const ae_signal_coder *coder, const ae_signal_lanes *lanes, int32_t rows,
                      int32_t columns, ae_streams *streams, uint16_t *out, ptrdiff_t stride) {
#if defined(__x86_64__)
    if (level == AE_KERNEL_AVX2 || level == AE_KERNEL_AVX512)
        return decode_avx2(coder, lanes, rows, columns, streams, out, stride);
#endif
    (void)level;
    return decode_portable(coder, lanes, rows, columns, streams, out, stride);
}

void ae_encode_signals(ae_kernel_level level, const ae_signal_coder *coder, const ae_signal_lanes *lanes, int32_t rows,
                       int32_t columns, const uint16_t *codes, ptrdiff_t stride, int16_t *residuals, uint8_t *classes,
                       int32_t every, float *terms, float *magnitudes, uint16_t *decoded) {
#if defined(__x86_64__)
    if (level == AE_KERNEL_AVX2 || level == AE_KERNEL_AVX512) {
        encode_avx2(coder, lanes, rows, columns, codes, stride, residuals, classes, every, terms, magnitudes, decoded);
        return;
    }
#endif
    (void)level;
    encode_portable(coder, lanes, rows, columns, codes, stride, residuals, classes, every, terms, magnitudes, decoded);
}
