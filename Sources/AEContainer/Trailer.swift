// SPDX-License-Identifier: Apache-2.0

/// The last twelve bytes of an archive whose index stands behind its layers. (Spec 5)
struct Trailer: Equatable, Sendable {
    /// Where the `INDX` chunk starts, in bytes from the start of the file.
    var indexOffset: UInt64

    static let byteCount = 12
    static let magic = Array("AECT".utf8)

    /// Reads the trailer; the inverse of ``write(to:)``.
    static func read(_ reader: inout ByteReader) throws(ContainerError) -> Trailer {
        guard reader.remaining >= byteCount else {
            throw .truncated(offset: reader.offset, needed: byteCount, available: reader.remaining)
        }
        let trailer = Trailer(indexOffset: try reader.u64())
        let found = try reader.bytes(magic.count)
        guard found.elementsEqual(magic) else { throw .invalidTrailer(Array(found)) }
        return trailer
    }

    /// Writes the trailer; the inverse of ``read(_:)``.
    func write(to writer: inout ByteWriter) {
        writer.u64(indexOffset)
        writer.bytes(Self.magic)
    }
}
