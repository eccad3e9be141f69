// SPDX-License-Identifier: Apache-2.0
#include "flac_shim.h"

#include <FLAC/stream_decoder.h>
#include <string.h>

/// One decoding.
typedef struct job {
    const uint8_t *bytes;
    size_t count, at;
    flac_shape shape;
    uint64_t limit;
    int32_t *out;
    uint64_t stride;
    int is_damaged;
} job;

static FLAC__StreamDecoderReadStatus on_read(const FLAC__StreamDecoder *decoder, FLAC__byte target[],
                                             size_t *count, void *client) {
    (void)decoder;
    job *j = client;
    size_t left = j->count - j->at;
    if (*count > left) *count = left;
    if (*count == 0) return FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
    memcpy(target, j->bytes + j->at, *count);
    j->at += *count;
    return FLAC__STREAM_DECODER_READ_STATUS_CONTINUE;
}

static FLAC__StreamDecoderWriteStatus on_write(const FLAC__StreamDecoder *decoder, const FLAC__Frame *frame,
                                               const FLAC__int32 *const samples[], void *client) {
    (void)decoder;
    job *j = client;
    uint32_t channels = frame->header.channels, bits = frame->header.bits_per_sample;
    uint64_t count = frame->header.blocksize;
    if (j->shape.frames == 0) {
        j->shape.channels = channels;
        j->shape.bits = bits;
    }
    if (channels != j->shape.channels || bits != j->shape.bits || count > j->limit - j->shape.frames) {
        j->is_damaged = 1;
        return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
    }
    if (j->out) {
        for (uint32_t channel = 0; channel < channels; channel++)
            memcpy(j->out + channel * j->stride + j->shape.frames, samples[channel], count * sizeof(int32_t));
    }
    j->shape.frames += count;
    return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

static void on_error(const FLAC__StreamDecoder *decoder, FLAC__StreamDecoderErrorStatus status, void *client) {
    (void)decoder, (void)status;
    ((job *)client)->is_damaged = 1;
}

static flac_shim_status run(job *j) {
    FLAC__StreamDecoder *decoder = FLAC__stream_decoder_new();
    if (!decoder) return FLAC_SHIM_NO_MEMORY;
    FLAC__stream_decoder_set_md5_checking(decoder, 1);
    flac_shim_status status = FLAC_SHIM_DAMAGED;
    if (FLAC__stream_decoder_init_stream(decoder, on_read, NULL, NULL, NULL, NULL, on_write, NULL, on_error, j) ==
        FLAC__STREAM_DECODER_INIT_STATUS_OK) {
        int ran = FLAC__stream_decoder_process_until_end_of_stream(decoder);
        int is_true = FLAC__stream_decoder_finish(decoder);
        if (ran && is_true && !j->is_damaged) status = FLAC_SHIM_OK;
    }
    FLAC__stream_decoder_delete(decoder);
    return status;
}

flac_shim_status flac_shim_measure(const uint8_t *bytes, size_t count, uint64_t limit, flac_shape *shape) {
    job j = {.bytes = bytes, .count = count, .limit = limit};
    flac_shim_status status = run(&j);
    *shape = j.shape;
    return status;
}

flac_shim_status flac_shim_decode(const uint8_t *bytes, size_t count, const flac_shape *shape, int32_t *out) {
    job j = {.bytes = bytes, .count = count, .limit = shape->frames, .out = out, .stride = shape->frames};
    if (shape->channels == 0) return FLAC_SHIM_DAMAGED;
    flac_shim_status status = run(&j);
    if (status == FLAC_SHIM_OK && (j.shape.channels != shape->channels || j.shape.frames != shape->frames))
        return FLAC_SHIM_DAMAGED;
    return status;
}
