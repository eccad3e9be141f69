// SPDX-License-Identifier: Apache-2.0
import Samples

/// Walks through the chunks of an archive in the order that Spec 3.3 prescribes.
struct ContainerParser {
    private let bytes: [UInt8]
    private let limits: ContainerLimits
    /// Whether the header places the index behind the layers.
    let indexAtEnd: Bool
    /// Every chunk seen.
    private(set) var chunks: [ChunkSummary] = []

    /// The first byte that was not looked at.
    private var offset: Int
    /// The next known chunk, if it was looked at but not taken.
    private var lookahead: Chunk?
    private var indexOffset = 0

    init(_ bytes: [UInt8], limits: ContainerLimits) throws(ContainerError) {
        var reader = ByteReader(bytes)
        indexAtEnd = try FileHeader.read(&reader).indexAtEnd
        offset = reader.offset
        self.bytes = bytes
        self.limits = limits
    }

    /// The grids of all parts.
    mutating func grids() throws(ContainerError) -> [GridChunk] {
        var grids: [GridChunk] = []
        var samples = 0
        let sampleLimit = min(limits.maximumSamples, 1 << 56)
        let partLimit = min(limits.maximumParts, 255)
        repeat {
            let payload = bytes[try take(.grid).payloadRange]
            guard grids.count < partLimit else {
                throw .countLimit(
                    chunk: .grid, field: "Part_Count", count: UInt64(grids.count + 1), limit: partLimit)
            }
            let grid = try GridChunk(
                payload, part: grids.count, earlierSamples: samples, limit: sampleLimit)
            samples += grid.extent.sampleCount
            grids.append(grid)
        } while try peek().type == .grid
        return grids
    }

    /// The chunks that describe one part; its digest is filled in later.
    mutating func part(of grid: GridChunk) throws(ContainerError) -> Part {
        let number = Int(grid.part)
        let mode = try CodingMode(bytes[try take(.mode).payloadRange], part: number)
        var model: ModelReference?
        if try peek().type == .model {
            model = try ModelReference(bytes[try take(.model).payloadRange], part: number)
        }
        let map = bytes[try take(.sampleMap, or: model == nil ? [.model] : []).payloadRange]
        let sampleMap = try OpaqueChunk.read(map, type: .sampleMap, part: number)
        let parameters = try OpaqueChunk.read(
            bytes[try take(.parameters).payloadRange], type: .parameters, part: number)
        return Part(
            kind: grid.kind, extent: grid.extent, format: grid.format, mode: mode, model: model,
            sampleMap: sampleMap, parameters: parameters, digest: [])
    }

    /// The index, wherever it stands.
    mutating func index(_ grids: [GridChunk]) throws(ContainerError) -> IndexChunk {
        let chunk = try take(.index, or: indexAtEnd ? [.layer] : [])
        indexOffset = chunk.offset
        return try IndexChunk(bytes[chunk.payloadRange], grids: grids, limit: limits.maximumGroups)
    }

    /// The groups up to the source or the first exact group.
    mutating func baseGroups(_ grids: [GridChunk]) throws(ContainerError) -> [Group] {
        var groups: [Group] = []
        while try peek().type == .layer {
            let group = try Group(try peek(), in: bytes, grids: grids)
            guard group.header.layer == 0 else { break }
            try append(group, to: &groups)
        }
        return groups
    }

    /// The record of the original file, if there is one.
    mutating func source(_ grids: [GridChunk]) throws(ContainerError) -> PackedSource? {
        guard try peek().type == .source else { return nil }
        let payload = bytes[try take(.source).payloadRange]
        return try PackedSource(payload, grids: grids, limit: limits.maximumKeptBytes)
    }

    /// All groups: the given ones, and the exact ones that follow.
    mutating func exactGroups(
        _ grids: [GridChunk], after baseGroups: [Group]
    ) throws(ContainerError) -> [Group] {
        var groups = baseGroups
        while try peek().type == .layer {
            let group = try Group(try peek(), in: bytes, grids: grids)
            guard group.header.layer != 0 else {
                throw .misplacedBaseGroup(offset: group.chunkRange.lowerBound)
            }
            try append(group, to: &groups)
        }
        return groups
    }

    /// The digests of the samples of all parts.
    mutating func done(partCount: Int) throws(ContainerError) -> [[UInt8]] {
        let payload = bytes[try take(.done, or: indexAtEnd ? [] : [.layer]).payloadRange]
        return try DoneChunk(payload, parts: partCount).digests
    }

    /// The trailer, if the header announced one, and nothing behind it.
    mutating func end() throws(ContainerError) {
        if indexAtEnd {
            var reader = ByteReader(bytes[offset...])
            let stated = try Trailer.read(&reader).indexOffset
            guard stated == UInt64(indexOffset) else {
                throw .trailerMismatch(stated: stated, found: UInt64(indexOffset))
            }
            offset = reader.offset
        }
        guard offset == bytes.count else {
            throw .trailingBytes(offset: offset, count: bytes.count - offset)
        }
    }

    /// The next chunk that has a meaning; unknown ancillary ones are passed over.
    private mutating func peek() throws(ContainerError) -> Chunk {
        while true {
            if let lookahead { return lookahead }
            let chunk = try Chunk(bytes, at: offset)
            offset = chunk.end
            chunks.append(
                ChunkSummary(type: chunk.type, offset: chunk.offset, byteCount: chunk.byteCount))
            if FourCC.known.contains(chunk.type) {
                lookahead = chunk
            } else if chunk.type.isCritical {
                throw .unknownCriticalChunk(chunk.type, offset: chunk.offset)
            }
        }
    }

    /// Takes the next chunk, which must have a type; `alternatives` are named too if it has not.
    private mutating func take(
        _ type: FourCC, or alternatives: [FourCC] = []
    ) throws(ContainerError) -> Chunk {
        let chunk = try peek()
        guard chunk.type == type else {
            throw .unexpectedChunk(chunk.type, offset: chunk.offset, expected: [type] + alternatives)
        }
        lookahead = nil
        return chunk
    }

    private mutating func append(_ group: Group, to groups: inout [Group]) throws(ContainerError) {
        guard groups.count < limits.maximumGroups else {
            throw .countLimit(
                chunk: .layer, field: "Group_Count", count: UInt64(groups.count + 1),
                limit: limits.maximumGroups)
        }
        _ = try take(.layer)
        groups.append(group)
    }
}
