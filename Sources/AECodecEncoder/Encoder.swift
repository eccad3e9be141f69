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
    guard (1...mostParts).contains(parts.count) else { throw .partCount(parts.count) }
    var content = ContainerContent(parts: [], groups: [], source: source.map { packed(SourceFiles($0)) })
    for (number, samples) in parts.enumerated() {
        let encoded = try PartEncoder(samples, part: number, kind: kind, options: options).layered()
        content.parts.append(encoded.part)
        content.groups += encoded.groups
    }
    return content.serialized()
}

/// Most parts of an archive that is written; a reader takes as many by default.
let mostParts = 4096

/// The record of the original files, their kept bytes packed where that makes them shorter.
func packed(_ source: SourceFiles, level: Int32 = 19) -> PackedSource {
    let kept = source.members.count == 1 ? source.members[0].kept : Array(source.members.map(\.kept).joined())
    let frame = ZstdFrameWriter.pack(kept, level: level)
    let isPacked = frame.count < kept.count
    return PackedSource(
        format: source.format, isByteExact: source.isByteExact, digest: source.digest,
        members: source.members.map {
            PackedSource.Member(name: $0.name, cuts: $0.cuts, keptByteCount: $0.kept.count)
        },
        packing: isPacked ? .zstd : .stored, packedKept: isPacked ? frame[...] : kept[...])
}
