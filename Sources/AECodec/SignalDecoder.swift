// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Decodes exact groups of signals one after the other; one serves one thread.
@safe
final class SignalDecoder {
    private let level: ae_kernel_level
    private let streams: UnpackedStreams
    private let lanes = SignalLanes()
    private var high: [UInt16] = []

    init?(level: ae_kernel_level) {
        guard let streams = UnpackedStreams() else { return nil }
        self.streams = streams
        self.level = level
    }

    /// Decodes one group into its place; see ``GroupDecoder``.
    func decode(
        _ group: SignalPackingGroup, index: Int, tiles: [Tile], map: PreparedMap, parameters: PartParameters,
        bytes: UnsafeRawBufferPointer, target: SampleTarget
    ) throws(DecodeError) {
        let coder = SignalCoder(
            group.parameters, maximumCode: map.maximumHighCode, bound: parameters.codeBound)
        var low = LowBitReader(range: group.lowBits, width: parameters.lowBits)
        try unsafe streams.withStreams(
            group.streams, map: group.parameters.streamOfClass, slack: 1, index: index, bytes: bytes
        ) { streams in
            for tile in tiles {
                guard
                    unsafe decodeTile(
                        coder, &streams, tile, map, &low, bytes: bytes, target: target)
                else { return .ranOut }
            }
            return .usedUp
        }
    }

    /// Decodes one tile and maps its codes to stored values; false if they do not fit.
    private func decodeTile(
        _ coder: SignalCoder, _ streams: inout ae_streams, _ tile: Tile, _ map: PreparedMap,
        _ low: inout LowBitReader, bytes: UnsafeRawBufferPointer, target: SampleTarget
    ) -> Bool {
        lanes.reserve(rows: tile.rows, columns: tile.columns)
        if let narrow = unsafe target.narrow, low.width == 0 {
            let out = unsafe narrow + (tile.start - target.first)
            return unsafe run(coder, &streams, tile, into: out, stride: target.stride)
                && map.apply(out, stride: target.stride, rows: tile.rows, columns: tile.columns)
        }
        if high.count < tile.sampleCount { high = [UInt16](repeating: 0, count: tile.sampleCount) }
        let isDecoded = unsafe high.withUnsafeMutableBufferPointer { high in
            guard let out = high.baseAddress else { return true }
            return unsafe run(coder, &streams, tile, into: out, stride: tile.columns)
        }
        return unsafe isDecoded && target.store(high, tile, map.map, &low, bytes)
    }

    private func run(
        _ coder: SignalCoder, _ streams: inout ae_streams, _ tile: Tile,
        into out: UnsafeMutablePointer<UInt16>, stride: Int
    ) -> Bool {
        var parameters = unsafe coder.coder
        var memory = unsafe lanes.lanes
        let status = unsafe ae_decode_signals(
            level, &parameters, &memory, Int32(tile.rows), Int32(tile.columns), &streams, out, stride)
        withExtendedLifetime((coder, lanes)) {}
        return status == 0
    }
}

extension SampleTarget {
    /// Puts high codes and low bits of a tile together and stores what they stand for; false if a code is out
    /// of range.
    func store(
        _ high: [UInt16], _ tile: Tile, _ map: SampleMap, _ low: inout LowBitReader,
        _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        for row in 0..<tile.rows {
            for column in 0..<tile.columns {
                let lowBits = unsafe low.next(bytes)
                let code = Int(high[row * tile.columns + column]) << low.width | lowBits
                guard code <= map.maximumCode else { return false }
                let value = map.storedValue(code)
                let place = tile.start - first + row * stride + column
                if let wide = unsafe wide {
                    unsafe wide[place] = UInt32(truncatingIfNeeded: value)
                } else if let narrow = unsafe narrow {
                    unsafe narrow[place] = UInt16(truncatingIfNeeded: value)
                }
            }
        }
        return true
    }
}
