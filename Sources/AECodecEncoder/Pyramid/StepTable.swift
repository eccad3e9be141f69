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

    init(lifting: [Int32], levelCount: Int) {
        self.levelCount = levelCount
        let coefficients = lifting.map { Double($0) / 65_536 }
        var low: [Double] = []
        var high: [Double] = []
        for level in 1...levelCount {
            low.append(Self.norm(coefficients, level: level, isHigh: false))
            high.append(Self.norm(coefficients, level: level, isHigh: true))
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
