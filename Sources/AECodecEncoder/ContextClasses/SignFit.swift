// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// Finds the weight with which the sign of residuals is best foretold.
///
/// Of a small residual the fraction of the predicted value says something, of a large one the errors around.
struct SignFit {
    private var fractions: [Int16] = []
    private var errors: [Int16] = []

    /// Weights that are tried, as parts of what a predicted value counts.
    private static let weights = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1]
    /// Residuals that are looked at, in pieces of so many.
    private static let mostPieces = 64
    private static let piece = 512
    /// Bits that must be won, and a part of all.
    private static let fewestBits = 60.0
    private static let leastShare = 0.000_1

    /// Makes room for so many residuals.
    mutating func reserve(_ count: Int) {
        guard fractions.count < count else { return }
        fractions = [Int16](repeating: 0, count: count)
        errors = fractions
    }

    /// Hands out the places from `offset` on; there are none before room was made.
    mutating func withRoom<Result>(at offset: Int, _ body: (UnsafePointer<ae_signs>?) -> Result) -> Result {
        unsafe fractions.withUnsafeMutableBufferPointer { fractions in
            unsafe errors.withUnsafeMutableBufferPointer { errors in
                guard let first = fractions.baseAddress, let second = errors.baseAddress else {
                    return body(nil)
                }
                var signs = unsafe ae_signs(fractions: first + offset, errors: second + offset)
                return unsafe body(&signs)
            }
        }
    }

    /// Finds the best weight.
    ///
    /// - Parameters:
    ///   - residuals: In coding order, as are the places.
    ///   - classes: Their raw classes.
    ///   - count: How many there are.
    ///   - unit: What a predicted value counts for 1.
    /// - Returns: The weight; nil if residuals are better left as they are.
    mutating func weight(_ residuals: [Int16], _ classes: [UInt8], count: Int, unit: Int) -> Int? {
        let plain = bits(residuals, classes, count: count, weight: -1)
        var best: (bits: Double, weight: Int)?
        var last = -1
        for share in Self.weights {
            let weight = min(
                PredictionParameters.maximumSignWeight, Int((share * Double(unit)).rounded(.up)))
            guard weight > last else { continue }
            last = weight
            let bits = bits(residuals, classes, count: count, weight: weight)
            if bits < best?.bits ?? plain { best = (bits, weight) }
        }
        guard let best, plain - best.bits > Self.fewestBits, plain - best.bits > Self.leastShare * plain
        else {
            return nil
        }
        return best.weight
    }

    /// Negates residuals where negative ones are expected.
    mutating func apply(_ weight: Int, to residuals: inout [Int16], count: Int) {
        unsafe withRoom(at: 0) { signs in
            if let signs = unsafe signs { unsafe ae_apply_signs(signs, Int32(weight), count, &residuals) }
        }
    }

    /// The entropy of signs, by class and magnitude.
    private mutating func bits(_ residuals: [Int16], _ classes: [UInt8], count: Int, weight: Int) -> Double {
        var counts = [ae_sign_counts](
            repeating: ae_sign_counts(), count: AE_RAW_CLASSES * Int(AE_SIGN_MAGNITUDES))
        let pieces = (count + Self.piece - 1) / Self.piece
        let every = (pieces + Self.mostPieces - 1) / Self.mostPieces
        for start in stride(from: 0, to: count, by: max(1, every) * Self.piece) {
            let length = min(Self.piece, count - start)
            unsafe withRoom(at: start) { signs in
                unsafe residuals.withUnsafeBufferPointer { residuals in
                    unsafe classes.withUnsafeBufferPointer { classes in
                        guard let signs = unsafe signs, let residuals = residuals.baseAddress,
                            let classes = classes.baseAddress
                        else { return }
                        unsafe ae_count_signs(
                            residuals + start, classes + start, signs, Int32(weight), length, &counts)
                    }
                }
            }
        }
        return counts.indices.reduce(0) { sum, place in
            // Zeros have no sign.
            place % Int(AE_SIGN_MAGNITUDES) == 0
                ? sum : sum + Entropy.bits([Int(counts[place].of.0), Int(counts[place].of.1)])
        }
    }
}
