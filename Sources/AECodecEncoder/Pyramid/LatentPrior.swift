// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// What is known of the residuals of a class before any is seen: they are about those of a Laplace distribution whose
/// width and center follow from the class.
package struct LatentPrior {
    /// Probabilities of residuals by class; of residual r at 2 |r|, plus 1 if it is negative, and the last two
    /// those of -19 and 19.
    let probabilities: [Double]

    static let symbolCount = Int(AE_LATENT_SYMBOLS)
    private static let direct = 18

    /// - Parameters:
    ///   - set: The classes.
    ///   - quantizer: What makes residuals.
    ///   - isShaped: Whether ``ResidualShapes`` correct the distributions of networks.
    init(_ set: LatentClassSet, quantizer: PyramidParameters.Quantizer, isShaped: Bool = true) {
        let shapes = if case .networks = set, isShaped { ResidualShapes.excess } else { [Int8]() }
        var probabilities: [Double] = []
        for c in 0..<set.detailClassCount {
            let distribution: Laplace
            switch set {
            case .linear, .signals:
                distribution = Laplace(meanMagnitude: Self.meanMagnitude(c / 2), quantizer: quantizer)
            case .networks:
                distribution = Laplace(
                    center: Self.bucketCenters[c / 2 % 8], scale: Self.networkScale(c / 16))
            }
            let isBeyondZero = set.isBeyondZero(c)
            for symbol in 0..<Self.symbolCount {
                let magnitude = symbol < 2 * Self.direct + 2 ? symbol / 2 : Self.direct + 1
                let residual = symbol % 2 == 0 ? magnitude : -magnitude
                let mass = distribution.mass(residual, quantizer: c % 2, isBeyondZero: isBeyondZero)
                let excess = shapes.isEmpty ? 0 : shapes[ResidualShapes.place(c, residual: residual)]
                probabilities.append(mass * exp2(-Double(excess) / ResidualShapes.unit))
            }
        }
        self.probabilities = probabilities
    }

    /// What decisions of adaptive latents of the classes of networks are expected to be: what ``LatentPriors/logits`` holds.
    package static var logits: [Int8] {
        let prior = LatentPrior(.networks, quantizer: .dependent)
        return (0..<LatentClassSet.networks.detailClassCount).flatMap { c in
            let own = prior.probabilities[symbolCount * c..<symbolCount * (c + 1)]
            let positive = (1...direct).map { own[own.startIndex + 2 * $0] }
            let negative = (1...direct).map { own[own.startIndex + 2 * $0 + 1] }
            var larger = positive.reduce(0, +) + negative.reduce(0, +)
            var logits = [
                logit(own[own.startIndex], larger), logit(negative.reduce(0, +), positive.reduce(0, +)),
            ]
            for (positive, negative) in zip(positive, negative).prefix(LatentPriors.nodeCount - 2) {
                larger -= positive + negative
                logits.append(logit(positive + negative, larger))
            }
            return logits
        }
    }

    /// A logit in 1/16.
    private static func logit(_ probability: Double, _ other: Double) -> Int8 {
        let least = 1e-9
        // exp2(1.4426...) is e.
        let logit = log2(max(probability, least) / max(other, least)) / 1.4426950408889634
        return Int8(max(-127, min(127, (16 * logit).rounded())))
    }

    /// Scales of the bins of networks. (Spec/network.md, section 4)
    static func networkScale(_ bin: Int) -> Double { exp(-3.5 + 0.25 * Double(bin)) }

    /// Means less their rounded part, by bucket.
    private static let bucketCenters = [0.02, 0.08, 0.18, 0.37, -0.37, -0.12, 0.12, 0.37]

    /// The mean magnitude, in steps, that a raw class stands for.
    private static func meanMagnitude(_ raw: Int) -> Double { 1.09 * exp2(Double(raw - 1) / 4 - 12) }

    /// By how many bits histograms of a class are coarsened.
    static func shifts(_ set: LatentClassSet) -> [UInt8] {
        // A raw class says how large its residuals are; the histogram is as fine as they need.
        let ofRaw = { (raw: Int) in UInt8(max(0, (raw - 1) / 4 - 17)) }
        let details = (0..<set.detailClassCount).map { c in
            switch set {
            case .linear, .signals: ofRaw(c / 2)
            // The last bin is open.
            case .networks: c / 16 == 31 ? UInt8(4) : UInt8(0)
            }
        }
        return details + (0..<LatentClassSet.lowClassCount).map(ofRaw)
            + [UInt8](repeating: 4, count: set.eventClassCount)
    }
}

extension LatentClassSet {
    /// Whether the mean of a class is half a step or more away from zero, so that indexes lie on one side of it.
    fileprivate func isBeyondZero(_ c: Int) -> Bool {
        if case .networks = self { c / 2 % 8 >= 4 } else { false }
    }
}

/// A two-sided exponential distribution.
private struct Laplace {
    var center = 0.0
    var scale: Double

    init(center: Double, scale: Double) {
        self.center = center
        self.scale = scale
    }

    /// The one whose quantised magnitudes have a mean.
    init(meanMagnitude: Double, quantizer: PyramidParameters.Quantizer) {
        scale = 1
        var low = 1e-3
        var high = 1e5
        for _ in 0..<50 {
            scale = (low * high).squareRoot()
            let first = quantizedMagnitude(0)
            let mean = quantizer == .scalar ? first : (first + quantizedMagnitude(1)) / 2
            if mean < meanMagnitude { low = scale } else { high = scale }
        }
    }

    /// Half the width of the cell of zero in steps: quantisers that weigh bits widen it a little.
    private static let zeroCell = [0.52, 0.26]

    /// The mean magnitude after one of the quantisers.
    private func quantizedMagnitude(_ quantizer: Int) -> Double {
        let edge = Self.zeroCell[quantizer]
        let first = quantizer == 0 ? 1.0 : 0.5
        // Magnitudes first, first + 1, ...; the first cell ends half a step above.
        let nonzero = exp(-edge / scale)
        let tail = exp(-(first + 0.5) / scale)
        return nonzero * first + tail / (1 - exp(-1 / scale))
    }

    private func cumulative(_ x: Double) -> Double {
        let t = (x - center) / scale
        return t < 0 ? 0.5 * exp(t) : 1 - 0.5 * exp(-t)
    }

    /// The probability of a cell, without cancellation in the tails.
    private func mass(_ low: Double, _ high: Double) -> Double {
        if low >= center { return 0.5 * (exp((center - low) / scale) - exp((center - high) / scale)) }
        return cumulative(high) - cumulative(low)
    }

    /// The probability of a residual of one of the two quantisers.
    ///
    /// - Parameters:
    ///   - residual: The residual.
    ///   - quantizer: 0 or 1.
    ///   - isBeyondZero: Whether indexes count from a mean that is far from zero; otherwise residuals are the
    ///     indexes.
    /// - Returns: The probability.
    func mass(_ residual: Int, quantizer: Int, isBeyondZero: Bool) -> Double {
        if isBeyondZero {
            let point = Double(residual) - 0.5 * Double(quantizer)
            return mass(point - 0.5, point + 0.5)
        }
        let edge = Self.zeroCell[quantizer]
        if residual == 0 { return mass(-edge, edge) }
        let magnitude = Double(abs(residual))
        let point = magnitude - 0.5 * Double(quantizer)
        let low = magnitude == 1 ? edge : point - 0.5
        return residual > 0 ? mass(low, point + 0.5) : mass(-point - 0.5, -low)
    }
}
