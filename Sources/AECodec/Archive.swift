// SPDX-License-Identifier: Apache-2.0
public import AEContainer
import Digest
public import Samples

/// An `.aec` archive that has been parsed and checked; samples are decoded on request.
///
/// The samples are fully determined by the bytes: the same on every machine, with every kernel and
/// any number of threads.
public struct Archive: Sendable {
    /// The parsed container.
    public let container: Container
    private let options: DecodeOptions
    private let parts: [CodedPart]
    /// TEMP
    private let pyramids: [Int: PyramidPart]

    /// Parses one complete archive.
    ///
    /// - Parameters:
    ///   - bytes: The archive, from its first to its last byte.
    ///   - options: Limits, threads and kernels.
    /// - Throws: ``DecodeError`` if the bytes break the format or exceed a limit; nothing in
    ///   proportion to declared sizes has been allocated then.
    public init(_ bytes: [UInt8], options: DecodeOptions = DecodeOptions()) throws(DecodeError) {
        let limits = ContainerLimits(
            maximumSamples: options.maximumSamples, maximumKeptBytes: options.maximumMemory)
        do throws(ContainerError) {
            container = try Container(bytes, limits: limits)
        } catch { throw .container(error) }
        self.options = options
        var parts: [CodedPart] = []
        var pyramids: [Int: PyramidPart] = [:]
        for (number, part) in container.parts.enumerated() {
            let groups = container.groups.enumerated().filter { $0.element.header.part == number }
            if part.mode.kind == .lossy {
                pyramids[number] = try PyramidPart(part, number: number, groups: groups.map { ($0.offset, $0.element) })
                continue
            }
            parts.append(try CodedPart(part, number: number, groups: groups.map { ($0.offset, $0.element) }))
        }
        self.parts = parts
        self.pyramids = pyramids
        guard options.kernel.isAvailable else { throw .kernelUnavailable(options.kernel) }
    }

    /// Decodes all parts and compares them with the digests that the archive states.
    public func samples() throws(DecodeError) -> [SampleArray] {
        var result: [SampleArray] = []
        if let pyramid = pyramids[0] { return [try pyramid.decode(container, frames: 0..<pyramid.extent.frames)] }
        for (number, part) in parts.enumerated() {
            let samples = try decode(part, frames: 0..<part.grid.extent.frames)
            guard samples.digest == container.parts[number].digest else {
                throw .digestMismatch(part: number)
            }
            result.append(samples)
        }
        return result
    }

    /// Decodes some frames of one part; checksums cover them, the digest of the part cannot.
    ///
    /// - Parameters:
    ///   - part: The number of the part.
    ///   - frames: Frames, counted from 0.
    /// - Returns: The samples of these frames.
    /// - Throws: ``DecodeError`` if the archive is damaged or has no such frames.
    public func samples(part: Int, frames: Range<Int>) throws(DecodeError) -> SampleArray {
        let all = parts[part].grid.extent.frames
        guard frames.lowerBound >= 0, frames.upperBound <= all, !frames.isEmpty else {
            throw .framesOutOfRange(asked: frames, frames: all)
        }
        return try decode(parts[part], frames: frames)
    }

    /// What the archive keeps of the original file, unpacked; nil if it keeps nothing.
    public func source() throws(DecodeError) -> SourceRecord? {
        guard let packed = container.source else { return nil }
        switch packed.packing {
        case .stored: return packed.record(kept: Array(packed.packedKept))
        case .zstd:
            guard packed.keptByteCount <= options.maximumMemory else {
                throw .memoryLimit(needed: packed.keptByteCount, limit: options.maximumMemory)
            }
            guard let kept = ZstdFrame.unpack(packed.packedKept, byteCount: packed.keptByteCount) else {
                throw .damagedSource
            }
            return packed.record(kept: kept)
        }
    }

    /// What the packer chose, group by group.
    public func groupSummaries() throws(DecodeError) -> [GroupSummary] {
        var summaries: [GroupSummary] = []
        for part in parts {
            for (index, group) in part.groups {
                let packing = try part.packingGroup(index: index, group: group, in: container)
                summaries.append(
                    GroupSummary(group, tiles: part.grid.tiles(of: group.header), packing: packing))
            }
        }
        return summaries
    }

    private func decode(_ part: CodedPart, frames: Range<Int>) throws(DecodeError) -> SampleArray {
        var extent = part.grid.extent
        extent.frames = frames.count
        let isNarrow = part.format.bitsStored <= 16
        let wanted = part.groups.filter { $0.group.header.frames.overlaps(frames) }
        try checkMemory(part, result: extent.sampleCount * (isNarrow ? 2 : 4), groups: wanted.map(\.group))
        // A group holds whole frames; those beside the wanted ones are decoded with it and dropped.
        let covered = wanted.reduce(frames) { frames, group in
            min(
                frames.lowerBound, group.group.header.frames.lowerBound)..<max(
                    frames.upperBound, group.group.header.frames.upperBound)
        }
        var whole = extent
        whole.frames = covered.count
        let storage = try PartDecoder(container: container, part: part, options: options).decode(
            groups: wanted, firstSample: covered.lowerBound * extent.samplesPerFrame, count: whole.sampleCount
        )
        let samples = SampleArray(extent: whole, format: part.format, storage: storage)
        if covered == frames { return samples }
        return samples.frames(frames.lowerBound - covered.lowerBound..<frames.upperBound - covered.lowerBound)
    }

    /// Input, result and the scratch memory of every thread.
    private func checkMemory(_ part: CodedPart, result: Int, groups: [Group]) throws(DecodeError) {
        let threads = options.threads == 0 ? processorCount : options.threads
        let largest = groups.reduce(0) { largest, group in
            max(largest, part.grid.tiles(of: group.header).reduce(0) { $0 + $1.sampleCount })
        }
        let scratch = 6 * largest + 4 * PartParameters.maximumTileSide + 1 << 20
        let needed = container.bytes.count + result + min(threads, groups.count) * scratch
        guard needed <= options.maximumMemory else {
            throw .memoryLimit(needed: needed, limit: options.maximumMemory)
        }
    }
}
