// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Samples

extension CodedPart {
    /// Decodes some frames.
    func decode(
        _ container: Container, frames: Range<Int>, options: DecodeOptions
    ) throws(DecodeError) -> SampleArray {
        var extent = grid.extent
        extent.frames = frames.count
        let isNarrow = format.bitsStored <= 16
        let wanted = groups.filter { $0.group.header.frames.overlaps(frames) }
        let result = extent.sampleCount * (isNarrow ? 2 : 4)
        try checkMemory(container, result: result, groups: wanted.map(\.group), options: options)
        // A group holds whole frames; those beside the wanted ones are decoded with it and dropped.
        let covered = wanted.reduce(frames) { frames, group in
            min(
                frames.lowerBound, group.group.header.frames.lowerBound)..<max(
                    frames.upperBound, group.group.header.frames.upperBound)
        }
        var whole = extent
        whole.frames = covered.count
        let storage = try PartDecoder(container: container, part: self, options: options).decode(
            groups: wanted, firstSample: covered.lowerBound * extent.samplesPerFrame, count: whole.sampleCount
        )
        let samples = SampleArray(extent: whole, format: format, storage: storage)
        if covered == frames { return samples }
        return samples.frames(frames.lowerBound - covered.lowerBound..<frames.upperBound - covered.lowerBound)
    }

    /// Input, result and the scratch memory of every thread.
    private func checkMemory(
        _ container: Container, result: Int, groups: [Group], options: DecodeOptions
    ) throws(DecodeError) {
        let threads = options.threads == 0 ? processorCount : options.threads
        let largest = groups.reduce(0) { largest, group in
            max(largest, grid.tiles(of: group.header).reduce(0) { $0 + $1.sampleCount })
        }
        let scratch = 6 * largest + 4 * PartParameters.maximumTileSide + 1 << 20
        let needed = container.bytes.count + result + min(threads, groups.count) * scratch
        guard needed <= options.maximumMemory else {
            throw .memoryLimit(needed: needed, limit: options.maximumMemory)
        }
    }

    /// What the packer chose, group by group.
    func summaries(_ container: Container) throws(DecodeError) -> [GroupSummary] {
        var summaries: [GroupSummary] = []
        for (index, group) in groups {
            let packing = try packingGroup(index: index, group: group, in: container)
            summaries.append(GroupSummary(group, tiles: grid.tiles(of: group.header), packing: packing))
        }
        return summaries
    }
}
