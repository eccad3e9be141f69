// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Which samples of an image show something: all but a near-constant background at its border.
///
/// The rule, for each plane of the original alone (the decoded image plays no part):
///
/// 1. Values are means of 3 x 3 samples. The tolerance is 2 % of the distance between the 0.5th and 99.5th
///    percentile, at least one stored unit.
/// 2. Of the values on the image's border, the interval as wide as the tolerance that holds most of them is
///    background if it holds at least 15 % of the border and, widened by half a tolerance on either side,
///    0.4 % of the plane.
/// 3. Background grows from there to all neighbors (above, below, left, right) in the widened interval.
/// 4. Up to two more times the same with the samples three steps from background in place of the border
///    alone, for air behind padding or a bright frame: then at least 15 % of these and 10 % of the plane, and at
///    least four times as many as the intervals on either side, as wide: even tissue has no such peak. What
///    lies within two steps of both backgrounds is background too: there the means are a mixture.
///
/// So air and padding go and tissue at the border stays, as does burned-in text. If no interval is dense
/// enough, everything is foreground.
///
/// Where the picture itself lies within the tolerance of its background, as in localizers whose contrast is a
/// fiftieth of the range, parts of it go too.
public struct Foreground: Equatable, Sendable {
    /// Whether a sample is foreground, in the order of the samples.
    public let mask: [Bool]
    /// Samples of the foreground over all samples, 0 to 1.
    public let share: Double

    /// Finds the foreground of an image.
    public init(_ original: SampleArray) {
        let extent = original.extent
        let origin = original.format.range.lowerBound
        var mask: [Bool] = []
        mask.reserveCapacity(extent.sampleCount)
        for plane in 0..<extent.frames * extent.channels {
            var search = BackgroundGrowth(Plane(original, plane: plane, origin: origin))
            search.grow()
            mask += search.isBackground.map { !$0 }
        }
        self.mask = mask
        share = Double(mask.count { $0 }) / Double(mask.count)
    }

    /// The peak signal-to-noise ratio over the foreground in decibels; nil if nothing differs there.
    ///
    /// - Parameters:
    ///   - original: The samples that the foreground was found in.
    ///   - decoded: Samples of the same extent.
    /// - Returns: 10 log10(peak^2 / MSE), the peak as in ``SampleDifference/psnr(bitsStored:)``.
    public func psnr(_ original: SampleArray, _ decoded: SampleArray) -> Double? {
        precondition(original.extent == decoded.extent && mask.count == original.extent.sampleCount)
        var squares = 0.0
        var count = 0
        for index in mask.indices where mask[index] {
            let difference = Double(original[index] - decoded[index])
            squares += difference * difference
            count += 1
        }
        guard squares > 0 else { return nil }
        return SampleDifference.psnr(
            meanSquaredError: squares / Double(count), bitsStored: original.format.bitsStored)
    }
}

/// The background of one plane, found step by step.
private struct BackgroundGrowth {
    private(set) var isBackground: [Bool]
    private let rows: Int
    private let columns: Int
    /// Means of 3 x 3 samples.
    private let means: [Double]
    private let tolerance: Double

    /// Steps from a background within which means of 3 x 3 samples still hold some of it.
    private static let mixed = 2
    /// Shares of the rim and of the plane that a background must hold: at first, then behind it.
    private static let shares = [(0.15, 0.004), (0.15, 0.1), (0.15, 0.1)]

    init(_ plane: Plane) {
        rows = plane.rows
        columns = plane.columns
        means = Self.means(plane)
        isBackground = [Bool](repeating: false, count: plane.values.count)
        // Percentiles of a quarter of a million samples are good enough for a tolerance.
        let step = max(1, plane.values.count >> 18)
        let sorted = stride(from: 0, to: plane.values.count, by: step).map { plane.values[$0] }.sorted()
        let tail = sorted.count / 200
        tolerance = max(1, 0.02 * (sorted[sorted.count - 1 - tail] - sorted[tail]))
    }

    mutating func grow() {
        for (rimShare, planeShare) in Self.shares {
            let rim = self.rim()
            guard let interval = densest(rim.map { means[$0] }, least: rimShare) else { return }
            let inside = means.count { interval.contains($0) }
            guard Double(inside) >= planeShare * Double(means.count) else { return }
            guard !isBackground.contains(true) || isPeak(interval, holding: inside) else { return }
            let before = isBackground
            fill(from: rim, within: interval)
            closeSeam(before)
        }
    }

