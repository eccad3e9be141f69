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
    package init(lifting: [Int32]) {
        let coefficients = lifting.map { Double($0) / 65_536 }
        let fixed = { (value: Double) in UInt32((65_536 * value).rounded()) }
        var bands: [UInt32] = []
        var reductions: [UInt32] = []
        var gain = 1.0
        for level in 1...PyramidParameters.maximumLevels {
            let low = Self.norm(coefficients, level: level, isHigh: false)
            let high = Self.norm(coefficients, level: level, isHigh: true)
            bands += [low * low, high * low, low * high, high * high].map { fixed(1 / $0) }
            gain *= Self.gain(coefficients) * Self.gain(coefficients)
            reductions.append(fixed(1 / gain))
        }
        self.bands = bands
        self.reductions = reductions
    }

    /// What analysis multiplies a constant line by.
    private static func gain(_ lifting: [Double]) -> Double {
        var even = 1.0
        var odd = 1.0
        for (step, coefficient) in lifting.enumerated() {
            if step % 2 == 0 { odd += coefficient * 2 * even } else { even += coefficient * 2 * odd }
        }
        return even
    }

    /// The L2 norm of the samples that one coefficient of one axis stands for.
    private static func norm(_ lifting: [Double], level: Int, isHigh: Bool) -> Double {
        var line = [Double](repeating: 0, count: 32)
        line[16] = 1
        for step in 0..<level {
            var even = line
            var odd = [Double](repeating: 0, count: line.count)
            if step == 0, isHigh { swap(&even, &odd) }
            line = synthesized(even, odd, lifting)
        }
        return line.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    private static func synthesized(_ even: [Double], _ odd: [Double], _ lifting: [Double]) -> [Double] {
        var even = even
        var odd = odd
        let n = even.count
        for step in stride(from: lifting.count - 1, through: 0, by: -1) {
            if step % 2 == 0 {
                for i in 0..<n { odd[i] -= lifting[step] * (even[i] + even[min(i + 1, n - 1)]) }
            } else {
                for i in 0..<n { even[i] -= lifting[step] * (odd[max(i - 1, 0)] + odd[i]) }
            }
        }
        return zip(even, odd).flatMap { [$0, $1] }
    }
}

extension PyramidModel {
    /// A model whose scales follow from its lifting.
    package init(lifting: [Int32], scales: BandScales, weights: [UInt16]) {
        self.init(
            lifting: lifting, bandScales: scales.bands, reducedScales: scales.reductions, weights: weights)
    }
}
