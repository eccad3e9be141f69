// SPDX-License-Identifier: Apache-2.0

/// How far decoded signals are from the original ones, in stored units.
///
/// Energies are sums over all signals of a recording, so that PRD and PRDN are one figure for all of them.
/// Those of quiet signals count for less there; ``rows`` has each.
public struct SignalDifference: Equatable, Sendable {
    /// The sums of one signal.
    public struct Row: Equatable, Sendable {
        /// Samples that are compared.
        public fileprivate(set) var sampleCount = 0
        /// The sum of squared differences.
        public fileprivate(set) var errorEnergy = 0.0
        /// The largest absolute difference.
        public fileprivate(set) var maximumError = 0
        fileprivate var sum = 0.0
        fileprivate var squares = 0.0

        /// The sum of squared samples after an offset has been taken off.
        public func energy(offset: Double = 0) -> Double {
            squares - 2 * offset * sum + Double(sampleCount) * offset * offset
        }

        /// The sum of squared samples after their mean has been taken off.
        public var meanRemovedEnergy: Double {
            sampleCount == 0 ? 0 : squares - sum * sum / Double(sampleCount)
        }

        /// PRDN of this signal alone, in percent.
        public var prdn: Double { percent(errorEnergy, of: meanRemovedEnergy) }

        /// The root of the mean squared difference.
        public var rmse: Double { sampleCount == 0 ? 0 : (errorEnergy / Double(sampleCount)).squareRoot() }
    }

    /// One entry for each signal.
    public let rows: [Row]

    /// Compares signals; nil if they differ in number or length.
    ///
    /// - Parameters:
    ///   - original: Stored values, one array for each signal.
    ///   - decoded: What became of them.
    ///   - missing: For each signal, the stored value that stands for a missing sample; such samples are not
    ///     compared. Signals beyond its end have none.
    public init?(_ original: [[Int32]], _ decoded: [[Int32]], missing: [Int32?] = []) {
        guard original.map(\.count) == decoded.map(\.count) else { return nil }
        rows = original.indices.map { index in
            Row(original[index], decoded[index], missing: index < missing.count ? missing[index] : nil)
        }
    }

    /// Percent root mean square difference over the stored values as they are: error energy over energy.
    ///
    /// Stored values with an offset, such as the 1024 of MIT-BIH, make this figure small.
    public var prd: Double { percent(errorEnergy, of: rows.reduce(0) { $0 + $1.energy() }) }

    /// PRD after an offset of each signal has been taken off, such as the zero of its converter.
    public func prd(offsets: [Double]) -> Double {
        precondition(offsets.count == rows.count, "every signal has an offset")
        return percent(errorEnergy, of: zip(rows, offsets).reduce(0) { $0 + $1.0.energy(offset: $1.1) })
    }

    /// PRD after the mean of each signal has been taken off: the figure that no offset changes.
    public var prdn: Double { percent(errorEnergy, of: rows.reduce(0) { $0 + $1.meanRemovedEnergy }) }

    /// The root of the mean squared difference over all signals.
    public var rmse: Double { rmse(scales: rows.map { _ in 1 }) }

    /// The same in physical units.
    ///
    /// - Parameter scales: Physical units in one stored unit, of each signal.
    /// - Returns: Physical units.
    public func rmse(scales: [Double]) -> Double {
        precondition(scales.count == rows.count, "every signal has a scale")
        let count = rows.reduce(0) { $0 + $1.sampleCount }
        let energy = zip(rows, scales).reduce(0) { $0 + $1.0.errorEnergy * $1.1 * $1.1 }
        return count == 0 ? 0 : (energy / Double(count)).squareRoot()
    }

    /// The largest absolute difference in any signal.
    public var maximumError: Int { rows.map(\.maximumError).max() ?? 0 }

    /// The same in physical units; `scales` as above.
    public func maximumError(scales: [Double]) -> Double {
        precondition(scales.count == rows.count, "every signal has a scale")
        return zip(rows, scales).map { Double($0.maximumError) * abs($1) }.max() ?? 0
    }

    private var errorEnergy: Double { rows.reduce(0) { $0 + $1.errorEnergy } }
}

extension SignalDifference.Row {
    fileprivate init(_ original: [Int32], _ decoded: [Int32], missing: Int32?) {
        for (one, other) in zip(original, decoded) where one != missing {
            let value = Double(one)
            let error = Int(one) - Int(other)
            sampleCount += 1
            sum += value
            squares += value * value
            errorEnergy += Double(error) * Double(error)
            maximumError = max(maximumError, abs(error))
        }
    }
}

/// 100 times the root of a ratio of energies; 0 where there is no error, infinite where there is nothing else.
func percent(_ error: Double, of energy: Double) -> Double {
    error == 0 ? 0 : energy > 0 ? 100 * (error / energy).squareRoot() : .infinity
}
