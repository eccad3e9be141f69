// SPDX-License-Identifier: Apache-2.0
#ifndef AE_CRC32C_H
#define AE_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli): polynomial 0x1EDC6F41 reflected, start and end inverted; the check value
// of "123456789" is 0xE3069283 (RFC 3720, appendix B.4, for further vectors).

/// Continues `crc` over `count` bytes, by the fastest way of this machine; 0 starts a new one.
uint32_t ae_crc32c(uint32_t crc, const uint8_t *bytes, size_t count);

/// The same by tables; the definition that the other ways are tested against.
uint32_t ae_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count);

/// Whether `ae_crc32c` uses instructions made for it.
bool ae_crc32c_is_accelerated(void);

#endif