    /// Whether the intervals on either side, as wide, hold at most a quarter.
    private func isPeak(_ interval: ClosedRange<Double>, holding inside: Int) -> Bool {
        let width = interval.upperBound - interval.lowerBound
        let below = means.count { (interval.lowerBound - width..<interval.lowerBound).contains($0) }
        let above = means.count { $0 > interval.upperBound && $0 <= interval.upperBound + width }
        return 4 * max(below, above) <= inside
    }

    /// Where a background could begin: on the border, or as near to what is background already as means
    /// that hold nothing of it can be.
    private func rim() -> [Int] {
        let near = dilated(isBackground, by: Self.mixed)
        let beyond = dilated(near, by: 1)
        return means.indices.filter { index in
            let (row, column) = (index / columns, index % columns)
            let isBorder = row == 0 || row == rows - 1 || column == 0 || column == columns - 1
            return !near[index] && (isBorder || beyond[index])
        }
    }

    /// Makes background what lies between an old and a new one, where means are a mixture of both.
    private mutating func closeSeam(_ before: [Bool]) {
        guard before.contains(true) else { return }
        let old = dilated(before, by: Self.mixed)
        let new = dilated(zip(isBackground, before).map { $0 && !$1 }, by: Self.mixed)
        for index in means.indices where old[index] && new[index] { isBackground[index] = true }
    }

    /// A mask and everything that is at most some steps up, down, left or right from it.
    private func dilated(_ mask: [Bool], by steps: Int) -> [Bool] {
        var mask = mask
        for _ in 0..<steps {
            let inner = mask
            for index in mask.indices where inner[index] {
                let column = index % columns
                if index >= columns { mask[index - columns] = true }
                if index + columns < mask.count { mask[index + columns] = true }
                if column > 0 { mask[index - 1] = true }
                if column < columns - 1 { mask[index + 1] = true }
            }
        }
        return mask
    }

    /// The widened interval around the most frequent values; nil if they are too few.
    private func densest(_ values: [Double], least: Double) -> ClosedRange<Double>? {
        let sorted = values.sorted()
        var most = 0
        var start = 0.0
        var end = 0
        for (index, value) in sorted.enumerated() {
            while end < sorted.count, sorted[end] <= value + tolerance { end += 1 }
            if end - index > most {
                most = end - index
                start = value
            }
        }
        guard most > 0, Double(most) >= least * Double(sorted.count) else { return nil }
        return start - tolerance / 2...start + 1.5 * tolerance
    }

    private mutating func fill(from rim: [Int], within interval: ClosedRange<Double>) {
        var open: [Int] = []
        func visit(_ index: Int, _ isBackground: inout [Bool]) {
            guard !isBackground[index], interval.contains(means[index]) else { return }
            isBackground[index] = true
            open.append(index)
        }
        for index in rim { visit(index, &isBackground) }
        while let index = open.popLast() {
            let column = index % columns
            if index >= columns { visit(index - columns, &isBackground) }
            if index + columns < means.count { visit(index + columns, &isBackground) }
            if column > 0 { visit(index - 1, &isBackground) }
            if column < columns - 1 { visit(index + 1, &isBackground) }
        }
    }

    /// Means of 3 x 3 samples; border samples are repeated.
    private static func means(_ plane: Plane) -> [Double] {
        var means: [Double] = []
        means.reserveCapacity(plane.values.count)
        var line = [Double](repeating: 0, count: plane.columns)
        for row in 0..<plane.rows {
            let above = max(row - 1, 0) * plane.columns
            let here = row * plane.columns
            let below = min(row + 1, plane.rows - 1) * plane.columns
            for column in 0..<plane.columns {
                line[column] =
                    plane.values[above + column] + plane.values[here + column]
                    + plane.values[below + column]
            }
            for column in 0..<plane.columns {
                let left = line[max(column - 1, 0)]
                let right = line[min(column + 1, plane.columns - 1)]
                means.append((left + line[column] + right) / 9)
            }
        }
        return means
    }
}
