// SPDX-License-Identifier: Apache-2.0
import Glibc
public import Samples

/// Structural similarity of two images, at full size (SSIM) and over scales (MS-SSIM); 1 if they are equal.
///
/// SSIM: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error
/// visibility to structural similarity", IEEE Trans. Image Processing 13 (2004) 600-612. Means, variances
/// and covariance under a Gaussian window of 11 x 11 samples with standard deviation 1.5 and sum 1, where
/// it lies inside the image; K1 = 0.01, K2 = 0.03; L = 2^bitsStored - 1.
///
/// MS-SSIM: Z. Wang, E. P. Simoncelli, A. C. Bovik, "Multiscale structural similarity for image quality
/// assessment", 37th Asilomar Conference on Signals, Systems and Computers, 2003. Five scales, each the
/// means of 2 x 2 samples of the one before, exponents of that paper; the luminance term counts at the
/// coarsest scale only. An image whose sides do not hold the window at all of them has ``scaleCount``
/// scales, and the exponents of these are divided by their sum. A negative mean counts as 0.
///
/// Values are taken from the smallest of the format up, so that signed and unsigned samples of one image
/// give one result. Several frames or channels give the mean of theirs. All in double precision.
public struct StructuralSimilarity: Equatable, Sendable {
    /// SSIM, -1 to 1.
    public let ssim: Double
    /// MS-SSIM, 0 to 1.
    public let multiScale: Double
    /// Scales of ``multiScale``, 1 to 5.
    public let scaleCount: Int

    /// The exponents of the scales, the finest first.
    static let exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    /// Rows and columns of the window.
    static let windowSide = 11

    /// Compares two arrays of one extent; nil if extents differ or a side is shorter than the window.
    public init?(_ original: SampleArray, _ decoded: SampleArray) {
        let extent = original.extent
        let shorter = min(extent.rows, extent.columns)
        guard decoded.extent == extent, shorter >= Self.windowSide else { return nil }
        let scaleCount = Self.scaleCount(side: shorter)
        let planes = extent.frames * extent.channels
        let origin = original.format.range.lowerBound
        let peak = Double((1 << original.format.bitsStored) - 1)
        var sum = 0.0
        var productSum = 0.0
        for plane in 0..<planes {
            let scales = Self.scales(
                Plane(original, plane: plane, origin: origin), Plane(decoded, plane: plane, origin: origin),
                count: scaleCount, peak: peak)
            sum += scales[0].similarity
            productSum += Self.product(scales)
        }
        ssim = sum / Double(planes)
        multiScale = productSum / Double(planes)
        self.scaleCount = scaleCount
    }

    /// How many scales an image has whose shorter side is given.
    private static func scaleCount(side: Int) -> Int {
        var side = side
        var count = 1
        while count < exponents.count, (side + 1) / 2 >= windowSide {
            side = (side + 1) / 2
            count += 1
        }
        return count
    }

    /// What two planes have in common at each scale.
    private static func scales(
        _ original: Plane, _ decoded: Plane, count: Int, peak: Double
    ) -> [ScaleSimilarity] {
        var scales = [ScaleSimilarity(original, decoded, peak: peak)]
        var (one, other) = (original, decoded)
        while scales.count < count {
            (one, other) = (one.halved(), other.halved())
            scales.append(ScaleSimilarity(one, other, peak: peak))
        }
        return scales
    }

    private static func product(_ scales: [ScaleSimilarity]) -> Double {
        let used = exponents.prefix(scales.count)
        // The five published exponents are used as they are, though their sum is 1.0001.
        let total = used.count == exponents.count ? 1 : used.reduce(0, +)
        var result = 1.0
        for (index, (scale, exponent)) in zip(scales, used).enumerated() {
            let mean = index == scales.count - 1 ? scale.similarity : scale.contrast
            result *= pow(max(0, mean), exponent / total)
        }
        return result
    }
}

/// The means of two planes' similarity over all positions of the window.
struct ScaleSimilarity: Equatable {
    /// Luminance, contrast and structure.
    let similarity: Double
    /// Contrast and structure alone.
    let contrast: Double

    /// Filters the sum s and the difference d of the planes and their squares: from E[s], E[d], E[s^2] and
    /// E[d^2] follow all terms, one map fewer than usual, and equal planes give exactly 1.
    init(_ original: Plane, _ decoded: Plane, peak: Double) {
        let side = StructuralSimilarity.windowSide
        let width = original.columns - side + 1
        let height = original.rows - side + 1
        let weights = GaussianWindow(deviation: 1.5, radius: side / 2).weights
        var rows = FilteredRows(width: width, side: side, weights: weights)
        let luminance = (0.01 * peak) * (0.01 * peak)
        let spread = (0.03 * peak) * (0.03 * peak)
        var similaritySum = 0.0
        var contrastSum = 0.0
        for row in 0..<original.rows {
            rows.add(original, decoded, row: row)
            guard row >= side - 1 else { continue }
            rows.finish()
            for column in 0..<width {
                let sum = rows.means[0][column]
                let difference = rows.means[1][column]
                let sumVariance = rows.means[2][column] - sum * sum
                let differenceVariance = rows.means[3][column] - difference * difference
                let contrast =
                    ((sumVariance - differenceVariance) / 2 + spread)
                    / ((sumVariance + differenceVariance) / 2 + spread)
                let light =
                    ((sum * sum - difference * difference) / 2 + luminance)
                    / ((sum * sum + difference * difference) / 2 + luminance)
                similaritySum += light * contrast
                contrastSum += contrast
            }
        }
        let count = Double(width * height)
        similarity = similaritySum / count
        contrast = contrastSum / count
    }
}

/// The last rows of four maps under the window: filtered along the row, then down the rows.
private struct FilteredRows {
    /// Sum, difference and their squares under the window.
    private(set) var means: [[Double]]
    private var across: [[Double]]
    private var line: [Double]
    private let width: Int
    private let side: Int
    private let weights: [Double]
    /// Where the next row goes in the rings of `across`.
    private var next = 0

    init(width: Int, side: Int, weights: [Double]) {
        self.width = width
        self.side = side
        self.weights = weights
        means = Array(repeating: [Double](repeating: 0, count: width), count: 4)
        across = Array(repeating: [Double](repeating: 0, count: width * side), count: 4)
        line = [Double](repeating: 0, count: width + side - 1)
    }

    /// Filters a row of every map.
    mutating func add(_ original: Plane, _ decoded: Plane, row: Int) {
        let start = row * original.columns
        for map in 0..<4 {
            for column in 0..<line.count {
                let one = original.values[start + column]
                let other = decoded.values[start + column]
                let value = map % 2 == 0 ? one + other : one - other
                line[column] = map < 2 ? value : value * value
            }
            accumulate(from: line, into: &across[map], at: next * width)
        }
        next = (next + 1) % side
    }

    private func accumulate(from line: [Double], into ring: inout [Double], at start: Int) {
        for column in 0..<width {
            var sum = 0.0
            for tap in 0..<side { sum += weights[tap] * line[column + tap] }
            ring[start + column] = sum
        }
    }

    /// Filters down the rows that are held; the oldest is the first of the window.
    mutating func finish() {
        for map in 0..<4 {
            for column in 0..<width { means[map][column] = 0 }
            for tap in 0..<side {
                let start = (next + tap) % side * width
                let weight = weights[tap]
                for column in 0..<width { means[map][column] += weight * across[map][start + column] }
            }
        }
    }
}
