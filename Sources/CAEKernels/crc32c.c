// SPDX-License-Identifier: Apache-2.0
#include "ae_crc32c.h"

#include <string.h>

#if defined(__aarch64__)
#include <arm_acle.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

// Tables: slicing[k][b] is the remainder of byte b followed by k zero bytes. The remainder is
// linear in b, so each row follows from those of its eight bits.
#define BYTE_OF(b, c0, c1, c2, c3, c4, c5, c6, c7)                                                 \
    (((b) & 1 ? (c0) : 0) ^ ((b) & 2 ? (c1) : 0) ^ ((b) & 4 ? (c2) : 0) ^ ((b) & 8 ? (c3) : 0) ^   \
     ((b) & 16 ? (c4) : 0) ^ ((b) & 32 ? (c5) : 0) ^ ((b) & 64 ? (c6) : 0) ^ ((b) & 128 ? (c7) : 0))
#define BYTES_4(b, ...)                                                                            \
    BYTE_OF((b), __VA_ARGS__), BYTE_OF((b) + 1, __VA_ARGS__), BYTE_OF((b) + 2, __VA_ARGS__),       \
        BYTE_OF((b) + 3, __VA_ARGS__)
#define BYTES_16(b, ...)                                                                           \
    BYTES_4((b), __VA_ARGS__), BYTES_4((b) + 4, __VA_ARGS__), BYTES_4((b) + 8, __VA_ARGS__),       \
        BYTES_4((b) + 12, __VA_ARGS__)
#define BYTES_64(b, ...)                                                                           \
    BYTES_16((b), __VA_ARGS__), BYTES_16((b) + 16, __VA_ARGS__), BYTES_16((b) + 32, __VA_ARGS__),  \
        BYTES_16((b) + 48, __VA_ARGS__)
#define ROW(...)                                                                                   \
    {                                                                                              \
        BYTES_64(0, __VA_ARGS__), BYTES_64(64, __VA_ARGS__), BYTES_64(128, __VA_ARGS__),           \
            BYTES_64(192, __VA_ARGS__)                                                             \
    }

// clang-format off
static const uint32_t slicing[8][256] = {
    ROW(0xF26B8303, 0xE13B70F7, 0xC79A971F, 0x8AD958CF, 0x105EC76F, 0x20BD8EDE, 0x417B1DBC, 0x82F63B78),
    ROW(0x13A29877, 0x274530EE, 0x4E8A61DC, 0x9D14C3B8, 0x3FC5F181, 0x7F8BE302, 0xFF17C604, 0xFBC3FAF9),
    ROW(0xA541927E, 0x4F6F520D, 0x9EDEA41A, 0x38513EC5, 0x70A27D8A, 0xE144FB14, 0xC76580D9, 0x8B277743),
    ROW(0xDD45AAB8, 0xBF672381, 0x7B2231F3, 0xF64463E6, 0xE964B13D, 0xD725148B, 0xABA65FE7, 0x52A0C93F),
    ROW(0x38116FAC, 0x7022DF58, 0xE045BEB0, 0xC5670B91, 0x8F2261D3, 0x1BA8B557, 0x37516AAE, 0x6EA2D55C),
    ROW(0xEF306B19, 0xDB8CA0C3, 0xB2F53777, 0x6006181F, 0xC00C303E, 0x85F4168D, 0x0E045BEB, 0x1C08B7D6),
    ROW(0x68032CC8, 0xD0065990, 0xA5E0C5D1, 0x4E2DFD53, 0x9C5BFAA6, 0x3D5B83BD, 0x7AB7077A, 0xF56E0EF4),
    ROW(0x493C7D27, 0x9278FA4E, 0x211D826D, 0x423B04DA, 0x847609B4, 0x0D006599, 0x1A00CB32, 0x34019664),};
// clang-format on

static uint64_t load_little_endian(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

uint32_t ae_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count)
{
    crc = ~crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word = load_little_endian(bytes) ^ crc;
        crc = 0;
        for (int place = 0; place < 8; place++) {
            crc ^= slicing[7 - place][(word >> (8 * place)) & 0xFF];
        }
    }
    for (; count > 0; bytes++, count--) {
        crc = (crc >> 8) ^ slicing[0][(crc ^ *bytes) & 0xFF];
    }
    return ~crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t
crc32c_accelerated(uint32_t crc, const uint8_t *bytes, size_t count)
{
    uint64_t state = (uint32_t)~crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        state = __builtin_ia32_crc32di(state, load_little_endian(bytes));
    }
    uint32_t rest = (uint32_t)state;
    for (; count > 0; bytes++, count--) {
        rest = __builtin_ia32_crc32qi(rest, *bytes);
    }
    return ~rest;
}

bool ae_crc32c_is_accelerated(void)
{
    return __builtin_cpu_supports("sse4.2");
}

#elif defined(__aarch64__)

__attribute__((target("+crc"))) static uint32_t
crc32c_accelerated(uint32_t crc, const uint8_t *bytes, size_t count)
{
    crc = ~crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        crc = __crc32cd(crc, load_little_endian(bytes));
    }
    for (; count > 0; bytes++, count--) {
        crc = __crc32cb(crc, *bytes);
    }
    return ~crc;
}

bool ae_crc32c_is_accelerated(void)
{
#if defined(__APPLE__)
    return true;
#elif defined(__linux__)
    return (getauxval(AT_HWCAP) & (1UL << 7)) != 0; // HWCAP_CRC32
#else
    return false;
#endif
}

#else

static uint32_t crc32c_accelerated(uint32_t crc, const uint8_t *bytes, size_t count)
{
    return ae_crc32c_portable(crc, bytes, count);
}

bool ae_crc32c_is_accelerated(void)
{
    return false;
}

#endif

uint32_t ae_crc32c(uint32_t crc, const uint8_t *bytes, size_t count)
{
    return ae_crc32c_is_accelerated() ? crc32c_accelerated(crc, bytes, count)
                                      : ae_crc32c_portable(crc, bytes, count);
}
