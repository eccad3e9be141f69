// SPDX-License-Identifier: Apache-2.0
import AECodec
public import AEContainer
public import Samples

/// Compresses samples without loss.
///
/// - Parameters:
///   - parts: The samples of every part, in stored units.
///   - kind: What the samples are.
///   - source: What is kept of the original file.
///   - options: Threads and kernels; the archive is the same for all numbers of threads.
/// - Returns: A complete archive.
/// - Throws: ``EncodeError`` if there are too many parts or samples, or the kernels are not to be had.
public func encodeLossless(
    _ parts: [SampleArray], kind: Part.Kind = .image, source: SourceRecord? = nil,
    options: EncodeOptions = EncodeOptions()
) throws(EncodeError) -> [UInt8] {
    guard (1...64).contains(parts.count) else { throw .partCount(parts.count) }
    var content = ContainerContent(parts: [], groups: [], source: source.map { packed($0) })
    for (number, samples) in parts.enumerated() {
        let encoded = try encode(samples, part: number, kind: kind, options: options)
        content.parts.append(encoded.part)
        content.groups += encoded.groups
    }
    return content.serialized()
}

/// The map, tiles, groups and digest of one part.
///
/// - Parameters:
///   - samples: The samples of the part.
///   - number: Its number.
///   - kind: What the samples are.
///   - bounded: The greatest error of a code, and an affine map with at most 65,536 codes; nil for lossless.
///   - options: Threads and kernels.
/// - Returns: The part, whose mode and digest are those of a lossless one, and its groups.
/// - Throws: ``EncodeError``.
func encode(
    _ samples: SampleArray, part number: Int, kind: Part.Kind, bounded: (bound: Int, map: SampleMap)? = nil,
    options: EncodeOptions
) throws(EncodeError) -> (part: Part, groups: [(header: GroupHeader, body: [UInt8])]) {
    let extent = samples.extent
    guard extent.sampleCount <= 1 << 30 else { throw .tooLarge(samples: extent.sampleCount) }
    guard let level = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
    let map = bounded?.map ?? SampleMapFit.map(samples)
    // Prediction works on 16 bits; what is finer is kept as it is.
    let lowBits = max(0, Int.bitWidth - map.maximumCode.leadingZeroBitCount - 16)
    let maximumCode = map.maximumCode >> lowBits
    let parameters = TileChoice.parameters(extent, lowBits: lowBits, codeBound: bounded?.bound ?? 0)
    let grid = TileGrid(extent: extent, parameters: parameters)
    let headers = TileChoice.groups(grid, part: number)
    let table = CodeTable(map, format: samples.format, lowBits: lowBits)
    let effort = Effort(level: options.effort)
    let bodies = try concurrently(headers.count, threads: options.threads) { () throws(EncodeError) in
        guard let encoder = GroupEncoder(level: level, effort: effort, bound: parameters.codeBound) else {
            throw .outOfMemory
        }
        return encoder
    } _: { encoder, group in
        encoder.encode(
            samples, tiles: grid.tiles(of: headers[group]), table: table, maximumCode: maximumCode)
    }
    let part = Part(
        kind: kind, extent: extent, format: samples.format, sampleMap: SampleMapFit.payload(map),
        parameters: parameters.payload, digest: samples.digest)
    return (part, zip(headers, bodies).map { (header: $0, body: $1) })
}

/// The record of the original file, its kept bytes packed where that makes them shorter.
func packed(_ source: SourceRecord, level: Int32 = 19) -> PackedSource {
    let frame = ZstdFrameWriter.pack(source.kept, level: level)
    let isPacked = frame.count < source.kept.count
    return PackedSource(
        format: source.format, isByteExact: source.isByteExact, digest: source.digest, cuts: source.cuts,
        keptByteCount: source.kept.count, packing: isPacked ? .zstd : .stored,
        packedKept: isPacked ? frame[...] : source.kept[...])
}
