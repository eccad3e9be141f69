// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AEMetrics
import Samples

extension LossyEncoder {
    /// The archive of a step, which states what it loses; the coefficients of the image are gone afterwards.
    ///
    /// Probabilities that learn are coded with all that a decoder has at hand, so what it reconstructs is there
    /// already, and only the synthesis is left. Class streams are decoded.
    ///
    /// - Parameters:
    ///   - step: The common step, in units of the samples.
    ///   - mode: What the archive states of itself, but for the errors.
    ///   - options: Threads, kernels and model.
    /// - Returns: The archive but for its source, and the errors.
    /// - Throws: ``EncodeError`` if memory runs out.
    func measured(
        step: Double, mode: CodingMode, options: EncodeOptions
    ) throws(EncodeError) -> (content: ContainerContent, difference: SampleDifference) {
        var content = try encode(step: step, rebuilds: effort.learns)
        content.parts[0].mode = mode
        let difference =
            effort.learns
            ? try content.stateErrors(of: samples, decoded: rebuilt())
            : try content.stateErrors(of: samples, model: options.model ?? Model.ofImages, options: options)
        return (content, difference)
    }

    /// What a decoder makes of bands that have been rebuilt.
    private func rebuilt() -> SampleArray {
        let synthesis = PyramidSynthesis(
            model: model, kernels: level, threads: threads, map: map, fractionBits: Self.fractionBits)
        let extent = samples.extent
        let values = unsafe [UInt16](unsafeUninitializedCapacity: extent.sampleCount) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            for (number, plane) in planes.enumerated() {
                let target = unsafe PyramidSynthesis.Target(
                    values: base + number * extent.rows * extent.columns, stride: extent.columns)
                synthesis.run(plane, into: target)
            }
            count = extent.sampleCount
        }
        return SampleArray(extent: extent, format: samples.format, storage: .narrow(values))
    }
}
