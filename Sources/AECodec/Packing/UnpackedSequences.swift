// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// Unpacks sequences of numbers; the inverse of `packedSequences`.
///
/// - Parameters:
///   - bytes: The streams, one behind the other, and nothing else.
///   - limit: The most numbers of a sequence.
/// - Returns: The sequences.
/// - Throws: ``DecodeError`` if a stream is damaged.
package func unpackedSequences(_ bytes: [UInt8], limit: Int) throws(DecodeError) -> [[Int16]] {
    guard let unpacker = StreamUnpacker() else { throw .damagedGroup(group: 0) }
    var reader = ByteReader(bytes[...])
    var sequences: [[Int16]] = []
    while reader.remaining > 0 {
        let header = try StreamHeader(&reader, limit: limit)
        let data: ArraySlice<UInt8>
        do {
            data = try reader.bytes(header.dataByteCount)
        } catch { throw .container(error) }
        let padded = Array(data) + [UInt8](repeating: 0, count: StreamUnpacker.slack)
        var sequence = [Int16](repeating: 0, count: max(1, header.symbolCount))
        let done = unsafe padded.withUnsafeBytes { bytes in
            unsafe sequence.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return false }
                return unsafe unpacker.unpack(
                    header, UnsafeRawBufferPointer(rebasing: bytes[..<data.count]), into: base)
            }
        }
        guard done else { throw .damagedStream(group: 0, stream: sequences.count) }
        sequences.append(Array(sequence.prefix(header.symbolCount)))
    }
    return sequences
}
