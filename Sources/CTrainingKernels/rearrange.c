// SPDX-License-Identifier: Apache-2.0
#include "clones.h"
#include "training_kernels.h"

INLINE void run(
    int32_t count, ptrdiff_t from_step, const float *from, ptrdiff_t to_step, float *restrict to, int adds) {
    if (adds) {
        for (int32_t i = 0; i < count; i++) to[i * to_step] += from[i * from_step];
    } else {
        for (int32_t i = 0; i < count; i++) to[i * to_step] = from[i * from_step];
    }
}

CLONES void tr_rearrange(
    const int32_t extent[4], tr_view from_view, const float *from, tr_view to_view, float *restrict to,
    int adds) {
    for (int32_t n = 0; n < extent[0]; n++) {
        for (int32_t y = 0; y < extent[1]; y++) {
            const float *source = from + from_view.offset + n * from_view.batch + y * from_view.row;
            float *target = to + to_view.offset + n * to_view.batch + y * to_view.row;
            for (int32_t x = 0; x < extent[2]; x++) {
                if (from_view.channel == 1 && to_view.channel == 1) {
                    run(extent[3], 1, source, 1, target, adds);
                } else {
                    run(extent[3], from_view.channel, source, to_view.channel, target, adds);
                }
                source += from_view.column;
                target += to_view.column;
            }
        }
    }
}
