// SPDX-License-Identifier: Apache-2.0
package import AECodec
package import Samples

/// What lifting steps cost on some images with fixed scale rules, against CDF 9/7.
package struct LiftingCost: Sendable {
    /// One image at one step, and what CDF 9/7 makes of it.
    private struct Trial: Sendable {
        var image: RateTrial
        var step: Double
        var start: RateTrial.Outcome
    }

    private let trials: [Trial]
    private let weights: [UInt16]

    /// Finds the steps at which CDF 9/7 has some rates.
    ///
    /// - Parameters:
    ///   - images: Small images of one frame.
    ///   - rates: Bits a sample at which every image is tried.
    ///   - weights: The scale rules.
    /// - Throws: ``EncodeError`` if an image is too deep.
    package init(_ images: [SampleArray], rates: [Double], weights: [UInt16]) throws(EncodeError) {
        self.weights = weights
        var tried: [RateTrial] = []
        for image in images { tried.append(try RateTrial(image)) }
        let model = PyramidModel(lifting: .cdf97, scales: BandScales(lifting: .cdf97), rule: .linear(weights))
        trials = try concurrently(images.count * rates.count, threads: 0) {
        } _: { [tried] _, number throws(EncodeError) in
            let image = tried[number / rates.count]
            var low = 0.25
            var high = Double(image.maximumCode) + 1
            for _ in 0..<8 {
                let middle = (low * high).squareRoot()
                let rate = try image.outcome(model, step: middle).rate
                if rate > rates[number % rates.count] { low = middle } else { high = middle }
            }
            return Trial(image: image, step: high, start: try image.outcome(model, step: high))
        }
    }

    /// The bits that candidates need beyond those of CDF 9/7, as a share: the mean over all images and rates.
    ///
    /// With the same steps both are at the same slope of rate and distortion, so the difference of their
    /// Lagrangians over that slope is the distance of their curves in bits.
    ///
    /// - Parameter candidates: Lifting steps; nil is far worse than any.
    /// - Returns: A share for every candidate; negative where it is better than CDF 9/7.
    /// - Throws: ``EncodeError`` if memory runs out.
    package func shares(_ candidates: [Lifting?]) throws(EncodeError) -> [Double] {
        let all = try concurrently(candidates.count * trials.count, threads: 0) {
        } _: { _, number throws(EncodeError) in
            guard let lifting = candidates[number / trials.count] else { return 1.0 }
            let trial = trials[number % trials.count]
            let model = PyramidModel(
                lifting: lifting, scales: BandScales(lifting: lifting), rule: .linear(weights))
            let outcome = try trial.image.outcome(model, step: trial.step)
            let start = trial.start.cost(step: trial.step)
            return (outcome.cost(step: trial.step) - start) / (start - trial.start.distortion)
        }
        return stride(from: 0, to: all.count, by: trials.count).map { first in
            all[first..<first + trials.count].reduce(0, +) / Double(trials.count)
        }
    }
}
