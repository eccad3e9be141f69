// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
package import Samples

/// What packing costs aecodec's lossy archives over the entropies of their classes before any are merged.
package struct PackingMeasurement: Sendable {
    /// The common step in stored units.
    package let step: Double
    /// Bytes of the bodies of all packing groups.
    package let byteCount: Int
    /// Bytes of the residuals of every group and raw class at their empirical entropy.
    package let entropyByteCount: Double

    /// Bytes over entropies.
    package var share: Double { Double(byteCount) / entropyByteCount }

    /// Measures an image at steps of a quarter of its noise to eight times its noise.
    package static func measure(_ samples: SampleArray) throws -> [PackingMeasurement] {
        let encoder = try LossyEncoder(samples, options: EncodeOptions())
        return try LossyEncoder.steps(for: samples).map { step in
            let found = try encoder.packingEfficiency(step: step)
            return PackingMeasurement(
                step: step, byteCount: found.byteCount, entropyByteCount: found.entropyByteCount)
        }
    }
}
