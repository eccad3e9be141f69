// SPDX-License-Identifier: Apache-2.0
import AECodec

/// Finds by how much steps are multiplied in each segment, so that every stretch of ten seconds is within its own error.
struct SegmentSteps {
    /// Trials from which segments follow in both directions; those after them only make finer what is too coarse.
    static let adaptations = 5
    static let attempts = 40
    /// Trials after which everything is made finer, as single segments do not suffice.
    private static let patience = 25
    /// How fast the logarithm of an error follows that of a step, about.
    private static let slope = 0.6
    /// Segments aim at so much less than their limits.
    private static let margin = 0.02
    /// What four bits can say of a change.
    private static let changes = -8...7

    /// The instants of every segment, window by window.
    private let segments: [[Range<Int>]]
    private let stretchLength: Int
    /// Squared error that each stretch may have; nil if it does not matter.
    private let limits: [Double?]
    /// What is wanted of each segment, in eighths of the logarithm to base 2.
    private var depths: [[Double]]

    /// - Parameters:
    ///   - trials: What is coded.
    ///   - percent: The root-mean-square difference that every stretch may have.
    init(_ trials: SignalTrials, percent: Double) {
        segments = trials.segments
        stretchLength = trials.stretchLength
        limits = trials.stretchEnergies.map { $0 > 0 ? $0 * (percent / 100) * (percent / 100) : nil }
        depths = segments.map { [Double](repeating: 0, count: $0.count) }
    }

    /// Whether no step can be multiplied.
    var isEmpty: Bool { segments.isEmpty }

    /// By how much each stretch has too much: half the logarithm of its error over its limit.
    private func excess(_ errors: [Double]) -> [Double?] {
        zip(errors, limits).map { error, limit in limit.map { 0.5 * log2(max(error, 1e-9) / $0) } }
    }

    /// Whether all stretches keep their limits.
    func isMet(_ errors: [Double]) -> Bool { excess(errors).allSatisfy { ($0 ?? 0) <= 0 } }

    /// Takes what a trial tells.
    ///
    /// - Parameters:
    ///   - number: Of the trial, from 1 on.
    ///   - errors: What it made of each stretch.
    /// - Returns: By how many octaves the common step changes.
    mutating func next(after number: Int, _ errors: [Double]) -> Double {
        let excess = excess(errors)
        guard !isEmpty else {
            // A single step: the worst stretch decides.
            return -max(0.01, (excess.compactMap(\.self).max() ?? 0) / Self.slope)
        }
        let isAdapting = number <= Self.adaptations
        for (window, ranges) in segments.enumerated() {
            for (index, range) in ranges.enumerated() {
                let touched = range.lowerBound / stretchLength...(range.upperBound - 1) / stretchLength
                guard let worst = excess[touched].compactMap(\.self).max() else { continue }
                if isAdapting {
                    depths[window][index] -= min(max(8 * (worst + Self.margin) / Self.slope, -16), 24)
                } else if worst > 0 {
                    // Each repair changes a little of what comes after it; the later, the larger are the steps.
                    let least = Double(1 + (number - Self.adaptations) / 5)
                    depths[window][index] =
                        depths[window][index].rounded(.down) - max(least, (8 * worst / Self.slope).rounded())
                }
            }
        }
        return isAdapting ? takeMedian() / 8 : number > Self.patience ? -0.5 : 0
    }

    /// Takes what is common to segments out of them, so that coarse levels, which all share, have a step for most.
    private mutating func takeMedian() -> Double {
        let sorted = depths.flatMap(\.self).sorted()
        let median = sorted[sorted.count / 2].rounded()
        depths = depths.map { $0.map { $0 - median } }
        return median
    }

    /// What an archive can state: no segment is coarser than wanted.
    func values(least: Int) -> [[Int8]] {
        let limits = SignalLatentGroup.segmentRange
        let lowest = min(max(least, limits.lowerBound), limits.upperBound)
        return depths.map { depths in
            var values = depths.map {
                Int(min(max($0, Double(lowest)), Double(limits.upperBound)).rounded(.down))
            }
            for index in values.indices.dropFirst() {
                values[index] = min(values[index], values[index - 1] + Self.changes.upperBound)
            }
            for index in values.indices.dropLast().reversed() {
                values[index] = min(values[index], values[index + 1] - Self.changes.lowerBound)
            }
            return values.map { Int8($0) }
        }
    }
}
