// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
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
            // Frames that are missing are 0.
            if isTruncated { unsafe buffer.initialize(repeating: 0) }
            let target = unsafe PyramidSynthesis.Target(codes: base, stride: extent.columns)
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

    /// Values that are worth as many threads as there are.
    private static let batchSize = 1 << 22

    /// Frame sets that are decoded at the same time.
    private func batches(_ sets: [FrameSet], _ window: PyramidWindow) -> [[FrameSet]] {
        var batches: [[FrameSet]] = []
        var size = 0
        for set in sets {
            if size == 0 { batches.append([]) }
            batches[batches.count - 1].append(set)
            size += set.frames.count * extent.channels * window.valueCount
            if size >= Self.batchSize { size = 0 }
        }
        return batches
    }

    private func decode(
        _ batch: [FrameSet], _ window: PyramidWindow, _ container: Container, _ options: DecodeOptions,
        _ kernels: ae_kernel_level, frames: Range<Int>, into target: PyramidSynthesis.Target,
        samplesPerFrame: Int
    ) throws(DecodeError) {
        let planes = batch.map { set in
            set.frames.indices.flatMap { _ in
                (0..<extent.channels).map { _ in
                    PyramidPlane(window, parameters: parameters, boundaries: boundaries(of: set))
                }
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
                    let (set, place) = stage[number]
                    try decode(place, container, into: planes[set], decoder)
                }
            }
        }
        let synthesis = PyramidSynthesis(
            model: model, kernels: kernels, threads: options.threads, maximumCode: map.maximumCode,
            fractionBits: parameters.fractionBits)
        let map = PreparedMap(map, lowBits: 0)
        let columns = window.wanted.columns.count
        for (set, planes) in zip(batch, planes) {
            for (number, plane) in planes.enumerated() {
                let frame = set.frames.lowerBound + number / extent.channels
                guard frames.contains(frame) else { continue }
                let to = unsafe PyramidSynthesis.Target(
                    codes: target.codes + (frame - frames.lowerBound) * samplesPerFrame + number
                        % extent.channels * window.wanted.count, stride: target.stride)
                unsafe synthesis.run(plane, into: to) { codes, rows in
                    // Synthesis has limited the codes already.
                    _ = unsafe map.apply(codes, stride: to.stride, rows: rows, columns: columns)
                }
            }
        }
    }

    /// Levels between which groups of a set part.
    private func boundaries(of set: FrameSet) -> [Int] {
        Set(groups[set.groups].map { $0.group.header.levels.lowerBound + 1 }).filter { $0 > 1 }.sorted()
    }

    /// The groups that are needed, with the places of their sets in the batch: first the coarsest of all
    /// sets, then the next finer ones.
    private func stages(_ batch: [FrameSet], _ window: PyramidWindow) -> [[(set: Int, place: Int)]] {
        var stages: [Int: [(set: Int, place: Int)]] = [:]
        for (number, set) in batch.enumerated() {
            for place in set.groups {
                let header = groups[place].group.header
                let isNeeded = header.tiles.contains { tile in
                    window.finestLevel(tile: tile % layout.tileCount).map { $0 <= header.levels.upperBound }
                        ?? false
                }
                // Coarser groups of a tile give contexts to finer ones that are needed.
                if isNeeded { stages[header.levels.upperBound, default: []].append((number, place)) }
            }
        }
        return stages.keys.sorted(by: >).map { stages[$0] ?? [] }
    }

    private func decode(
        _ place: Int, _ container: Container, into planes: [PyramidPlane], _ decoder: LatentDecoder
    ) throws(DecodeError) {
        let (index, group) = groups[place]
        guard group.bodyRange.upperBound + StreamUnpacker.slack <= container.bytes.count else {
            throw .groupLength(group: index)
        }
        let (latents, _) = try latentGroup(place, in: container)
        let tiles = places(of: group.header).map { (plane: planes[$0.plane], tile: $0.tile) }
        var failure: DecodeError?
        unsafe container.bytes.withUnsafeBytes { bytes in
            do throws(DecodeError) {
                try unsafe decoder.decode(
                    latents, levels: group.header.levels, tiles: tiles, index: index, bytes: bytes)
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Input, result, the bands of a batch, and what threads need for themselves.
    private func checkMemory(
        _ container: Container, _ window: PyramidWindow, _ sets: [FrameSet], result: Int,
        options: DecodeOptions
    ) throws(DecodeError) {
        let threads = options.threads == 0 ? processorCount : options.threads
        let largest = sets.reduce(0) { max($0, $1.frames.count) } * extent.channels
        let planes = largest * window.byteCount + min(4 * Self.batchSize, window.byteCount * sets.count)
        let strips = PyramidSynthesis.scratchByteCount(window, margin: model.lifting.margin)
        let latents = sets.reduce(0) { largest, set in
            groups[set.groups].reduce(largest) { largest, group in
                let header = group.group.header
                let perTile = 1 << (2 * (layout.tileExponent - header.levels.lowerBound))
                let tiles = header.frames.count * header.tiles.count
                return max(largest, min(tiles * perTile, header.frames.count * extent.samplesPerFrame))
            }
        }
        let work = 6 * latents + PyramidPlane.workByteCount(layout) + 1 << 20
        let needed = container.bytes.count + result + planes + threads * max(strips, work)
        guard needed <= options.maximumMemory else {
            throw .memoryLimit(needed: needed, limit: options.maximumMemory)
        }
    }
}
