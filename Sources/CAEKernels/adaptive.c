// SPDX-License-Identifier: Apache-2.0
// Where a group of adaptive residuals begins and ends.
#include "adaptive_decisions.h"

static void ae_begin(ae_adaptive *coder) {
    for (size_t i = 0; i < ae_adaptive_slot_count(); ++i) coder->slots[i] = 1u << 31;
    for (int m = 0; m < AE_ADAPTIVE_MIXERS; ++m)
        for (int n = 0; n < AE_ADAPTIVE_NODES; ++n)
            for (int i = 0; i < AE_ADAPTIVE_INPUTS; ++i) coder->mixers[m][n][i] = i == 0 ? 3277 : 1229;
    memset(coder->corrections, 0, sizeof coder->corrections);
    int32_t logit = -AE_LOGIT_MOST;
    for (int i = 0; i < AE_ADAPTIVE_STRETCHED; ++i) {
        while (logit < AE_LOGIT_MOST && ae_probability(logit) < 16 * i + 8) ++logit;
        coder->stretched[i] = (int16_t)logit;
    }
    for (int n = 0; n < AE_ADAPTIVE_COUNTS; ++n) coder->rates[n] = (uint16_t)(655360 / (10 * n + 16));
    coder->shifts = 0;
    coder->low = 0;
    coder->high = UINT32_MAX;
    coder->code = 0;
}

void ae_begin_reading(ae_adaptive *coder, const uint8_t *bytes, size_t count) {
    ae_begin(coder);
    coder->decoding = 1;
    coder->next = bytes;
    coder->end = bytes + count;
    coder->byte_count = count;
    for (int i = 0; i < 4; ++i) ae_read_byte(coder);
}

int ae_is_read(const ae_adaptive *coder) {
    return coder->shifts < coder->byte_count && coder->byte_count <= coder->shifts + 4;
}

void ae_begin_writing(ae_adaptive *coder, uint8_t *out, size_t capacity) {
    ae_begin(coder);
    coder->decoding = 0;
    coder->out = out;
    coder->capacity = capacity;
}

size_t ae_end_writing(ae_adaptive *coder) {
    // The fewest bytes that name a number of the interval, zeros following.
    for (int shift = 24; shift >= 0; shift -= 8) {
        ae_write_byte(coder, (uint8_t)(coder->high >> shift));
        if (coder->high >> shift << shift >= coder->low) break;
    }
    return coder->shifts <= coder->capacity ? coder->shifts : 0;
}
