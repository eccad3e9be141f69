// SPDX-License-Identifier: Apache-2.0
import Foundation
import Samples

/// Size and depth of a frame as peers take it.
struct FrameShape: Codable, Equatable, Sendable {
    var rows: Int
    var columns: Int
    /// 2 to 16; JPEG-LS knows no depth of one bit.
    var bits: Int

    /// Bytes of a sample: one up to 8 bits, two above.
    var cellBytes: Int { bits <= 8 ? 1 : 2 }
    var byteCount: Int { rows * columns * cellBytes }
}

/// How plain samples came from stored values, and what undoes it.
struct PlainLayout: Codable, Equatable, Sendable {
    /// What was done to the stored values.
    enum Map: Codable, Equatable, Sendable {
        /// The smallest became 0 if they are signed; nothing otherwise.
        case stored
        /// They lie on a grid and became their places on it.
        case grid(step: Int)
        /// They became their ranks among the values that occur, which are given in order.
        case ranks([Int])
    }

    /// Frames, and all other axes of the image.
    var frames: Int
    var channels: Int
    var shape: FrameShape
    /// Format of the stored values.
    var bitsStored: Int
    var isSigned: Bool
    /// The stored value that is 0 here; of no use for ranks.
    var base: Int
    var map: Map
    /// Bytes that undoing the map would need.
    var mapByteCount: Int

    var extent: Extent {
        Extent(
            frames: frames, channels: channels, rows: shape.rows / channels, columns: shape.columns)
    }
    var format: SampleFormat { SampleFormat(bitsStored: bitsStored, isSigned: isSigned) }

    /// Stored units for a unit here; bounds and steps are given in stored units.
    var unit: Int {
        if case .grid(let step) = map { step } else { 1 }
    }

    /// Stored values of decoded frames, held in the range of the format as a reader of them would.
    func restored(_ decoded: [[UInt8]]) -> SampleArray {
        let range = format.range
        var patterns: [UInt16] = []
        patterns.reserveCapacity(extent.sampleCount)
        for bytes in decoded {
            for position in stride(from: 0, to: bytes.count, by: shape.cellBytes) {
                var plain = Int(bytes[position])
                if shape.cellBytes == 2 { plain |= Int(bytes[position + 1]) << 8 }
                let value =
                    switch map {
                    case .stored: base + plain
                    case .grid(let step): base + step * plain
                    case .ranks(let levels): levels[min(plain, levels.count - 1)]
                    }
                let held = min(max(value, range.lowerBound), range.upperBound)
                patterns.append(UInt16(truncatingIfNeeded: held))
            }
        }
        return SampleArray(extent: extent, format: format, storage: .narrow(patterns))
    }
}

/// The samples of an image as peers take them: unsigned, of the fewest bits that hold them, frame by frame.
///
/// Two bytes of a sample are in little-endian order, which is that of every machine we run on.
struct PlainSamples {
    let layout: PlainLayout
    /// The bytes of the frames, one after the other.
    let frames: [[UInt8]]

    /// The samples as they are; signed ones from their smallest up, at no charge.
    init(stored samples: SampleArray) {
        let base = samples.format.isSigned ? ValueGrid(samples).base : 0
        self.init(samples, base: base, map: .stored, mapByteCount: 0) { $0 - base }
    }

    /// The places of the samples on their grid, or nil if the step of the grid is 1.
    ///
    /// The charge is that of two numbers, four bytes.
    init?(grid samples: SampleArray) {
        let grid = ValueGrid(samples)
        guard grid.step > 1 else { return nil }
        self.init(samples, base: grid.base, map: .grid(step: grid.step), mapByteCount: 4) {
            ($0 - grid.base) / grid.step
        }
    }

    /// The ranks of the samples among the values that occur.
    ///
    /// The charge is the entropy of one bit for each value from the smallest to the largest.
    init(ranked samples: SampleArray) {
        let range = samples.format.range
        var rank = [Int](repeating: -1, count: range.count)
        for index in 0..<samples.extent.sampleCount { rank[samples[index] - range.lowerBound] = 0 }
        var levels: [Int] = []
        for index in rank.indices where rank[index] == 0 {
            rank[index] = levels.count
            levels.append(index + range.lowerBound)
        }
        let span = Double((levels.last ?? 0) - (levels.first ?? 0) + 1)
        let bits = span * entropy(Double(levels.count) / span)
        self.init(
            samples, base: 0, map: .ranks(levels), mapByteCount: Int((bits / 8).rounded(.up))
        ) { rank[$0 - range.lowerBound] }
    }

    private init(
        _ samples: SampleArray, base: Int, map: PlainLayout.Map, mapByteCount: Int, plain: (Int) -> Int
    ) {
        let extent = samples.extent
        var largest = 0
        for index in 0..<extent.sampleCount { largest = max(largest, plain(samples[index])) }
        let shape = FrameShape(
            rows: extent.rows * extent.channels, columns: extent.columns,
            bits: max(2, Int.bitWidth - largest.leadingZeroBitCount))
        layout = PlainLayout(
            frames: extent.frames, channels: extent.channels, shape: shape,
            bitsStored: samples.format.bitsStored, isSigned: samples.format.isSigned, base: base, map: map,
            mapByteCount: mapByteCount)
        let span = extent.samplesPerFrame
        frames = (0..<extent.frames).map { frame in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(shape.byteCount)
            for index in frame * span..<(frame + 1) * span {
                let value = plain(samples[index])
                bytes.append(UInt8(truncatingIfNeeded: value))
                if shape.cellBytes == 2 { bytes.append(UInt8(truncatingIfNeeded: value >> 8)) }
            }
            return bytes
        }
    }

    init(layout: PlainLayout, frames: [[UInt8]]) {
        self.layout = layout
        self.frames = frames
    }

    /// The image again.
    var restored: SampleArray { layout.restored(frames) }
}

/// Bits of one yes or no, where `share` of the answers are yes.
private func entropy(_ share: Double) -> Double {
    guard share > 0, share < 1 else { return 0 }
    return -share * log2(share) - (1 - share) * log2(1 - share)
}
