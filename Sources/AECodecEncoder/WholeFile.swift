// SPDX-License-Identifier: Apache-2.0
import AEContainer
public import Samples

/// An archive of a file that is kept whole, packed by zstd where that makes it shorter.
///
/// - Parameters:
///   - source: The record of a file without cuts.
///   - limit: Bytes that the archive must stay below to be of use.
/// - Returns: A complete archive without parts; nil if it would have `limit` bytes or more.
public func encodeWholeFile(_ source: SourceRecord, below limit: Int = .max) -> [UInt8]? {
    precondition(source.cuts.isEmpty && source.isByteExact, "a file that is kept whole has no cuts")
    // A fast look tells what cannot get that small, and what hardly shrinks at all.
    let estimate = ZstdFrameWriter.pack(source.kept, level: 1).count
    guard Double(limit) > 0.75 * Double(min(estimate, source.kept.count)) else { return nil }
    let isCompressed = Double(estimate) > 0.97 * Double(source.kept.count)
    let archive = ContainerContent(
        parts: [], groups: [], source: packed(source, level: isCompressed ? 3 : 19)
    ).serialized()
    return archive.count < limit ? archive : nil
}
