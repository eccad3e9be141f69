// SPDX-License-Identifier: Apache-2.0
#include "j2k_shim.h"

#include <guard.h>
#include <openjpeg.h>
#include <stdio.h>
#include <string.h>

/// Everything of one call; it outlives a failed assertion.
typedef struct job {
    const uint8_t *bytes;
    size_t count, position;
    uint16_t *out;
    size_t capacity;
    j2k_message *why;
    j2k_status status;
    opj_stream_t *stream;
    opj_codec_t *codec;
    opj_image_t *image;
} job;

static OPJ_SIZE_T on_read(void *target, OPJ_SIZE_T count, void *context) {
    job *j = context;
    const size_t left = j->count - j->position;
    if (left == 0) return (OPJ_SIZE_T)-1;
    if (count > left) count = left;
    memcpy(target, j->bytes + j->position, count);
    j->position += count;
    return count;
}

static OPJ_OFF_T on_skip(OPJ_OFF_T count, void *context) {
    job *j = context;
    const size_t left = j->count - j->position;
    if (count < 0 || left == 0) return -1;
    if ((size_t)count > left) count = (OPJ_OFF_T)left;
    j->position += (size_t)count;
    return count;
}

static OPJ_BOOL on_seek(OPJ_OFF_T position, void *context) {
    job *j = context;
    if (position < 0 || (size_t)position > j->count) return OPJ_FALSE;
    j->position = (size_t)position;
    return OPJ_TRUE;
}

/// Keeps the first error.
static void on_error(const char *text, void *context) {
    job *j = context;
    if (j->why->text[0]) return;
    snprintf(j->why->text, sizeof j->why->text, "%s", text);
    char *end = strchr(j->why->text, '\n');
    if (end) *end = 0;
}

static void decode(void *context) {
    job *j = context;
    j->status = J2K_NO_MEMORY;
    j->stream = opj_stream_create(1 << 16, OPJ_TRUE);
    j->codec = opj_create_decompress(OPJ_CODEC_J2K);
    if (!j->stream || !j->codec) return;
    opj_stream_set_user_data(j->stream, j, NULL);
    opj_stream_set_user_data_length(j->stream, j->count);
    opj_stream_set_read_function(j->stream, on_read);
    opj_stream_set_skip_function(j->stream, on_skip);
    opj_stream_set_seek_function(j->stream, on_seek);
    opj_set_error_handler(j->codec, on_error, j);

    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    if (!opj_setup_decoder(j->codec, &parameters) || !opj_decoder_set_strict_mode(j->codec, OPJ_TRUE)) return;
    j->status = J2K_DAMAGED;
    if (!opj_read_header(j->stream, j->codec, &j->image) || j->image->numcomps != 1) return;
    if (!opj_decode(j->codec, j->stream, j->image) || !opj_end_decompress(j->codec, j->stream)) return;

    // What OpenJPEG calls an error without failing is one here: samples after it are guesses.
    const opj_image_comp_t *component = &j->image->comps[0];
    if (j->why->text[0] || !component->data || (size_t)component->w * component->h != j->capacity) return;
    for (size_t index = 0; index < j->capacity; index++) j->out[index] = (uint16_t)component->data[index];
    j->status = J2K_OK;
}

static void release(void *context) {
    job *j = context;
    if (j->image) opj_image_destroy(j->image);
    if (j->codec) opj_destroy_codec(j->codec);
    if (j->stream) opj_stream_destroy(j->stream);
}

j2k_status j2k_decode(const uint8_t *codestream, size_t count, uint16_t *out, size_t capacity, j2k_message *why) {
    job j = {.bytes = codestream, .count = count, .out = out, .capacity = capacity, .why = why};
    j2k_message assertion;
    why->text[0] = 0;
    if (!guard_call(decode, &j, assertion.text, sizeof assertion.text)) {
        j.status = J2K_DAMAGED;
        *why = assertion;
    }
    guard_call(release, &j, assertion.text, sizeof assertion.text);
    return j.status;
}

const char *j2k_library_version(void) { return opj_version(); }
