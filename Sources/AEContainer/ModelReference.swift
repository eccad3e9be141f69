// SPDX-License-Identifier: Apache-2.0

/// The `MODL` chunk: the model that a part is decoded with. (Spec 4.3)
///
/// The digest is its identity; name and version are for people.
public struct ModelReference: Equatable, Sendable {
    /// The version that the maker of the model gave it.
    public var version: UInt32
    /// SHA-256 of the bytes of the model file, 32 bytes.
    public var digest: [UInt8]
    /// The name of the model, 1 to 255 bytes of printable UTF-8.
    public var name: String

    /// Makes a reference; ``ContainerContent/serialized()`` requires the sizes above.
    public init(version: UInt32, digest: [UInt8], name: String) {
        self.version = version
        self.digest = digest
        self.name = name
    }
}

extension ModelReference {
    /// Whether the model is one of this digest.
    public func identifies(_ digest: [UInt8]) -> Bool { digest == self.digest }
}

extension ModelReference {
    /// Bytes of the payload without the name.
    private static let fixedByteCount = 1 + 4 + digestByteCount + 1

    /// Reads the payload of a part; the inverse of ``write(to:part:)``.
    init(_ payload: ArraySlice<UInt8>, part: Int) throws(ContainerError) {
        let type = FourCC.model
        guard payload.count >= Self.fixedByteCount else {
            throw .payloadLength(chunk: type, expected: Self.fixedByteCount, found: payload.count)
        }
        var reader = ByteReader(payload)
        let partValue = try reader.u8()
        try type.require(Int(partValue) == part, "Part", partValue)
        version = try reader.u32()
        digest = Array(try reader.bytes(digestByteCount))
        let nameLength = try reader.u8()
        try type.require(nameLength >= 1, "Name_Length", nameLength)
        try type.requireLength(Self.fixedByteCount + Int(nameLength), payload)
        let nameBytes = reader.rest()
        name = String(decoding: nameBytes, as: UTF8.self)
        // Decoding replaces what is not UTF-8, so damage shows as a difference.
        guard name.utf8.elementsEqual(nameBytes), name.unicodeScalars.allSatisfy(\.isPrintable) else {
            throw .invalidText(chunk: type, field: "Name")
        }
    }

    /// Bytes of the payload.
    var payloadByteCount: Int { Self.fixedByteCount + name.utf8.count }

    /// Writes the payload; the inverse of ``init(_:part:)``.
    func write(to writer: inout ByteWriter, part: UInt8) {
        precondition(digest.count == digestByteCount, "a digest has 32 bytes")
        precondition((1...255).contains(name.utf8.count), "a model name has 1 to 255 bytes")
        writer.u8(part)
        writer.u32(version)
        writer.bytes(digest)
        writer.u8(UInt8(name.utf8.count))
        writer.bytes(name.utf8)
    }
}

/// Bytes of a SHA-256 digest.
let digestByteCount = 32

extension Unicode.Scalar {
    /// Whether the character is no control character; names are shown on terminals.
    fileprivate var isPrintable: Bool { value >= 0x20 && !(0x7F...0x9F).contains(value) }
}
