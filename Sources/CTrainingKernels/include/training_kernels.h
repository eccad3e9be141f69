// SPDX-License-Identifier: Apache-2.0
#ifndef TRAINING_KERNELS_H
#define TRAINING_KERNELS_H

// Loops over floats for training. Tensors lie as batch, row, column, channel, the last fastest. What ends in
// _back adds the gradients of a scalar to the gradients of inputs, from that of the output. Nothing here
// starts threads; every function may run on several at once.

#include <stddef.h>
#include <stdint.h>

// ---- convolution.c: oneDNN ----

/// A convolution with stride 1 and zeros around the input; input and output have the same rows and columns.
typedef struct tr_convolution {
    int32_t batch, inputs, outputs, rows, columns;
    /// Side of the square of weights: odd.
    int32_t side;
} tr_convolution;

// Weights lie as output, row, column, input. Results replace what is there. 0, or an error number of oneDNN,
// which out of memory is the usual reason for.

/// `bias` has one number an output, or is null.
int tr_convolve(
    const tr_convolution *shape, const float *input, const float *weights, const float *bias, float *output);

int tr_convolve_input_gradient(
    const tr_convolution *shape, const float *weights, const float *output_gradient, float *input_gradient);

/// `bias_gradient` may be null.
int tr_convolve_weight_gradient(
    const tr_convolution *shape, const float *input, const float *output_gradient, float *weight_gradient,
    float *bias_gradient);

// ---- elementwise.c ----

typedef void tr_unary(size_t count, float parameter, const float *x, float *y);
typedef void tr_unary_back(
    size_t count, float parameter, const float *x, const float *y, const float *dy, float *dx);

/// max(x, 0).
tr_unary tr_relu;
tr_unary_back tr_relu_back;
/// x limited to 0...parameter.
tr_unary tr_clip;
tr_unary_back tr_clip_back;
/// |x|; the gradient at 0 is 0.
tr_unary tr_abs;
tr_unary_back tr_abs_back;
/// sign(x) log2(1 + |x|).
tr_unary tr_compand;
tr_unary_back tr_compand_back;
tr_unary tr_exp;
tr_unary_back tr_exp_back;
/// The natural logarithm.
tr_unary tr_log;
tr_unary_back tr_log_back;
tr_unary tr_square;
tr_unary_back tr_square_back;
/// parameter * x.
tr_unary tr_scale;
tr_unary_back tr_scale_back;
/// x + parameter; its gradient serves all that hand theirs on unchanged.
tr_unary tr_offset;
tr_unary_back tr_offset_back;
/// x rounded to the nearest integer, halves to even.
tr_unary tr_round;

void tr_add(size_t count, const float *a, const float *b, float *y);
void tr_multiply(size_t count, const float *a, const float *b, float *y);
/// da += dy * b.
void tr_multiply_back(size_t count, const float *b, const float *dy, float *da);
/// a += scale * b.
void tr_accumulate(size_t count, float scale, const float *b, float *a);
/// y = x + a number for each channel.
void tr_add_bias(size_t positions, size_t channels, const float *x, const float *bias, float *y);
void tr_add_bias_back(size_t positions, size_t channels, const float *dy, float *dbias);
/// Summed in double precision, in an order that depends on `count` alone.
double tr_sum(size_t count, const float *x);
double tr_sum_of_squares(size_t count, const float *x);

// ---- rearrange.c ----

/// Where an element lies: offset + batch * n + row * y + column * x + channel * c.
typedef struct tr_view {
    ptrdiff_t offset, batch, row, column, channel;
} tr_view;

/// Copies, or adds, `extent` elements (batch, rows, columns, channels).
void tr_rearrange(
    const int32_t extent[4], tr_view from_view, const float *from, tr_view to_view, float *to, int adds);

// ---- code_length.c ----

/// Bits that an event of a continuous distribution costs: -log2 of the mass between two edges, which are
/// in the order of the values; and what the bits change by with each input.
typedef struct tr_code_length {
    float *bits, *d_center, *d_log_scale, *d_lower, *d_upper;
    /// Of tr_mixed_code_length alone.
    float *d_tail, *d_roundness;
} tr_code_length;

/// Laplace, density exp(-|x - center| / b) / 2b with ln b = log_scale.
void tr_laplace_code_length(
    size_t count, const float *center, const float *log_scale, const float *lower, const float *upper,
    tr_code_length result);

/// Gaussian, ln of the standard deviation = log_scale.
void tr_gaussian_code_length(
    size_t count, const float *center, const float *log_scale, const float *lower, const float *upper,
    tr_code_length result);

/// A mixture around one center: the sharp Laplace density of scale b, the round logistic density of scale
/// 3b / 4, and one whose tail falls with the square of the distance, 1 / 4b (1 + |x - center| / 2b)^2. The share
/// of the last is 1 / (1 + exp(-tail)), that of the logistic density in the rest 1 / (1 + exp(-roundness)).
void tr_mixed_code_length(
    size_t count, const float *center, const float *log_scale, const float *tail, const float *roundness,
    const float *lower, const float *upper, tr_code_length result);

// ---- symbols.c ----

/// A window of a grid whose rows are `stride` positions apart.
typedef struct tr_crop {
    int32_t rows, columns, channels;
    ptrdiff_t row, column, stride;
} tr_crop;

/// The values of a window, times `scale`.
void tr_crop_bytes(tr_crop crop, float scale, const uint8_t *from, float *to);
void tr_crop_shorts(tr_crop crop, float scale, const int16_t *from, float *to);

/// Where the intervals of symbols begin, or end, in steps: half-way to the neighbors of their union
/// quantiser, and moved outwards by a number that is interpolated in a table at x. Points of union quantiser 0
/// are the integers, those of 1 are 0, 1/2, 3/2, 5/2, ... of both signs. There is a table of `table_count`
/// values for each union quantiser, first for the edges of 0, then for all others.
void tr_symbol_edges(
    size_t count, const int16_t *indices, const uint8_t *unions, const float *x, size_t table_count,
    const float *tables, int is_upper, float *y);
void tr_symbol_edges_back(
    size_t count, const int16_t *indices, const uint8_t *unions, const float *x, size_t table_count,
    const float *tables, int is_upper, const float *dy, float *dx, float *d_tables);

/// A table with linear interpolation; x is limited to its places.
void tr_interpolate(size_t count, const float *x, size_t table_count, const float *table, float *y);
void tr_interpolate_back(
    size_t count, const float *x, size_t table_count, const float *table, const float *dy, float *dx,
    float *d_table);

// ---- optimize.c ----

/// One step of Adam with weight averaging.
typedef struct tr_adam {
    float rate, gradient_scale, beta1, beta2, epsilon;
    /// 1 - beta^step of both moments.
    float correction1, correction2;
    /// Share of the average that stays.
    float averaging;
} tr_adam;

void tr_adam_step(
    size_t count, tr_adam step, const float *gradient, float *values, float *moment1, float *moment2,
    float *average);

/// Multiplies and adds as fast as one core can, for the comparison: how many were done.
double tr_float_peak(int64_t turns, float *result);

#endif
