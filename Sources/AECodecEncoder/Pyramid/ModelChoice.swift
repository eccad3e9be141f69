// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples

/// Which built-in model suits an image: the first one, unless another makes a part of it clearly smaller.
///
/// Networks gain on everything that a scanner or a camera sees, mostly four hundredths and more; on drawings, checks
/// and printed pages, which they have not learned from, simple contexts may gain more.
enum ModelChoice {
    /// Sides of the middle of the image that models are tried on.
    private static let side = 256
    /// Samples of a frame below which nothing is to be gained.
    private static let fewestSamples = 1 << 14
    /// The part of the bytes of the first model that another may take at most.
    private static let share = 0.985
    /// Models are compared at the noise of the image, and within these parts of the greatest code: drawings have none,
    /// or nothing but edges.
    private static let steps = 1.0 / 128...1.0 / 32

    static func model(for samples: SampleArray, options: EncodeOptions) throws(EncodeError) -> Model {
        let first = Model.builtIn[0]
        guard Effort(level: options.effort).comparesModels, samples.extent.samplesPerFrame >= fewestSamples
        else { return first }
        let middle = samples.middle(side: side)
        let noise = NoiseEstimate.standardDeviation(of: middle)
        var best = (model: first, bytes: share * Double(try byteCount(middle, first, noise: noise, options)))
        for model in Model.builtIn.dropFirst() where !model.isForSignals {
            let bytes = Double(try byteCount(middle, model, noise: noise, options))
            if bytes < best.bytes { best = (model, bytes) }
        }
        return best.model
    }

    private static func byteCount(
        _ samples: SampleArray, _ model: Model, noise: Double, _ options: EncodeOptions
    ) throws(EncodeError) -> Int {
        var options = options
        options.model = model
        let encoder = try LossyEncoder(samples, options: options)
        let range = encoder.unit * encoder.maximumCode
        let step = min(max(noise, range * steps.lowerBound), range * steps.upperBound)
        return try encoder.encode(step: step).groups.reduce(0) { $0 + $1.body.count }
    }
}
