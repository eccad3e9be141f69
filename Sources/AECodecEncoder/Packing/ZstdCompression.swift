// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import CZstd
import Synchronization

/// Packs class streams into zstd frames; one serves one thread.
///
/// Symbols of one class have no repetitions worth finding, so matching is made harmless (long
/// matches) and literals are always Huffman coded; measured as good as level 19 on such bytes. Or they become the
/// lengths of literals and matches, which zstd codes by FSE, close to their entropy and with short tables.
@safe
final class ZstdCompressor {
    private let context: OpaquePointer
    private let sequenceContext: OpaquePointer
    private var buffer: [UInt8] = []
    private var runs: [UInt8] = []
    private var sequences: [ae_sequence] = []
    /// Streams of so many bytes and more are not searched for repetitions, which took a tenth of all time; those of a
    /// preset are, for its parameters rule.
    private static let longStream = 1 << 14
    private static let common: [(ZSTD_cParameter, Int32)] = [
        (ZSTD_c_experimentalParam2, Int32(ZSTD_f_zstd1_magicless.rawValue)),
        (ZSTD_c_contentSizeFlag, 0), (ZSTD_c_checksumFlag, 0), (ZSTD_c_dictIDFlag, 0),
    ]

    init?() {
        guard let context = unsafe ZSTD_createCCtx(), let sequenceContext = unsafe ZSTD_createCCtx() else {
            return nil
        }
        unsafe self.context = unsafe context
        unsafe self.sequenceContext = unsafe sequenceContext
        let forLiterals: [(ZSTD_cParameter, Int32)] = [
            (ZSTD_c_windowLog, 17), (ZSTD_c_hashLog, 12), (ZSTD_c_minMatch, 7),
            (ZSTD_c_experimentalParam5, Int32(ZSTD_ps_enable.rawValue)),
        ]
        for (parameter, value) in Self.common + forLiterals {
            _ = unsafe ZSTD_CCtx_setParameter(context, parameter, value)
        }
        // Sequences are given as they are, their offset is one that repeats, and from this strategy on tables are chosen
        // by what they cost.
        let forSequences: [(ZSTD_cParameter, Int32)] = [
            (ZSTD_c_windowLog, 18), (ZSTD_c_hashLog, 6), (ZSTD_c_chainLog, 6),
            (ZSTD_c_strategy, Int32(ZSTD_lazy.rawValue)),
            (ZSTD_c_experimentalParam11, Int32(ZSTD_sf_explicitBlockDelimiters.rawValue)),
            (ZSTD_c_experimentalParam19, Int32(ZSTD_ps_enable.rawValue)),
        ]
        for (parameter, value) in Self.common + forSequences {
            _ = unsafe ZSTD_CCtx_setParameter(sequenceContext, parameter, value)
        }
    }

    deinit {
        unsafe _ = ZSTD_freeCCtx(context)
        unsafe _ = ZSTD_freeCCtx(sequenceContext)
    }

