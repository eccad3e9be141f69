// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "training_kernels.h"

// A primitive of oneDNN is costly to make and serves one caller at a time. All that were made are kept, with
// the memory they need; a caller takes a free one of its shape, or makes one more.

enum pass { FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT };

enum { MOST_ARGUMENTS = 4 };

struct prepared {
    tr_convolution shape;
    enum pass pass;
    int has_bias;
    int busy;
    struct prepared *next;

    dnnl_stream_t stream;
    dnnl_primitive_t primitive;
    int argument_count;
    dnnl_exec_arg_t arguments[MOST_ARGUMENTS];

    // Weights or their gradient in the primitive's own order, and the primitive that reorders them;
    // none where it takes them as they are.
    dnnl_primitive_t reorder;
    dnnl_memory_t plain_weights, own_weights;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct prepared *all_prepared;
static dnnl_engine_t engine;

#define CHECK(call)                                                                                      \
    do {                                                                                                 \
        dnnl_status_t status_ = (call);                                                                  \
        if (status_ != dnnl_success) return status_;                                                     \
    } while (0)

/// One thread a call: training gives every thread examples of its own. OpenMP keeps the number by thread.
static void use_one_thread(void) {
    void *symbol = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    void (*set)(int);
    if (!symbol) return;
    memcpy(&set, &symbol, sizeof set);
    set(1);
}

static dnnl_status_t add_argument(
    struct prepared *p, int name, const dnnl_memory_desc_t *description, dnnl_memory_t *memory) {
    CHECK(dnnl_memory_create(memory, description, engine, DNNL_MEMORY_NONE));
    p->arguments[p->argument_count++] = (dnnl_exec_arg_t){name, *memory};
    return dnnl_success;
}

/// The weights of the primitive, behind a reorder if it wants them in an order of its own.
static dnnl_status_t add_weights(
    struct prepared *p, int name, const dnnl_memory_desc_t *plain, const dnnl_memory_desc_t *own) {
    if (dnnl_memory_desc_equal(plain, own)) return add_argument(p, name, plain, &p->plain_weights);
    int is_gradient = p->pass == WEIGHT_GRADIENT;
    CHECK(dnnl_memory_create(&p->plain_weights, plain, engine, DNNL_MEMORY_NONE));
    CHECK(dnnl_memory_create(&p->own_weights, own, engine, DNNL_MEMORY_ALLOCATE));
    dnnl_primitive_desc_t reorder;
    CHECK(dnnl_reorder_primitive_desc_create(
        &reorder, is_gradient ? own : plain, engine, is_gradient ? plain : own, engine, NULL));
    dnnl_status_t status = dnnl_primitive_create(&p->reorder, reorder);
    dnnl_primitive_desc_destroy(reorder);
    CHECK(status);
    p->arguments[p->argument_count++] = (dnnl_exec_arg_t){name, p->own_weights};
    return dnnl_success;
}

static dnnl_status_t build(struct prepared *p) {
    const tr_convolution *s = &p->shape;
    CHECK(dnnl_stream_create(&p->stream, engine, dnnl_stream_default_flags));
    dnnl_dims_t input_size = {s->batch, s->inputs, s->rows, s->columns};
    dnnl_dims_t output_size = {s->batch, s->outputs, s->rows, s->columns};
    dnnl_dims_t weight_size = {s->outputs, s->inputs, s->side, s->side}, bias_size = {s->outputs};
    dnnl_dims_t strides = {1, 1}, padding = {s->side / 2, s->side / 2};
    dnnl_memory_desc_t input, output, weights, plain, bias;
    CHECK(dnnl_memory_desc_init_by_tag(&input, 4, input_size, dnnl_f32, dnnl_nhwc));
    CHECK(dnnl_memory_desc_init_by_tag(&output, 4, output_size, dnnl_f32, dnnl_nhwc));
    CHECK(dnnl_memory_desc_init_by_tag(&weights, 4, weight_size, dnnl_f32, dnnl_format_tag_any));
    CHECK(dnnl_memory_desc_init_by_tag(&plain, 4, weight_size, dnnl_f32, dnnl_ohwi));
    CHECK(dnnl_memory_desc_init_by_tag(&bias, 1, bias_size, dnnl_f32, dnnl_x));
    const dnnl_memory_desc_t *bias_or_none = p->has_bias ? &bias : NULL;

    dnnl_convolution_desc_t description;
    dnnl_primitive_desc_t forward, chosen;
    CHECK(dnnl_convolution_forward_desc_init(
        &description, dnnl_forward_training, dnnl_convolution_direct, &input, &weights, bias_or_none, &output,
        strides, padding, padding));
    CHECK(dnnl_primitive_desc_create(&forward, &description, NULL, engine, NULL));
    if (p->pass == INPUT_GRADIENT) {
        CHECK(dnnl_convolution_backward_data_desc_init(
            &description, dnnl_convolution_direct, &input, &weights, &output, strides, padding, padding));
        CHECK(dnnl_primitive_desc_create(&chosen, &description, NULL, engine, forward));
    } else if (p->pass == WEIGHT_GRADIENT) {
        CHECK(dnnl_convolution_backward_weights_desc_init(
            &description, dnnl_convolution_direct, &input, &weights, bias_or_none, &output, strides, padding,
            padding));
        CHECK(dnnl_primitive_desc_create(&chosen, &description, NULL, engine, forward));
    } else {
        chosen = forward;
    }
    CHECK(dnnl_primitive_create(&p->primitive, chosen));

    dnnl_query_t weight_query = p->pass == WEIGHT_GRADIENT ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
    const dnnl_memory_desc_t *own = dnnl_primitive_desc_query_md(chosen, weight_query, 0);
    dnnl_memory_t memory;
    // In the order in which `execute` fills them: weights apart, then input, output, bias.
    switch (p->pass) {
    case FORWARD:
        CHECK(add_argument(p, DNNL_ARG_SRC, &input, &memory));
        CHECK(add_argument(p, DNNL_ARG_DST, &output, &memory));
        if (p->has_bias) CHECK(add_argument(p, DNNL_ARG_BIAS, &bias, &memory));
        CHECK(add_weights(p, DNNL_ARG_WEIGHTS, &plain, own));
        break;
    case INPUT_GRADIENT:
        CHECK(add_argument(p, DNNL_ARG_DIFF_SRC, &input, &memory));
        CHECK(add_argument(p, DNNL_ARG_DIFF_DST, &output, &memory));
        CHECK(add_weights(p, DNNL_ARG_WEIGHTS, &plain, own));
        break;
    case WEIGHT_GRADIENT:
        CHECK(add_argument(p, DNNL_ARG_SRC, &input, &memory));
        CHECK(add_argument(p, DNNL_ARG_DIFF_DST, &output, &memory));
        if (p->has_bias) CHECK(add_argument(p, DNNL_ARG_DIFF_BIAS, &bias, &memory));
        CHECK(add_weights(p, DNNL_ARG_DIFF_WEIGHTS, &plain, own));
        break;
    }
    if (chosen != forward) dnnl_primitive_desc_destroy(chosen);
    dnnl_primitive_desc_destroy(forward);
    return dnnl_success;
}

static int serves(const struct prepared *p, const tr_convolution *shape, enum pass pass, int has_bias) {
    return !p->busy && p->pass == pass && p->has_bias == has_bias && !memcmp(&p->shape, shape, sizeof *shape);
}

static dnnl_status_t take(
    const tr_convolution *shape, enum pass pass, int has_bias, struct prepared **taken) {
    use_one_thread();
    pthread_mutex_lock(&lock);
    dnnl_status_t status = engine ? dnnl_success : dnnl_engine_create(&engine, dnnl_cpu, 0);
    struct prepared *p = all_prepared;
    while (p && !serves(p, shape, pass, has_bias)) p = p->next;
    if (p) p->busy = 1;
    pthread_mutex_unlock(&lock);
    CHECK(status);
    if (!p) {
        p = calloc(1, sizeof *p);
        if (!p) return dnnl_out_of_memory;
        p->shape = *shape;
        p->pass = pass;
        p->has_bias = has_bias;
        p->busy = 1;
        CHECK(build(p)); // a failure ends the program: what it leaves does not matter
        pthread_mutex_lock(&lock);
        p->next = all_prepared;
        all_prepared = p;
        pthread_mutex_unlock(&lock);
    }
    *taken = p;
    return dnnl_success;
}

static dnnl_status_t reorder(struct prepared *p) {
    int is_gradient = p->pass == WEIGHT_GRADIENT;
    dnnl_exec_arg_t arguments[2] = {
        {DNNL_ARG_FROM, is_gradient ? p->own_weights : p->plain_weights},
        {DNNL_ARG_TO, is_gradient ? p->plain_weights : p->own_weights},
    };
    return dnnl_primitive_execute(p->reorder, p->stream, 2, arguments);
}

static dnnl_status_t execute(
    struct prepared *p, const float *weights, const float *input, const float *output, const float *bias) {
    const float *pointers[] = {input, output, bias};
    for (int i = 0; i < 2 + p->has_bias; i++) {
        CHECK(dnnl_memory_set_data_handle(p->arguments[i].memory, (void *)pointers[i]));
    }
    CHECK(dnnl_memory_set_data_handle(p->plain_weights, (void *)weights));
    if (p->reorder && p->pass != WEIGHT_GRADIENT) CHECK(reorder(p));
    CHECK(dnnl_primitive_execute(p->primitive, p->stream, p->argument_count, p->arguments));
    if (p->reorder && p->pass == WEIGHT_GRADIENT) CHECK(reorder(p));
    return dnnl_stream_wait(p->stream);
}

static int convolve(
    const tr_convolution *shape, enum pass pass, const float *weights, const float *input, const float *output,
    const float *bias) {
    struct prepared *p;
    CHECK(take(shape, pass, bias != NULL, &p));
    dnnl_status_t status = execute(p, weights, input, output, bias);
    pthread_mutex_lock(&lock);
    p->busy = 0;
    pthread_mutex_unlock(&lock);
    return status;
}

int tr_convolve(
    const tr_convolution *shape, const float *input, const float *weights, const float *bias, float *output) {
    return convolve(shape, FORWARD, weights, input, output, bias);
}

int tr_convolve_input_gradient(
    const tr_convolution *shape, const float *weights, const float *output_gradient, float *input_gradient) {
    return convolve(shape, INPUT_GRADIENT, weights, input_gradient, output_gradient, NULL);
}

int tr_convolve_weight_gradient(
    const tr_convolution *shape, const float *input, const float *output_gradient, float *weight_gradient,
    float *bias_gradient) {
    return convolve(shape, WEIGHT_GRADIENT, weight_gradient, input, output_gradient, bias_gradient);
}
