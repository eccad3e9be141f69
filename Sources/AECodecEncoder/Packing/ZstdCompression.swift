// SPDX-License-Identifier: Apache-2.0
import AECodec
import CZstd

/// Packs class streams into zstd frames; one serves one thread.
///
/// Symbols of one class have no repetitions worth finding, so matching is made harmless (fast strategy,
/// long matches) and literals are always Huffman coded; measured as good as level 19 on such bytes.
@safe
final class ZstdCompressor {
    private let context: OpaquePointer
    private var buffer: [UInt8] = []
    /// Preset tables that have been needed so far.
    private var presets: [Int: OpaquePointer] = unsafe [:]

    init?() {
        guard let context = unsafe ZSTD_createCCtx() else { return nil }
        unsafe self.context = unsafe context
        let settings: [(ZSTD_cParameter, Int32)] = [
            (ZSTD_c_experimentalParam2, Int32(ZSTD_f_zstd1_magicless.rawValue)),
            (ZSTD_c_contentSizeFlag, 0), (ZSTD_c_checksumFlag, 0), (ZSTD_c_dictIDFlag, 0),
            (ZSTD_c_windowLog, 17), (ZSTD_c_hashLog, 12), (ZSTD_c_strategy, Int32(ZSTD_fast.rawValue)),
            (ZSTD_c_minMatch, 7), (ZSTD_c_targetLength, 16),
            (ZSTD_c_experimentalParam5, Int32(ZSTD_ps_enable.rawValue)),
        ]
        for (parameter, value) in settings { _ = unsafe ZSTD_CCtx_setParameter(context, parameter, value) }
    }

    deinit {
        unsafe _ = ZSTD_freeCCtx(context)
        unsafe presets.values.forEach { unsafe _ = ZSTD_freeCDict($0) }
    }

    /// Packs the first `count` bytes of an array.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - count: How many of them are packed.
    ///   - preset: The preset table to pack with, 0 for none.
    /// - Returns: The frame, or nil where it would be no shorter.
    func pack(_ bytes: [UInt8], count: Int, preset: Int = 0) -> [UInt8]? {
        _ = unsafe ZSTD_CCtx_refCDict(context, preset == 0 ? nil : table(preset))
        let bound = ZSTD_compressBound(count)
        if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
        let size = unsafe buffer.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_compress2(context, target.baseAddress, target.count, source.baseAddress, count)
            }
        }
        guard ZSTD_isError(size) == 0, size < count else { return nil }
        return Array(buffer[0..<size])
    }

    private func table(_ preset: Int) -> OpaquePointer? {
        if let table = unsafe presets[preset] { return unsafe table }
        let dictionary = PresetTables.all[preset - 1].dictionary
        // The parameters of a table rule over those of the context.
        let parameters = ZSTD_compressionParameters(
            windowLog: 17, chainLog: 6, hashLog: 12, searchLog: 1, minMatch: 7, targetLength: 16,
            strategy: ZSTD_fast)
        guard
            let table = unsafe ZSTD_createCDict_advanced(
                dictionary, dictionary.count, ZSTD_dlm_byCopy, ZSTD_dct_fullDict, parameters, ZSTD_defaultCMem
            )
        else { return nil }
        unsafe presets[preset] = unsafe table
        return unsafe table
    }
}

/// Ordinary zstd frames, for side information.
enum ZstdFrameWriter {
    /// Packs bytes as small as zstd can.
    static func pack(_ bytes: [UInt8], level: Int32 = 19) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            let size = unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_compress(target.baseAddress, bound, source.baseAddress, source.count, level)
            }
            count = ZSTD_isError(size) == 0 ? size : 0
        }
    }
}
