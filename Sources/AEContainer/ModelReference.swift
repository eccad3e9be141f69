// SPDX-License-Identifier: Apache-2.0

/// The `MODL` chunk: the model that a part is decoded with. (Spec 4.3)
///
/// The identity finds it; name and version are for people.
public struct ModelReference: Equatable, Sendable {
    /// The version that the maker of the model gave it.
    public var version: UInt32
    /// The first 16 bytes of the SHA-256 of the model file.
    public var identity: [UInt8]
    /// The name of the model, 1 to 255 bytes of printable UTF-8.
    public var name: String

    /// Bytes of an identity.
    public static let identityByteCount = 16

    /// Makes a reference; ``ContainerContent/serialized()`` requires the sizes above.
    public init(version: UInt32, identity: [UInt8], name: String) {
        self.version = version
        self.identity = identity
        self.name = name
    }

    /// The identity of a model file with a SHA-256 of 32 bytes.
    public static func identity(ofFileDigest digest: [UInt8]) -> [UInt8] {
        Array(digest.prefix(identityByteCount))
    }
}

extension ModelReference {
    private static let longestName = 255

    /// Reads the payload; the inverse of ``payload``.
    init(_ payload: ArraySlice<UInt8>) throws(ContainerError) {
        let type = FourCC.model
        var fields = PayloadReader(type, payload)
        identity = Array(try fields.bytes(Self.identityByteCount))
        version = UInt32(try fields.varint("Version", 0...Int(UInt32.max)))
        let nameBytes = fields.rest()
        try type.require(
            (1...Self.longestName).contains(nameBytes.count), "length of Name", UInt(nameBytes.count))
        name = String(decoding: nameBytes, as: UTF8.self)
        // Decoding replaces what is not UTF-8, so damage shows as a difference.
        guard name.utf8.elementsEqual(nameBytes), name.unicodeScalars.allSatisfy(\.isPrintable) else {
            throw .invalidText(chunk: type, field: "Name")
        }
    }

    /// The payload; the inverse of ``init(_:)``.
    var payload: [UInt8] {
        precondition(identity.count == Self.identityByteCount, "the identity of a model has 16 bytes")
        precondition((1...Self.longestName).contains(name.utf8.count), "a model name has 1 to 255 bytes")
        var writer = ByteWriter()
        writer.bytes(identity)
        writer.varint(version)
        writer.bytes(name.utf8)
        return writer.bytes
    }
}

extension Unicode.Scalar {
    /// Whether the character is no control character; names are shown on terminals.
    fileprivate var isPrintable: Bool { value >= 0x20 && !(0x7F...0x9F).contains(value) }
}
