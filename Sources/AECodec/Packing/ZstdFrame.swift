// SPDX-License-Identifier: Apache-2.0
import CZstd

/// Unpacks zstd frames (RFC 8878) whose size is known beforehand.
///
/// Class streams are frames without magic number, content size and checksum: the container has all
/// three. One decompressor serves one thread.
@safe
package final class ZstdDecompressor {
    private let context: OpaquePointer

    package init?() {
        guard let context = unsafe ZSTD_createDCtx() else { return nil }
        unsafe self.context = unsafe context
        _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_experimentalParam1, Int32(ZSTD_f_zstd1_magicless.rawValue))
    }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Unpacks a frame of a class stream to exactly `target.count` bytes; false if it does not give them.
    package func unpack(_ frame: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        let size = unsafe ZSTD_decompressDCtx(
            context, target.baseAddress, target.count, frame.baseAddress, frame.count)
        return size == target.count
    }
}

/// Ordinary zstd frames, for side information.
package enum ZstdFrame {
    /// Unpacks one frame to exactly `byteCount` bytes; nil if it does not give them.
    package static func unpack(_ frame: ArraySlice<UInt8>, byteCount: Int) -> [UInt8]? {
        guard byteCount >= 0 else { return nil }
        var isComplete = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            let size = unsafe frame.withUnsafeBytes { source in
                unsafe ZSTD_decompress(target.baseAddress, byteCount, source.baseAddress, source.count)
            }
            isComplete = size == byteCount
            count = isComplete ? byteCount : 0
        }
        return isComplete ? bytes : nil
    }
}
