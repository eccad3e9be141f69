// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import CSystem
import Samples

extension PyramidPart {
    /// Decodes frames, or a window of them, or of a reduction.
    func decode(
        _ container: Container, _ selection: SampleSelection, options: DecodeOptions
    ) throws(DecodeError) -> SampleArray {
        guard let kernels = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
        let window = try window(selection)
        var extent = extent
        extent.frames = selection.frames.count
        extent.rows = window.wanted.rows.count
        extent.columns = window.wanted.columns.count
        let wanted = sets.filter { $0.frames.overlaps(selection.frames) }
        try checkMemory(container, window, wanted, result: 2 * extent.sampleCount, options: options)

        var failure: DecodeError?
        let perFrame = extent.samplesPerFrame
        let values = unsafe [UInt16](unsafeUninitializedCapacity: extent.sampleCount) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            unsafe c_expect_whole_use(base, 2 * extent.sampleCount)
            // Frames that are missing are 0.
            if isTruncated { unsafe buffer.initialize(repeating: 0) }
            let target = unsafe PyramidSynthesis.Target(values: base, stride: extent.columns)
            do throws(DecodeError) {
                for batch in batches(wanted, window) {
                    try decode(
                        batch, window, container, options, kernels,
                        frames: selection.frames, into: target, samplesPerFrame: perFrame)
                }
                initialized = extent.sampleCount
            } catch { failure = error }
        }
        if let failure { throw failure }
        return SampleArray(extent: extent, format: format, storage: .narrow(values))
    }

    private func window(_ selection: SampleSelection) throws(DecodeError) -> PyramidWindow {
        guard (0...layout.levelCount).contains(selection.reduction) else {
            throw .noSuchReduction(asked: selection.reduction, levels: layout.levelCount)
        }
        return PyramidWindow(
            layout, reduction: selection.reduction, wanted: selection.window(of: extent),
            margin: model.lifting.margin)
    }

    /// Bytes of planes that are worth as many threads as there are.
    private static let batchByteCount = 1 << 24

    /// Bytes of the planes of a set.
    private func planeByteCount(_ set: FrameSet, _ window: PyramidWindow) -> Int {
        set.frames.count * extent.channels
            * PyramidPlane.byteCount(window, kept: keptLevels(of: set))
    }

    /// Frame sets that are decoded at the same time.
    private func batches(_ sets: [FrameSet], _ window: PyramidWindow) -> [[FrameSet]] {
        var batches: [[FrameSet]] = []
        var size = 0
        for set in sets {
            if size == 0 { batches.append([]) }
            batches[batches.count - 1].append(set)
            size += planeByteCount(set, window)
            if size >= Self.batchByteCount { size = 0 }
        }
        return batches
    }

    private func decode(
        _ batch: [FrameSet], _ window: PyramidWindow, _ container: Container, _ options: DecodeOptions,
        _ kernels: ae_kernel_level, frames: Range<Int>, into target: PyramidSynthesis.Target,
        samplesPerFrame: Int
    ) throws(DecodeError) {
        let planes = batch.map { set in
            let kept = keptLevels(of: set)
            return (0..<set.frames.count * extent.channels).map { _ in
                PyramidPlane(window, parameters: parameters, kept: kept)
            }
        }
        // Groups of one stage know nothing of each other; those of the next take up what they leave.
        for stage in stages(batch, window) {
            try WorkQueue<DecodeError>.run(stage.count, threads: options.threads) {
                queue throws(DecodeError) in
                guard let decoder = LatentDecoder(model: model, level: kernels) else {
                    throw .memoryLimit(needed: 0, limit: 0)
                }
                while let number = queue.take() {
                    try decode(stage[number], container, into: planes[stage[number].set], decoder)
                }
            }
        }
        let synthesis = PyramidSynthesis(
            model: model, kernels: kernels, threads: options.threads, map: map,
            fractionBits: parameters.fractionBits)
        for (set, planes) in zip(batch, planes) {
            for (number, plane) in planes.enumerated() {
                let frame = set.frames.lowerBound + number / extent.channels
                guard frames.contains(frame) else { continue }
                let to = unsafe PyramidSynthesis.Target(
                    values: target.values + (frame - frames.lowerBound) * samplesPerFrame + number
                        % extent.channels * window.wanted.count, stride: target.stride)
                synthesis.run(plane, into: to)
            }
        }
    }

    /// Levels that groups of a set leave for finer ones.
    private func keptLevels(of set: FrameSet) -> [Int] {
        PyramidPlane.keptLevels(
            layout, partings: groups[set.groups].map(\.group.header.levels.lowerBound), rule: model.rule)
    }

    /// A group that is needed: the place of its set in the batch, its own, and what of it is decoded.
    private struct NeededGroup {
        var set: Int
        var place: Int
        /// Tiles of all frames, the first ones of the group.
        var tileCount: Int
        /// What of the last of them is decoded.
        var lastLevels: ClosedRange<Int>
    }

    /// The groups that are needed: first the coarsest of all sets, then the next finer ones.
    private func stages(_ batch: [FrameSet], _ window: PyramidWindow) -> [[NeededGroup]] {
        var stages: [Int: [NeededGroup]] = [:]
        for (number, set) in batch.enumerated() {
            for group in neededGroups(set, number: number, window) {
                stages[groups[group.place].group.header.levels.upperBound, default: []].append(group)
            }
        }
        return stages.keys.sorted(by: >).map { stages[$0] ?? [] }
    }

    /// The groups of a set that are needed, from the first on.
    ///
    /// Symbols of what is not needed stand between others, so a group is decoded from its first tile on. Every
    /// tile that is decoded takes its contexts from coarser groups, which need not end where this one does.
    private func neededGroups(_ set: FrameSet, number: Int, _ window: PyramidWindow) -> [NeededGroup] {
        var needed: [NeededGroup] = []
        /// The finest level of the groups in work; the tiles that these take and, rising, that the next finer
        /// ones take.
        var level: Int?
        var taken: [Range<Int>] = []
        var finer: [Range<Int>] = []
        for place in set.groups.reversed() {
            let header = groups[place].group.header
            if header.levels.lowerBound != level {
                (level, finer, taken) = (header.levels.lowerBound, taken.reversed(), [])
            }
            let first = header.tiles.lowerBound
            let tiles = first..<first + header.frames.count * header.tiles.count
            while let last = finer.last, last.lowerBound >= tiles.upperBound { finer.removeLast() }
            let wholeTiles = max(0, min(finer.last?.upperBound ?? 0, tiles.upperBound) - first)
            var tileCount = wholeTiles
            var lastLevels = header.levels
            let last = header.tiles.last { tile in
                window.finestLevel(tile: tile % layout.tileCount).map { $0 <= header.levels.upperBound }
                    ?? false
            }
            if let last, let finest = window.finestLevel(tile: last % layout.tileCount) {
                let count = (header.frames.count - 1) * header.tiles.count + last - first + 1
                if count > wholeTiles {
                    tileCount = count
                    lastLevels = max(header.levels.lowerBound, finest - 1)...header.levels.upperBound
                }
            }
            guard tileCount > 0 else { continue }
            taken.append(first..<first + tileCount)
            needed.append(
                NeededGroup(set: number, place: place, tileCount: tileCount, lastLevels: lastLevels))
        }
        return needed.reversed()
    }

    private func decode(
        _ needed: NeededGroup, _ container: Container, into planes: [PyramidPlane],
        _ decoder: LatentDecoder
    ) throws(DecodeError) {
        let (index, group) = groups[needed.place]
        let (residuals, _) = try residuals(needed.place, in: container)
        let places = places(of: group.header)
        let tiles = places.prefix(needed.tileCount).map { (plane: planes[$0.plane], tile: $0.tile) }
        let isWhole = tiles.count == places.count && needed.lastLevels == group.header.levels
        try unsafe container.withBytes(behind: group) { bytes throws(DecodeError) in
            try unsafe decoder.decode(
                residuals, levels: group.header.levels, tiles: tiles, lastLevels: needed.lastLevels,
                isWhole: isWhole, index: index, bytes: bytes)
        }
    }

    /// Input, result, the bands of a batch, and what threads need for themselves.
    private func checkMemory(
        _ container: Container, _ window: PyramidWindow, _ sets: [FrameSet], result: Int,
        options: DecodeOptions
    ) throws(DecodeError) {
        let threads = options.threads == 0 ? processorCount : options.threads
        let sizes = sets.map { planeByteCount($0, window) }
        let planes = (sizes.max() ?? 0) + min(Self.batchByteCount, sizes.reduce(0, +))
        let strips = PyramidSynthesis.scratchByteCount(window, margin: model.lifting.margin)
        let work = sets.reduce(0) { largest, set in
            groups[set.groups].reduce(largest) { max($0, groupByteCount($1.group.header)) }
        }
        let coder = parameters.isAdaptive ? AdaptiveCoder.byteCount(columns: 0) : 0
        let tile =
            PyramidPlane.workByteCount(layout, model) + PyramidPlane.sinkByteCount(window) + coder + 1 << 20
        let needed =
            container.decodingByteCount + result + planes + threads * max(strips, work + tile)
        guard needed <= options.maximumMemory else {
            throw .memoryLimit(needed: needed, limit: options.maximumMemory)
        }
    }

    /// Bytes that the symbols and the tiles of a group take.
    private func groupByteCount(_ header: GroupHeader) -> Int {
        let tiles = header.frames.count * header.tiles.count
        let perTile = 1 << (2 * (layout.tileExponent - header.levels.lowerBound))
        let latents = min(tiles * perTile, header.frames.count * extent.samplesPerFrame)
        return 6 * latents + 2 * LatentDecoder.slack(layout, levels: header.levels) + 64 * tiles
    }
}
