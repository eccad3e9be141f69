// SPDX-License-Identifier: Apache-2.0

/// The tag of a DICOM data element; written `(gggg,eeee)`.
struct Tag: Hashable, Comparable, Sendable, CustomStringConvertible {
    var group: UInt16
    var element: UInt16

    init(_ group: UInt16, _ element: UInt16) {
        self.group = group
        self.element = element
    }

    static func < (first: Tag, second: Tag) -> Bool {
        (first.group, first.element) < (second.group, second.element)
    }

    var description: String { "(\(hex(group)),\(hex(element)))" }
}

/// The tags this module looks at, by DICOM keyword.
extension Tag {
    static let transferSyntaxUID = Tag(0x0002, 0x0010)
    static let mediaStorageSOPClassUID = Tag(0x0002, 0x0002)
    static let mediaStorageSOPInstanceUID = Tag(0x0002, 0x0003)
    static let fileSetID = Tag(0x0004, 0x1130)
    static let imageType = Tag(0x0008, 0x0008)
    static let sopClassUID = Tag(0x0008, 0x0016)
    static let sopInstanceUID = Tag(0x0008, 0x0018)
    static let codeValue = Tag(0x0008, 0x0100)
    static let codingSchemeDesignator = Tag(0x0008, 0x0102)
    static let codeMeaning = Tag(0x0008, 0x0104)
    static let referencedSeriesSequence = Tag(0x0008, 0x1115)
    static let referencedSOPClassUID = Tag(0x0008, 0x1150)
    static let referencedSOPInstanceUID = Tag(0x0008, 0x1155)
    static let referencedSOPSequence = Tag(0x0008, 0x1199)
    static let derivationDescription = Tag(0x0008, 0x2111)
    static let sourceImageSequence = Tag(0x0008, 0x2112)
    static let frameType = Tag(0x0008, 0x9007)
    static let derivationImageSequence = Tag(0x0008, 0x9124)
    static let sourceImageEvidenceSequence = Tag(0x0008, 0x9154)
    static let derivationCodeSequence = Tag(0x0008, 0x9215)
    static let studyInstanceUID = Tag(0x0020, 0x000D)
    static let seriesInstanceUID = Tag(0x0020, 0x000E)
    static let samplesPerPixel = Tag(0x0028, 0x0002)
    static let photometricInterpretation = Tag(0x0028, 0x0004)
    static let numberOfFrames = Tag(0x0028, 0x0008)
    static let rows = Tag(0x0028, 0x0010)
    static let columns = Tag(0x0028, 0x0011)
    static let bitsAllocated = Tag(0x0028, 0x0100)
    static let bitsStored = Tag(0x0028, 0x0101)
    static let highBit = Tag(0x0028, 0x0102)
    static let pixelRepresentation = Tag(0x0028, 0x0103)
    static let lossyImageCompression = Tag(0x0028, 0x2110)
    static let lossyImageCompressionRatio = Tag(0x0028, 0x2112)
    static let lossyImageCompressionMethod = Tag(0x0028, 0x2114)
    static let purposeOfReferenceCodeSequence = Tag(0x0040, 0xA170)
    static let macParametersSequence = Tag(0x4FFE, 0x0001)
    static let sharedFunctionalGroupsSequence = Tag(0x5200, 0x9229)
    static let perFrameFunctionalGroupsSequence = Tag(0x5200, 0x9230)
    static let extendedOffsetTable = Tag(0x7FE0, 0x0001)
    static let extendedOffsetTableLengths = Tag(0x7FE0, 0x0002)
    static let floatPixelData = Tag(0x7FE0, 0x0008)
    static let doubleFloatPixelData = Tag(0x7FE0, 0x0009)
    static let pixelData = Tag(0x7FE0, 0x0010)
    static let digitalSignaturesSequence = Tag(0xFFFA, 0xFFFA)
    static let item = Tag(0xFFFE, 0xE000)
    static let itemDelimitation = Tag(0xFFFE, 0xE00D)
    static let sequenceDelimitation = Tag(0xFFFE, 0xE0DD)
}

/// Four hexadecimal digits.
private func hex(_ value: UInt16) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
}

/// A value representation: its two letters, or none in an implicit encoding.
struct ValueRepresentation: Hashable, Sendable {
    /// First letter in the high byte; 0 if none is written.
    var letters: UInt16

    init(_ first: UInt8, _ second: UInt8) { letters = UInt16(first) << 8 | UInt16(second) }

    /// Makes one from its two letters.
    init(_ name: StaticString) {
        letters = name.withUTF8Buffer { unsafe UInt16($0[0]) << 8 | UInt16($0[1]) }
    }

    static let none = ValueRepresentation(0, 0)
    static let sequence = ValueRepresentation("SQ")
    static let unknown = ValueRepresentation("UN")
    static let otherWord = ValueRepresentation("OW")
    static let otherByte = ValueRepresentation("OB")
    static let uniqueIdentifier = ValueRepresentation("UI")

    /// Representations whose length field has four bytes after two reserved ones. (PS3.5, 7.1.2)
    private static let long: Set<ValueRepresentation> = [
        "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
    ].reduce(into: []) { $0.insert(ValueRepresentation($1)) }
    private static let short: Set<ValueRepresentation> = [
        "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST",
        "TM", "UI", "UL", "US",
    ].reduce(into: []) { $0.insert(ValueRepresentation($1)) }

    var isKnown: Bool { hasLongLength || Self.short.contains(self) }
    var hasLongLength: Bool { Self.long.contains(self) }

    /// Whether both letters are capitals, as those of every present and future representation.
    var isCapitals: Bool {
        (0x41...0x5A).contains(letters >> 8) && (0x41...0x5A).contains(letters & 0xFF)
    }

    /// Whether blanks or question marks stand for a representation that the writer did not know.
    var isPlaceholder: Bool { letters == 0x2020 || letters == 0x3F3F }

    /// Bytes of the units whose order depends on the transfer syntax; 1 for text and bytes.
    var unitByteCount: Int {
        switch self {
        case Self("US"), Self("SS"), Self("OW"), Self("AT"): 2
        case Self("UL"), Self("SL"), Self("FL"), Self("OF"), Self("OL"): 4
        case Self("FD"), Self("OD"), Self("OV"), Self("SV"), Self("UV"): 8
        default: 1
        }
    }

    /// Whether values are text, padded with a space or NUL that is no part of them.
    var isText: Bool {
        isKnown && unitByteCount == 1 && self != .otherByte && self != .unknown && self != .sequence
    }
}
