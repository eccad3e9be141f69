// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import CZstd

/// Unpacks what zstd made of class streams (RFC 8878); sizes are known beforehand.
///
/// Class streams are frames without magic number, content size and checksum: the container has all
/// three. One decompressor serves one thread.
@safe
package final class ZstdDecompressor {
    private let context: OpaquePointer
    /// Preset tables that have been needed so far.
    private var presets: [Int: OpaquePointer] = unsafe [:]
    /// A block with its headers.
    private var frame: [UInt8] = []
    private var runs = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// A dictionary's tables; the zeros that are its content; and runs of a block behind them, where the zeros are near.
    private static let dictionaryRoom = 256
    private static let contentEnd = dictionaryRoom + Int(AE_RUN_BYTES)
    /// Window descriptors of the frames of blocks (RFC 8878, section 3.1.1.1.2): 128 KiB, and twice that.
    private static let literalWindow: UInt8 = 0x38
    private static let sequenceWindow: UInt8 = 0x40

    package init?() {
        guard let context = unsafe ZSTD_createDCtx() else { return nil }
        unsafe self.context = unsafe context
        _ = unsafe ZSTD_DCtx_setParameter(
            context, ZSTD_d_experimentalParam1, Int32(ZSTD_f_zstd1_magicless.rawValue))
    }

    deinit {
        unsafe _ = ZSTD_freeDCtx(context)
        unsafe presets.values.forEach { unsafe _ = ZSTD_freeDDict($0) }
        unsafe runs.deallocate()
    }

    /// Unpacks the main bytes of a class stream.
    ///
    /// - Parameters:
    ///   - packed: What zstd made of them.
    ///   - packing: What that is.
    ///   - preset: The preset table it was packed with, 0 for none.
    ///   - target: Where the bytes go.
    /// - Returns: False if there are not exactly `target.count` bytes.
    package func unpack(
        _ packed: UnsafeRawBufferPointer, _ packing: StreamHeader.Packing, preset: Int,
        into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let table = unsafe (preset > 0 ? table(preset) : .some(nil)) else { return false }
        switch packing {
        case .frame: return unsafe unpack(packed, table: table, into: target) == target.count
        case .block:
            return unsafe unpack(
                block: packed, window: Self.literalWindow, table: table, into: target) == target.count
        case .sequences: return unsafe unpackSequences(packed, table: table, into: target)
        }
    }

    private func unpackSequences(
        _ packed: UnsafeRawBufferPointer, table: OpaquePointer?, into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var done = 0
        var at = 0
        while done < target.count {
            guard
                let block = unsafe SequenceBlock(
                    packed, at: &at, left: target.count - done, of: target.count),
                unsafe !runs.isEmpty
            else { return false }
            let rest = unsafe UnsafeRawBufferPointer(rebasing: packed[block.rest])
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: runs[Self.contentEnd...])
            let size = unsafe unpack(
                head: block.head, block: rest, window: Self.sequenceWindow, table: table, into: room)
            guard let size, let main = target.baseAddress else { return false }
            let from = unsafe room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let to = unsafe main.assumingMemoryBound(to: UInt8.self) + done
            let found = unsafe ae_read_sequences(from, size, to, block.mainByteCount)
            guard found == block.mainByteCount else { return false }
            done += found
        }
        return at == packed.count
    }

    /// Unpacks a last, compressed block whose first bytes may stand apart.
    private func unpack(
        head: [UInt8] = [], block: UnsafeRawBufferPointer, window: UInt8, table: OpaquePointer?,
        into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let header = UInt32(truncatingIfNeeded: (head.count + block.count) << 3 | 5)
        frame.removeAll(keepingCapacity: true)
        frame += [0, window, UInt8(header & 255), UInt8(header >> 8 & 255), UInt8(header >> 16 & 255)]
        frame += head
        unsafe frame += block
        return unsafe frame.withUnsafeBytes { unsafe unpack($0, table: table, into: target) }
    }

    private func unpack(
        _ frame: UnsafeRawBufferPointer, table: OpaquePointer?, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let size = unsafe ZSTD_decompress_usingDDict(
            context, target.baseAddress, target.count, frame.baseAddress, frame.count, table)
        return ZSTD_isError(size) == 0 ? size : nil
    }

    private func table(_ number: Int) -> OpaquePointer?? {
        if let table = unsafe presets[number] { return unsafe table }
        guard PresetTables.all.indices.contains(number - 1) else { return nil }
        let preset = PresetTables.all[number - 1]
        let dictionary = preset.dictionary
        let table: OpaquePointer?
        if preset.isOfSequences {
            if unsafe runs.count == 0 {
                unsafe runs = .allocate(byteCount: Self.contentEnd + Int(AE_RUN_BYTES), alignment: 64)
                unsafe runs.initializeMemory(as: UInt8.self, repeating: 0)
            }
            // All have the same zeros; what stands in front of them is needed only now.
            let start = Self.dictionaryRoom - dictionary.count
            unsafe runs[start...].copyBytes(from: dictionary)
            unsafe table = ZSTD_createDDict_advanced(
                runs.baseAddress.map { unsafe $0 + start }, Self.contentEnd - start, ZSTD_dlm_byRef,
                ZSTD_dct_fullDict, ZSTD_defaultCMem)
        } else {
            unsafe table = ZSTD_createDDict(dictionary, dictionary.count)
        }
        guard let table = unsafe table else { return nil }
        unsafe presets[number] = unsafe table
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
