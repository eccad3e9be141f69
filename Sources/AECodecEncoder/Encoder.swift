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
///   - options: Threads, kernels and layers; the archive is the same for all numbers of threads.
/// - Returns: A complete archive.
/// - Throws: ``EncodeError`` if there are too many parts or samples, or the kernels are not to be had.
public func encodeLossless(
    _ parts: [SampleArray], kind: Part.Kind = .image, source: SourceRecord? = nil,
    options: EncodeOptions = EncodeOptions()
) throws(EncodeError) -> [UInt8] {
    guard (1...64).contains(parts.count) else { throw .partCount(parts.count) }
    var content = ContainerContent(parts: [], groups: [], source: source.map { packed($0) })
    for (number, samples) in parts.enumerated() {
        let encoded = try PartEncoder(samples, part: number, kind: kind, options: options).layered()
        content.parts.append(encoded.part)
        content.groups += encoded.groups
    }
    return content.serialized()
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
