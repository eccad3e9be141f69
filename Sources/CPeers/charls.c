// SPDX-License-Identifier: Apache-2.0
#include "peers.h"

#include <dlfcn.h>
#include <stdio.h>

// The C interface of CharLS 2, declared here so that no header has to be installed.
typedef struct charls_encoder charls_encoder;
typedef struct charls_decoder charls_decoder;
typedef struct charls_frame_info {
    uint32_t width;
    uint32_t height;
    int32_t bits_per_sample;
    int32_t component_count;
} charls_frame_info;

static struct {
    const char *(*version)(void);
    charls_encoder *(*encoder_create)(void);
    void (*encoder_destroy)(const charls_encoder *);
    int (*set_frame_info)(charls_encoder *, const charls_frame_info *);
    int (*set_near_lossless)(charls_encoder *, int32_t);
    int (*set_destination)(charls_encoder *, void *, size_t);
    int (*encode)(charls_encoder *, const void *, size_t, uint32_t stride);
    int (*bytes_written)(const charls_encoder *, size_t *);
    charls_decoder *(*decoder_create)(void);
    void (*decoder_destroy)(const charls_decoder *);
    int (*set_source)(charls_decoder *, const void *, size_t);
    int (*read_header)(charls_decoder *);
    int (*frame_info)(const charls_decoder *, charls_frame_info *);
    int (*decode)(charls_decoder *, void *, size_t, uint32_t stride);
} charls;

static size_t byte_count(peer_frame frame) {
    return (size_t)frame.columns * frame.rows * (frame.bits > 8 ? 2 : 1);
}

static size_t charls_encode(peer_frame frame, double setting, const void *samples, uint8_t *out,
                            size_t capacity) {
    charls_encoder *encoder = charls.encoder_create();
    if (!encoder) return 0;
    charls_frame_info info = {frame.columns, frame.rows, frame.bits, 1};
    size_t written = 0;
    if (charls.set_frame_info(encoder, &info) ||
        charls.set_near_lossless(encoder, (int32_t)setting) || charls.set_destination(encoder, out, capacity) ||
        charls.encode(encoder, samples, byte_count(frame), 0) ||
        charls.bytes_written(encoder, &written))
        written = 0;
    charls.encoder_destroy(encoder);
    return written;
}

static int charls_decode(peer_frame frame, const uint8_t *bytes, size_t count, void *samples) {
    charls_decoder *decoder = charls.decoder_create();
    if (!decoder) return 0;
    charls_frame_info info;
    int good = !charls.set_source(decoder, bytes, count) && !charls.read_header(decoder) &&
               !charls.frame_info(decoder, &info) && info.width == frame.columns &&
               info.height == frame.rows && info.bits_per_sample == frame.bits &&
               !charls.decode(decoder, samples, byte_count(frame), 0);
    charls.decoder_destroy(decoder);
    return good;
}

peer peer_charls(void) {
    static char name[64];
    peer absent = {NULL, NULL, NULL};
    // Never closed: the functions are used until the process ends.
    void *library = dlopen("libcharls.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) return absent;

    const struct {
        void *function;
        const char *symbol;
    } table[] = {
        {&charls.version, "charls_get_version_string"},
        {&charls.encoder_create, "charls_jpegls_encoder_create"},
        {&charls.encoder_destroy, "charls_jpegls_encoder_destroy"},
        {&charls.set_frame_info, "charls_jpegls_encoder_set_frame_info"},
        {&charls.set_near_lossless, "charls_jpegls_encoder_set_near_lossless"},
        {&charls.set_destination, "charls_jpegls_encoder_set_destination_buffer"},
        {&charls.encode, "charls_jpegls_encoder_encode_from_buffer"},
        {&charls.bytes_written, "charls_jpegls_encoder_get_bytes_written"},
        {&charls.decoder_create, "charls_jpegls_decoder_create"},
        {&charls.decoder_destroy, "charls_jpegls_decoder_destroy"},
        {&charls.set_source, "charls_jpegls_decoder_set_source_buffer"},
        {&charls.read_header, "charls_jpegls_decoder_read_header"},
        {&charls.frame_info, "charls_jpegls_decoder_get_frame_info"},
        {&charls.decode, "charls_jpegls_decoder_decode_to_buffer"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; ++i) {
        void *address = dlsym(library, table[i].symbol);
        if (!address) return absent;
        *(void **)table[i].function = address;
    }
    snprintf(name, sizeof name, "CharLS %s", charls.version());
    peer result = {name, charls_encode, charls_decode};
    return result;
}
