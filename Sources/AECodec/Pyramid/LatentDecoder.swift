// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import Samples

/// Decodes the latents of packing groups into the bands of planes; one serves one thread.
@safe
final class LatentDecoder {
    private let streams: UnpackedStreams
    private let rules: ae_latent_model
    private let kernels: ae_kernel_level
    private var work = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 64)

    init?(model: PyramidModel, level: ae_kernel_level) {
        guard let streams = UnpackedStreams() else { return nil }
        self.streams = streams
        rules = model.rules
        kernels = level
    }

    deinit { unsafe work.deallocate() }

    /// Decodes one group.
    ///
    /// - Parameters:
    ///   - group: The group, taken apart.
    ///   - levels: What it holds, as ``PyramidLayout/latentCount(tile:levels:)`` takes them.
    ///   - tiles: Its planes and tiles in order; tiles that their planes do not need end its decoding early.
    ///   - index: Its number, for errors.
    ///   - bytes: The archive.
    /// - Throws: ``DecodeError`` if streams and latents do not fit together.
    func decode(
        _ group: LatentGroup, levels: ClosedRange<Int>, tiles: [(plane: PyramidPlane, tile: Int)],
        index: Int, bytes: UnsafeRawBufferPointer
    ) throws(DecodeError) {
        guard let plane = tiles.first?.plane else { return }
        let map = PredictionParameters.streamOfClass(starts: group.classStarts)
        reserve(plane.workByteCount + plane.sinkByteCount)
        guard let work = unsafe work.baseAddress else { return }
        let sink = unsafe (work + plane.workByteCount).assumingMemoryBound(to: Int32.self)
        var centroids = [Int8](repeating: 0, count: 3 * AE_RAW_CLASSES)
        for (stream, three) in group.centroids.enumerated() {
            for k in 0..<3 { centroids[3 * stream + k] = three[k] }
        }
        // Symbols of what is not needed stand between others; only what comes last can be left out.
        let last = tiles.lastIndex { $0.plane.window.finestLevel(tile: $0.tile) != nil } ?? 0
        // A stream is looked at after the low band and after each phase of a band.
        let slack = 1 << (2 * (plane.layout.tileExponent - levels.lowerBound) - 2)
        let kernels = kernels
        try unsafe streams.withStreams(
            group.streams, map: map, slack: slack + 4096, index: index, bytes: bytes
        ) { streams in
            unsafe centroids.withUnsafeBytes { centroids in
                let centroids = unsafe centroids.baseAddress?.assumingMemoryBound(to: (Int8, Int8, Int8).self)
                var rules = rules
                var range = levels
                for (number, (plane, tile)) in tiles[...last].enumerated() {
                    if number == last, let finest = plane.window.finestLevel(tile: tile) {
                        range = max(levels.lowerBound, min(finest, levels.upperBound) - 1)...levels.upperBound
                    }
                    var latents = unsafe plane.latentTile(tile, levels: range, work: work, sink: sink)
                    guard unsafe ae_decode_latents(kernels, &rules, &latents, &streams, centroids) == 0 else {
                        return .ranOut
                    }
                }
                return range == levels && last == tiles.count - 1 ? .usedUp : .leftEarly
            }
        }
    }

    private func reserve(_ byteCount: Int) {
        guard unsafe work.count < byteCount else { return }
        unsafe work.deallocate()
        unsafe work = .allocate(byteCount: byteCount, alignment: 64)
    }
}
