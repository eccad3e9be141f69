// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import CSystem
import Samples

/// Decodes groups of a part on several threads into one storage.
struct PartDecoder {
    let container: Container
    let part: CodedPart
    let options: DecodeOptions
    /// The base of the frames that are decoded; nil if the part has none.
    let base: PlacedBase?
    /// What the samples are where groups are missing; nil for 0.
    let missing: SampleArray?

    /// Decodes `groups`, whose samples are `count` from `firstSample` on in the flat order.
    func decode(
        groups: [(index: Int, group: Group)], firstSample: Int, count: Int
    ) throws(DecodeError) -> SampleArray.Storage {
        if part.format.bitsStored <= 16 {
            var failure: DecodeError?
            let values = unsafe [UInt16](unsafeUninitializedCapacity: count) { buffer, initialized in
                let target = unsafe SampleTarget(
                    narrow: buffer.baseAddress, wide: nil, first: firstSample,
                    stride: part.grid.extent.columns)
                unsafe c_expect_whole_use(buffer.baseAddress, 2 * count)
                if part.isTruncated {
                    unsafe buffer.initialize(repeating: 0)
                    if case .narrow(let coarse)? = missing?.storage { _ = unsafe buffer.update(from: coarse) }
                }
                failure = run(groups, target: target)
                initialized = failure == nil ? count : 0
            }
            if let failure { throw failure }
            return .narrow(values)
        }
        var failure: DecodeError?
        let values = unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = unsafe SampleTarget(
                narrow: nil, wide: buffer.baseAddress, first: firstSample, stride: part.grid.extent.columns)
            unsafe c_expect_whole_use(buffer.baseAddress, 4 * count)
            if part.isTruncated {
                unsafe buffer.initialize(repeating: 0)
                if case .wide(let coarse)? = missing?.storage { _ = unsafe buffer.update(from: coarse) }
            }
            failure = run(groups, target: target)
            initialized = failure == nil ? count : 0
        }
        if let failure { throw failure }
        return .wide(values)
    }

    private func run(_ groups: [(index: Int, group: Group)], target: SampleTarget) -> DecodeError? {
        guard let level = options.kernel.level else { return .kernelUnavailable(options.kernel) }
        let map = PreparedMap(part.map, lowBits: part.grid.parameters.lowBits)
        let part = part
        let container = container
        let base = base
        guard part.isSignal else {
            return unsafe run(groups) {
                GroupDecoder(level: level)
            } _: {
                decoder, index, group, tiles, bytes throws(DecodeError) in
                let packing = try part.packingGroup(index: index, group: group, in: container)
                try unsafe decoder.decode(
                    packing, index: index, tiles: tiles, map: map, parameters: part.grid.parameters,
                    base: base, bytes: bytes, target: target)
            }
        }
        return unsafe run(groups) {
            SignalDecoder(level: level)
        } _: {
            decoder, index, group, tiles, bytes throws(DecodeError) in
            let signals = try part.signalGroup(index: index, group: group, in: container)
            try unsafe decoder.decode(
                signals, index: index, tiles: tiles, map: map, parameters: part.grid.parameters,
                bytes: bytes, target: target)
        }
    }

    /// Decodes groups on several threads, each with a decoder of its own.
    private func run<Decoder>(
        _ groups: [(index: Int, group: Group)], _ makeDecoder: @Sendable () -> Decoder?,
        _ decode: @Sendable (Decoder, Int, Group, [Tile], UnsafeRawBufferPointer) throws(DecodeError) -> Void
    ) -> DecodeError? {
        let part = part
        let container = container
        do throws(DecodeError) {
            try WorkQueue<DecodeError>.run(groups.count, threads: options.threads) {
                queue throws(DecodeError) in
                guard let decoder = makeDecoder() else { throw .memoryLimit(needed: 0, limit: 0) }
                while let number = queue.take() {
                    let (index, group) = groups[number]
                    let tiles = part.grid.tiles(of: group.header)
                    try unsafe container.withBytes(behind: group) { bytes throws(DecodeError) in
                        try unsafe decode(decoder, index, group, tiles, bytes)
                    }
                }
            }
        } catch { return error }
        return nil
    }
}
