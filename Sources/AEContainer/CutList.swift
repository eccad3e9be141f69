// SPDX-License-Identifier: Apache-2.0
import Samples

/// The list of sample runs in a `SRCE` chunk, checked entry by entry. (Spec 4.8)
///
/// All runs together never hold more samples than the archive, so that a small archive cannot
/// describe a giant file.
struct CutList {
    var cuts: [SourceRecord.Cut] = []
    /// Bytes of the file before, between the runs read so far.
    private(set) var gapByteCount: UInt64 = 0
    /// Bytes of the runs read so far.
    private(set) var cutByteCount: UInt64 = 0

    private let grids: [GridChunk]
    private var samplesLeft: Int
    private static let bigEndianFlag: UInt8 = 1 << 0

    init(grids: [GridChunk]) {
        self.grids = grids
        samplesLeft = grids.reduce(0) { $0 + $1.extent.sampleCount }
    }

    /// The fewest bytes that an entry takes.
    static let leastEntryByteCount = 6

    /// Reads one entry; the inverse of ``write(_:after:to:)``.
    mutating func append(_ fields: inout PayloadReader) throws(ContainerError) {
        let type = FourCC.source
        let gap = try fields.varint()
        let first = try fields.varint()
        let count = try fields.varint()
        let part = try fields.u8()
        let cell = try fields.u8()
        let flags = try fields.u8()

        let end = gapByteCount + cutByteCount
        try type.require(gap <= UInt64(Int.max) - end, "Cut_Gap", gap)
        try type.require(Int(part) < grids.count, "Cut_Part", part)
        let grid = grids[Int(part)]
        let samples = UInt64(grid.extent.sampleCount)
        try type.require(first < samples, "First_Sample", first)
        try type.require(
            count >= 1 && count <= samples - first && count <= UInt64(samplesLeft), "Sample_Count", count)
        try type.require(
            [1, 2, 4].contains(cell) && Int(cell) >= grid.format.byteCount, "Cell_Bytes", cell)
        try type.require(flags & ~Self.bigEndianFlag == 0, "Cut_Flags", flags)
        // Counts are at most 2^56 and cells 4 bytes, so only the gap can lead out of range.
        let bytes = count * UInt64(cell)
        try type.require(bytes <= UInt64(Int.max) - end - gap, "Cut_Gap", gap)

        samplesLeft -= Int(count)
        gapByteCount += gap
        cutByteCount += bytes
        cuts.append(
            SourceRecord.Cut(
                offset: Int(end + gap), part: Int(part), firstSample: Int(first), sampleCount: Int(count),
                cellBytes: Int(cell), isBigEndian: flags & Self.bigEndianFlag != 0))
    }

    /// Writes one entry that follows a run with some end; the inverse of ``append(_:)``.
    static func write(_ cut: SourceRecord.Cut, after end: Int, to writer: inout ByteWriter) {
        guard let run = cut.plainRun else { preconditionFailure("patterns have no place in this version") }
        writer.varint(cut.offset - end)
        writer.varint(run.firstSample)
        writer.varint(run.sampleCount)
        writer.u8(UInt8(run.part))
        writer.u8(UInt8(run.cellBytes))
        writer.u8(run.isBigEndian ? bigEndianFlag : 0)
    }
}
