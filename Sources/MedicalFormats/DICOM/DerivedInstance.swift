// SPDX-License-Identifier: Apache-2.0

/// How a lossy object was derived, for its attributes.
public struct Derivation: Sendable {
    /// Uncompressed pixel bytes divided by compressed bytes, of the whole image; from 10⁻⁹ to 10⁹.
    public var ratio: Double
    /// Lossy Image Compression Method, a code string: `AECODEC`.
    public var method: String
    /// A remark for a person, one line of ASCII, such as `aecodec lossy, PSNR 62.1 dB, step 14`.
    public var description: String
    /// Bytes from which, with the source's identifier, the new SOP Instance UID follows.
    public var seed: [UInt8]

    /// Describes a derivation.
    ///
    /// - Parameters:
    ///   - ratio: Uncompressed pixel bytes divided by compressed bytes.
    ///   - method: Lossy Image Compression Method; characters that no code string has become `_`.
    ///   - description: A remark; characters beyond ASCII become `?`.
    ///   - seed: Bytes from which the new SOP Instance UID follows: same source, same seed, same UID.
    public init(ratio: Double, method: String = "AECODEC", description: String, seed: [UInt8]) {
        self.ratio = ratio
        self.method = method
        self.description = description
        self.seed = seed
    }
}

/// Makes the derived object that a lossy image is in DICOM (PS3.3, C.7.6.1.1.5 and C.12.4).
///
/// It has a new SOP Instance UID, `2.25.` and a number that follows from the source's UID and the seed; is
/// DERIVED by Image Type and, in enhanced multi-frame objects, Frame Type; says 01 in Lossy Image
/// Compression; and has this step appended to the ratios, methods, descriptions and codes of earlier ones.
/// The source is named in Source Image Sequence and, in enhanced objects, in the Derivation Image macro and
/// Source Image Evidence Sequence. Digital signatures, which sign the source, and group lengths that no
/// longer hold are left out. All other elements and the pixels are copied byte for byte.
///
/// A source without SOP Class or Instance UID cannot be named: its references are left out.
///
/// Memory: the result, besides `file`.
///
/// - Parameters:
///   - file: A DICOM file, native little endian, whose pixel data hold the decoded samples and whose
///     attributes are the source's.
///   - derivation: What was done.
/// - Returns: A DICOM file in the same encoding; the same bytes for the same input.
/// - Throws: ``MedicalFileError`` if the file has no pixel data, is damaged or of another transfer syntax, or
///   the ratio is none.
public func derivedInstance(
    of file: [UInt8], derivation: Derivation
) throws(MedicalFileError) -> [UInt8] {
    guard MedicalFile.recognizes(file) == .dicom else { throw .unrecognizedFormat }
    let scan = try DICOMScan(file)
    let dataset = scan.dataset
    guard dataset.transferSyntax.coding == .native, !dataset.encoding.isBigEndian,
        !scan.pixelData.hasUndefinedLength
    else {
        throw .unsupportedTransferSyntax(uid: dataset.transferSyntax.uid, name: dataset.transferSyntax.name)
    }
    let source = try SourceInstance(scan)
    let step = DerivedDataset(
        source: source, derivation: derivation,
        sopInstanceUID: derivedUID(source: source.sopInstanceUID, seed: derivation.seed))

    let syntax = dataset.encoding.hasExplicitVR ? TransferSyntax.explicitLittleEndian : .implicitLittleEndian
    var head = try dataset.meta.ofDerivedInstance(
        dataset.file, transferSyntax: syntax, sopClassUID: source.sopClassUID,
        sopInstanceUID: step.sopInstanceUID)
    head += try source.reader.elements(
        in: source.range, encoding: source.encoding, replacing: try step.elements())

    let pixels = scan.pixelData.offset..<scan.pixelData.value.upperBound
    let trailer = step.trailer(pixels.upperBound..<file.count)
    // Once taken, the memory is filled without moving the pixels again.
    var output: [UInt8] = []
    output.reserveCapacity(head.count + pixels.count + trailer.count)
    output += head
    output += file[pixels]
    output += trailer
    return output
}

