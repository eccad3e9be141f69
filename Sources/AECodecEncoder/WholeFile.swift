// SPDX-License-Identifier: Apache-2.0
import AEContainer
public import Samples

/// An archive of files that are kept whole, packed by zstd where that makes them shorter.
///
/// - Parameters:
///   - source: The record of files without cuts.
///   - limit: Bytes that the archive must stay below to be of use.
/// - Returns: A complete archive without parts; nil if it would have `limit` bytes or more.
public func encodeWholeFiles(_ source: SourceFiles, below limit: Int = .max) -> [UInt8]? {
    precondition(
        source.members.allSatisfy(\.cuts.isEmpty) && source.isByteExact,
        "a file that is kept whole has no cuts")
    // A fast look tells what cannot get that small, and what hardly shrinks at all.
    let byteCount = source.byteCount
    let estimate = source.members.reduce(0) { $0 + ZstdFrameWriter.pack($1.kept, level: 1).count }
    guard Double(limit) > 0.75 * Double(min(estimate, byteCount)) else { return nil }
    let isCompressed = Double(estimate) > 0.97 * Double(byteCount)
    let archive = ContainerContent(
        parts: [], groups: [], source: packed(source, level: isCompressed ? 3 : 19)
    ).serialized()
    return archive.count < limit ? archive : nil
}

/// An archive of a file that is kept whole.
///
/// - Parameters:
///   - source: The record of a file without cuts.
///   - limit: Bytes that the archive must stay below to be of use.
/// - Returns: A complete archive without parts; nil if it would have `limit` bytes or more.
public func encodeWholeFile(_ source: SourceRecord, below limit: Int = .max) -> [UInt8]? {
    encodeWholeFiles(SourceFiles(source), below: limit)
}
