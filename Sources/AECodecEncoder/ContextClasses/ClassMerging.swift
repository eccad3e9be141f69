// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// Joins neighbouring raw classes into streams where one table costs less than two.
struct ClassMerging {
    /// The first raw class of every stream but the first.
    private(set) var classStarts: [UInt8] = []
    /// Low bits of residuals that each stream stores as they are.
    private(set) var rawBits: [Int] = []
    /// Residuals of each stream.
    private(set) var counts: [Int] = []

    /// Some neighbouring raw classes.
    private struct Run {
        var first: Int
        var histogram: ResidualHistogram

        init(first: Int, histogram: ResidualHistogram) {
            self.first = first
            self.histogram = histogram
        }

        init(_ a: Run, _ b: Run) {
            self.init(first: a.first, histogram: ResidualHistogram(joining: a.histogram, b.histogram))
        }
    }

    /// - Parameters:
    ///   - residuals: Residuals in coding order.
    ///   - classes: Their raw classes.
    ///   - count: How many there are.
    ///   - scaleBits: A raw class stands for the mean magnitude 2^((class - 1) / 4 - scaleBits).
    init(residuals: [Int16], classes: [UInt8], count: Int, scaleBits: Int) {
        var joined = Self.runs(residuals, classes, count: count, scaleBits: scaleBits)
        var unions = zip(joined, joined.dropFirst()).map { Run($0, $1) }
        while let best = unions.indices.max(by: {
            Self.gain(joined, unions, $0) < Self.gain(joined, unions, $1)
        }), Self.gain(joined, unions, best) > 0 {
            joined[best] = unions[best]
            joined.remove(at: best + 1)
            unions.remove(at: best)
            if best > 0 { unions[best - 1] = Run(joined[best - 1], joined[best]) }
            if best < unions.count { unions[best] = Run(joined[best], joined[best + 1]) }
        }
        classStarts = joined.dropFirst().map { UInt8($0.first) }
        rawBits = joined.map(\.histogram.rawBits)
        counts = joined.map(\.histogram.count)
    }

    private static func gain(_ joined: [Run], _ unions: [Run], _ index: Int) -> Double {
        joined[index].histogram.bits + joined[index + 1].histogram.bits - unions[index].histogram.bits
    }

    /// The raw classes that occur; the first one takes all classes below it.
    private static func runs(_ residuals: [Int16], _ classes: [UInt8], count: Int, scaleBits: Int) -> [Run] {
        let rawCount = PredictionParameters.rawClassCount
        // A raw class says how large its residuals are; the histogram is as fine as they need.
        let shifts = (0..<rawCount).map { UInt8(max(0, ($0 - 1) / 4 - scaleBits - 5)) }
        var counts = [UInt32](repeating: 0, count: rawCount * ResidualHistogram.binCount)
        var magnitudes = [Int64](repeating: 0, count: rawCount)
        unsafe residuals.withUnsafeBufferPointer { residuals in
            unsafe classes.withUnsafeBufferPointer { classes in
                unsafe ae_histogram(
                    residuals.baseAddress, classes.baseAddress, count, Int32(ResidualHistogram.binCount),
                    shifts,
                    &counts, &magnitudes)
            }
        }
        let all = ResidualHistogram.all(counts: counts, magnitudes: magnitudes, shifts: shifts)
        let runs = all.enumerated().compactMap { raw, histogram in
            histogram.map { Run(first: raw, histogram: $0) }
        }
        return runs.isEmpty ? [Run(first: 0, histogram: .empty)] : runs
    }
}
