// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Samples
import TestSupport
import Testing

@Suite struct RateTrialTests {
    /// What a training estimates is what an archive of the least effort has, but for streams that pay for themselves.
    @Test(arguments: [16.0, 100, 400]) func estimatesAreThoseOfArchives(step: Double) throws {
        let image = TestImage.make(
            .noise, extent: Extent(rows: 300, columns: 260),
            format: SampleFormat(bitsStored: 12, isSigned: false), seed: 31)
        var options = EncodeOptions(effort: 1)
        options.model = Model.builtIn[0]
        let container = try Container(encodeLossy(image, target: .step(step), options: options))
        let outcome = try RateTrial(image).outcome(PyramidModel.builtIn[0].model, step: step)
        let bits = 8 * container.groups.reduce(0) { $0 + $1.bodyRange.count }
        let samples = Double(image.extent.sampleCount)
        let mode = container.parts[0].mode
        #expect((0.95...1.05).contains(outcome.rate * samples / Double(bits)))
        #expect((0.9...1.1).contains(outcome.distortion / Double(mode.meanSquaredError)))
        #expect(outcome.cost(step: step) > outcome.distortion)
    }
}
