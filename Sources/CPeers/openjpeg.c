// SPDX-License-Identifier: Apache-2.0
#include "peers.h"

#include <openjpeg.h>
#include <stdio.h>
#include <string.h>

/// A stream in memory: `end` is the capacity when writing, the byte count when reading.
typedef struct memory {
    uint8_t *bytes;
    size_t end;
    size_t position;
} memory;

static const OPJ_SIZE_T failed = (OPJ_SIZE_T)-1;

static OPJ_SIZE_T read_bytes(void *buffer, OPJ_SIZE_T count, void *user) {
    memory *m = user;
    size_t left = m->end - m->position;
    if (left == 0) return failed;
    if (count > left) count = left;
    memcpy(buffer, m->bytes + m->position, count);
    m->position += count;
    return count;
}

static OPJ_SIZE_T write_bytes(void *buffer, OPJ_SIZE_T count, void *user) {
    memory *m = user;
    if (count > m->end - m->position) return failed;
    memcpy(m->bytes + m->position, buffer, count);
    m->position += count;
    return count;
}

static OPJ_BOOL seek_bytes(OPJ_OFF_T offset, void *user) {
    memory *m = user;
    if (offset < 0 || (size_t)offset > m->end) return OPJ_FALSE;
    m->position = (size_t)offset;
    return OPJ_TRUE;
}

static OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void *user) {
    memory *m = user;
    return seek_bytes((OPJ_OFF_T)m->position + count, user) ? count : -1;
}

static opj_stream_t *open_stream(memory *m, OPJ_BOOL reads) {
    opj_stream_t *stream = opj_stream_default_create(reads);
    if (!stream) return NULL;
    opj_stream_set_user_data(stream, m, NULL);
    opj_stream_set_user_data_length(stream, m->end);
    opj_stream_set_read_function(stream, read_bytes);
    opj_stream_set_write_function(stream, write_bytes);
    opj_stream_set_seek_function(stream, seek_bytes);
    opj_stream_set_skip_function(stream, skip_bytes);
    return stream;
}

static opj_image_t *make_image(peer_frame frame, const void *samples) {
    opj_image_cmptparm_t component = {0};
    component.dx = component.dy = 1;
    component.w = frame.columns;
    component.h = frame.rows;
    component.prec = (OPJ_UINT32)frame.bits;
    opj_image_t *image = opj_image_create(1, &component, OPJ_CLRSPC_GRAY);
    if (!image) return NULL;
    image->x1 = frame.columns;
    image->y1 = frame.rows;
    size_t count = (size_t)frame.columns * frame.rows;
    OPJ_INT32 *data = image->comps[0].data;
    for (size_t i = 0; i < count; ++i)
        data[i] = frame.bits > 8 ? ((const uint16_t *)samples)[i] : ((const uint8_t *)samples)[i];
    return image;
}

/// As many resolutions as the smaller side allows, six at most: the default of opj_compress.
static int resolutions(peer_frame frame) {
    uint32_t side = frame.columns < frame.rows ? frame.columns : frame.rows;
    int count = 1;
    while (count < 6 && (side >> count) > 0) ++count;
    return count;
}

static int threads = 1;

void peer_openjpeg_set_threads(int count) { threads = count; }

/// A bare codestream of one layer; `ratio` is that of `opj_compress -r`, 0 for all bit planes.
static size_t encode(peer_frame frame, const void *samples, int irreversible, float ratio, uint8_t *out,
                     size_t capacity) {
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.numresolution = resolutions(frame);
    parameters.tcp_numlayers = 1;
    parameters.tcp_rates[0] = ratio;
    parameters.cp_disto_alloc = 1;
    parameters.irreversible = irreversible;

    memory m = {out, capacity, 0};
    opj_image_t *image = make_image(frame, samples);
    opj_codec_t *codec = opj_create_compress(OPJ_CODEC_J2K);
    opj_stream_t *stream = open_stream(&m, OPJ_FALSE);
    int good = image && codec && stream && opj_setup_encoder(codec, &parameters, image) &&
               (threads < 2 || opj_codec_set_threads(codec, threads)) &&
               opj_start_compress(codec, image, stream) && opj_encode(codec, stream) &&
               opj_end_compress(codec, stream);
    if (stream) opj_stream_destroy(stream);
    if (codec) opj_destroy_codec(codec);
    if (image) opj_image_destroy(image);
    return good ? m.position : 0;
}

static size_t encode_53(peer_frame frame, double setting, const void *samples, uint8_t *out,
                        size_t capacity) {
    return encode(frame, samples, 0, (float)setting, out, capacity);
}

static size_t encode_97(peer_frame frame, double setting, const void *samples, uint8_t *out,
                        size_t capacity) {
    return encode(frame, samples, 1, (float)setting, out, capacity);
}

static int openjpeg_decode(peer_frame frame, const uint8_t *bytes, size_t count, void *samples) {
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);

    memory m = {(uint8_t *)bytes, count, 0};
    opj_image_t *image = NULL;
    opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
    opj_stream_t *stream = open_stream(&m, OPJ_TRUE);
    int good = codec && stream && opj_setup_decoder(codec, &parameters) &&
               (threads < 2 || opj_codec_set_threads(codec, threads)) &&
               opj_read_header(stream, codec, &image) && opj_decode(codec, stream, image) &&
               image->numcomps == 1 && image->comps[0].w == frame.columns &&
               image->comps[0].h == frame.rows;
    if (good) {
        const OPJ_INT32 *data = image->comps[0].data;
        for (size_t i = 0; i < (size_t)frame.columns * frame.rows; ++i) {
            if (frame.bits > 8)
                ((uint16_t *)samples)[i] = (uint16_t)data[i];
            else
                ((uint8_t *)samples)[i] = (uint8_t)data[i];
        }
    }
    if (stream) opj_stream_destroy(stream);
    if (codec) opj_destroy_codec(codec);
    if (image) opj_image_destroy(image);
    return good;
}

peer peer_openjpeg(int irreversible) {
    static char name[64];
    snprintf(name, sizeof name, "OpenJPEG %s", opj_version());
    peer result = {name, irreversible ? encode_97 : encode_53, openjpeg_decode};
    return result;
}
