// SPDX-License-Identifier: Apache-2.0

/// Where the index of an archive stands. (Spec 2)
public enum IndexPlace: UInt8, Sendable, CaseIterable {
    /// In front of the layers.
    case front = 0
    /// Behind the layers, found by the trailer; for a writer that cannot go back.
    case end = 1
    /// Nowhere: a few groups are found by going from chunk to chunk.
    case absent = 2
}

/// The first eleven bytes of an archive. (Spec 2)
struct FileHeader: Equatable, Sendable {
    /// Where the index stands.
    var indexPlace: IndexPlace

    static let byteCount = 11

    /// A byte outside ASCII, the name, and the line ends that careless transfers change.
    static let signature: [UInt8] = [0x8A, 0x41, 0x45, 0x43, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Reads the header; the inverse of ``write(to:)``.
    static func read(_ reader: inout ByteReader) throws(ContainerError) -> FileHeader {
        let found = try reader.bytes(min(signature.count, reader.remaining))
        guard signature.starts(with: found) else { throw .invalidSignature(Array(found)) }
        guard found.count == signature.count, reader.remaining >= byteCount - signature.count else {
            throw .truncated(offset: 0, needed: byteCount, available: found.count + reader.remaining)
        }
        let version = ContainerVersion(major: try reader.u8(), minor: try reader.u8())
        guard ContainerVersion.readable.contains(version) else { throw .unsupportedVersion(version) }
        let flags = try reader.u8()
        guard let indexPlace = IndexPlace(rawValue: flags) else { throw .reservedHeaderFlags(flags) }
        return FileHeader(indexPlace: indexPlace)
    }

    /// Writes the header; the inverse of ``read(_:)``.
    func write(to writer: inout ByteWriter) {
        writer.bytes(Self.signature)
        writer.u8(ContainerVersion.current.major)
        writer.u8(ContainerVersion.current.minor)
        writer.u8(indexPlace.rawValue)
    }
}
