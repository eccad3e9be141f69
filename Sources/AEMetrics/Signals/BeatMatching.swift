// SPDX-License-Identifier: Apache-2.0

/// Which beats of a reference a detector found.
///
/// Beat by beat as ANSI/AAMI EC57 has it: a found beat matches the one of the reference that is at most 150 ms
/// away, each counts once, and of two that could the nearer one does.
public struct BeatMatching: Equatable, Sendable {
    /// Beats that were found.
    public private(set) var matched = 0
    /// Beats of the reference that were not.
    public private(set) var missed = 0
    /// Beats that were found where there are none.
    public private(set) var extra = 0

    /// Matches beats.
    ///
    /// - Parameters:
    ///   - reference: Places of the true beats, ascending.
    ///   - found: Places of the beats that were found, ascending.
    ///   - rate: Instants in a second.
    ///   - excluded: Times that do not count, such as ventricular flutter; found beats within 150 ms of
    ///     them do not count either.
    public init(
        reference: [Int], found: [Int], rate: Double, excluding excluded: [ClosedRange<Int>] = []
    ) {
        let tolerance = Int((0.15 * rate).rounded(.down))
        let reference = reference.filter { place in !excluded.contains { $0.contains(place) } }
        let found = found.filter { place in
            !excluded.contains {
                place >= $0.lowerBound - tolerance && place - tolerance <= $0.upperBound
            }
        }
        var (index, other) = (0, 0)
        while index < reference.count, other < found.count {
            let distance = abs(found[other] - reference[index])
            if distance > tolerance {
                if found[other] < reference[index] { other += 1 } else { index += 1 }
                continue
            }
            // A nearer partner of either that has none itself goes first.
            let nextFound = other + 1 < found.count ? abs(found[other + 1] - reference[index]) : .max
            let nextReference = index + 1 < reference.count ? abs(found[other] - reference[index + 1]) : .max
            if nextFound < distance, nextFound <= nextReference {
                other += 1
                continue
            }
            if nextReference < distance {
                index += 1
                continue
            }
            matched += 1
            index += 1
            other += 1
        }
        missed = reference.count - matched
        extra = found.count - matched
    }

    /// Harmonic mean of sensitivity and positive predictive value; 1 if there is nothing to find and nothing
    /// was found.
    public var f1: Double {
        let total = 2 * matched + missed + extra
        return total == 0 ? 1 : 2 * Double(matched) / Double(total)
    }

    /// Share of the true beats that were found; 1 of none.
    public var sensitivity: Double { matched + missed == 0 ? 1 : Double(matched) / Double(matched + missed) }

    /// Share of the found beats that are true; 1 of none.
    public var positivePredictiveValue: Double {
        matched + extra == 0 ? 1 : Double(matched) / Double(matched + extra)
    }
}

/// The intervals between beats.
public enum BeatIntervals {
    /// The root of the mean squared difference of successive intervals (RMSSD), in milliseconds.
    ///
    /// - Parameters:
    ///   - beats: Places of R waves, ascending.
    ///   - rate: Instants in a second.
    /// - Returns: Milliseconds; nil of fewer than three beats.
    public static func rmssd(_ beats: [Int], rate: Double) -> Double? {
        guard beats.count >= 3 else { return nil }
        let intervals = zip(beats.dropFirst(), beats).map { Double($0 - $1) }
        let squares = zip(intervals.dropFirst(), intervals).map { ($0 - $1) * ($0 - $1) }
        return 1000 / rate * (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
}
