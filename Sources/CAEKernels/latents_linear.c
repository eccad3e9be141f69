// SPDX-License-Identifier: Apache-2.0
// Context classes by the linear rule: a weighted sum of the magnitudes around.
#include "latents_internal.h"

/// Phase by parity of row and column.
static const uint8_t phase_of[2][2] = {{0, 2}, {3, 1}};

/// The neighbor (dy, dx) of the phase's latents in a row of its plane.
AE_INLINE const int16_t *neighbor(const ae_maps *m, int band, int phase, int32_t row, int dy, int dx) {
    const int y = ae_phase_row[phase] + dy, x = ae_phase_column[phase] + dx;
    return m->phases[band][phase_of[y & 1][x & 1]] + (row + (y >> 1)) * m->stride + (x >> 1);
}

/// The places of all terms for one row of a phase.
AE_INLINE void locate(const ae_maps *m, int band, int phase, int32_t row, const int16_t *at[AE_CONTEXT_SOURCES]) {
    static const int8_t own[16][2] = {{0, -1}, {0, 1},  {-1, 0}, {1, 0},  {-1, -1}, {-1, 1}, {1, -1}, {1, 1},
                                      {-1, -2}, {-1, 2}, {1, -2}, {1, 2}, {-2, -1}, {-2, 1}, {2, -1}, {2, 1}};
    for (int k = 0; k < 16; ++k) at[k] = neighbor(m, band, phase, row, own[k][0], own[k][1]);
    static const int8_t around[9][2] = {{0, 0}, {0, -1}, {0, 1}, {-1, 0}, {1, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
    for (int k = 0; k < 9; ++k)
        at[16 + k] = m->parents[band] ? m->parents[band] + (row + around[k][0]) * m->parent_stride + around[k][1] : m->zeros;
    for (int s = 0; s < 2; ++s) {
        const int sibling = s < band ? s : AE_BANDS;
        for (int k = 0; k < 5; ++k)
            at[25 + 5 * s + k] =
                sibling < AE_BANDS ? neighbor(m, sibling, phase, row, around[k][0], around[k][1]) : m->zeros;
        const int other = (band + 1 + s) % AE_BANDS;
        at[35 + s] = m->parents[other] ? m->parents[other] + row * m->parent_stride : m->zeros;
    }
}

AE_INLINE void terms_of(const int16_t *const *at, ptrdiff_t j, int32_t terms[AE_LATENT_TERMS]) {
    terms[0] = at[0][j] + at[1][j] + at[2][j] + at[3][j];
    terms[1] = at[4][j] + at[5][j] + at[6][j] + at[7][j];
    terms[2] = at[8][j] + at[9][j] + at[10][j] + at[11][j] + at[12][j] + at[13][j] + at[14][j] + at[15][j];
    terms[3] = at[16][j];
    terms[4] = at[17][j] + at[18][j] + at[19][j] + at[20][j] + at[21][j] + at[22][j] + at[23][j] + at[24][j];
    terms[5] = at[25][j] + at[30][j];
    terms[6] = at[26][j] + at[27][j] + at[28][j] + at[29][j] + at[31][j] + at[32][j] + at[33][j] + at[34][j];
    terms[7] = at[35][j] + at[36][j];
}

AE_INLINE void classes_of(const int16_t *const at[AE_CONTEXT_SOURCES], const uint16_t *weights, ptrdiff_t count,
                          uint16_t *restrict classes) {
    const int16_t *p[AE_CONTEXT_SOURCES];
    memcpy(p, at, sizeof p);
    for (ptrdiff_t j = 0; j < count; ++j) {
        int32_t terms[AE_LATENT_TERMS], sum = 0;
        terms_of(p, j, terms);
        for (int k = 0; k < AE_LATENT_TERMS; ++k) sum += weights[k] * terms[k];
        classes[j] = (uint16_t)(2 * ae_raw_class(weights[AE_LATENT_TERMS] + (sum >> 1)));
    }
}

static void classes_portable(const int16_t *const at[AE_CONTEXT_SOURCES], const uint16_t *weights, ptrdiff_t count,
                             uint16_t *classes) {
    classes_of(at, weights, count, classes);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void classes_avx2(const int16_t *const at[AE_CONTEXT_SOURCES],
                                                         const uint16_t *weights, ptrdiff_t count, uint16_t *classes) {
    classes_of(at, weights, count, classes);
}
#endif

void ae_linear_classes(ae_kernel_level kernels, const ae_maps *maps, int band, int phase,
                       const uint16_t *weights, int32_t rows, int32_t count) {
    void (*find)(const int16_t *const[AE_CONTEXT_SOURCES], const uint16_t *, ptrdiff_t, uint16_t *) = classes_portable;
#if defined(__x86_64__)
    // With 512-bit vectors nothing is gained; that level takes these.
    if (kernels == AE_KERNEL_AVX2 || kernels == AE_KERNEL_AVX512) find = classes_avx2;
#else
    (void)kernels;
#endif
    for (int32_t row = 0; row < rows; ++row) {
        const int16_t *sources[AE_CONTEXT_SOURCES];
        locate(maps, band, phase, row, sources);
        find(sources, weights, count, maps->classes[band] + row * maps->context_stride);
    }
}

void ae_linear_terms(const ae_maps *maps, int band, int phase, int32_t row, int32_t column,
                     int32_t terms[AE_LATENT_TERMS]) {
    const int16_t *sources[AE_CONTEXT_SOURCES];
    locate(maps, band, phase, row, sources);
    terms_of(sources, column, terms);
}
