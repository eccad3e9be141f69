// SPDX-License-Identifier: Apache-2.0

/// The first twelve bytes of an archive. (Spec 2)
struct FileHeader: Equatable, Sendable {
    /// Whether the index stands behind the layers and is found by the ``Trailer``.
    var indexAtEnd: Bool

    static let byteCount = 12

    /// A byte outside ASCII, the name, and the line ends that careless transfers change.
    static let signature: [UInt8] = [0x8A, 0x41, 0x45, 0x43, 0x0D, 0x0A, 0x1A, 0x0A]

    private static let indexAtEndFlag: UInt16 = 1 << 0

    /// Reads the header; the inverse of ``write(to:)``.
    static func read(_ reader: inout ByteReader) throws(ContainerError) -> FileHeader {
        let found = try reader.bytes(min(signature.count, reader.remaining))
        guard signature.starts(with: found) else { throw .invalidSignature(Array(found)) }
        guard found.count == signature.count, reader.remaining >= byteCount - signature.count else {
            throw .truncated(offset: 0, needed: byteCount, available: found.count + reader.remaining)
        }
        let version = ContainerVersion(major: try reader.u8(), minor: try reader.u8())
        guard version == .current else { throw .unsupportedVersion(version) }
        let flags = try reader.u16()
        guard flags & ~indexAtEndFlag == 0 else { throw .reservedHeaderFlags(flags) }
        return FileHeader(indexAtEnd: flags & indexAtEndFlag != 0)
    }

    /// Writes the header; the inverse of ``read(_:)``.
    func write(to writer: inout ByteWriter) {
        writer.bytes(Self.signature)
        writer.u8(ContainerVersion.current.major)
        writer.u8(ContainerVersion.current.minor)
        writer.u16(indexAtEnd ? Self.indexAtEndFlag : 0)
    }
}
