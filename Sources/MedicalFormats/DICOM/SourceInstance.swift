// SPDX-License-Identifier: Apache-2.0

/// The instance that another is derived from: who it is, and the elements that change.
struct SourceInstance: Sendable {
    let reader: DatasetReader
    let encoding: DatasetEncoding
    /// The elements before the pixel data.
    let range: Range<Int>
    /// The first element of each tag that the derivation looks at.
    private let elements: [Tag: DataElement]

    /// SOP Class UID; empty if the file has none.
    let sopClassUID: String
    /// SOP Instance UID; empty if the file has none.
    let sopInstanceUID: String

    private static let tags: Set<Tag> = [
        .sopClassUID, .sopInstanceUID, .studyInstanceUID, .seriesInstanceUID, .imageType,
        .lossyImageCompression, .lossyImageCompressionRatio, .lossyImageCompressionMethod,
        .derivationDescription, .derivationCodeSequence, .sourceImageSequence, .sourceImageEvidenceSequence,
        .sharedFunctionalGroupsSequence, .perFrameFunctionalGroupsSequence,
    ]

    /// Finds the elements of a file.
    init(_ scan: DICOMScan) throws(MedicalFileError) {
        let reader = scan.dataset.reader
        var found: [Tag: DataElement] = [:]
        range = scan.dataset.offset..<scan.pixelData.offset
        try reader.forEachElement(in: range, encoding: scan.dataset.encoding) { element in
            if Self.tags.contains(element.tag), found[element.tag] == nil { found[element.tag] = element }
        }
        // A data set without identifiers may have them in its meta group.
        let meta = scan.dataset.meta
        func text(_ tag: Tag, or other: String?) -> String {
            let text = found[tag].map { reader.text(of: $0) } ?? ""
            return text.isEmpty ? other ?? "" : text
        }
        sopClassUID = text(.sopClassUID, or: meta.sopClassUID)
        sopInstanceUID = text(.sopInstanceUID, or: meta.sopInstanceUID)
        self.reader = reader
        encoding = scan.dataset.encoding
        elements = found
    }

    subscript(tag: Tag) -> DataElement? { elements[tag] }

    /// The text of an element without its padding; empty if it is absent.
    func value(_ tag: Tag) -> [UInt8] { elements[tag].map(reader.unpadded) ?? [] }

    /// The text of an identifier; nil if it is absent or empty.
    func uid(_ tag: Tag) -> String? {
        guard let text = elements[tag].map({ reader.text(of: $0) }), !text.isEmpty else { return nil }
        return text
    }

    /// Whether the instance can be named as a source.
    var hasIdentity: Bool { !sopClassUID.isEmpty && !sopInstanceUID.isEmpty }
}
