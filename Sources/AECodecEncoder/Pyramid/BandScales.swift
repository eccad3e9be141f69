// SPDX-License-Identifier: Apache-2.0
package import AECodec

/// What a model states about the bands of its lifting.
package struct BandScales {
    /// One over the L2 norm of the synthesis basis of the bands of every level, in units of 2^-16: with steps
    /// in these proportions errors of all bands weigh alike in samples.
    package let bands: [UInt32]
    /// One over the gain of constant pictures in planes 1 to 6, in units of 2^-16.
    package let reductions: [UInt32]

    /// - Parameter lifting: The coefficients of a model.
    package init(lifting: Lifting) {
        let fixed = { (value: Double) in UInt32((65_536 * value).rounded()) }
        var bands: [UInt32] = []
        var reductions: [UInt32] = []
        var gain = 1.0
        for level in 1...PyramidParameters.maximumLevels {
            let low = Self.norm(lifting, level: level, isHigh: false)
            let high = Self.norm(lifting, level: level, isHigh: true)
            bands += [low * low, high * low, low * high, high * high].map { fixed(1 / $0) }
            gain *= Self.gain(lifting) * Self.gain(lifting)
            reductions.append(fixed(1 / gain))
        }
        self.bands = bands
        self.reductions = reductions
    }

    /// What analysis multiplies a constant line by.
    fileprivate static func gain(_ lifting: Lifting) -> Double {
        var even = 1.0
        var odd = 1.0
        for step in 0..<Lifting.stepCount {
            let pairs = lifting.coefficients[step * lifting.pairCount..<(step + 1) * lifting.pairCount]
            let sum = pairs.reduce(0) { $0 + 2 * Double($1) / 65_536 }
            if step % 2 == 0 { odd += sum * even } else { even += sum * odd }
        }
        return even
    }

    /// The L2 norm of the samples that one coefficient of one axis stands for.
    fileprivate static func norm(_ lifting: Lifting, level: Int, isHigh: Bool) -> Double {
        // A level doubles the reach of a basis and adds a margin; the line doubles with it.
        let half = lifting.margin + 4
        var line = [Double](repeating: 0, count: 2 * half)
        line[half] = 1
        for step in 0..<level {
            var even = line
            var odd = [Double](repeating: 0, count: line.count)
            if step == 0, isHigh { swap(&even, &odd) }
            line = synthesized(even, odd, lifting)
        }
        return line.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    private static func synthesized(_ even: [Double], _ odd: [Double], _ lifting: Lifting) -> [Double] {
        var line = zip(even, odd).flatMap { [$0, $1] }
        for step in (0..<Lifting.stepCount).reversed() {
            for pair in 0..<lifting.pairCount {
                let c = Double(lifting.coefficients[step * lifting.pairCount + pair]) / 65_536
                let distance = 2 * pair + 1
                for i in stride(from: 1 - step % 2, to: line.count, by: 2) {
                    // Nothing of a basis stands at the ends.
                    if i >= distance { line[i] -= c * line[i - distance] }
                    if i + distance < line.count { line[i] -= c * line[i + distance] }
                }
            }
        }
        return line
    }
}

/// The same of lines, for signals.
struct LineScales {
    /// One over the L2 norm of the synthesis basis of the low band of pyramids of 1, 2 and more levels, in units of 2^-16.
    let low: [UInt32]
    /// Likewise of the details of levels 1, 2 and so on.
    let detail: [UInt32]
    /// One over the gain of constant lines in planes 1, 2 and so on.
    let reductions: [UInt32]

    init(lifting: Lifting, levels: Int) {
        let fixed = { (value: Double) in UInt32((65_536 * value).rounded()) }
        // From some level on, norms grow by the same factor.
        let exact = min(levels, Self.exactLevels)
        var low = (1...exact).map { BandScales.norm(lifting, level: $0, isHigh: false) }
        var detail = (1...exact).map { BandScales.norm(lifting, level: $0, isHigh: true) }
        while low.count < levels {
            low.append(low[low.count - 1] * low[low.count - 1] / low[low.count - 2])
            detail.append(detail[detail.count - 1] * detail[detail.count - 1] / detail[detail.count - 2])
        }
        self.low = low.map { fixed(1 / $0) }
        self.detail = detail.map { fixed(1 / $0) }
        let gain = BandScales.gain(lifting)
        reductions = (1...levels).map { level in fixed((0..<level).reduce(1.0) { value, _ in value / gain }) }
    }

    private static let exactLevels = 8
}

extension PyramidModel {
    /// A model whose scales follow from its lifting.
    package init(
        lifting: Lifting, scales: BandScales, rule: ContextRule, tree: ClassTree? = nil,
        centroids: [Int8]? = nil
    ) {
        self.init(
            lifting: lifting, bandScales: scales.bands, reducedScales: scales.reductions, rule: rule,
            tree: tree,
            centroids: centroids)
    }
}
