// SPDX-License-Identifier: Apache-2.0
import CPeers
import Foundation
import Samples

/// One frame as peers take it.
struct PlainFrame {
    /// Size and depth.
    var shape: peer_frame
    /// Samples: one byte each up to 8 bits, two in the machine's order up to 16.
    var bytes: [UInt8]
}

/// The samples of a file as peers take them: unsigned, of the fewest bits that hold them.
struct PlainSamples {
    /// The frames, one after the other.
    let frames: [PlainFrame]
    /// Bytes that undoing the map would need.
    let mapByteCount: Int
    /// The stored value that is 0 here; of no use for ranks.
    let base: Int

    /// The samples as they are; signed ones from their smallest up, at no charge.
    init(stored samples: SampleArray) {
        let values = samples.values
        let base = samples.format.isSigned ? values.min() ?? 0 : 0
        self.init(samples.extent, values.map { $0 - base }, base: base, mapByteCount: 0)
    }

    /// The ranks of the samples among the values that occur.
    ///
    /// The charge is the entropy of one bit for each value from the smallest to the largest.
    init(mapped samples: SampleArray) {
        let values = samples.values
        let low = values.min() ?? 0
        let high = values.max() ?? 0
        var rank = [Int](repeating: 0, count: high - low + 1)
        for value in values { rank[value - low] = 1 }
        var used = 0
        for index in rank.indices where rank[index] == 1 {
            rank[index] = used
            used += 1
        }
        let bits = Double(rank.count) * entropy(Double(used) / Double(rank.count))
        self.init(
            samples.extent, values.map { rank[$0 - low] }, base: 0,
            mapByteCount: Int((bits / 8).rounded(.up)))
    }

    private init(_ extent: Extent, _ values: [Int], base: Int, mapByteCount: Int) {
        let largest = values.max() ?? 0
        // JPEG-LS knows no depth of one bit.
        let bits = max(2, Int.bitWidth - largest.leadingZeroBitCount)
        let shape = peer_frame(
            columns: UInt32(extent.columns), rows: UInt32(extent.rows * extent.channels), bits: Int32(bits))
        let span = extent.samplesPerFrame
        frames = (0..<extent.frames).map { frame in
            let part = values[frame * span..<(frame + 1) * span]
            let bytes =
                bits <= 8
                ? part.map { UInt8(truncatingIfNeeded: $0) }
                : part.flatMap { value in
                    let native = UInt16(truncatingIfNeeded: value)
                    return unsafe withUnsafeBytes(of: native) { unsafe [$0[0], $0[1]] }
                }
            return PlainFrame(shape: shape, bytes: bytes)
        }
        self.mapByteCount = mapByteCount
        self.base = base
    }

    /// Stored values of decoded frames, held in the range of the format as a reader of them would.
    func restored(_ decoded: [[UInt8]], extent: Extent, format: SampleFormat) -> SampleArray {
        let range = format.range
        let cell = frames.contains { $0.shape.bits > 8 } ? 2 : 1
        var values: [Int] = []
        values.reserveCapacity(extent.sampleCount)
        for bytes in decoded {
            for position in stride(from: 0, to: bytes.count, by: cell) {
                let bitPattern = unsafe bytes.withUnsafeBytes { raw in
                    unsafe cell == 1
                        ? UInt16(raw[position]) : raw.loadUnaligned(fromByteOffset: position, as: UInt16.self)
                }
                values.append(min(max(Int(bitPattern) + base, range.lowerBound), range.upperBound))
            }
        }
        return SampleArray(extent: extent, format: format, values: values)
    }
}

/// Bits of one yes or no, where `share` of the answers are yes.
private func entropy(_ share: Double) -> Double {
    guard share > 0, share < 1 else { return 0 }
    return -share * log2(share) - (1 - share) * log2(1 - share)
}
