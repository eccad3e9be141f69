// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// CRC-32C (Castagnoli) of bytes; contiguous bytes (arrays, slices, strings' UTF-8) are not copied.
///
/// - Parameters:
///   - bytes: The message, or its next piece.
///   - previous: The value over the pieces before; 0 where the message starts.
/// - Returns: The value over all pieces so far; 0xE3069283 for the ASCII text `123456789`.
public func crc32c(_ bytes: some Sequence<UInt8>, continuing previous: UInt32 = 0) -> UInt32 {
    let value = bytes.withContiguousStorageIfAvailable { buffer in
        unsafe ae_crc32c(previous, buffer.baseAddress, buffer.count)
    }
    return value ?? crc32c(Array(bytes), continuing: previous)
}