    /// Packs the first `count` bytes of an array by their Huffman table.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - count: How many of them are packed.
    ///   - preset: The preset table to pack with, 0 for none.
    ///   - isWhole: Whether a frame keeps its headers.
    /// - Returns: The bytes and what they are, or nil where they would be no fewer.
    func pack(_ bytes: [UInt8], count: Int, preset: Int = 0, isWhole: Bool = false) -> ZstdPacked? {
        _ = unsafe ZSTD_CCtx_refCDict(context, preset == 0 ? nil : table(preset))
        reserve(ZSTD_compressBound(count))
        // The step of the fast search is its target length: of long streams hardly a byte is looked at.
        let isLong = count >= Self.longStream
        let strategy = Int32(isLong ? ZSTD_fast.rawValue : ZSTD_lazy.rawValue)
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_strategy, strategy)
        _ = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_targetLength, isLong ? 4096 : 16)
        let size = unsafe buffer.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_compress2(context, target.baseAddress, target.count, source.baseAddress, count)
            }
        }
        guard ZSTD_isError(size) == 0, size < count else { return nil }
        if !isWhole, let block = block(size) {
            return ZstdPacked(bytes: block, packing: .block, preset: preset)
        }
        return ZstdPacked(bytes: Array(buffer[0..<size]), packing: .frame, preset: preset)
    }

    /// Packs the first `count` bytes of an array as sequences.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - count: How many of them are packed.
    ///   - preset: The preset table to pack with.
    /// - Returns: The bytes, or nil where they would be no fewer.
    func packSequences(_ bytes: [UInt8], count: Int, preset: Int) -> ZstdPacked? {
        // What sequences were made into leaves a session open.
        _ = unsafe ZSTD_CCtx_reset(sequenceContext, ZSTD_reset_session_only)
        guard unsafe ZSTD_CCtx_refCDict(sequenceContext, table(preset)) == 0 else { return nil }
        reserve(ZSTD_compressBound(Int(AE_RUN_BYTES)))
        if runs.isEmpty {
            runs = [UInt8](repeating: 0, count: Int(AE_RUN_BYTES + AE_RUN_SLACK))
            sequences = [ae_sequence](repeating: ae_sequence(), count: Int(AE_RUN_BYTES) / 4 + 1)
        }
        var writer = ByteWriter()
        var done = 0
        while done < count {
            var runCount = 0
            let taken = unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe bytes.baseAddress.map {
                    unsafe ae_write_sequences($0 + done, count - done, &runs, &sequences, &runCount)
                } ?? 0
            }
            // The end of the block.
            sequences[taken] = ae_sequence()
            _ = unsafe ZSTD_CCtx_reset(sequenceContext, ZSTD_reset_session_only)
            let size = unsafe buffer.withUnsafeMutableBytes { target in
                unsafe sequences.withUnsafeBytes { sequences in
                    unsafe ZSTD_compressSequences(
                        sequenceContext, target.baseAddress, target.count,
                        sequences.baseAddress?.assumingMemoryBound(to: ZSTD_Sequence.self), taken + 1, runs,
                        runCount)
                }
            }
            guard ZSTD_isError(size) == 0, let block = block(size),
                SequenceBlock.write(block, count: taken, of: count, to: &writer)
            else { return nil }
            done += taken
            guard writer.bytes.count < count else { return nil }
        }
        return ZstdPacked(bytes: writer.bytes, packing: .sequences, preset: preset)
    }

    private func reserve(_ bound: Int) {
        if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
    }

    /// The block of a frame that has but one, a compressed one.
    private func block(_ size: Int) -> ArraySlice<UInt8>? {
        guard size > 5, buffer[0] == 0 else { return nil }
        let header = Int(buffer[2]) | Int(buffer[3]) << 8 | Int(buffer[4]) << 16
        return header & 7 == 5 && header >> 3 == size - 5 ? buffer[5..<size] : nil
    }

    private func table(_ number: Int) -> OpaquePointer? { unsafe PreparedTables.shared.table(number) }
}

/// Preset tables as zstd prepares them, made when they are needed first; all threads read the same.
@safe
private final class PreparedTables: Sendable {
    static let shared = PreparedTables()
    private let tables = unsafe Mutex<[Int: SendableTable]>([:])

    @unsafe private struct SendableTable: @unchecked Sendable { let pointer: OpaquePointer? }

    func table(_ number: Int) -> OpaquePointer? {
        unsafe tables.withLock { tables in
            if let table = unsafe tables[number] { return unsafe table.pointer }
            let table = unsafe Self.prepared(PresetTables.all[number - 1])
            unsafe tables[number] = unsafe SendableTable(pointer: table)
            return unsafe table
        }
    }

    private static func prepared(_ preset: PresetTables.Preset) -> OpaquePointer? {
        let content = preset.isOfSequences ? Int(AE_RUN_BYTES) : 0
        let dictionary = preset.dictionary + [UInt8](repeating: 0, count: content)
        // The parameters of a table rule over those of the context. Nothing is searched for sequences.
        let parameters = ZSTD_compressionParameters(
            windowLog: preset.isOfSequences ? 18 : 17, chainLog: 6, hashLog: preset.isOfSequences ? 6 : 12,
            searchLog: 1, minMatch: 7, targetLength: 16,
            strategy: ZSTD_lazy)
        return unsafe ZSTD_createCDict_advanced(
            dictionary, dictionary.count, ZSTD_dlm_byCopy, ZSTD_dct_fullDict, parameters, ZSTD_defaultCMem)
    }
}

/// What zstd made of some bytes.
struct ZstdPacked {
    var bytes: [UInt8]
    let packing: StreamHeader.Packing
    let preset: Int

    init(bytes: some Sequence<UInt8>, packing: StreamHeader.Packing, preset: Int) {
        self.bytes = Array(bytes)
        self.packing = packing
        self.preset = preset
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
