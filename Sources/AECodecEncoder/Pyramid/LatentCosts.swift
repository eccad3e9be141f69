// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// What residuals cost a quantiser, and where it expects to be reconstructed.
struct LatentCosts {
    /// Bits by class and symbol, as `ae_latent_costs` takes them.
    private(set) var bits: [Float]
    /// Reconstruction offsets in steps.
    let centroids: [Float]
    private let prior: LatentPrior

    /// A prior counts as much as this many residuals of a class.
    private static let priorWeight = 40.0
    private static let least = 1e-7

    init(_ model: PyramidModel, quantizer: PyramidParameters.Quantizer, isShaped: Bool = true) {
        self.init(
            model.rule.classSet, centroids: model.centroids, quantizer: quantizer, isShaped: isShaped)
    }

    init(
        _ set: LatentClassSet, centroids known: [Int8], quantizer: PyramidParameters.Quantizer,
        isShaped: Bool = true
    ) {
        prior = LatentPrior(set, quantizer: quantizer, isShaped: isShaped)
        bits = prior.probabilities.map { Float(-log2(max($0, Self.least))) }
        centroids = known.map { Float($0) / 64 }
    }

    /// Takes what residuals of a pass tell of their classes.
    mutating func learn(residuals: [Int16], classes: [UInt16], count: Int) {
        var histogram = emptyHistogram
        Self.add(residuals: residuals, classes: classes, count: count, to: &histogram)
        learn(histogram)
    }

    /// No residuals of any class yet.
    var emptyHistogram: [Double] { [Double](repeating: 0, count: bits.count) }

    /// Counts residuals by class and symbol.
    static func add(residuals: [Int16], classes: [UInt16], count: Int, to histogram: inout [Double]) {
        let symbolCount = LatentPrior.symbolCount
        let classCount = histogram.count / symbolCount
        for index in 0..<count {
            let c = Int(classes[index])
            guard c < classCount else { continue }
            let residual = Int(residuals[index])
            let magnitude = abs(residual)
            let symbol = magnitude <= 18 ? 2 * magnitude : symbolCount - 2
            histogram[symbolCount * c + symbol + (residual < 0 ? 1 : 0)] += 1
        }
    }

    /// Takes what was counted.
    mutating func learn(_ histogram: [Double]) {
        let symbolCount = LatentPrior.symbolCount
        for c in 0..<bits.count / symbolCount {
            let own = symbolCount * c..<symbolCount * (c + 1)
            let total = histogram[own].reduce(0, +) + Self.priorWeight
            for place in own {
                let expected = Self.priorWeight * prior.probabilities[place]
                bits[place] = Float(-log2(max((histogram[place] + expected) / total, Self.least)))
            }
        }
    }

    /// Lends the costs to the kernels.
    func with<Result>(
        lambda: Float, trellis: UnsafeMutableRawPointer?, _ body: (inout ae_latent_costs) -> Result
    ) -> Result {
        unsafe bits.withUnsafeBufferPointer { bits in
            unsafe centroids.withUnsafeBufferPointer { centroids in
                var costs = unsafe ae_latent_costs(
                    bits: bits.baseAddress, centroids: centroids.baseAddress, lambda: lambda, trellis: trellis
                )
                return unsafe body(&costs)
            }
        }
    }
}
