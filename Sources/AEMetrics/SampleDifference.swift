// SPDX-License-Identifier: Apache-2.0
import Glibc
public import Samples

/// How far two sample arrays of one shape are apart, in stored units.
///
/// Sums are exact integers, so that the result does not depend on the order of the samples.
public struct SampleDifference: Equatable, Sendable {
    /// Samples of each array.
    public let sampleCount: Int
    /// Samples that are not equal.
    public let differingCount: Int
    /// The largest absolute difference; 0 exactly when the arrays are equal.
    public let maximumError: Int
    /// The mean of the squared differences (MSE).
    public let meanSquaredError: Double

    /// Compares two arrays sample by sample; nil if their extents differ.
    ///
    /// Depth and signedness may differ: values are compared.
    ///
    /// - Parameters:
    ///   - first: Samples of any depth.
    ///   - second: Samples of the same extent.
    public init?(_ first: SampleArray, _ second: SampleArray) {
        guard first.extent == second.extent else { return nil }
        var sums = Sums()
        switch (first.storage, second.storage) {
        case (.narrow(let ones), .narrow(let others)):
            let bias = (Self.signBit(first), Self.signBit(second))
            sums.add(ones, others) { one, other in
                // Flipping the sign bit and subtracting it again extends the sign.
                (Int(one ^ bias.0) &- Int(bias.0)) &- (Int(other ^ bias.1) &- Int(bias.1))
            }
        default:
            sums.add(0..<first.extent.sampleCount, 0..<first.extent.sampleCount) { one, other in
                first[one] - second[other]
            }
        }
        sampleCount = first.extent.sampleCount
        differingCount = sums.differing
        maximumError = Int(sums.maximum)
        meanSquaredError = sums.squares / Double(sampleCount)
    }

    /// The peak signal-to-noise ratio in decibels, 10 log10(peak² / MSE); infinite for equal arrays.
    ///
    /// - Parameter bitsStored: The depth; the peak is 2^bitsStored - 1, whatever the signedness.
    /// - Returns: The ratio in decibels.
    public func psnr(bitsStored: Int) -> Double {
        guard maximumError > 0 else { return .infinity }
        return Self.psnr(meanSquaredError: meanSquaredError, bitsStored: bitsStored)
    }

    /// The peak signal-to-noise ratio that belongs to a mean squared error, in decibels.
    ///
    /// - Parameters:
    ///   - meanSquaredError: In squared stored units, above 0.
    ///   - bitsStored: The depth; the peak is 2^bitsStored - 1, whatever the signedness.
    /// - Returns: The ratio in decibels.
    public static func psnr(meanSquaredError: Double, bitsStored: Int) -> Double {
        let peak = Double(1 << bitsStored) - 1
        return 10 * log10(peak * peak / meanSquaredError)
    }

    private static func signBit(_ samples: SampleArray) -> UInt16 { samples.format.isSigned ? 1 << 15 : 0 }
}

/// Sums over the differences of pairs.
private struct Sums {
    var differing = 0
    var maximum: UInt = 0
    var squares = 0.0

    /// Adds the differences of pairs; each is below 2^33.
    mutating func add<Elements: RandomAccessCollection>(
        _ ones: Elements, _ others: Elements, difference: (Elements.Element, Elements.Element) -> Int
    ) {
        // Two words: the squares of deep samples have up to 66 bits.
        var low: UInt64 = 0
        var high: UInt64 = 0
        for (one, other) in zip(ones, others) {
            let magnitude = difference(one, other).magnitude
            guard magnitude > 0 else { continue }
            differing += 1
            maximum = max(maximum, magnitude)
            let product = UInt64(magnitude).multipliedFullWidth(by: UInt64(magnitude))
            let sum = low.addingReportingOverflow(product.low)
            low = sum.partialValue
            high += product.high + (sum.overflow ? 1 : 0)
        }
        squares = Double(high) * 0x1p64 + Double(low)
    }
}
