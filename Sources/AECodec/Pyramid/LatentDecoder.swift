// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import Samples

/// Decodes the latents of packing groups into the bands of planes; one serves one thread.
@safe
final class LatentDecoder {
    private let streams: UnpackedStreams
    private let model: PyramidModel
    private let kernels: ae_kernel_level
    private lazy var adaptive = AdaptiveLatents(level: kernels)
    private var work = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 64)

    init?(model: PyramidModel, level: ae_kernel_level) {
        guard let streams = UnpackedStreams() else { return nil }
        self.streams = streams
        self.model = model
        kernels = level
    }

    deinit { unsafe work.deallocate() }

    /// Latents that a class stream may run past its end before that is noticed: those of the low band, or of a
    /// phase of the largest band of a tile.
    static func slack(_ layout: PyramidLayout, levels: ClosedRange<Int>) -> Int {
        let (rows, columns) = layout.largestPart(level: levels.lowerBound + 1)
        return rows * columns
    }

    /// Decodes one group, or its first tiles.
    ///
    /// - Parameters:
    ///   - residuals: Those of the group.
    ///   - levels: What it holds, as ``PyramidLayout/latentCount(tile:levels:)`` takes them.
    ///   - tiles: The planes and tiles that are decoded, in order; the first ones of the group, or all.
    ///   - lastLevels: What of the last of these tiles is decoded.
    ///   - isWhole: Whether these are all latents of the group.
    ///   - index: Its number, for errors.
    ///   - bytes: The archive.
    /// - Throws: ``DecodeError`` if streams and latents do not fit together.
    func decode(
        _ residuals: LatentResiduals, levels: ClosedRange<Int>, tiles: [(plane: PyramidPlane, tile: Int)],
        lastLevels: ClosedRange<Int>, isWhole: Bool, index: Int, bytes: UnsafeRawBufferPointer
    ) throws(DecodeError) {
        guard let plane = tiles.first?.plane else { return }
        let byteCount = plane.workByteCount(model)
        reserve(byteCount + PyramidPlane.sinkByteCount(plane.window))
        guard let work = unsafe work.baseAddress else { return }
        let sink = unsafe (work + byteCount).assumingMemoryBound(to: Int32.self)
        let kernels = kernels
        let forEachTile = { (body: (inout ae_latent_tile) -> Bool) -> Bool in
            for (number, (plane, tile)) in tiles.enumerated() {
                var latents = unsafe plane.latentTile(
                    tile, levels: number == tiles.count - 1 ? lastLevels : levels, work: work, sink: sink)
                guard unsafe body(&latents) else { return false }
            }
            return true
        }
        switch residuals {
        case .adaptive(let range, let changes):
            let centroids = CentroidChange.centroids(of: model, changedBySets: changes)
            let isRead = unsafe model.kernelRule.with { rule in
                unsafe adaptive.reads(bytes, range, rule: &rule) { source, rule in
                    _ = unsafe forEachTile { latents in
                        unsafe ae_code_latents(kernels, &rule, &latents, source, centroids)
                        return true
                    }
                }
            }
            guard isRead || !isWhole else { throw .damagedGroup(group: index) }
        case .streams(let group):
            let centroids = group.centroids(model.centroids)
            try unsafe streams.withStreams(
                group.streams, map: [], slack: Self.slack(plane.layout, levels: levels), index: index,
                bytes: bytes
            ) { streams in
                unsafe model.kernelRule.with { rule in
                    let isDone = unsafe forEachTile { latents in
                        unsafe ae_decode_latents(
                            kernels, &rule, &latents, &streams, group.streamOfClass, centroids) == 0
                    }
                    return !isDone ? .ranOut : isWhole ? .usedUp : .leftEarly
                }
            }
        }
    }

    private func reserve(_ byteCount: Int) {
        guard unsafe work.count < byteCount else { return }
        unsafe work.deallocate()
        unsafe work = .allocate(byteCount: byteCount, alignment: 64)
    }
}
