// SPDX-License-Identifier: Apache-2.0
import AECodec

/// What an encoder spends on a smaller archive; decoders never know.
///
/// This is the whole difference between the levels of `--effort`.
struct Effort: Equatable, Sendable {
    /// Which quantiser latents are given.
    var quantizer: PyramidParameters.Quantizer
    /// Whether latents of images are coded by probabilities that learn.
    var learns: Bool
    /// Passes of rate-distortion optimised quantisation, each with the costs of the one before.
    var quantizationPasses: Int
    /// Turns of fitting predictors to blocks and choosing among them.
    var fitRounds: Int
    /// What the distance of the samples that predictors are fitted to is multiplied by, at least one sample.
    var fitDistance: Double
    /// Whether short class streams are packed in all forms, not only in those of their entropy.
    var triesAllForms: Bool
    /// What groups of pages and screens that are coded by learning probabilities, slow to decode, may be of plain ones;
    /// 0 where they are not tried.
    var adaptiveShare: Double
    /// Whether all groups of small images are tried so too, however many frames there are.
    var triesSmallAdaptive: Bool
    /// Whether the built-in models are compared on the image; otherwise the first is taken.
    var comparesModels: Bool
    /// What is done without.
    var withheld: CodingPart?

    /// What groups of small images that are coded by learning probabilities may be of plain ones.
    static let smallAdaptiveShare = 0.9925

    /// The levels there are; others count as the next lower one.
    fileprivate static let table: [(level: Int, effort: Effort)] = [
        (
            1,
            Effort(
                quantizer: .scalar, learns: false, quantizationPasses: 1, fitRounds: 2, fitDistance: 4,
                triesAllForms: false,
                adaptiveShare: 0, triesSmallAdaptive: false, comparesModels: false)
        ),
        (
            5,
            Effort(
                quantizer: .dependent, learns: true, quantizationPasses: 1, fitRounds: 2, fitDistance: 1,
                triesAllForms: true, adaptiveShare: 0.95, triesSmallAdaptive: false,
                comparesModels: true)
        ),
        (
            9,
            Effort(
                quantizer: .dependent, learns: true, quantizationPasses: 2, fitRounds: 5, fitDistance: 0.25,
                triesAllForms: true, adaptiveShare: smallAdaptiveShare, triesSmallAdaptive: true,
                comparesModels: true)
        ),
    ]
}

extension Effort {
    /// - Parameter level: 1 to 9.
    init(level: Int) {
        self = Self.table.last { $0.level <= level }?.effort ?? Self.table[0].effort
    }

    /// What lossy coding of images spends.
    init(_ options: EncodeOptions) {
        self.init(level: options.effort)
        withheld = options.withheld
        learns = options.adaptiveShare.map { $0 > 0 } ?? learns
        switch withheld {
        case .trellis: quantizer = .scalar
        case .learning, .classes, .joining: learns = false
        default: break
        }
    }
}
