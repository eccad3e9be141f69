// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import Samples

/// Encodes a lossless or bounded part, in one layer or two.
struct PartEncoder {
    /// A part and its groups, base groups first.
    typealias Result = (part: Part, groups: [(header: GroupHeader, body: [UInt8])])

    private let samples: SampleArray
    private let number: Int
    private let kind: Part.Kind
    private let map: SampleMap
    private let options: EncodeOptions
    private let level: ae_kernel_level
    private let parameters: PartParameters
    private let grid: TileGrid
    private let headers: [GroupHeader]
    private let table: CodeTable

    /// - Parameters:
    ///   - samples: The samples of the part.
    ///   - number: Its number.
    ///   - kind: What the samples are.
    ///   - bounded: The greatest error of a code, and an affine map with at most 65,536 codes; nil for lossless.
    ///   - options: Threads and kernels.
    /// - Throws: ``EncodeError``.
    init(
        _ samples: SampleArray, part number: Int, kind: Part.Kind,
        bounded: (bound: Int, map: SampleMap)? = nil, options: EncodeOptions
    ) throws(EncodeError) {
        let extent = samples.extent
        guard extent.sampleCount <= 1 << 30 else { throw .tooLarge(samples: extent.sampleCount) }
        guard let level = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
        self.samples = samples
        self.number = number
        self.kind = kind
        self.options = options
        self.level = level
        map = bounded?.map ?? SampleMapFit.map(samples)
        // Prediction works on 16 bits; what is finer is kept as it is.
        let lowBits = max(0, Int.bitWidth - map.maximumCode.leadingZeroBitCount - 16)
        parameters =
            kind == .signal
            ? TileChoice.signalParameters(extent, lowBits: lowBits, codeBound: bounded?.bound ?? 0)
            : TileChoice.parameters(extent, lowBits: lowBits, codeBound: bounded?.bound ?? 0)
        grid = TileGrid(extent: extent, parameters: parameters)
        headers =
            kind == .signal
            ? TileChoice.signalGroups(grid, part: number) : TileChoice.groups(grid, part: number)
        table = CodeTable(map, format: samples.format, lowBits: lowBits)
    }

    /// One layer.
    func single() throws(EncodeError) -> Result {
        part(try bodies(Array(headers.indices), base: nil), base: nil)
    }

    /// Two layers, or one where a base is not to be had for what it may cost.
    func layered() throws(EncodeError) -> Result {
        let choice = options.base
        guard choice != .none, kind == .image, parameters.lowBits == 0, parameters.codeBound == 0,
            max(grid.extent.rows, grid.extent.columns) <= PyramidLayout.longestSide
        else { return try single() }
        let target = choice.target(
            sampleCount: grid.extent.sampleCount, byteCount: RoughSize.byteCount(samples, table: table))
        guard target > 0 else { return try single() }
        let base = try base(byteCount: target)
        let two = part(try bodies(Array(headers.indices), base: base), base: base)
        // The base adds no more than its own bytes. Where that is too much, or little is to be done, what it
        // adds is found out.
        let exact = two.groups.reduce(0) { $0 + ($1.header.layer == 1 ? $1.body.count : 0) }
        let isCheap = Double(base.byteCount) <= choice.maximumCost * Double(exact)
        if isCheap, headers.count > Self.fewGroups { return two }
        let one = try single()
        let alone = one.groups.reduce(0) { $0 + $1.body.count }
        let isWorthIt = Double(exact + base.byteCount - alone) <= choice.maximumCost * Double(alone)
        return isWorthIt ? two : one
    }

    /// Samples up to which adaptive coding takes its time: of all frames, with high efforts of each.
    private static let smallImage = 1 << 21

    /// Groups that are encoded in one layer too, to compare.
    private static let fewGroups = 2

    private func base(byteCount: Int) throws(EncodeError) -> EncodedBase {
        try BaseEncoder(
            samples, table: table, maximumCode: map.maximumCode, byteCount: byteCount, options: options
        ).encode(part: number, byteCount: byteCount)
    }

    private func bodies(_ groups: [Int], base: EncodedBase?) throws(EncodeError) -> [[UInt8]] {
        let effort = Effort(level: options.effort)
        let maximumCode = map.maximumCode >> parameters.lowBits
        if kind == .signal {
            return try concurrently(groups.count, threads: options.threads) { () throws(EncodeError) in
                guard
                    let encoder = SignalGroupEncoder(
                        level: level, effort: effort, bound: parameters.codeBound,
                        adaptiveShare: options.adaptiveShare ?? (effort.adaptiveShare > 0 ? 1 : 0))
                else { throw .outOfMemory }
                return encoder
            } _: { encoder, group in
                encoder.encode(
                    samples, tiles: grid.tiles(of: headers[groups[group]]), table: table,
                    maximumCode: maximumCode)
            }
        }
        let placed = base.map {
            PlacedBase(codes: $0.codes, rows: grid.extent.rows, columns: grid.extent.columns, first: 0)
        }
        let extent = grid.extent
        let size = effort.triesSmallAdaptive ? extent.rows * extent.columns : extent.sampleCount
        let isSmall = size <= Self.smallImage && effort.adaptiveShare > 0
        let share = isSmall ? Effort.smallAdaptiveShare : effort.adaptiveShare
        return try concurrently(groups.count, threads: options.threads) { () throws(EncodeError) in
            guard
                let encoder = GroupEncoder(
                    level: level, effort: effort, bound: parameters.codeBound,
                    adaptiveShare: options.adaptiveShare ?? share,
                    isSmall: isSmall || options.adaptiveShare != nil)
            else { throw .outOfMemory }
            return encoder
        } _: { encoder, group in
            encoder.encode(
                samples, tiles: grid.tiles(of: headers[groups[group]]), table: table,
                maximumCode: maximumCode, base: placed)
        }
    }

    private func part(_ bodies: [[UInt8]], base: EncodedBase?) -> Result {
        var parameters = parameters
        parameters.base = base?.parameters
        let part = Part(
            kind: kind, extent: grid.extent, format: samples.format, model: base?.model,
            sampleMap: SampleMapFit.payload(map), parameters: parameters.payload, digest: samples.digest)
        return (part, (base?.groups ?? []) + zip(headers, bodies).map { (header: $0, body: $1) })
    }
}
