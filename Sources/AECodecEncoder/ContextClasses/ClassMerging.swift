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

    /// Mean of |residual| >> rawBits above which one more bit is raw: costs 0.1 % and shrinks tables.
    private static let meanLimit = 3.0
    /// Bits of a stream besides its symbols: header, frame, start of the table.
    private static let streamBits = 8.0 * 30

    /// Residuals of some neighbouring raw classes.
    private struct Class {
        var first: Int
        var count: Int
        var magnitude: Int
        /// Folded residuals, coarsened by `shift`.
        var histogram: [UInt32]
        var shift: Int
        var bits = 0.0
        var rawBits = 0
    }

    private static let bins = 1024

    /// - Parameters:
    ///   - residuals: Residuals in coding order.
    ///   - classes: Their raw classes.
    ///   - count: How many there are.
    ///   - scaleBits: A raw class stands for the mean magnitude 2^((class - 1) / 4 - scaleBits).
    init(residuals: [Int16], classes: [UInt8], count: Int, scaleBits: Int) {
        var joined = Self.classes(residuals, classes, count: count, scaleBits: scaleBits)
        for index in joined.indices { Self.measure(&joined[index]) }
        var unions = zip(joined, joined.dropFirst()).map { Self.union($0, $1) }
        while let best = unions.indices.max(by: {
            Self.gain(joined, unions, $0) < Self.gain(joined, unions, $1)
        }), Self.gain(joined, unions, best) > 0 {
            joined[best] = unions[best]
            joined.remove(at: best + 1)
            unions.remove(at: best)
            if best > 0 { unions[best - 1] = Self.union(joined[best - 1], joined[best]) }
            if best < unions.count { unions[best] = Self.union(joined[best], joined[best + 1]) }
        }
        classStarts = joined.dropFirst().map { UInt8($0.first) }
        rawBits = joined.map(\.rawBits)
        counts = joined.map(\.count)
    }

    private static func gain(_ joined: [Class], _ unions: [Class], _ index: Int) -> Double {
        joined[index].bits + joined[index + 1].bits - unions[index].bits
    }

    /// The raw classes that occur; the first one takes all classes below it.
    private static func classes(_ residuals: [Int16], _ classes: [UInt8], count: Int, scaleBits: Int)
        -> [Class]
    {
        let rawCount = PredictionParameters.rawClassCount
        var histograms = [UInt32](repeating: 0, count: rawCount * bins)
        var shifts = [UInt8](repeating: 0, count: rawCount)
        // A raw class says how large its residuals are; the histogram is as fine as they need.
        for raw in 0..<rawCount { shifts[raw] = UInt8(max(0, (raw - 1) / 4 - scaleBits - 5)) }
        var magnitudes = [Int64](repeating: 0, count: rawCount)
        unsafe residuals.withUnsafeBufferPointer { residuals in
            unsafe classes.withUnsafeBufferPointer { classes in
                unsafe ae_histogram(
                    residuals.baseAddress, classes.baseAddress, count, Int32(bins), shifts, &histograms,
                    &magnitudes)
            }
        }
        var result: [Class] = []
        for raw in 0..<rawCount {
            let histogram = Array(histograms[raw * bins..<(raw + 1) * bins])
            let count = histogram.reduce(0) { $0 + Int($1) }
            if count == 0 { continue }
            result.append(
                Class(
                    first: raw, count: count, magnitude: Int(magnitudes[raw]), histogram: histogram,
                    shift: Int(shifts[raw])))
        }
        return result.isEmpty
            ? [
                Class(
                    first: 0, count: 0, magnitude: 0, histogram: [UInt32](repeating: 0, count: bins), shift: 0
                )
            ]
            : result
    }

    private static func union(_ a: Class, _ b: Class) -> Class {
        var result = a
        result.count += b.count
        result.magnitude += b.magnitude
        result.shift = max(a.shift, b.shift)
        result.histogram = [UInt32](repeating: 0, count: bins)
        for part in [a, b] {
            let coarser = result.shift - part.shift
            for (bin, count) in part.histogram.enumerated() where count > 0 {
                result.histogram[bin >> coarser] += count
            }
        }
        measure(&result)
        return result
    }

    /// The bits of a stream: raw bits, entropy of the rest, and a table of the symbols that occur; with as
    /// many raw bits as make that least.
    private static func measure(_ one: inout Class) {
        guard one.count > 0 else { return }
        let mean = Double(one.magnitude) / Double(one.count)
        var most = 0
        while mean / Double(1 << most) > meanLimit, most < 13 { most += 1 }
        (one.bits, one.rawBits) = (bits(one, rawBits: most), most)
        // Few large residuals among many small ones: the mean says little.
        for fewer in stride(from: most - 1, through: max(0, most - 4), by: -1) {
            let bits = bits(one, rawBits: fewer)
            if bits < one.bits { (one.bits, one.rawBits) = (bits, fewer) }
        }
    }

    private static func bits(_ one: Class, rawBits: Int) -> Double {
        let fold = max(0, rawBits - one.shift)
        var histogram = [Int](repeating: 0, count: bins)
        var symbols = 0
        for (bin, count) in one.histogram.enumerated() where count > 0 {
            if histogram[bin >> fold] == 0 { symbols += 1 }
            histogram[bin >> fold] += Int(count)
        }
        let table = symbols > 1 ? min(4.0 * Double(symbols), 12.0 * Double(one.count)) : 0
        return Double(one.count * rawBits) + 1.01 * Entropy.bits(histogram) + table + streamBits
            + Double(max(0, one.shift - rawBits) * one.count)
    }
}
