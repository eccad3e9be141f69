// SPDX-License-Identifier: Apache-2.0

/// How the elements of a data set are written.
struct DatasetEncoding: Equatable, Sendable {
    /// Whether each element states its value representation.
    var hasExplicitVR: Bool
    /// Whether numbers have their most significant byte first.
    var isBigEndian = false
}

/// One data element as it stands in the bytes.
struct DataElement: Sendable {
    var tag: Tag
    /// `.none` in an implicit encoding.
    var representation: ValueRepresentation
    /// Where the tag stands.
    var offset: Int
    /// Where the length field stands, and its bytes: 2 or 4.
    var lengthField: Range<Int>
    /// The value, without the delimiter that ends an undefined length.
    var value: Range<Int>
    /// Whether the length is undefined (0xFFFFFFFF): a sequence, or pixel data in fragments.
    var hasUndefinedLength: Bool

    /// The offset behind the element and its delimiter.
    var end: Int { value.upperBound + (hasUndefinedLength ? 8 : 0) }
}

/// One item of a sequence.
struct DatasetItem: Sendable {
    /// Where the length field stands; undefined lengths hold 0xFFFFFFFF.
    var lengthOffset: Int
    /// The elements, without the delimiter.
    var content: Range<Int>
    var hasUndefinedLength: Bool
    var encoding: DatasetEncoding
}

/// Walks the data elements of a DICOM data set (PS3.5, section 7), on any bytes, without copying them.
///
/// Every offset that it hands out lies inside the bytes.
struct DatasetReader: Sendable {
    /// Deepest nesting of sequences that is followed.
    static let maximumDepth = 32
    private static let undefinedLength: UInt32 = 0xFFFF_FFFF

    let bytes: [UInt8]

    /// The element at `offset`, which ends at or before `end`.
    func element(
        at offset: Int, end: Int, encoding: DatasetEncoding, depth: Int = 0
    ) throws(MedicalFileError) -> DataElement {
        var element = try header(at: offset, end: end, encoding: encoding)
        let length =
            element.lengthField.count == 2
            ? UInt32(uint16(at: element.lengthField.lowerBound, bigEndian: encoding.isBigEndian))
            : uint32(at: element.lengthField.lowerBound, bigEndian: encoding.isBigEndian)
        let start = element.lengthField.upperBound
        if length == Self.undefinedLength, element.lengthField.count == 4 {
            element.hasUndefinedLength = true
            let after = try skipItems(
                from: start, end: end, encoding: encoding, of: element, depth: depth + 1)
            element.value = start..<after - 8
        } else {
            guard Int(length) <= end - start else {
                throw .truncated(offset: start, needed: Int(length), available: end - start)
            }
            element.value = start..<start + Int(length)
        }
        return element
    }

    /// Tag, value representation and place of the length field; the value is still empty.
    func header(
        at offset: Int, end: Int, encoding: DatasetEncoding
    ) throws(MedicalFileError) -> DataElement {
        guard end - offset >= 8 else { throw .truncated(offset: offset, needed: 8, available: end - offset) }
        let tag = tag(at: offset, bigEndian: encoding.isBigEndian)
        var representation = ValueRepresentation.none
        var lengthField = offset + 4..<offset + 8
        if encoding.hasExplicitVR, tag.group != 0xFFFE {
            let written = ValueRepresentation(bytes[offset + 4], bytes[offset + 5])
            // Some writers leave single elements without a representation: those are read as implicit,
            // unless blanks or question marks stand in its place.
            if written.isCapitals || written.isPlaceholder {
                representation = written
                // Representations of later editions have the long form. (PS3.5, 6.2)
                let isLong = written.hasLongLength || !written.isKnown && !written.isPlaceholder
                lengthField = isLong ? offset + 8..<offset + 12 : offset + 6..<offset + 8
                guard lengthField.upperBound <= end else {
                    throw .truncated(offset: offset, needed: 12, available: end - offset)
                }
            }
        }
        return DataElement(
            tag: tag, representation: representation, offset: offset, lengthField: lengthField,
            value: lengthField.upperBound..<lengthField.upperBound, hasUndefinedLength: false)
    }

    /// Calls a closure for every element of a range; a rest too short for an element is passed over.
    func forEachElement(
        in range: Range<Int>, encoding: DatasetEncoding, depth: Int = 0,
        _ body: (DataElement) throws(MedicalFileError) -> Void
    ) throws(MedicalFileError) {
        var at = range.lowerBound
        while range.upperBound - at >= 8 {
            let element = try element(at: at, end: range.upperBound, encoding: encoding, depth: depth)
            try body(element)
            at = element.end
        }
    }

