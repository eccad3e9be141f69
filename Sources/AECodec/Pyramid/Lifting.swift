// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// The lifting steps of a pyramid: symmetric taps in pairs, the same for all levels and both axes.
///
/// Spec/bitstream.md, section 7.
package struct Lifting: Equatable, Sendable {
    /// Pairs of taps of every step, 1 to ``maximumPairs``; the k-th stands at distance 2 k + 1.
    package let pairCount: Int
    /// Coefficients in units of 2^-16 by step and pair, the pair fastest.
    package let coefficients: [Int32]

    package static let stepCount = Int(AE_LIFTING_STEPS)
    package static let maximumPairs = Int(AE_MAX_LIFTING_PAIRS)
    /// The magnitudes of a step's coefficients sum up to this at most: a step then adds four times the
    /// largest neighbor or less, and sums of products stay far below 64 bits.
    package static let greatestSum = 1 << 17

    /// Nil if there are not 4 x `pairCount` coefficients or a step is too steep.
    package init?(pairCount: Int, coefficients: [Int32]) {
        guard (1...Self.maximumPairs).contains(pairCount), coefficients.count == Self.stepCount * pairCount
        else { return nil }
        for step in 0..<Self.stepCount {
            let sum = coefficients[step * pairCount..<(step + 1) * pairCount].reduce(0) {
                $0 + Int($1.magnitude)
            }
            guard sum <= Self.greatestSum else { return nil }
        }
        self.init(checkedPairs: pairCount, coefficients)
    }

    private init(checkedPairs pairCount: Int, _ coefficients: [Int32]) {
        self.pairCount = pairCount
        self.coefficients = coefficients
    }

    /// CDF 9/7: Cohen, Daubechies, Feauveau 1992; lifting steps of Daubechies and Sweldens 1998.
    package static let cdf97 = Lifting(checkedPairs: 1, [-103_949, -3472, 57_862, 29_066])

    /// How many values of a level along the edge of a window are not the plane's own.
    package var margin: Int { Self.stepCount * (2 * pairCount - 1) }

    /// The steps as the kernels take them.
    package var kernel: ae_lifting {
        var result = ae_lifting()
        result.pairs = Int32(pairCount)
        unsafe withUnsafeMutableBytes(of: &result.coefficients) { raw in
            let values = unsafe raw.assumingMemoryBound(to: Int32.self)
            for (index, coefficient) in coefficients.enumerated() {
                let place = index / pairCount * Self.maximumPairs + index % pairCount
                unsafe values[place] = coefficient
            }
        }
        return result
    }
}