/// The elements of a derived data set that differ from its source's.
private struct DerivedDataset {
    let source: SourceInstance
    let derivation: Derivation
    let sopInstanceUID: String

    /// Whole elements by tag; empty ones are left out.
    func elements() throws(MedicalFileError) -> [Tag: [UInt8]] {
        guard let ratio = decimalString(ratio: derivation.ratio) else {
            throw .invalidAttribute(keyword: "LossyImageCompressionRatio", value: 0)
        }
        let isLossy = source.value(.lossyImageCompression) == Array("01".utf8)
        let history = LossyHistory(
            ratios: source.value(.lossyImageCompressionRatio),
            methods: source.value(.lossyImageCompressionMethod), isLossy: isLossy,
            ratio: ratio, method: codeString(derivation.method))
        let description = derivationDescription(
            source.value(.derivationDescription), adding: derivation.description)
        let type = derivedType(source.value(.imageType), ifEmpty: "DERIVED\\SECONDARY")

        var edits: [Tag: [UInt8]] = [
            // Length to End (retired), and what signs the source.
            Tag(0x0008, 0x0001): [], .macParametersSequence: [],
        ]
        try set(&edits, .imageType, ValueRepresentation("CS"), type)
        try set(&edits, .sopInstanceUID, .uniqueIdentifier, Array(sopInstanceUID.utf8))
        try set(&edits, .derivationDescription, ValueRepresentation("ST"), description)
        try set(&edits, .lossyImageCompression, ValueRepresentation("CS"), Array("01".utf8))
        try set(&edits, .lossyImageCompressionRatio, ValueRepresentation("DS"), history.ratios)
        try set(&edits, .lossyImageCompressionMethod, ValueRepresentation("CS"), history.methods)
        try setSequences(&edits)
        return edits
    }

    /// What follows the pixel data, without signatures; verbatim if it is no run of elements.
    func trailer(_ range: Range<Int>) -> [UInt8] {
        let edited = try? source.reader.elements(
            in: range, encoding: source.encoding, replacing: [.digitalSignaturesSequence: []])
        return edited ?? Array(source.reader.bytes[range])
    }

    private func setSequences(_ edits: inout [Tag: [UInt8]]) throws(MedicalFileError) {
        let items = DerivationItems(
            sopClassUID: source.sopClassUID, sopInstanceUID: source.sopInstanceUID,
            description: derivation.description)
        try append(&edits, .derivationCodeSequence, items.derivationCode)
        if source.hasIdentity { try append(&edits, .sourceImageSequence, items.sourceImage) }

        // The macro's references need evidence, and evidence needs the source's study and series.
        var macro: DerivationItems?
        let hasGroups = source[.sharedFunctionalGroupsSequence] != nil
        if hasGroups, source.hasIdentity, let study = source.uid(.studyInstanceUID),
            let series = source.uid(.seriesInstanceUID)
        {
            macro = items
            try append(&edits, .sourceImageEvidenceSequence) { writer in
                items.evidence(writer, study: study, series: series)
            }
        }
        let groups = try DerivedGroups(source: source, items: macro).elements()
        edits.merge(groups) { _, new in new }
    }

    private func append(
        _ edits: inout [Tag: [UInt8]], _ tag: Tag,
        _ makeItem: @escaping (ElementWriter) -> [UInt8]
    ) throws(MedicalFileError) {
        edits[tag] = try source.reader.sequence(
            tag, source[tag], encoding: source.encoding, depth: 1, appending: makeItem)
    }

    private func set(
        _ edits: inout [Tag: [UInt8]], _ tag: Tag, _ representation: ValueRepresentation, _ value: [UInt8]
    ) throws(MedicalFileError) {
        // Only a value that filled its length field before can be too long now.
        guard value.count < 0xFFFF else {
            throw .malformedDataset(offset: source[tag]?.offset ?? source.range.lowerBound)
        }
        edits[tag] = ElementWriter(encoding: source.encoding).element(tag, representation, value)
    }
}
