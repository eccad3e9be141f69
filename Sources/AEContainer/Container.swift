// SPDX-License-Identifier: Apache-2.0
import Samples

/// A parsed archive: every field checked, the bodies of the groups left where they are.
public struct Container: Equatable, Sendable {
    /// The version of the format.
    public let version: ContainerVersion
    /// The parts, by number.
    public let parts: [Part]
    /// The packing groups in the order of the file: base groups first.
    public let groups: [Group]
    /// The record of the original file; nil if the archive has none.
    public let source: PackedSource?
    /// Whether the index stands behind the layers.
    public let indexAtEnd: Bool
    /// All chunks in the order of the file, skipped ones too.
    public let chunks: [ChunkSummary]
    /// The archive.
    public let bytes: [UInt8]

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
        var parser = try ContainerParser(bytes, limits: limits)
        let grids = try parser.grids()
        var parts: [Part] = []
        for grid in grids { parts.append(try parser.part(of: grid)) }
        var index = parser.indexAtEnd ? nil : try parser.index(grids)
        var groups = try parser.baseGroups(grids)
        let source = try parser.source(grids)
        groups = try parser.exactGroups(grids, after: groups)
        if parser.indexAtEnd { index = try parser.index(grids) }
        let digests = try parser.done(partCount: parts.count)
        try parser.end()
        try index?.check(against: groups)

        for number in parts.indices { parts[number].digest = digests[number] }
        version = .current
        self.parts = parts
        self.groups = groups
        self.source = source
        indexAtEnd = parser.indexAtEnd
        chunks = parser.chunks
        self.bytes = bytes
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
    /// Bytes of the whole chunk: payload and 16.
    public let byteCount: Int
}
