// SPDX-License-Identifier: Apache-2.0
import AECodec

/// Quantiser steps of all bands from one step in sample units.
///
/// Each band's step is the common one over the L2 norm of its synthesis basis, so that errors of all
/// bands weigh alike in samples.
struct StepTable {
    /// Norms of the synthesis bases: low band, then horizontal, vertical, diagonal of every level.
    let norms: [Double]
    private let levelCount: Int
    private static let largestStep = 2_000_000_000.0

    init(lifting: Lifting, levelCount: Int) {
        self.levelCount = levelCount
        var low: [Double] = []
        var high: [Double] = []
        for level in 1...levelCount {
            low.append(Self.norm(lifting, level: level, isHigh: false))
            high.append(Self.norm(lifting, level: level, isHigh: true))
        }
        var norms = [low[levelCount - 1] * low[levelCount - 1]]
        for level in 0..<levelCount {
            norms += [high[level] * low[level], low[level] * high[level], high[level] * high[level]]
        }
        self.norms = norms
    }

    /// Steps in units of 2^-8 coefficient units.
    ///
    /// - Parameters:
    ///   - step: The common step in samples.
    ///   - fractionBits: Fraction bits of coefficients.
    ///   - largest: The largest coefficient of every band; a step is raised where quantised values would
    ///     not fit 15 bits.
    /// - Returns: A step for every band, low band first.
    func steps(_ step: Double, fractionBits: Int, largest: [Int]) -> [UInt32] {
        norms.indices.map { band in
            let wanted = step * Double(1 << fractionBits) * 256 / norms[band]
            // Differences of the low band have twice its range.
            let least = Double(largest[band]) * 256 / (band == 0 ? 15_900 : 31_800)
            let step = UInt32(max(1, min(Self.largestStep, max(wanted, least).rounded(.up))))
            return PyramidParameters.representable(step)
        }
    }

    /// The L2 norm of the samples that one coefficient of one axis stands for.
    private static func norm(_ lifting: Lifting, level: Int, isHigh: Bool) -> Double {
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
