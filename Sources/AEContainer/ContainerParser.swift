// SPDX-License-Identifier: Apache-2.0
import Samples

/// Walks through the chunks of an archive in the order that Spec 3.3 prescribes.
struct ContainerParser {
    private let bytes: [UInt8]
    private let limits: ContainerLimits
    /// Where the header places the index.
    let indexPlace: IndexPlace
    /// Every chunk seen.
    private(set) var chunks: [ChunkSummary] = []
    /// The parts seen; digests are filled in by ``layers()``.
    private(set) var parts: [Part] = []
    /// The groups seen.
    private(set) var groups: [Group] = []
    /// The record of the original file, if it was seen.
    private(set) var source: PackedSource?
    /// The index, if it was seen.
    private(set) var index: IndexChunk?

    private var grids: [GridChunk] = []
    /// The first byte that was not looked at.
    private var offset: Int
    /// The next known chunk, if it was looked at but not taken.
    private var lookahead: Chunk?
    private var indexOffset = 0
    /// Where the gap of the first group in the index begins.
    private var layerStart = 0

    init(_ bytes: [UInt8], limits: ContainerLimits) throws(ContainerError) {
        var reader = ByteReader(bytes)
        indexPlace = try FileHeader.read(&reader).indexPlace
        offset = reader.offset
        self.bytes = bytes
        self.limits = limits
    }

    /// Reads what stands in front of the layers.
    mutating func front() throws(ContainerError) {
        try readGrids()
        for grid in grids { parts.append(try part(of: grid)) }
        if indexPlace == .front { try readIndex() }
    }

    /// Reads the layers and what follows; what was seen before an error stays.
    mutating func layers() throws(ContainerError) {
        try readGroups(layer: 0)
        if try peek().type == .source {
            let payload = bytes[try take(.source).payloadRange]
            source = try PackedSource(payload, grids: grids, limit: limits.maximumKeptBytes)
        }
        try readGroups(layer: 1)
        if indexPlace == .end { try readIndex() }
        let payload = bytes[try take(.done, or: indexPlace == .end ? [] : [.layer]).payloadRange]
        let digests = try DoneChunk(payload, parts: parts.count).digests
        for number in parts.indices { parts[number].digest = digests[number] }
        try readEnd()
    }

    /// Throws unless the index, if it was seen, lists the groups.
    ///
    /// - Parameter isComplete: Whether all groups were seen.
    /// - Throws: ``ContainerError``.
    func checkIndex(isComplete: Bool) throws(ContainerError) {
        try index?.check(against: groups, from: layerStart, isComplete: isComplete)
    }

    private mutating func readGrids() throws(ContainerError) {
        // A file that is kept whole needs no parts.
        if indexPlace == .absent, try peek().type == .source { return }
        var samples = 0
        let sampleLimit = min(limits.maximumSamples, 1 << 56)
        let partLimit = min(limits.maximumParts, 65_535)
        repeat {
            let payload = bytes[try take(.grid).payloadRange]
            guard grids.count < partLimit else {
                throw .countLimit(
                    chunk: .grid, field: "Part_Count", count: UInt64(grids.count + 1), limit: partLimit)
            }
            let grid = try GridChunk(payload, earlierSamples: samples, limit: sampleLimit)
            samples += grid.extent.sampleCount
            grids.append(grid)
        } while try peek().type == .grid
    }

    /// The chunks that describe one part.
    private mutating func part(of grid: GridChunk) throws(ContainerError) -> Part {
        let mode = try CodingMode(bytes[try take(.mode).payloadRange])
        var model: ModelReference?
        if try peek().type == .model { model = try ModelReference(bytes[try take(.model).payloadRange]) }
        let map = try take(.sampleMap, or: model == nil ? [.model] : []).payloadRange
        let parameters = try take(.parameters)
        layerStart = parameters.end
        return Part(
            kind: grid.kind, extent: grid.extent, format: grid.format, rate: grid.rate, mode: mode,
            model: model,
            sampleMap: Array(bytes[map]), parameters: Array(bytes[parameters.payloadRange]), digest: [])
    }

    private mutating func readIndex() throws(ContainerError) {
        let chunk = try take(.index, or: indexPlace == .end ? [.layer] : [])
        index = try IndexChunk(bytes[chunk.payloadRange], grids: grids, limit: limits.maximumGroups)
        indexOffset = chunk.offset
        if indexPlace == .front { layerStart = chunk.end }
    }

    /// The groups up to the first chunk that is none of the layer.
    private mutating func readGroups(layer: Int) throws(ContainerError) {
        while try peek().type == .layer {
            let group = try Group(try peek(), in: bytes, grids: grids)
            if group.header.layer > layer { break }
            guard group.header.layer == layer else {
                throw .misplacedBaseGroup(offset: group.chunkRange.lowerBound)
            }
            guard groups.count < limits.maximumGroups else {
                throw .countLimit(
                    chunk: .layer, field: "Group_Count", count: UInt64(groups.count + 1),
                    limit: limits.maximumGroups)
            }
            _ = try take(.layer)
            groups.append(group)
        }
    }

    /// The trailer, if the header announced one, and nothing behind it.
    private mutating func readEnd() throws(ContainerError) {
        if indexPlace == .end {
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
            chunks.append(chunk.summary)
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
}
