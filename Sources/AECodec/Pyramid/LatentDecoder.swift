// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import Samples

/// Decodes the latents of one packing group into the bands of a plane.
package struct LatentDecoder {
    private let streams: UnpackedStreams
    private let rules: ae_latent_model
    private let level: ae_kernel_level

    init?(model: PyramidModel, level: ae_kernel_level) {
        guard let streams = UnpackedStreams() else { return nil }
        self.streams = streams
        rules = model.rules
        self.level = level
    }

    /// Decodes some tiles of a plane.
    package func decode(
        _ group: LatentGroup, tiles: Range<Int>, plane: PyramidPlane, index: Int,
        bytes: UnsafeRawBufferPointer
    ) throws(DecodeError) {
        let map = PredictionParameters.streamOfClass(starts: group.classStarts)
        let work = UnsafeMutableRawPointer.allocate(byteCount: plane.workByteCount, alignment: 64)
        defer { unsafe work.deallocate() }
        var centroids = [Int8](repeating: 0, count: 3 * AE_RAW_CLASSES)
        for (stream, three) in group.centroids.enumerated() {
            for k in 0..<3 { centroids[3 * stream + k] = three[k] }
        }
        let half = 1 << (plane.parameters.tileExponent - 2)
        let rules = rules
        let level = level
        try unsafe streams.withStreams(
            group.streams, map: map, slack: half * half + 4096, index: index, bytes: bytes
        ) { streams in
            unsafe centroids.withUnsafeBytes { centroids in
                var rules = rules
                for tile in tiles {
                    var latents = unsafe plane.latentTile(tile, work: work)
                    guard
                        unsafe ae_decode_latents(
                            level, &rules, &latents, &streams,
                            centroids.baseAddress?.assumingMemoryBound(to: (Int8, Int8, Int8).self), 1) == 0
                    else { return false }
                }
                return true
            }
        }
    }
}
