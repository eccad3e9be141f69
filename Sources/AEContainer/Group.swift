// SPDX-License-Identifier: Apache-2.0

/// One packing group of an archive: its header, and where its body stands. (Spec 4.7)
public struct Group: Equatable, Sendable {
    /// What it holds.
    public let header: GroupHeader
    /// Where the body stands in the bytes of the archive.
    public let bodyRange: Range<Int>
    /// Where its chunk stands in the bytes of the archive.
    public let chunkRange: Range<Int>

    /// Reads a `LAYR` chunk; the body stays where it is.
    init(_ chunk: Chunk, in bytes: [UInt8], grids: [GridChunk]) throws(ContainerError) {
        var fields = PayloadReader(.layer, bytes[chunk.payloadRange])
        header = try GroupHeader(&fields, grids: grids)
        bodyRange = fields.rest().indices
        chunkRange = chunk.offset..<chunk.end
    }
}
