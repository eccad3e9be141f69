// SPDX-License-Identifier: Apache-2.0

/// A reason why bytes are not an archive that this library reads.
///
/// Every case names a rule of `Spec/container.md` and carries the values a person needs to find the
/// fault with a hex viewer. Cases hold no text: wording lives in ``description``.
public enum ContainerError: Error, Equatable, Sendable {
    /// The first bytes are not the signature of an archive. (Spec 2)
    case invalidSignature([UInt8])
    /// The archive was written in another version of the format. (Spec 2)
    case unsupportedVersion(ContainerVersion)
    /// The flags of the file header have a reserved bit set. (Spec 2)
    case reservedHeaderFlags(UInt8)
    /// The input ends inside a structure: `needed` bytes from `offset`, `available` left. (Spec 3.4)
    case truncated(offset: Int, needed: Int, available: Int)
    /// Bytes stand behind the end of the archive. (Spec 3.4)
    case trailingBytes(offset: Int, count: Int)
    /// Four bytes in the place of a chunk type are not ASCII letters. (Spec 3.2)
    case invalidChunkType([UInt8], offset: Int)
    /// The stored checksum of a chunk differs from the one computed over it. (Spec 3.1)
    case checksumMismatch(chunk: FourCC, offset: Int, stored: UInt32, computed: UInt32)
    /// A chunk that a reader must understand has an unknown type. (Spec 3.2)
    case unknownCriticalChunk(FourCC, offset: Int)
    /// A chunk stands where the order of chunks does not allow it. (Spec 3.3)
    case unexpectedChunk(FourCC, offset: Int, expected: [FourCC])
    /// A number is not written in its shortest form or has more than 64 bits. (Spec 1)
    case invalidVarint(offset: Int)
    /// A payload has another length than its fields require. (Spec 4)
    case payloadLength(chunk: FourCC, expected: Int, found: Int)
    /// A field holds a value outside the range its table allows. (Spec 4)
    case fieldOutOfRange(chunk: FourCC, field: String, value: UInt64)
    /// A real number holds a value outside the range its table allows; given by its bits. (Spec 4)
    case realOutOfRange(chunk: FourCC, field: String, bitPattern: UInt32)
    /// A text is not printable UTF-8. (Spec 4.3)
    case invalidText(chunk: FourCC, field: String)
    /// A base group stands behind an exact group or the source. (Spec 3.3)
    case misplacedBaseGroup(offset: Int)
    /// The index lists another number of groups than there are. (Spec 4.6)
    case groupCountMismatch(index: Int, found: Int)
    /// An entry of the index contradicts the group it stands for. (Spec 4.6)
    case indexMismatch(entry: Int, field: String, stated: UInt64, found: UInt64)
    /// The trailer does not lead to the index. (Spec 5)
    case trailerMismatch(stated: UInt64, found: UInt64)
    /// The four letters at the end of a streamed archive are missing. (Spec 5)
    case invalidTrailer([UInt8])
    /// The parts declare more samples than allowed; `samples` is 2^64 - 1 for that many or more.
    case sampleLimit(samples: UInt64, limit: Int)
    /// A count is above the reader's limit.
    case countLimit(chunk: FourCC, field: String, count: UInt64, limit: Int)
}

extension ContainerError: CustomStringConvertible {
    /// One line for a person: what is wrong, where, and with which values.
    public var description: String {
        switch self {
        case .invalidSignature(let bytes):
            "not an aecodec archive: it starts with \(hexadecimal(bytes))"
        case .unsupportedVersion(let version):
            "the archive has container version \(version); this program reads \(ContainerVersion.readable[0]) to \(ContainerVersion.current)"
        case .reservedHeaderFlags(let flags):
            "the file header has reserved flags set: \(hexadecimal(flags))"
        case .truncated(let offset, let needed, let available):
            "the archive ends early: \(needed) bytes needed at offset \(offset), \(available) left"
        case .trailingBytes(let offset, let count):
            "\(count) bytes that do not belong to the archive follow its end at offset \(offset)"
        case .invalidChunkType(let bytes, let offset):
            "the bytes \(hexadecimal(bytes)) at offset \(offset) are not a chunk type"
        case .checksumMismatch(let chunk, let offset, let stored, let computed):
            "chunk '\(chunk)' at offset \(offset) is damaged: "
                + "its checksum is \(hexadecimal(stored)), computed \(hexadecimal(computed))"
        case .unknownCriticalChunk(let chunk, let offset):
            "chunk '\(chunk)' at offset \(offset) is required but unknown; a newer program is needed"
        case .unexpectedChunk(let chunk, let offset, let expected):
            "chunk '\(chunk)' at offset \(offset) is out of order; "
                + "expected \(expected.map { "'\($0)'" }.joined(separator: " or "))"
        case .invalidVarint(let offset):
            "the number at offset \(offset) is not written in its shortest form"
        case .payloadLength(let chunk, let expected, let found):
            "chunk '\(chunk)': the payload has \(found) bytes, its fields need \(expected)"
        case .fieldOutOfRange(let chunk, let field, let value):
            "chunk '\(chunk)': \(field) = \(value) is outside its allowed range"
        case .realOutOfRange(let chunk, let field, let bits):
            "chunk '\(chunk)': \(field) = \(Float(bitPattern: bits)) is outside its allowed range"
        case .invalidText(let chunk, let field):
            "chunk '\(chunk)': \(field) is not printable UTF-8 text"
        case .misplacedBaseGroup(let offset):
            "the base group at offset \(offset) stands behind an exact group or the source record"
        case .groupCountMismatch(let index, let found):
            "the index lists \(index) packing groups, the archive holds \(found)"
        case .indexMismatch(let entry, let field, let stated, let found):
            "index entry \(entry) contradicts its packing group: \(field) is \(stated) there, \(found) here"
        case .trailerMismatch(let stated, let found):
            "the trailer places the index at offset \(stated); it stands at \(found)"
        case .invalidTrailer(let bytes):
            "the archive does not end with its trailer but with \(hexadecimal(bytes))"
        case .sampleLimit(let samples, let limit):
            "the archive declares \(samples == .max ? "2^64 or more" : "\(samples)") samples; "
                + "the limit is \(limit)"
        case .countLimit(let chunk, let field, let count, let limit):
            "chunk '\(chunk)': \(field) = \(count) is above the limit of \(limit)"
        }
    }
}

private func hexadecimal(_ value: some FixedWidthInteger & UnsignedInteger) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: value.bitWidth / 4 - digits.count) + digits
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String(hexadecimal($0).dropFirst(2)) }.joined(separator: " ")
}

extension FourCC {
    /// Throws unless a field of a chunk of this type holds an allowed value.
    func require(
        _ isAllowed: Bool, _ field: String, _ value: some UnsignedInteger
    ) throws(ContainerError) {
        guard isAllowed else {
            throw .fieldOutOfRange(chunk: self, field: field, value: UInt64(clamping: value))
        }
    }

    /// Throws unless a real number of a chunk of this type holds an allowed value.
    func require(_ isAllowed: Bool, _ field: String, _ value: Float) throws(ContainerError) {
        guard isAllowed else {
            throw .realOutOfRange(chunk: self, field: field, bitPattern: value.bitPattern)
        }
    }
}
