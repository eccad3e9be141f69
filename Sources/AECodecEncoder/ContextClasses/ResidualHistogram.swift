// SPDX-License-Identifier: Apache-2.0

/// The residuals of some classes, and what they cost in one stream.
struct ResidualHistogram {
    private(set) var count: Int
    private var magnitude: Int
    /// Folded residuals, coarsened by `shift`, as far as there are any.
    private var bins: [UInt32]
    private var shift: Int
    /// Bits of the stream: raw bits, entropy of the rest, a table of the symbols that occur, and ``streamBits``.
    private(set) var bits = 0.0
    /// Low bits that are best stored as they are.
    private(set) var rawBits = 0

    static let binCount = 1024
    /// Mean of |residual| >> rawBits above which one more bit is raw: costs 0.1 % and shrinks tables.
    private static let meanLimit = 3.0
    /// Bits of a stream besides its symbols and what describes them: header, start and end of the coder.
    private static let streamBits = 8.0 * 15

    init(count: Int, magnitude: Int, bins: [UInt32], shift: Int) {
        self.count = count
        self.magnitude = magnitude
        self.bins = bins
        self.shift = shift
        measure()
    }

    /// No residuals.
    static let empty = ResidualHistogram(count: 0, magnitude: 0, bins: [], shift: 0)

    /// The residuals of both.
    init(joining a: ResidualHistogram, _ b: ResidualHistogram) {
        count = a.count + b.count
        magnitude = a.magnitude + b.magnitude
        shift = max(a.shift, b.shift)
        let length = max(
            (a.bins.count - 1) >> (shift - a.shift), (b.bins.count - 1) >> (shift - b.shift))
        bins = [UInt32](repeating: 0, count: length + 1)
        for part in [a, b] {
            let coarser = shift - part.shift
            for (bin, count) in part.bins.enumerated() where count > 0 { bins[bin >> coarser] += count }
        }
        measure()
    }

    /// The histograms of classes that occur, from what kernels count in ``binCount`` bins a class; nil for others.
    static func all(counts: [UInt32], magnitudes: [Int64], shifts: [UInt8]) -> [ResidualHistogram?] {
        magnitudes.indices.map { index in
            let own = counts[index * binCount..<(index + 1) * binCount]
            guard let last = own.lastIndex(where: { $0 > 0 }) else { return nil }
            let bins = Array(own[own.startIndex...last])
            return ResidualHistogram(
                count: bins.reduce(0) { $0 + Int($1) }, magnitude: Int(magnitudes[index]), bins: bins,
                shift: Int(shifts[index]))
        }
    }

    /// With as many raw bits as make the stream shortest.
    private mutating func measure() {
        guard count > 0 else { return }
        let mean = Double(magnitude) / Double(count)
        var most = 0
        while mean / Double(1 << most) > Self.meanLimit, most < 13 { most += 1 }
        (bits, rawBits) = (bits(rawBits: most), most)
        // Few large residuals among many small ones: the mean says little.
        for fewer in stride(from: most - 1, through: max(0, most - 4), by: -1) {
            let bits = bits(rawBits: fewer)
            if bits < self.bits { (self.bits, rawBits) = (bits, fewer) }
        }
    }

    private func bits(rawBits: Int) -> Double {
        let fold = max(0, rawBits - shift)
        var histogram = [Int](repeating: 0, count: (bins.count - 1) >> fold + 1)
        var symbols = 0
        for (bin, count) in bins.enumerated() where count > 0 {
            if histogram[bin >> fold] == 0 { symbols += 1 }
            histogram[bin >> fold] += Int(count)
        }
        let table = symbols > 1 ? min(8.0 * Double(symbols), 8.0 * Double(count)) : 0
        return Double(count * rawBits) + 1.004 * Entropy.bits(histogram) + table + Self.streamBits
            + Double(max(0, shift - rawBits) * count)
    }
}
