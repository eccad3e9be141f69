// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// How leads are put together from channels that are coded: each is a weighted sum, and an offset of its own.
/// (Spec/signals.md, section 6)
package struct RowMixing: Equatable, Sendable {
    package let rows: Int
    package let channels: Int
    /// Bits of a weight, sign included; two of them stand before the point.
    package let weightBits: Int
    /// By lead and channel, in units of 2^-(weightBits - 2).
    package let weights: [Int]
    /// By lead, in codes.
    package let offsets: [Int]

    package static let weightBitRange = 4...16
    private static let offsetLimit = 1 << 17

    package init(rows: Int, channels: Int, weightBits: Int, weights: [Int], offsets: [Int]) {
        precondition(weights.count == rows * channels && offsets.count == rows)
        self.rows = rows
        self.channels = channels
        self.weightBits = weightBits
        self.weights = weights
        self.offsets = offsets
    }

    init(_ reader: inout ByteReader, rows: Int, channels: Int) throws {
        self.rows = rows
        self.channels = channels
        weightBits = Int(try reader.u8())
        guard Self.weightBitRange.contains(weightBits) else {
            throw DecodeError.fieldOutOfRange(field: "Weight_Bits", value: weightBits)
        }
        var offsets: [Int] = []
        for _ in 0..<rows {
            let folded = try reader.varint(field: "Row_Offset", atMost: Self.offsetLimit)
            offsets.append(folded % 2 == 0 ? folded / 2 : -(folded + 1) / 2)
        }
        self.offsets = offsets
        let bytes = try reader.bytes((rows * channels * weightBits + 7) / 8)
        var weights: [Int] = []
        var word = 0
        var filled = 0
        var next = bytes.startIndex
        for _ in 0..<rows * channels {
            while filled < weightBits {
                word |= Int(bytes[next]) << filled
                next += 1
                filled += 8
            }
            let field = word & ((1 << weightBits) - 1)
            weights.append(field < 1 << (weightBits - 1) ? field : field - 1 << weightBits)
            word >>= weightBits
            filled -= weightBits
        }
        self.weights = weights
    }

    func write(to writer: inout ByteWriter) {
        writer.u8(UInt8(weightBits))
        for offset in offsets { writer.varint(UInt64(offset >= 0 ? 2 * offset : -2 * offset - 1)) }
        var bits = BitWriter()
        for weight in weights { bits.append(weight & ((1 << weightBits) - 1), width: weightBits) }
        writer.bytes(bits.finish())
    }

    /// The values of one lead from those of all channels, `count` each.
    package func row(_ row: Int, of lines: [Int32], count: Int, fractionBits: Int) -> [Int32] {
        let shift = Int64(weightBits - 2)
        var sums = [Int64](repeating: 1 << (shift - 1), count: count)
        for channel in 0..<channels {
            let weight = Int64(weights[row * channels + channel])
            guard weight != 0 else { continue }
            for place in 0..<count { sums[place] += weight * Int64(lines[channel * count + place]) }
        }
        let offset = Int64(offsets[row]) << Int64(fractionBits)
        return sums.map { Int32(truncatingIfNeeded: $0 >> shift + offset) }
    }
}
