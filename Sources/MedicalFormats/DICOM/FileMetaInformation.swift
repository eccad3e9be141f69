// SPDX-License-Identifier: Apache-2.0

/// What stands before the data set of a DICOM file: preamble and file meta group, either of them
/// possibly absent. (PS3.10, 7.1)
struct FileMetaInformation: Sendable {
    /// The elements of group 0002; explicit VR little endian.
    private(set) var group = 0..<0
    /// The transfer syntax that the group states; nil if it states none.
    private(set) var transferSyntaxUID: String?
    /// The media storage SOP class that the group states.
    private(set) var sopClassUID: String?
    /// The media storage SOP instance that the group states.
    private(set) var sopInstanceUID: String?
    /// Where the data set starts.
    private(set) var datasetOffset = 0

    private static let encoding = DatasetEncoding(hasExplicitVR: true)

    /// Reads preamble and meta group; never more than what is there.
    init(_ reader: DatasetReader) throws(MedicalFileError) {
        let bytes = reader.bytes
        if Self.hasPreamble(bytes) { datasetOffset = 132 }
        let start = datasetOffset
        while bytes.count - datasetOffset >= 8, reader.uint16(at: datasetOffset, bigEndian: false) == 0x0002 {
            let element = try reader.element(at: datasetOffset, end: bytes.count, encoding: Self.encoding)
            if element.tag == .transferSyntaxUID { transferSyntaxUID = reader.text(of: element) }
            if element.tag == .mediaStorageSOPClassUID { sopClassUID = reader.text(of: element) }
            if element.tag == .mediaStorageSOPInstanceUID { sopInstanceUID = reader.text(of: element) }
            datasetOffset = element.end
        }
        group = start..<datasetOffset
    }

    /// Whether the four letters that mark a Part 10 file stand in their place.
    static func hasPreamble(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        bytes.count >= 132 && bytes.dropFirst(128).prefix(4).elementsEqual("DICM".utf8)
    }

    /// Preamble and meta group of a file that says the same in Explicit VR Little Endian.
    ///
    /// - Parameters:
    ///   - reader: The file that the elements stand in.
    ///   - sopClassUID: Of the data set; used where the file has no meta group.
    ///   - sopInstanceUID: Of the data set; used where the file has no meta group.
    /// - Returns: The bytes before the data set.
    /// - Throws: Nothing that reading the file did not throw.
    func explicitLittleEndian(
        _ reader: DatasetReader, sopClassUID: String, sopInstanceUID: String
    ) throws(MedicalFileError) -> [UInt8] {
        let transferSyntax = Self.element(
            .transferSyntaxUID, .uniqueIdentifier, Array(TransferSyntax.explicitLittleEndian.uid.utf8))
        var head: [UInt8] = []
        var tail: [UInt8] = []
        if group.isEmpty {
            head += Self.element(Tag(0x0002, 0x0001), .otherByte, [0, 1])
            head += Self.element(.mediaStorageSOPClassUID, .uniqueIdentifier, Array(sopClassUID.utf8))
            head += Self.element(Tag(0x0002, 0x0003), .uniqueIdentifier, Array(sopInstanceUID.utf8))
            tail = Self.element(
                Tag(0x0002, 0x0012), .uniqueIdentifier, Array(Self.implementationClassUID.utf8))
        }
        try reader.forEachElement(in: group, encoding: Self.encoding) { element throws(MedicalFileError) in
            if element.tag.element == 0 || element.tag == .transferSyntaxUID { return }
            if element.tag < .transferSyntaxUID {
                head += reader.bytes[element.offset..<element.end]
            } else {
                tail += reader.bytes[element.offset..<element.end]
            }
        }
        let group = head + transferSyntax + tail
        // The preamble may hold offsets of a second format (TIFF), which no longer fit: zeros.
        var file = [UInt8](repeating: 0, count: 128)
        file += "DICM".utf8
        file += Self.element(
            Tag(0x0002, 0x0000), ValueRepresentation("UL"), littleEndianBytes(UInt32(group.count)))
        return file + group
    }

    /// Preamble and meta group of an instance derived from this file's.
    ///
    /// Version, identifiers and implementation are written anew, everything else is kept.
    ///
    /// - Parameters:
    ///   - reader: The file that the elements stand in.
    ///   - transferSyntax: Of the new file.
    ///   - sopClassUID: Of the new instance.
    ///   - sopInstanceUID: Of the new instance.
    /// - Returns: The bytes before the data set.
    /// - Throws: Nothing that reading the file did not throw.
    func ofDerivedInstance(
        _ reader: DatasetReader, transferSyntax: TransferSyntax, sopClassUID: String, sopInstanceUID: String
    ) throws(MedicalFileError) -> [UInt8] {
        let writer = ElementWriter(encoding: Self.encoding)
        var edits: [Tag: [UInt8]] = [:]
        edits[Tag(0x0002, 0x0001)] = writer.element(Tag(0x0002, 0x0001), .otherByte, [0, 1])
        for (tag, uid) in [
            (Tag.mediaStorageSOPClassUID, sopClassUID), (.mediaStorageSOPInstanceUID, sopInstanceUID),
            (.transferSyntaxUID, transferSyntax.uid), (Tag(0x0002, 0x0012), Self.implementationClassUID),
        ] {
            edits[tag] = writer.text(tag, .uniqueIdentifier, uid)
        }
        edits[Tag(0x0002, 0x0013)] = writer.text(
            Tag(0x0002, 0x0013), ValueRepresentation("SH"), "AECODEC")
        let group = try reader.elements(in: group, encoding: Self.encoding, replacing: edits)
        // As above, no preamble but zeros.
        var file = [UInt8](repeating: 0, count: 128)
        file += "DICM".utf8
        file += writer.element(
            Tag(0x0002, 0x0000), ValueRepresentation("UL"), littleEndianBytes(UInt32(group.count)))
        return file + group
    }

    /// Names this program where it writes a meta group of its own; a random UUID (PS3.5, B.2).
    static let implementationClassUID = "2.25.160925466105284117730281457938243195113"

    /// One element, explicit VR little endian, padded to an even length.
    private static func element(_ tag: Tag, _ representation: ValueRepresentation, _ value: [UInt8])
        -> [UInt8]
    {
        let padded = value.count % 2 == 0 ? value : value + [0]
        return elementHeader(tag, representation, byteCount: padded.count) + padded
    }
}

/// Tag, representation and length of an element, explicit VR little endian.
func elementHeader(_ tag: Tag, _ representation: ValueRepresentation, byteCount: Int) -> [UInt8] {
    var header = littleEndianBytes(tag.group) + littleEndianBytes(tag.element)
    header += littleEndianBytes(representation.letters.byteSwapped)
    if representation.hasLongLength {
        return header + [0, 0] + littleEndianBytes(UInt32(truncatingIfNeeded: byteCount))
    }
    return header + littleEndianBytes(UInt16(truncatingIfNeeded: byteCount))
}

/// The bytes of an integer, least significant first.
func littleEndianBytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
}

extension DatasetReader {
    /// The value of an element as text, without padding; bytes that are not ASCII become "?".
    func text(of element: DataElement) -> String {
        // Longest text that is looked at; hostile files state more.
        let value = bytes[element.value].prefix(1024)
        let text = String(decoding: value.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
        return String(text.trimming { $0 == " " || $0 == "\0" })
    }
}

extension String {
    /// The text without the leading and trailing characters that fit.
    fileprivate func trimming(_ fits: (Character) -> Bool) -> Substring {
        var rest = self.drop(while: fits)
        while let last = rest.last, fits(last) { rest.removeLast() }
        return rest
    }
}
