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
    private let parts: [ArchivePart]

    /// Parses one complete archive.
    ///
    /// - Parameters:
    ///   - bytes: The archive, from its first to its last byte.
    ///   - options: Limits, threads and kernels.
    /// - Throws: ``DecodeError`` if the bytes break the format or exceed a limit; nothing in
    ///   proportion to declared sizes has been allocated then.
    public init(_ bytes: [UInt8], options: DecodeOptions = DecodeOptions()) throws(DecodeError) {
        try self.init(bytes, options: options, isTruncated: false)
    }

    /// Parses an archive that may have lost its end.
    ///
    /// ``samples(part:_:)`` then gives what is there: where groups are missing, the picture is coarser, of
    /// one gray, or 0. `container.isTruncated` says whether anything is missing.
    ///
    /// - Throws: ``DecodeError`` as ``init(_:options:)``, and if the archive ends before its first group.
    public init(
        truncated bytes: [UInt8], options: DecodeOptions = DecodeOptions()
    ) throws(DecodeError) {
        try self.init(bytes, options: options, isTruncated: true)
    }

    private init(_ bytes: [UInt8], options: DecodeOptions, isTruncated: Bool) throws(DecodeError) {
        let limits = ContainerLimits(
            maximumSamples: options.maximumSamples, maximumKeptBytes: options.maximumMemory)
        do throws(ContainerError) {
            container =
                isTruncated
                ? try Container(truncated: bytes, limits: limits) : try Container(bytes, limits: limits)
        } catch { throw .container(error) }
        self.options = options
        var parts: [ArchivePart] = []
        var groups = [[(index: Int, group: Group)]](repeating: [], count: container.parts.count)
        for (index, group) in container.groups.enumerated() {
            groups[group.header.part].append((index, group))
        }
        for (number, part) in container.parts.enumerated() {
            parts.append(
                try ArchivePart(
                    part, number: number, groups: groups[number], isTruncated: container.isTruncated,
                    models: options.models))
        }
        self.parts = parts
        guard options.kernel.isAvailable else { throw .kernelUnavailable(options.kernel) }
    }

    /// Decodes all parts and compares them with the digests that the archive states.
    public func samples() throws(DecodeError) -> [SampleArray] {
        var result: [SampleArray] = []
        var held = 0
        for (number, part) in parts.enumerated() {
            let (extent, format) = (container.parts[number].extent, container.parts[number].format)
            let samples = try decode(part, SampleSelection(frames: 0..<extent.frames), held: held)
            held += extent.sampleCount * (format.bitsStored <= 16 ? 2 : 4)
            guard samples.digest == container.parts[number].digest else {
                throw .digestMismatch(part: number)
            }
            result.append(samples)
        }
        return result
    }

    /// Decodes some samples of one part; checksums cover them, the digest of the part cannot.
    ///
    /// - Parameters:
    ///   - part: The number of the part.
    ///   - selection: Frames, and a window or reduction of them.
    /// - Returns: The samples of these frames, each of the size of the window.
    /// - Throws: ``DecodeError`` if the archive is damaged or has no such samples.
    public func samples(part: Int, _ selection: SampleSelection) throws(DecodeError) -> SampleArray {
        try selection.check(container.parts[part].extent)
        return try decode(parts[part], selection)
    }

    /// What the archive keeps of the original files, unpacked; nil if it keeps nothing.
    public func source() throws(DecodeError) -> SourceFiles? {
        guard let packed = container.source else { return nil }
        switch packed.packing {
        case .stored: return packed.files(kept: Array(packed.packedKept))
        case .zstd:
            guard packed.keptByteCount <= options.maximumMemory else {
                throw .memoryLimit(needed: packed.keptByteCount, limit: options.maximumMemory)
            }
            guard let kept = ZstdFrame.unpack(packed.packedKept, byteCount: packed.keptByteCount) else {
                throw .damagedSource
            }
            return packed.files(kept: kept)
        }
    }

    /// What the packer chose, group by group.
    public func groupSummaries() throws(DecodeError) -> [GroupSummary] {
        var summaries: [GroupSummary] = []
        for part in parts {
            switch part {
            case .exact(let part): summaries += try part.summaries(container)
            case .pyramid(let part): summaries += try part.summaries(container)
            case .signal(let part): summaries += try part.summaries(container)
            }
        }
        return summaries
    }

    /// The samples of an archive of one part whose digest is not known yet; for encoders that measure.
    package static func undigestedSamples(
        _ bytes: [UInt8], threads: Int, kernel: KernelChoice, model: Model?
    ) throws(DecodeError) -> SampleArray {
        // What an encoder holds in memory already is within any limit.
        let options = DecodeOptions(
            maximumSamples: .max, maximumMemory: .max, threads: threads, kernel: kernel,
            models: model.map { [$0] } ?? [])
        let archive = try Archive(bytes, options: options)
        return try archive.samples(
            part: 0, SampleSelection(frames: 0..<archive.container.parts[0].extent.frames))
    }

    /// Decodes some samples of a part while `held` bytes of parts that were decoded before are kept.
    private func decode(
        _ part: ArchivePart, _ selection: SampleSelection, held: Int = 0
    ) throws(DecodeError) -> SampleArray {
        var options = options
        options.maximumMemory -= held
        do throws(DecodeError) {
            switch part {
            case .exact(let part): return try part.decode(container, selection, options: options)
            case .pyramid(let part): return try part.decode(container, selection, options: options)
            case .signal(let part): return try part.decode(container, selection, options: options)
            }
        } catch {
            guard case .memoryLimit(let needed, let limit) = error else { throw error }
            throw .memoryLimit(needed: needed + held, limit: limit + held)
        }
    }
}

/// A part by how it is coded.
private enum ArchivePart: Sendable {
    case exact(CodedPart)
    case pyramid(PyramidPart)
    case signal(PyramidSignal)

    init(
        _ part: Part, number: Int, groups: [(index: Int, group: Group)], isTruncated: Bool,
        models: [Model]
    ) throws(DecodeError) {
        let pyramids = models.compactMap(\.pyramid)
        switch part.mode.kind {
        case .lossless, .bounded:
            self = .exact(
                try CodedPart(
                    part, number: number, groups: groups, isTruncated: isTruncated, models: pyramids))
        case .lossy where part.kind == .signal:
            self = .signal(
                try PyramidSignal(
                    part, number: number, groups: groups, isTruncated: isTruncated,
                    models: models.compactMap(\.signal)))
        case .lossy:
            self = .pyramid(
                try PyramidPart(
                    part, number: number, groups: groups, isTruncated: isTruncated, models: pyramids))
        }
    }
}
