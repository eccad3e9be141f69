// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Small bright structures of an image, and how much of their contrast a decoded image keeps.
///
/// In reader studies of compressed mammograms microcalcifications are what suffers first: W. F. Good et al.,
/// "Observer performance study of compressed mammograms", found their detection to fall where that of masses
/// did not (2000); visually lossless ratios were set on regions that hold them in "Quantitative visually
/// lossless compression ratio determination of JPEG2000 in digitized mammograms" (J. Digital Imaging 2013)
/// and in the study of 80 digital mammograms in Clinical Radiology 66 (2011) 609-613. A mean over the whole
/// image does not see them: they are some hundred of several million samples.
///
/// Structures, from the original alone, at most 256 in a plane:
///
/// - Band-pass: the difference of two Gaussians of 1.2 and 2.4 samples, whose response is greatest for spots
///   three to four samples wide (0.2 to 0.4 mm at usual detectors).
/// - Noise: the mean of its absolute values over the foreground of 65 x 65 samples around, times
///   sqrt(pi / 2), which for a normal distribution is the standard deviation.
/// - A spot is a sample that has the largest response of 7 x 7, at least 5 x the noise, and whose contrast
///   is as large; all of the 13 x 13 samples around are inside the image and ``Foreground``. Of more than
///   256 those with the largest response over noise count.
/// - Contrast: the mean of the 3 x 3 samples at the spot less the mean of the ring of samples whose distance
///   is 4 to 6. It is linear and taken at the place of the original's spot, so that noise of the decoded
///   image neither finds better places nor adds to the mean.
///
/// Contrast kept is that of the decoded image over that of the original, cut to 0...1: what is exaggerated
/// at one spot does not make up for what is lost at another. It is 1 for equal images, and falls under
/// blur; noise of the decoded image lowers it a little and never raises it.
public struct BrightSpots: Equatable, Sendable {
    /// Which way structures stand out in stored values.
    public enum Polarity: String, Equatable, Sendable {
        /// Larger values than around.
        case bright
        /// Smaller values: images that are displayed inverted, or as they left the detector.
        case dark
        /// Dark if there is background and its mean is above that of the foreground; else bright.
        case automatic
    }

    /// How much contrast a decoded image keeps.
    public struct Kept: Equatable, Sendable {
        /// The mean over the spots, 0 to 1.
        public let mean: Double
        /// The 10th percentile, between neighbors in proportion.
        public let worst: Double
    }

    /// Spots of all planes.
    public var count: Int { spots.count }

    /// Where the spots are, in the order of the samples.
    private let spots: [Spot]
    private let extent: Extent

    /// Finds the spots of an image.
    public init(_ original: SampleArray, foreground: Foreground, polarity: Polarity = .automatic) {
        precondition(foreground.mask.count == original.extent.sampleCount)
        extent = original.extent
        let isDark = Self.isDark(original, foreground, polarity)
        let planeSize = extent.rows * extent.columns
        spots = (0..<extent.frames * extent.channels).flatMap { index in
            let mask = Array(foreground.mask[index * planeSize..<(index + 1) * planeSize])
            var plane = Plane(original, plane: index, origin: 0)
            if isDark { plane.values = plane.values.map { -$0 } }
            return SpotSearch(plane, mask: mask).found.map { spot in
                var spot = spot
                spot.index += index * planeSize
                spot.contrast = isDark ? -spot.contrast : spot.contrast
                return spot
            }
        }
    }

    /// What a decoded image of the same extent keeps; nil without spots.
    public func kept(_ decoded: SampleArray) -> Kept? {
        precondition(decoded.extent == extent)
        guard !spots.isEmpty else { return nil }
        let shares = spots.map { spot in
            let contrast = SpotContrast.measure(columns: extent.columns, at: spot.index) {
                Double(decoded[$0])
            }
            return min(max(contrast / spot.contrast, 0), 1)
        }.sorted()
        let place = 0.1 * Double(shares.count - 1)
        let lower = Int(place)
        let upper = min(lower + 1, shares.count - 1)
        return Kept(
            mean: shares.reduce(0, +) / Double(shares.count),
            worst: shares[lower] + (place - Double(lower)) * (shares[upper] - shares[lower]))
    }

    private static func isDark(
        _ original: SampleArray, _ foreground: Foreground, _ polarity: Polarity
    ) -> Bool {
        guard polarity == .automatic else { return polarity == .dark }
        var sums = (inside: 0.0, outside: 0.0)
        var inside = 0
        for index in foreground.mask.indices {
            if foreground.mask[index] {
                sums.inside += Double(original[index])
                inside += 1
            } else {
                sums.outside += Double(original[index])
            }
        }
        let outside = foreground.mask.count - inside
        guard inside > 0, outside > 0 else { return false }
        return sums.outside / Double(outside) > sums.inside / Double(inside)
    }
}

/// A structure: where it is, and its contrast in stored units (below 0 if dark).
struct Spot: Equatable {
    var index: Int
    var contrast: Double
    /// Response over noise.
    var strength: Double
}

/// The contrast of a spot against the ring around it.
enum SpotContrast {
    /// The outer radius of the ring.
    static let reach = 6

    /// Rows and columns from the spot, of the samples at distances of 4 to 6.
    private static let ring: [(Int, Int)] = (-reach...reach).flatMap { row in
        (-reach...reach).compactMap { column in
            (16...36).contains(row * row + column * column) ? (row, column) : nil
        }
    }

    /// The mean of 3 x 3 samples less that of the ring.
    static func measure(columns: Int, at index: Int, value: (Int) -> Double) -> Double {
        var center = 0.0
        for row in -1...1 {
            for column in -1...1 { center += value(index + row * columns + column) }
        }
        var around = 0.0
        for (row, column) in ring { around += value(index + row * columns + column) }
        return center / 9 - around / Double(ring.count)
    }
}
