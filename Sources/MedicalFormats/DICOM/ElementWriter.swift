// SPDX-License-Identifier: Apache-2.0

/// Writes little-endian data elements in the encoding of a data set or item.
struct ElementWriter: Sendable {
    let encoding: DatasetEncoding

    /// An element with a value of even length: UIDs end with NUL, texts with a space. (PS3.5, 6.2)
    ///
    /// - Precondition: Representations with a short length field hold fewer than 65 535 bytes.
    func element(_ tag: Tag, _ representation: ValueRepresentation, _ value: [UInt8]) -> [UInt8] {
        var padded = value
        if padded.count % 2 == 1 { padded.append(representation == .uniqueIdentifier ? 0 : 0x20) }
        return header(tag, representation, length: UInt32(padded.count)) + padded
    }

    /// An element with a text.
    func text(_ tag: Tag, _ representation: ValueRepresentation, _ value: String) -> [UInt8] {
        element(tag, representation, Array(value.utf8))
    }

    /// A sequence of items of defined length, each given by its elements.
    func sequence(_ tag: Tag, items: [[UInt8]]) -> [UInt8] {
        let content = items.flatMap { Self.item($0) }
        return header(tag, .sequence, length: UInt32(content.count)) + content
    }

    /// Tag, representation where one is written, and length.
    func header(_ tag: Tag, _ representation: ValueRepresentation, length: UInt32) -> [UInt8] {
        if encoding.hasExplicitVR {
            return elementHeader(tag, representation, byteCount: Int(length))
        }
        return littleEndianBytes(tag.group) + littleEndianBytes(tag.element) + littleEndianBytes(length)
    }

    /// An item with its elements; one too large for a length field gets an undefined one.
    static func item(_ elements: [UInt8], hasUndefinedLength: Bool = false) -> [UInt8] {
        if hasUndefinedLength || elements.count >= Int(UInt32.max) {
            return delimiter(.item, length: .max) + elements + delimiter(.itemDelimitation, length: 0)
        }
        return delimiter(.item, length: UInt32(elements.count)) + elements
    }

    /// The tag and length of an item or delimiter.
    static func delimiter(_ tag: Tag, length: UInt32) -> [UInt8] {
        littleEndianBytes(tag.group) + littleEndianBytes(tag.element) + littleEndianBytes(length)
    }
}
