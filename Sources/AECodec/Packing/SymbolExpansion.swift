// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Unpacks class streams to residuals; one serves one thread.
@safe
package final class StreamUnpacker {
    private let decompressor: ZstdDecompressor
    private var main: [UInt8] = []
    private var escapeBytes: [UInt8] = []
    private var escapes: [UInt16] = []
    /// The kernels read words, up to this many bytes behind the end of a run of bits.
    package static let slack = 8

    package init?() {
        guard let decompressor = ZstdDecompressor() else { return nil }
        self.decompressor = decompressor
    }

    /// Unpacks one stream.
    ///
    /// - Parameters:
    ///   - header: Its header; lengths fit `data`.
    ///   - data: The bytes behind the header; at least ``slack`` readable bytes follow them.
    ///   - residuals: Room for `header.symbolCount` values.
    /// - Returns: False if the data do not give exactly the stated symbols.
    package func unpack(
        _ header: StreamHeader, _ data: UnsafeRawBufferPointer, into residuals: UnsafeMutablePointer<Int16>
    ) -> Bool {
        let packedCount = header.packedByteCount ?? header.mainByteCount
        let extraAt = packedCount + (header.packedEscapeByteCount ?? header.escapeByteCount)
        let rawAt = extraAt + (header.extraBitCount + 7) / 8
        guard unsafe readEscapes(header, UnsafeRawBufferPointer(rebasing: data[packedCount..<extraAt]))
        else { return false }
        if header.packedByteCount != nil {
            let needed = header.mainByteCount + Self.slack
            if main.count < needed { main = [UInt8](repeating: 0, count: needed) }
            let done = unsafe main.withUnsafeMutableBytes { target in
                unsafe decompressor.unpack(
                    UnsafeRawBufferPointer(rebasing: data[0..<packedCount]), header.packing,
                    preset: header.preset,
                    into: UnsafeMutableRawBufferPointer(rebasing: target[0..<header.mainByteCount]))
            }
            guard done else { return false }
            return unsafe main.withUnsafeBufferPointer { main in
                unsafe expand(header, main.baseAddress, data, extraAt, rawAt, residuals)
            }
        }
        let stored = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return unsafe expand(header, stored, data, extraAt, rawAt, residuals)
    }

    /// Leaves the escapes of a stream in their list; false if the data do not give exactly those.
    private func readEscapes(_ header: StreamHeader, _ data: UnsafeRawBufferPointer) -> Bool {
        guard header.escapeCount > 0 else { return true }
        if escapes.count < header.escapeCount { escapes = [UInt16](repeating: 0, count: header.escapeCount) }
        guard header.packedEscapeByteCount != nil else {
            guard let bytes = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                return false
            }
            return unsafe ae_read_escapes(bytes, data.count, header.escapeCount, &escapes) == 0
        }
        let count = header.escapeByteCount
        if escapeBytes.count < count { escapeBytes = [UInt8](repeating: 0, count: count) }
        let done = unsafe escapeBytes.withUnsafeMutableBytes { target in
            unsafe decompressor.unpack(
                data, .frame, preset: 0, into: UnsafeMutableRawBufferPointer(rebasing: target[0..<count]))
        }
        return unsafe done && ae_read_escapes(escapeBytes, count, header.escapeCount, &escapes) == 0
    }

    private func expand(
        _ header: StreamHeader, _ main: UnsafePointer<UInt8>?, _ data: UnsafeRawBufferPointer,
        _ extraAt: Int, _ rawAt: Int, _ residuals: UnsafeMutablePointer<Int16>
    ) -> Bool {
        guard let base = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        return unsafe escapes.withUnsafeBufferPointer { escapes in
            var source = unsafe ae_symbol_source(
                main: main, main_count: header.mainByteCount, escapes: escapes.baseAddress,
                escape_count: header.escapeCount, extra: base + extraAt, extra_bits: header.extraBitCount,
                raw: base + rawAt, raw_bits: Int32(header.rawBits))
            let count = header.symbolCount
            return switch header.form {
            case .constant(let value): unsafe ae_expand_constant(value, &source, count, residuals) == 0
            case .bytes: unsafe ae_expand_bytes(&source, count, residuals) == 0
            case .digits(let radix): unsafe ae_expand_digits(&source, Int32(radix), count, residuals) == 0
            case .runs: unsafe ae_expand_runs(&source, count, residuals) == 0
            }
        }
    }
}
