// SPDX-License-Identifier: Apache-2.0
#include "clones.h"
#include "training_kernels.h"

CLONES void tr_crop_bytes(tr_crop crop, float scale, const uint8_t *from, float *restrict to) {
    size_t run = (size_t)crop.columns * (size_t)crop.channels;
    for (int32_t y = 0; y < crop.rows; y++) {
        const uint8_t *source = from + ((crop.row + y) * crop.stride + crop.column) * crop.channels;
        for (size_t i = 0; i < run; i++) to[i] = scale * (float)source[i];
        to += run;
    }
}

CLONES void tr_crop_shorts(tr_crop crop, float scale, const int16_t *from, float *restrict to) {
    size_t run = (size_t)crop.columns * (size_t)crop.channels;
    for (int32_t y = 0; y < crop.rows; y++) {
        const int16_t *source = from + ((crop.row + y) * crop.stride + crop.column) * crop.channels;
        for (size_t i = 0; i < run; i++) to[i] = scale * (float)source[i];
        to += run;
    }
}

/// An edge of an interval: where it is without a move, which table moves it, and to which side.
struct edge {
    float place, direction;
    size_t table;
};

INLINE struct edge edge(int16_t index, uint8_t is_odd, int is_upper) {
    int magnitude = index < 0 ? -index : index;
    int is_outer = magnitude == 0 || (index > 0) == is_upper;
    // Edges are numbered from the center: n lies between the magnitudes n and n + 1.
    int number = is_outer ? magnitude : magnitude - 1;
    float place = is_odd ? (number == 0 ? 0.25f : (float)number) : (float)number + 0.5f;
    float direction = magnitude == 0 ? (is_upper ? 1.0f : -1.0f) : (index < 0 ? -1.0f : 1.0f);
    return (struct edge){place, direction, 2 * (size_t)(is_odd & 1) + (number > 0)};
}

/// A place in a table with linear interpolation.
struct place {
    size_t first;
    float share;
    int is_inside;
};

INLINE struct place place(float x, size_t table_count) {
    float last = (float)(table_count - 1), limited = x > 0 ? x : 0;
    limited = limited < last ? limited : last;
    size_t first = (size_t)limited < table_count - 1 ? (size_t)limited : table_count - 2;
    return (struct place){first, limited - (float)first, limited == x};
}

void tr_symbol_edges(
    size_t count, const int16_t *indices, const uint8_t *unions, const float *x, size_t table_count,
    const float *tables, int is_upper, float *restrict y) {
    for (size_t i = 0; i < count; i++) {
        struct edge e = edge(indices[i], unions[i], is_upper);
        struct place p = place(x[i], table_count);
        const float *table = tables + e.table * table_count + p.first;
        y[i] = e.direction * (e.place + table[0] + p.share * (table[1] - table[0]));
    }
}

void tr_symbol_edges_back(
    size_t count, const int16_t *indices, const uint8_t *unions, const float *x, size_t table_count,
    const float *tables, int is_upper, const float *dy, float *restrict dx, float *restrict d_tables) {
    for (size_t i = 0; i < count; i++) {
        struct edge e = edge(indices[i], unions[i], is_upper);
        struct place p = place(x[i], table_count);
        size_t first = e.table * table_count + p.first;
        float outwards = e.direction * dy[i];
        d_tables[first] += (1.0f - p.share) * outwards;
        d_tables[first + 1] += p.share * outwards;
        if (p.is_inside) dx[i] += outwards * (tables[first + 1] - tables[first]);
    }
}

void tr_interpolate(size_t count, const float *x, size_t table_count, const float *table, float *restrict y) {
    for (size_t i = 0; i < count; i++) {
        struct place p = place(x[i], table_count);
        y[i] = table[p.first] + p.share * (table[p.first + 1] - table[p.first]);
    }
}

void tr_interpolate_back(
    size_t count, const float *x, size_t table_count, const float *table, const float *dy, float *restrict dx,
    float *restrict d_table) {
    for (size_t i = 0; i < count; i++) {
        struct place p = place(x[i], table_count);
        d_table[p.first] += (1.0f - p.share) * dy[i];
        d_table[p.first + 1] += p.share * dy[i];
        if (p.is_inside) dx[i] += dy[i] * (table[p.first + 1] - table[p.first]);
    }
}
