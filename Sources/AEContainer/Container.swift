// SPDX-License-Identifier: Apache-2.0
import Samples

/// A parsed archive: every field checked, the bodies of the groups left where they are.
public struct Container: Equatable, Sendable {
    /// The version of the format.
    public let version: ContainerVersion
    /// The parts, by number; none if the archive holds a file that is kept whole and nothing else.
    public let parts: [Part]
    /// The packing groups in the order of the file: base groups first.
    public let groups: [Group]
    /// The record of the original file; nil if the archive has none.
    public let source: PackedSource?
    /// Where the index stands.
    public let indexPlace: IndexPlace
    /// All chunks in the order of the file, skipped ones too.
    public let chunks: [ChunkSummary]
    /// The archive.
    public let bytes: [UInt8]
    /// What is missing at the end; nil if the archive is complete.
    public let truncation: Truncation?
    /// Whether the end of the archive is missing; never so of what ``init(_:limits:)`` gives.
    public var isTruncated: Bool { truncation != nil }

    /// What is known of the lost end of an archive. (Spec 3.4)
    public struct Truncation: Equatable, Sendable {
        /// The first byte that belongs to no complete structure.
        public let offset: Int
        /// The groups that the index lists and the file lacks, in their order; nil if the
        /// index is absent or lost too.
        public let missingGroups: [GroupHeader]?
    }

    /// Parses a complete archive.
    ///
    /// Besides `bytes`, which are not copied, memory is in proportion to the number of chunks.
    ///
    /// - Parameters:
    ///   - bytes: One archive, from its first to its last byte.
    ///   - limits: What it may declare.
    /// - Throws: ``ContainerError`` for the first rule that is broken, in the order of the file;
    ///   every checksum is compared.
    public init(_ bytes: [UInt8], limits: ContainerLimits = ContainerLimits()) throws(ContainerError) {
        try self.init(bytes, limits: limits, allowsTruncation: false)
    }

    /// Parses an archive that may have lost its end.
    ///
    /// Only what is there as a whole is given: groups whose chunks are complete, ``source`` if its chunk
    /// is, ``Part/digest`` if `DONE` is (else it is empty). ``truncation`` says what is missing; of a
    /// complete archive it is nil, and everything as ``init(_:limits:)`` gives it.
    ///
    /// - Parameters:
    ///   - bytes: An archive, from its first byte on.
    ///   - limits: What it may declare.
    /// - Throws: ``ContainerError`` as ``init(_:limits:)`` does for what is there; `truncated` if the
    ///   archive ends before the last of the chunks that stand in front of the layers.
    public init(
        truncated bytes: [UInt8], limits: ContainerLimits = ContainerLimits()
    ) throws(ContainerError) {
        try self.init(bytes, limits: limits, allowsTruncation: true)
    }

    private init(_ bytes: [UInt8], limits: ContainerLimits, allowsTruncation: Bool) throws(ContainerError) {
        var parser = try ContainerParser(bytes, limits: limits)
        try parser.front()
        var end: Int?
        do throws(ContainerError) { try parser.layers() } catch {
            guard allowsTruncation, case .truncated(let offset, _, _) = error else { throw error }
            end = offset
        }
        // An index behind the layers was read after all of them.
        let hasAllGroups = end == nil || (parser.indexPlace == .end && parser.index != nil)
        try parser.checkIndex(isComplete: hasAllGroups)

        version = ContainerVersion(major: bytes[8], minor: bytes[9])
        parts = parser.parts
        groups = parser.groups
        source = parser.source
        indexPlace = parser.indexPlace
        chunks = parser.chunks
        self.bytes = bytes
        let present = parser.groups.count
        let missing = parser.index?.entries.dropFirst(present).map(\.header)
        truncation = end.map { Truncation(offset: $0, missingGroups: missing) }
    }

    /// The body of a group of this archive, without copying it.
    public func body(of group: Group) -> ArraySlice<UInt8> { bytes[group.bodyRange] }
}

/// One chunk of an archive, for people who look inside.
public struct ChunkSummary: Equatable, Sendable {
    /// The type.
    public let type: FourCC
    /// Where the chunk starts in the file.
    public let offset: Int
    /// Bytes of the whole chunk.
    public let byteCount: Int
    /// Bytes of the payload.
    public let payloadByteCount: Int
}
