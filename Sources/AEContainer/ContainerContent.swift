// SPDX-License-Identifier: Apache-2.0
import Samples

/// What an archive is made of; the writing side of ``Container``.
public struct ContainerContent: Sendable {
    /// The parts, by number; 1 to 65,535, or none if there is nothing but a source that is kept whole.
    public var parts: [Part]
    /// The packing groups; base groups are written first, each layer in the order given.
    public var groups: [(header: GroupHeader, body: [UInt8])]
    /// The record of the original file; nil for none.
    public var source: PackedSource?
    /// Where the index is written; nil for nowhere if there are few groups, else in front.
    public var indexPlace: IndexPlace?

    /// Most groups for which an index is left out by itself.
    ///
    /// To go past a chunk takes the few bytes of its head, so an index of few entries saves no reading.
    public static let fewGroups = 8

    /// Makes content.
    public init(
        parts: [Part], groups: [(header: GroupHeader, body: [UInt8])], source: PackedSource? = nil,
        indexPlace: IndexPlace? = nil
    ) {
        self.parts = parts
        self.groups = groups
        self.source = source
        self.indexPlace = indexPlace
    }

    /// Takes an archive apart; unknown chunks are left out.
    public init(_ container: Container) {
        self.init(
            parts: container.parts,
            groups: container.groups.map { ($0.header, Array(container.body(of: $0))) },
            source: container.source, indexPlace: container.indexPlace)
    }

    /// The bytes of the archive; the inverse of ``Container/init(_:limits:)``.
    ///
    /// The content must keep the rules of Spec 4; what a reader would refuse is a mistake of the program.
    public func serialized() -> [UInt8] {
        precondition(parts.count <= 65_535, "an archive has at most 65,535 parts")
        precondition(
            !parts.isEmpty
                || (source?.isWhole == true && groups.isEmpty && indexPlace ?? .absent == .absent),
            "an archive without parts has a file that is kept whole")
        let base = groups.filter { $0.header.layer == 0 }
        let exact = groups.filter { $0.header.layer != 0 }
        let indexPlace = indexPlace ?? (groups.count <= Self.fewGroups ? .absent : .front)
        var writer = ByteWriter()
        writer.reserve(byteCountEstimate)

        FileHeader(indexPlace: indexPlace).write(to: &writer)
        writeParts(to: &writer)
        let index = indexPlace == .absent ? [] : self.index(base, exact).payload
        if indexPlace == .front { Chunk.write(.index, to: &writer, index) }
        for group in base { Self.write(group, to: &writer) }
        if let source { Chunk.write(.source, to: &writer, source.head, source.packedKept) }
        for group in exact { Self.write(group, to: &writer) }
        let indexOffset = writer.bytes.count
        if indexPlace == .end { Chunk.write(.index, to: &writer, index) }
        Chunk.write(.done, to: &writer, DoneChunk(digests: parts.map(\.digest)).payload)
        if indexPlace == .end { Trailer(indexOffset: UInt64(indexOffset)).write(to: &writer) }
        return writer.bytes
    }
}

extension ContainerContent {
    private typealias ContentGroup = (header: GroupHeader, body: [UInt8])

    /// Enough room for everything but long maps, parameters and cut lists.
    private var byteCountEstimate: Int {
        groups.reduce(4096) { $0 + $1.body.count + 72 } + (source?.packedKept.count ?? 0)
    }

    private func writeParts(to writer: inout ByteWriter) {
        for part in parts {
            let grid = GridChunk(
                kind: part.kind, extent: part.extent, format: part.format, rate: part.rate)
            Chunk.write(.grid, to: &writer, grid.payload)
        }
        for part in parts {
            Chunk.write(.mode, to: &writer, part.mode.payload)
            if let model = part.model { Chunk.write(.model, to: &writer, model.payload) }
            Chunk.write(.sampleMap, to: &writer, part.sampleMap)
            Chunk.write(.parameters, to: &writer, part.parameters)
        }
    }

    /// The index of groups that follow each other, the source between base and exact ones.
    private func index(_ base: [ContentGroup], _ exact: [ContentGroup]) -> IndexChunk {
        let sourceByteCount = source.map { Chunk.byteCount(payload: $0.payloadByteCount) } ?? 0
        let entries = (base + exact).enumerated().map { number, group in
            IndexChunk.Entry(
                gap: number == base.count ? UInt64(sourceByteCount) : 0,
                length: UInt64(Chunk.byteCount(payload: Self.head(group).count + group.body.count)),
                header: group.header)
        }
        return IndexChunk(entries: entries)
    }

    private static func head(_ group: ContentGroup) -> [UInt8] {
        var writer = ByteWriter()
        group.header.write(to: &writer)
        return writer.bytes
    }

    private static func write(_ group: ContentGroup, to writer: inout ByteWriter) {
        Chunk.write(.layer, to: &writer, head(group), group.body[...])
    }
}
