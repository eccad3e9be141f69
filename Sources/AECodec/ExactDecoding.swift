// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Samples

extension CodedPart {
    /// Decodes some frames, or a window of them.
    func decode(
        _ container: Container, _ selection: SampleSelection, options: DecodeOptions
    ) throws(DecodeError) -> SampleArray {
        if selection.layer == .base || selection.reduction > 0 {
            return try basePicture(container, selection, options: options)
        }
        let frames = selection.frames
        var extent = grid.extent
        extent.frames = frames.count
        let wanted = groups.filter { isWanted($0.group.header, selection) }
        // A group holds whole frames; those beside the wanted ones are decoded with it and dropped.
        let covered = wanted.reduce(frames) { frames, group in
            min(
                frames.lowerBound, group.group.header.frames.lowerBound)..<max(
                    frames.upperBound, group.group.header.frames.upperBound)
        }
        var whole = extent
        whole.frames = covered.count
        // What is asked for is copied out of what is decoded.
        let copies = covered == frames && selection.region == nil ? 0 : 2 * extent.sampleCount
        let result = (whole.sampleCount + copies) * (format.bitsStored <= 16 ? 2 : 4)
        try checkMemory(container, result: result, groups: wanted.map(\.group), options: options)
        let first = covered.lowerBound * extent.samplesPerFrame
        let codes = try base?.codes(container, frames: covered, options: options)
        let placed = codes.map {
            PlacedBase(codes: $0, rows: extent.rows, columns: extent.columns, first: first)
        }
        // Where the exact groups of a truncated archive are missing, the picture is that of the base.
        let missing =
            codes != nil && isTruncated
            ? try basePicture(
                container, SampleSelection(frames: covered), options: options, decoded: codes) : nil
        let decoder = PartDecoder(
            container: container, part: self, options: options, base: placed, missing: missing)
        let storage = try decoder.decode(groups: wanted, firstSample: first, count: whole.sampleCount)
        var samples = SampleArray(extent: whole, format: format, storage: storage)
        if covered != frames {
            samples = samples.frames(
                frames.lowerBound - covered.lowerBound..<frames.upperBound - covered.lowerBound)
        }
        guard selection.region != nil else { return samples }
        let window = selection.window(of: grid.extent)
        return samples.window(rows: window.rows, columns: window.columns)
    }

    /// What the base alone gives, in stored units.
    private func basePicture(
        _ container: Container, _ selection: SampleSelection, options: DecodeOptions,
        decoded: BaseCodes? = nil
    ) throws(DecodeError) -> SampleArray {
        guard let base else {
            throw selection.reduction > 0
                ? .noSuchReduction(asked: selection.reduction, levels: 0) : .noBase
        }
        var needed = SampleSelection(frames: selection.frames, region: selection.region)
        needed.reduction = selection.reduction
        let result = 4 * selection.frames.count * grid.extent.samplesPerFrame
        try checkMemory(
            container, result: result >> (2 * min(selection.reduction, 15)), groups: [], options: options)
        let picture = try base.picture(
            container, needed, of: grid.extent, options: options, decoded: decoded)
        guard case .narrow(var codes) = picture.storage else { throw .noBase }
        guard format.bitsStored <= 16 else {
            let values = codes.map { UInt32(truncatingIfNeeded: map.storedValue(Int($0))) }
            return SampleArray(extent: picture.extent, format: format, storage: .wide(values))
        }
        let prepared = PreparedMap(map, lowBits: 0)
        let extent = picture.extent
        unsafe codes.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            // Enlarging has limited the codes already.
            _ = unsafe prepared.apply(
                start, stride: extent.columns, rows: extent.sampleCount / extent.columns,
                columns: extent.columns)
        }
        return SampleArray(extent: extent, format: format, storage: .narrow(codes))
    }

    /// Whether a group holds samples that are asked for.
    private func isWanted(_ header: GroupHeader, _ selection: SampleSelection) -> Bool {
        guard header.frames.overlaps(selection.frames) else { return false }
        guard selection.region != nil else { return true }
        let window = selection.window(of: grid.extent)
        return grid.tiles(of: header).contains { tile in
            let place = tile.start % (grid.extent.rows * grid.extent.columns)
            let row = place / grid.extent.columns
            let column = place % grid.extent.columns
            return (row..<row + tile.rows).overlaps(window.rows)
                && (column..<column + tile.columns).overlaps(window.columns)
        }
    }

    /// Input, result and the scratch memory of every thread.
    private func checkMemory(
        _ container: Container, result: Int, groups: [Group], options: DecodeOptions
    ) throws(DecodeError) {
        let threads = options.threads == 0 ? processorCount : options.threads
        let largest = groups.reduce(0) { largest, group in
            max(largest, grid.tiles(of: group.header).reduce(0) { $0 + $1.sampleCount })
        }
        let scratch =
            6 * largest + 4 * PartParameters.maximumTileSide + 1 << 20
            + AdaptiveCoder.byteCount(columns: min(PartParameters.maximumTileSide, grid.extent.columns))
        let small = base == nil ? 0 : result >> 2
        let needed = container.decodingByteCount + result + small + min(threads, groups.count) * scratch
        guard needed <= options.maximumMemory else {
            throw .memoryLimit(needed: needed, limit: options.maximumMemory)
        }
    }

    /// What the packer chose, group by group.
    func summaries(_ container: Container) throws(DecodeError) -> [GroupSummary] {
        var summaries = try base?.summaries(container) ?? []
        for (index, group) in groups {
            if isSignal {
                let signals = try signalGroup(index: index, group: group, in: container)
                summaries.append(GroupSummary(group, tiles: grid.tiles(of: group.header), signals: signals))
                continue
            }
            let packing = try packingGroup(index: index, group: group, in: container)
            summaries.append(GroupSummary(group, tiles: grid.tiles(of: group.header), packing: packing))
        }
        return summaries
    }
}
