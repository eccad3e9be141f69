// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
package import Samples

extension LossyEncoder {
    /// What packing costs over the entropies of the raw classes, before any are merged.
    package struct PackingEfficiency: Sendable {
        /// Bytes of the bodies of all groups: streams, class starts and centroids.
        package var byteCount = 0
        /// Bytes that the residuals of every group and raw class take at their empirical entropy.
        package var entropyByteCount = 0.0
    }

    /// Encodes at a common step, as ``encode(step:cheapGroups:)`` does, and compares bytes with entropies.
    package func packingEfficiency(step: Double) throws(EncodeError) -> PackingEfficiency {
        let encoder = try latentEncoder()
        _ = setSteps(step)
        var result = PackingEfficiency()
        for header in stages.joined() {
            let tiles = tiles(of: header)
            result.byteCount += encoder.encode(tiles, levels: header.levels).count
            let count = tiles.reduce(0) {
                $0 + $1.plane.layout.latentCount(tile: $1.tile, levels: header.levels)
            }
            result.entropyByteCount += encoder.entropy(of: 0..<count) / 8
        }
        return result
    }

    /// Steps from near-lossless to coarse: shares and multiples of the noise of an image.
    package static func steps(for samples: SampleArray) -> [Double] {
        let noise = NoiseEstimate.standardDeviation(of: samples)
        return [0.25, 0.5, 1, 2, 4, 8].map { $0 * noise }
    }
}
