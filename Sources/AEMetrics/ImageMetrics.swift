// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Everything that is measured on a decoded image against its original.
public struct ImageMetrics: Equatable, Sendable {
    /// How much is measured.
    public struct Options: Equatable, Sendable {
        /// Whether structural similarity is measured.
        public var similarity = true
        /// Whether the foreground is told from the background; bright structures need it.
        public var foreground = true
        /// Whether the contrast of small structures is measured.
        public var spots = true
        /// Which way small structures stand out.
        public var polarity = BrightSpots.Polarity.automatic

        /// Everything.
        public static let full = Options()
        /// Only what a single pass over the samples gives: MSE, PSNR and the maximum error.
        public static let fast = Options(similarity: false, foreground: false, spots: false)

        /// Makes a choice.
        public init(
            similarity: Bool = true, foreground: Bool = true, spots: Bool = true,
            polarity: BrightSpots.Polarity = .automatic
        ) {
            self.similarity = similarity
            self.foreground = foreground
            self.spots = spots
            self.polarity = polarity
        }
    }

    /// The mean of squared differences in squared stored units (MSE).
    public var meanSquaredError: Double
    /// The peak signal-to-noise ratio in decibels, of ``SampleDifference``; nil if every sample is equal.
    public var psnr: Double?
    /// The largest absolute difference in stored units.
    public var maximumError: Int
    /// The same ratio over the ``Foreground``; nil if every sample of it is equal, or if not measured.
    public var foregroundPSNR: Double?
    /// Samples of the foreground over all, 0 to 1; nil if not measured.
    public var foregroundShare: Double?
    /// SSIM of ``StructuralSimilarity``; nil if the image is too small, or if not measured.
    public var ssim: Double?
    /// MS-SSIM of the same.
    public var multiScaleSSIM: Double?
    /// Scales of the latter; 5 unless the image is small.
    public var scaleCount: Int?
    /// Contrast kept by ``BrightSpots``, mean over them, 0 to 1; nil without any, or if not measured.
    public var brightContrast: Double?
    /// The 10th percentile of the same.
    public var brightContrastWorst: Double?
    /// Structures over which these were taken; nil if not measured.
    public var spotCount: Int?

    /// Measures a decoded image.
    ///
    /// For several decoded images of one original prepare an ``ImageReference``, which is faster.
    ///
    /// - Parameters:
    ///   - original: The image.
    ///   - decoded: What came back.
    ///   - options: How much is measured.
    /// - Returns: The measurements; nil if the extents differ.
    public static func measure(
        _ original: SampleArray, _ decoded: SampleArray, options: Options = .full
    ) -> ImageMetrics? {
        ImageReference(original, options: options).metrics(of: decoded)
    }
}

/// An original, with what the metrics need to know of it found once.
public struct ImageReference: Sendable {
    /// The image.
    public let original: SampleArray
    /// What is measured.
    public let options: ImageMetrics.Options
    /// Where the image shows something; nil if not asked for.
    public let foreground: Foreground?
    /// Its small structures; nil if not asked for.
    public let spots: BrightSpots?

    /// Prepares an image.
    public init(_ original: SampleArray, options: ImageMetrics.Options = .full) {
        self.original = original
        self.options = options
        let needed = options.foreground || options.spots
        let foreground = needed ? Foreground(original) : nil
        self.foreground = options.foreground ? foreground : nil
        spots =
            options.spots
            ? foreground.map { BrightSpots(original, foreground: $0, polarity: options.polarity) } : nil
    }

    /// Measures a decoded image; nil if its extent is another.
    public func metrics(of decoded: SampleArray) -> ImageMetrics? {
        SampleDifference(original, decoded).map { metrics(of: decoded, difference: $0) }
    }

    /// Measures a decoded image whose difference from the original is known.
    public func metrics(of decoded: SampleArray, difference: SampleDifference) -> ImageMetrics {
        let psnr = difference.psnr(bitsStored: original.format.bitsStored)
        let similarity = options.similarity ? StructuralSimilarity(original, decoded) : nil
        let kept = spots?.kept(decoded)
        return ImageMetrics(
            meanSquaredError: difference.meanSquaredError, psnr: psnr.isFinite ? psnr : nil,
            maximumError: difference.maximumError,
            foregroundPSNR: foreground?.psnr(original, decoded), foregroundShare: foreground?.share,
            ssim: similarity?.ssim, multiScaleSSIM: similarity?.multiScale,
            scaleCount: similarity?.scaleCount,
            brightContrast: kept?.mean, brightContrastWorst: kept?.worst, spotCount: spots?.count)
    }
}
