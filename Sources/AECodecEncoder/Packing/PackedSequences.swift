// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer

/// Packs sequences of numbers as class streams, each behind its header, so that other transforms can be
/// measured with the packing of this codec.
///
/// - Parameter sequences: Numbers of any distribution.
/// - Returns: The streams, one behind the other; nil without memory.
package func packedSequences(_ sequences: [[Int16]]) -> [UInt8]? {
    guard let packer = StreamPacker(effort: Effort(level: 5)) else { return nil }
    var writer = ByteWriter()
    for sequence in sequences {
        var best: PackedStream?
        for rawBits in Set([0, rawBits(sequence)]).sorted() {
            let stream = packer.pack(sequence[...], rawBits: rawBits)
            if stream.data.count < best?.data.count ?? .max { best = stream }
        }
        best?.write(to: &writer)
    }
    return writer.bytes
}

/// Low bits that are hardly worth a code: those below an eighth of the mean magnitude.
private func rawBits(_ sequence: [Int16]) -> Int {
    guard !sequence.isEmpty else { return 0 }
    let mean = sequence.reduce(0) { $0 + Int($1.magnitude) } / sequence.count
    return max(0, Int.bitWidth - mean.leadingZeroBitCount - 3)
}
