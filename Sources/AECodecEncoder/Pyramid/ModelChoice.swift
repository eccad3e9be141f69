// SPDX-License-Identifier: Apache-2.0
import AECodec
import Samples

/// Which built-in model suits an image: the one whose coefficients seem to take the fewest bits.
///
/// Long filters gain on textures and lose on sharp edges; on ten images at two qualities the estimate chose
/// as complete archives did but once, where they differed by a thousandth.
enum ModelChoice {
    /// Sides of the middle of the image that is looked at.
    private static let side = 1024
    /// Samples of a frame below which nothing is to be gained.
    private static let fewestSamples = 1 << 14

    static func model(for samples: SampleArray, options: EncodeOptions) throws(EncodeError) -> Model {
        guard Effort(level: options.effort).comparesModels, samples.extent.samplesPerFrame >= fewestSamples
        else { return Model.builtIn[0] }
        let middle = samples.middle(side: side)
        let step = NoiseEstimate.standardDeviation(of: middle)
        var best = (model: Model.builtIn[0], bits: Double.infinity)
        for model in Model.builtIn {
            var options = options
            options.model = model
            let bits = try LossyEncoder(middle, options: options).estimatedBits(step: step)
            if bits < best.bits { best = (model, bits) }
        }
        return best.model
    }
}
