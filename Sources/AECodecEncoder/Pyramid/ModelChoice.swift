// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AEMetrics
import Samples

/// Which built-in models suit an image: the first one, unless another is better on a part of it.
///
/// Networks gain on everything that a scanner or a camera sees, mostly four hundredths and more; on drawings, checks
/// and printed pages, which they have not learned from, simple contexts may gain more.
enum ModelChoice {
    /// Sides of the middle of the image that models are tried on.
    private static let side = 256
    /// Samples of a frame below which nothing is to be gained.
    private static let fewestSamples = 1 << 14
    /// The part of the cost of the first model by which another has to be better.
    private static let margin = 0.003
    /// Models are compared at the step that the target asks for, or about needs, within these parts of the greatest
    /// code.
    private static let steps = 1.0 / 4096...1.0 / 4

    /// Images of so few values are drawings.
    ///
    /// What they cost jumps with the step, so that no part and no other step
    /// tells which model suits them.
    private static let fewValues = 16

    /// - Parameters:
    ///   - samples: The image.
    ///   - target: What archives are to meet.
    ///   - options: The effort.
    /// - Returns: The model that suits the image, or several to be tried.
    /// - Throws: ``EncodeError`` if memory runs out.
    static func models(
        for samples: SampleArray, _ target: LossyTarget, options: EncodeOptions
    ) throws(EncodeError) -> [Model] {
        let all = Model.newestOfImages
        guard Effort(level: options.effort).comparesModels, samples.extent.samplesPerFrame >= fewestSamples
        else { return Array(all.prefix(1)) }
        let middle = samples.middle(side: side)
        if middle.hasFewValues(fewValues) { return all }
        let first = all[0]
        let step = try target.step(for: middle, cellBits: 8 * samples.format.byteCount)
        let cost = try bits(middle, first, step: step, options)
        var best = (model: first, bits: (1 - margin) * cost)
        for model in all.dropFirst() {
            let bits = try bits(middle, model, step: step, options)
            if bits < best.bits { best = (model, bits) }
        }
        return [best.model]
    }

    /// Bits of an archive and of what its error is worth to the quantiser.
    private static func bits(
        _ samples: SampleArray, _ model: Model, step: Double, _ options: EncodeOptions
    ) throws(EncodeError) -> Double {
        var options = options
        options.model = model
        let encoder = try LossyEncoder(samples, options: options)
        let range = encoder.unit * encoder.maximumCode
        let step = min(max(step, range * steps.lowerBound), range * steps.upperBound)
        let (content, difference) = try encoder.measured(
            step: step, mode: .unmeasured(bitsStored: samples.format.bitsStored), options: options)
        return LatentEncoder.cost(
            byteCount: content.groups.reduce(0) { $0 + $1.body.count },
            sampleCount: samples.extent.sampleCount, error: difference.meanSquaredError,
            step: step)
    }
}

extension SampleArray {
    /// Whether no more than `count` values occur.
    fileprivate func hasFewValues(_ count: Int) -> Bool {
        var values: Set<Int> = []
        for place in 0..<extent.sampleCount where values.insert(self[place]).inserted {
            if values.count > count { return false }
        }
        return true
    }
}
