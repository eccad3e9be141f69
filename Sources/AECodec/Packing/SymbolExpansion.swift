// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Unpacks class streams to residuals; one serves one thread.
@safe
package final class StreamUnpacker {
    private let decompressor: ZstdDecompressor
    private var main: [UInt8] = []
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
        let escapesAt = packedCount
        let extraAt = escapesAt + 2 * header.escapeCount
        let rawAt = extraAt + (header.extraBitCount + 7) / 8
        if header.packedByteCount != nil {
            let needed = header.mainByteCount + Self.slack
            if main.count < needed { main = [UInt8](repeating: 0, count: needed) }
            let done = unsafe main.withUnsafeMutableBytes { target in
                unsafe decompressor.unpack(
                    UnsafeRawBufferPointer(rebasing: data[0..<packedCount]), preset: header.preset,
                    into: UnsafeMutableRawBufferPointer(rebasing: target[0..<header.mainByteCount]))
            }
            guard done else { return false }
            return unsafe main.withUnsafeBufferPointer { main in
                unsafe expand(header, main.baseAddress, data, escapesAt, extraAt, rawAt, residuals)
            }
        }
        let stored = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return unsafe expand(header, stored, data, escapesAt, extraAt, rawAt, residuals)
    }

    private func expand(
        _ header: StreamHeader, _ main: UnsafePointer<UInt8>?, _ data: UnsafeRawBufferPointer,
        _ escapesAt: Int, _ extraAt: Int, _ rawAt: Int, _ residuals: UnsafeMutablePointer<Int16>
    ) -> Bool {
        guard let base = unsafe data.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        var source = unsafe ae_symbol_source(
            main: main, main_count: header.mainByteCount, escapes: base + escapesAt,
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
