// SPDX-License-Identifier: Apache-2.0
#include "peers.h"

#include <dlfcn.h>
#include <stdio.h>
#include <zstd.h>

// Compressors of bytes, which know nothing of images.

static size_t byte_count(peer_frame frame) {
    return (size_t)frame.columns * frame.rows * (frame.bits > 8 ? 2 : 1);
}

static size_t zstd_encode(peer_frame frame, double setting, const void *samples, uint8_t *out,
                          size_t capacity) {
    (void)setting;
    size_t count = ZSTD_compress(out, capacity, samples, byte_count(frame), 19);
    return ZSTD_isError(count) ? 0 : count;
}

static int zstd_decode(peer_frame frame, const uint8_t *bytes, size_t count, void *samples) {
    return ZSTD_decompress(samples, byte_count(frame), bytes, count) == byte_count(frame);
}

peer peer_zstd(void) {
    static char name[64];
    snprintf(name, sizeof name, "zstd %s", ZSTD_versionString());
    peer result = {name, zstd_encode, zstd_decode};
    return result;
}

// The part of liblzma's interface that is used, declared here so that no header has to be installed.
static struct {
    const char *(*version)(void);
    int (*encode)(uint32_t preset, int check, const void *allocator, const uint8_t *in, size_t in_size,
                  uint8_t *out, size_t *out_position, size_t out_size);
    int (*decode)(uint64_t *memory_limit, uint32_t flags, const void *allocator, const uint8_t *in,
                  size_t *in_position, size_t in_size, uint8_t *out, size_t *out_position,
                  size_t out_size);
} lzma;

/// LZMA_CHECK_CRC64, which is what the command writes.
static const int check_crc64 = 4;

static size_t xz_encode(peer_frame frame, double setting, const void *samples, uint8_t *out,
                        size_t capacity) {
    (void)setting;
    size_t written = 0;
    if (lzma.encode(6, check_crc64, NULL, samples, byte_count(frame), out, &written, capacity)) return 0;
    return written;
}

static int xz_decode(peer_frame frame, const uint8_t *bytes, size_t count, void *samples) {
    uint64_t memory_limit = UINT64_MAX;
    size_t read = 0, written = 0;
    return !lzma.decode(&memory_limit, 0, NULL, bytes, &read, count, samples, &written,
                        byte_count(frame)) &&
           written == byte_count(frame);
}

peer peer_xz(void) {
    static char name[64];
    peer absent = {NULL, NULL, NULL};
    // Never closed: the functions are used until the process ends.
    void *library = dlopen("liblzma.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) return absent;
    *(void **)&lzma.version = dlsym(library, "lzma_version_string");
    *(void **)&lzma.encode = dlsym(library, "lzma_easy_buffer_encode");
    *(void **)&lzma.decode = dlsym(library, "lzma_stream_buffer_decode");
    if (!lzma.version || !lzma.encode || !lzma.decode) return absent;
    snprintf(name, sizeof name, "liblzma %s", lzma.version());
    peer result = {name, xz_encode, xz_decode};
    return result;
}
