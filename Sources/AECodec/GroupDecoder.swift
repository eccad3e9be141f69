// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Where decoded samples of a part go; tiles of different groups never overlap.
@safe
struct SampleTarget: @unchecked Sendable {
    /// Narrow or wide storage of the whole part, or of the frames asked for.
    let narrow: UnsafeMutablePointer<UInt16>?
    let wide: UnsafeMutablePointer<UInt32>?
    /// The flat index of the first sample that has a place.
    let first: Int
    /// Columns of a row.
    let stride: Int
}

/// Decodes packing groups one after the other; one serves one thread.
@safe
final class GroupDecoder {
    private let level: ae_kernel_level
    private let streams: UnpackedStreams
    private let workspace = WavefrontWorkspace(columns: 1)
    private var high: [UInt16] = []
    private lazy var coder = AdaptiveCoder(level: level)

    init?(level: ae_kernel_level) {
        guard let streams = UnpackedStreams() else { return nil }
        self.streams = streams
        self.level = level
    }

    /// Decodes one group into its place.
    ///
    /// - Parameters:
    ///   - group: The group, taken apart.
    ///   - index: Its number, for errors.
    ///   - tiles: Its tiles.
    ///   - map: The sample map of the part.
    ///   - parameters: Of the part: low bits that are not predicted, and the bound of errors.
    ///   - base: The base; nil if the part has none.
    ///   - bytes: The archive.
    ///   - target: Where the samples go.
    /// - Throws: ``DecodeError`` if streams and samples do not fit together.
    func decode(
        _ group: PackingGroup, index: Int, tiles: [Tile], map: PreparedMap, parameters: PartParameters,
        base: PlacedBase?, bytes: UnsafeRawBufferPointer, target: SampleTarget
    ) throws(DecodeError) {
        let widest = tiles.reduce(1) { max($0, $1.columns) }
        workspace.reserve(columns: widest, hasBase: base != nil)
        let labels = try unsafe unpackLabels(group, index: index, bytes: bytes)
        guard !group.parameters.isAdaptive else {
            coder.reserve(columns: widest)
            let isDecoded = unsafe coder.reads(bytes, group.adaptive) {
                unsafe decodeTiles(
                    group, tiles: tiles, labels: labels, streams: nil, map: map, parameters: parameters,
                    base: base, bytes: bytes, target: target)
            }
            guard isDecoded else { throw .damagedGroup(group: index) }
            return
        }
        // A stream may run dry within one band before that is noticed.
        try unsafe streams.withStreams(
            group.streams, map: group.parameters.streamOfClass, slack: AE_LANES * (widest + 1), index: index,
            bytes: bytes
        ) { streams in
            unsafe decodeTiles(
                group, tiles: tiles, labels: labels, streams: &streams, map: map, parameters: parameters,
                base: base, bytes: bytes, target: target) ? .usedUp : .ranOut
        }
    }

    private func unpackLabels(
        _ group: PackingGroup, index: Int, bytes: UnsafeRawBufferPointer
    ) throws(DecodeError) -> [UInt8]? {
        guard let stream = group.labels else { return nil }
        let range = 0..<Int16(group.parameters.labelCount)
        let others = Int16(AE_MEDIAN_LABEL)...Int16(AE_FLAT_LABEL)
        guard let labels = unsafe streams.values(stream, bytes: bytes),
            labels.allSatisfy({ range.contains($0) || others.contains($0) })
        else { throw .damagedGroup(group: index) }
        return labels.map { UInt8($0) }
    }

    private func decodeTiles(
        _ group: PackingGroup, tiles: [Tile], labels: [UInt8]?, streams: UnsafeMutablePointer<ae_streams>?,
        map: PreparedMap, parameters: PartParameters, base: PlacedBase?, bytes: UnsafeRawBufferPointer,
        target: SampleTarget
    ) -> Bool {
        var prediction = ae_prediction(
            group.parameters, maximumCode: map.maximumHighCode, bound: parameters.codeBound)
        var labelOffset = 0
        var low = LowBitReader(range: group.lowBits, width: parameters.lowBits)
        for (number, tile) in tiles.enumerated() {
            let blocks = PackingGroup.blockCount(tile)
            let own =
                labels.map { Array($0[labelOffset..<labelOffset + blocks]) }
                ?? [UInt8](repeating: 0, count: blocks)
            labelOffset += blocks
            let status = unsafe own.withUnsafeBufferPointer { own in
                var description = unsafe ae_tile(
                    rows: Int32(tile.rows), columns: Int32(tile.columns),
                    initial: group.parameters.initialCodes[number], labels: own.baseAddress,
                    band: workspace.band, base: nil, base_stride: 0, base_band: workspace.baseBand,
                    coder: streams == nil ? coder.state : nil)
                return unsafe decodeTile(
                    &prediction, &description, streams, tile, map, base, &low, bytes, target)
            }
            guard status else { return false }
        }
        return true
    }

    /// Decodes the codes of one tile and maps them to stored values; false if they do not fit.
    private func decodeTile(
        _ prediction: inout ae_prediction, _ description: inout ae_tile,
        _ streams: UnsafeMutablePointer<ae_streams>?,
        _ tile: Tile, _ map: PreparedMap, _ base: PlacedBase?, _ low: inout LowBitReader,
        _ bytes: UnsafeRawBufferPointer, _ target: SampleTarget
    ) -> Bool {
        if let narrow = unsafe target.narrow, low.width == 0 {
            let out = unsafe narrow + (tile.start - target.first)
            unsafe base?.lay(tile, into: out, stride: target.stride, for: &description)
            guard unsafe ae_decode_tile(level, &prediction, &description, streams, out, target.stride) == 0
            else {
                return false
            }
            return unsafe map.apply(out, stride: target.stride, rows: tile.rows, columns: tile.columns)
        }
        if high.count < tile.sampleCount { high = [UInt16](repeating: 0, count: tile.sampleCount) }
        let status: Int32 = unsafe high.withUnsafeMutableBufferPointer { high in
            guard let out = high.baseAddress else { return 0 }
            unsafe base?.lay(tile, into: out, stride: tile.columns, for: &description)
            return unsafe ae_decode_tile(level, &prediction, &description, streams, out, tile.columns)
        }
        guard status == 0 else { return false }
        return unsafe target.store(high, tile, map.map, &low, bytes)
    }
}

/// Takes the unpredicted low bits of codes from the archive, in coding order of rows.
struct LowBitReader {
    let width: Int
    private var bit: Int

    init(range: Range<Int>, width: Int) {
        self.width = width
        bit = 8 * range.lowerBound
    }

    /// The next bits; the caller has checked that they are there.
    mutating func next(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard width > 0 else { return 0 }
        var word = 0
        let first = bit >> 3
        for index in 0..<4 where first + index < bytes.count {
            word |= Int(unsafe bytes[first + index]) << (8 * index)
        }
        defer { bit += width }
        return word >> (bit & 7) & ((1 << width) - 1)
    }
}
