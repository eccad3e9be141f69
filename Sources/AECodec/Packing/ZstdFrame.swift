// SPDX-License-Identifier: Apache-2.0
import CZstd

/// Unpacks zstd frames (RFC 8878) whose size is known beforehand.
///
/// Class streams are frames without magic number, content size and checksum: the container has all
/// three. One decompressor serves one thread.
@safe
package final class ZstdDecompressor {
    private let context: OpaquePointer
    /// Preset tables that have been needed so far.
    private var presets: [Int: OpaquePointer] = unsafe [:]

    package init?() {
        guard let context = unsafe ZSTD_createDCtx() else { return nil }
        unsafe self.context = unsafe context
        _ = unsafe ZSTD_DCtx_setParameter(
            context, ZSTD_d_experimentalParam1, Int32(ZSTD_f_zstd1_magicless.rawValue))
    }

    deinit {
        unsafe _ = ZSTD_freeDCtx(context)
        unsafe presets.values.forEach { unsafe _ = ZSTD_freeDDict($0) }
    }

    /// Unpacks a frame of a class stream to exactly `target.count` bytes.
    ///
    /// - Parameters:
    ///   - frame: The frame.
    ///   - preset: The preset table it was packed with, 0 for none.
    ///   - target: Where the bytes go.
    /// - Returns: False if the frame does not give that many bytes.
    package func unpack(
        _ frame: UnsafeRawBufferPointer, preset: Int, into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var table: OpaquePointer?
        if preset > 0 {
            guard let loaded = unsafe self.table(preset) else { return false }
            unsafe table = unsafe loaded
        }
        let size = unsafe ZSTD_decompress_usingDDict(
            context, target.baseAddress, target.count, frame.baseAddress, frame.count, table)
        return size == target.count
    }

    private func table(_ preset: Int) -> OpaquePointer? {
        if let table = unsafe presets[preset] { return unsafe table }
        guard PresetTables.all.indices.contains(preset - 1) else { return nil }
        let dictionary = PresetTables.all[preset - 1].dictionary
        guard let table = unsafe ZSTD_createDDict(dictionary, dictionary.count) else { return nil }
        unsafe presets[preset] = unsafe table
        return unsafe table
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
