// SPDX-License-Identifier: Apache-2.0

/// Mean, median and worst of one figure over the images of a group.
public struct GroupSummary: Equatable, Sendable {
    /// Images that have the figure.
    public var count: Int
    /// The arithmetic mean.
    public var mean: Double
    /// The middle value; the mean of the two in the middle if they are even in number.
    public var median: Double
    /// The greatest: every figure that is summed up here is worse the greater it is.
    public var worst: Double

    /// Sums up; nil without any value.
    public init?(_ values: [Double]) {
        guard let worst = values.max() else { return nil }
        count = values.count
        mean = values.reduce(0, +) / Double(values.count)
        median = AEBenchmark.median(values)
        self.worst = worst
    }
}

extension BenchmarkReport {
    /// The groups of all images by name, each with its images, and last those that count in the mean of all.
    ///
    /// Images that stand apart are in their own group alone.
    public var groups: [(name: String, images: [ImageResult])] {
        var groups = Set(images.flatMap(\.groups)).sorted().map { name in
            (name: name, images: images.filter { $0.groups.contains(name) })
        }
        let all = images.filter { $0.apart == nil }
        if groups.count > 1, !all.isEmpty { groups.append((name: "all", images: all)) }
        return groups
    }

    /// BD-rate and more of a codec against an anchor on every image of a list where both have a curve.
    public static func comparisons(
        _ images: [ImageResult], anchor: String, test: String
    ) -> [RateComparison] {
        images.compactMap { try? RateComparison($0, anchor: anchor, test: test) }
    }
}
