// SPDX-License-Identifier: Apache-2.0
import Samples

/// What an archive is made of; the writing side of ``Container``.
public struct ContainerContent: Sendable {
    /// The parts, by number; 1 to 255.
    public var parts: [Part]
    /// The packing groups; base groups are written first, each layer in the order given.
    public var groups: [(header: GroupHeader, body: [UInt8])]
    /// The record of the original file; nil for none.
    public var source: PackedSource?
    /// Whether the index is written behind the layers, as a writer must that cannot go back.
    public var indexAtEnd: Bool

    /// Makes content.
    public init(
        parts: [Part], groups: [(header: GroupHeader, body: [UInt8])], source: PackedSource? = nil,
        indexAtEnd: Bool = false
    ) {
        self.parts = parts
        self.groups = groups
        self.source = source
        self.indexAtEnd = indexAtEnd
    }

    /// Takes an archive apart; unknown chunks are left out.
    public init(_ container: Container) {
        self.init(
            parts: container.parts,
            groups: container.groups.map { ($0.header, Array(container.body(of: $0))) },
            source: container.source, indexAtEnd: container.indexAtEnd)
    }

    /// The bytes of the archive; the inverse of ``Container/init(_:limits:)``.
    ///
    /// The content must keep the rules of Spec 4; what a reader would refuse is a mistake of the program.
    public func serialized() -> [UInt8] {
        precondition((1...255).contains(parts.count), "an archive has 1 to 255 parts")
        let ordered = groups.filter { $0.header.layer == 0 } + groups.filter { $0.header.layer != 0 }
        let baseCount = groups.count { $0.header.layer == 0 }
        var writer = ByteWriter()
        writer.reserve(byteCountEstimate)

        FileHeader(indexAtEnd: indexAtEnd).write(to: &writer)
        writeParts(to: &writer)
        let indexByteCount = IndexChunk.payloadByteCount(groups: ordered.count)
        let layerStart = writer.bytes.count + (indexAtEnd ? 0 : Chunk.overhead + indexByteCount)
        let index = layout(ordered, baseCount: baseCount, start: layerStart)
        if !indexAtEnd {
            Chunk.write(.index, to: &writer, payloadByteCount: indexByteCount) { index.write(to: &$0) }
        }
        for group in ordered.prefix(baseCount) { Self.write(group, to: &writer) }
        if let source {
            Chunk.write(.source, to: &writer, payloadByteCount: source.payloadByteCount) {
                source.write(to: &$0)
            }
        }
        for group in ordered.dropFirst(baseCount) { Self.write(group, to: &writer) }
        let indexOffset = writer.bytes.count
        if indexAtEnd {
            Chunk.write(.index, to: &writer, payloadByteCount: indexByteCount) { index.write(to: &$0) }
        }
        Chunk.write(.done, to: &writer, payloadByteCount: DoneChunk.payloadByteCount(parts: parts.count)) {
            DoneChunk(digests: parts.map(\.digest)).write(to: &$0)
        }
        if indexAtEnd { Trailer(indexOffset: UInt64(indexOffset)).write(to: &writer) }
        return writer.bytes
    }
}

extension ContainerContent {
    /// Enough room for everything but long maps, parameters and cut lists.
    private var byteCountEstimate: Int {
        groups.reduce(4096) { $0 + $1.body.count + 72 } + (source?.payloadByteCount ?? 0)
    }

    private func writeParts(to writer: inout ByteWriter) {
        for (number, part) in parts.enumerated() {
            let grid = GridChunk(
                part: UInt8(number), kind: part.kind, extent: part.extent, format: part.format)
            Chunk.write(.grid, to: &writer, payloadByteCount: GridChunk.byteCount) { grid.write(to: &$0) }
        }
        for (number, part) in parts.enumerated() {
            let number = UInt8(number)
            Chunk.write(.mode, to: &writer, payloadByteCount: CodingMode.byteCount) {
                part.mode.write(to: &$0, part: number)
            }
            if let model = part.model {
                Chunk.write(.model, to: &writer, payloadByteCount: model.payloadByteCount) {
                    model.write(to: &$0, part: number)
                }
            }
            for (type, content) in [(FourCC.sampleMap, part.sampleMap), (.parameters, part.parameters)] {
                Chunk.write(type, to: &writer, payloadByteCount: 1 + content.count) {
                    OpaqueChunk.write(content, to: &$0, part: number)
                }
            }
        }
    }

    /// Where the groups will stand if the first starts at an offset and the source follows the base.
    private func layout(
        _ ordered: [(header: GroupHeader, body: [UInt8])], baseCount: Int, start: Int
    ) -> IndexChunk {
        var offset = start
        var entries: [IndexChunk.Entry] = []
        for (number, group) in ordered.enumerated() {
            if number == baseCount, let source { offset += Chunk.overhead + source.payloadByteCount }
            let length = Chunk.overhead + GroupHeader.byteCount + group.body.count
            entries.append(
                IndexChunk.Entry(offset: UInt64(offset), length: UInt64(length), header: group.header))
            offset += length
        }
        return IndexChunk(entries: entries)
    }

    private static func write(_ group: (header: GroupHeader, body: [UInt8]), to writer: inout ByteWriter) {
        let byteCount = GroupHeader.byteCount + group.body.count
        Chunk.write(.layer, to: &writer, payloadByteCount: byteCount) {
            group.header.write(to: &$0)
            $0.bytes(group.body)
        }
    }
}