    /// Calls a closure for every item of a sequence.
    func forEachItem(
        of sequence: DataElement, encoding: DatasetEncoding, depth: Int,
        _ body: (DatasetItem) throws(MedicalFileError) -> Void
    ) throws(MedicalFileError) {
        var at = sequence.value.lowerBound
        while let item = try nextItem(of: sequence, at: &at, encoding: encoding, depth: depth) {
            try body(item)
        }
    }

    /// The item at an offset inside a sequence, or nil at its end; moves the offset behind the item.
    func nextItem(
        of sequence: DataElement, at offset: inout Int, encoding: DatasetEncoding, depth: Int
    ) throws(MedicalFileError) -> DatasetItem? {
        guard depth <= Self.maximumDepth else { throw .nestingTooDeep(limit: Self.maximumDepth) }
        let end = sequence.value.upperBound
        guard offset < end,
            let item = try item(at: offset, end: end, encoding: encoding, of: sequence, depth: depth)
        else { return nil }
        offset = item.content.upperBound + (item.hasUndefinedLength ? 8 : 0)
        return item
    }

    /// The item at `offset`; nil if the sequence's delimiter stands there.
    private func item(
        at offset: Int, end: Int, encoding: DatasetEncoding, of sequence: DataElement, depth: Int
    ) throws(MedicalFileError) -> DatasetItem? {
        guard end - offset >= 8 else { throw .truncated(offset: offset, needed: 8, available: end - offset) }
        let isUnknown = sequence.representation == .unknown
        // Sequences of unknown representation are little endian, whatever encloses them. (PS3.5, 6.2.2)
        let isBigEndian = encoding.isBigEndian && !isUnknown
        let tag = tag(at: offset, bigEndian: isBigEndian)
        if tag == .sequenceDelimitation { return nil }
        guard tag == .item else { throw .malformedDataset(offset: offset) }
        let length = uint32(at: offset + 4, bigEndian: isBigEndian)
        let start = offset + 8
        var inner = encoding
        if isUnknown {
            // They are implicit, too, but not all writers know.
            inner.isBigEndian = false
            inner.hasExplicitVR =
                end - start >= 6 && ValueRepresentation(bytes[start + 4], bytes[start + 5]).isKnown
        }
        if length == Self.undefinedLength {
            let after = try skipElements(from: start, end: end, encoding: inner, depth: depth)
            return DatasetItem(
                lengthOffset: offset + 4, content: start..<after - 8, hasUndefinedLength: true,
                encoding: inner)
        }
        guard Int(length) <= end - start else {
            throw .truncated(offset: start, needed: Int(length), available: end - start)
        }
        return DatasetItem(
            lengthOffset: offset + 4, content: start..<start + Int(length), hasUndefinedLength: false,
            encoding: inner)
    }

    /// Skips items up to and including the sequence's delimiter.
    private func skipItems(
        from offset: Int, end: Int, encoding: DatasetEncoding, of sequence: DataElement, depth: Int
    ) throws(MedicalFileError) -> Int {
        guard depth <= Self.maximumDepth else { throw .nestingTooDeep(limit: Self.maximumDepth) }
        var at = offset
        while let item = try item(at: at, end: end, encoding: encoding, of: sequence, depth: depth) {
            at = item.content.upperBound + (item.hasUndefinedLength ? 8 : 0)
        }
        return at + 8
    }

    /// Skips the elements of an item of undefined length, up to and including its delimiter.
    private func skipElements(
        from offset: Int, end: Int, encoding: DatasetEncoding, depth: Int
    ) throws(MedicalFileError) -> Int {
        var at = offset
        while true {
            let element = try element(at: at, end: end, encoding: encoding, depth: depth)
            at = element.end
            if element.tag == .itemDelimitation { return at }
        }
    }

    /// The two bytes at an offset inside the bytes.
    func uint16(at offset: Int, bigEndian: Bool) -> UInt16 {
        let value = UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
        return bigEndian ? value.byteSwapped : value
    }

    /// The four bytes at an offset inside the bytes.
    func uint32(at offset: Int, bigEndian: Bool) -> UInt32 {
        let low = UInt32(uint16(at: offset, bigEndian: false))
        let value = low | UInt32(uint16(at: offset + 2, bigEndian: false)) << 16
        return bigEndian ? value.byteSwapped : value
    }

    /// The tag at an offset inside the bytes.
    func tag(at offset: Int, bigEndian: Bool) -> Tag {
        Tag(uint16(at: offset, bigEndian: bigEndian), uint16(at: offset + 2, bigEndian: bigEndian))
    }
}
