// SPDX-License-Identifier: Apache-2.0

/// The items that say what was done to which instance.
struct DerivationItems: Sendable {
    let sopClassUID: String
    let sopInstanceUID: String
    let description: String

    /// Derivation Code Sequence: one item for each step. (PS3.16, CID 7203)
    func derivationCode(_ writer: ElementWriter) -> [UInt8] {
        code(writer, "113040", "Lossy Compression")
    }

    /// Source Image Sequence. (PS3.3, C.12.4; purpose from PS3.16, CID 7202)
    func sourceImage(_ writer: ElementWriter) -> [UInt8] {
        reference(writer)
            + writer.sequence(
                .purposeOfReferenceCodeSequence, items: [code(writer, "121320", "Uncompressed predecessor")])
    }

    /// Derivation Image Sequence of a functional group. (PS3.3, C.7.6.16.2.6)
    func derivationImage(_ writer: ElementWriter) -> [UInt8] {
        writer.element(.derivationDescription, ValueRepresentation("ST"), derivationDescriptionBytes)
            + writer.sequence(.sourceImageSequence, items: [sourceImage(writer)])
            + writer.sequence(.derivationCodeSequence, items: [derivationCode(writer)])
    }

    /// Source Image Evidence Sequence, which must name what functional groups refer to. (PS3.3, C.8.13.2)
    func evidence(_ writer: ElementWriter, study: String, series: String) -> [UInt8] {
        let instances = writer.sequence(.referencedSOPSequence, items: [reference(writer)])
        let referenced = instances + writer.text(.seriesInstanceUID, .uniqueIdentifier, series)
        return writer.sequence(.referencedSeriesSequence, items: [referenced])
            + writer.text(.studyInstanceUID, .uniqueIdentifier, study)
    }

    private var derivationDescriptionBytes: [UInt8] {
        MedicalFormats.derivationDescription([], adding: description)
    }

    private func reference(_ writer: ElementWriter) -> [UInt8] {
        writer.text(.referencedSOPClassUID, .uniqueIdentifier, sopClassUID)
            + writer.text(.referencedSOPInstanceUID, .uniqueIdentifier, sopInstanceUID)
    }

    private func code(_ writer: ElementWriter, _ value: String, _ meaning: String) -> [UInt8] {
        writer.text(.codeValue, ValueRepresentation("SH"), value)
            + writer.text(.codingSchemeDesignator, ValueRepresentation("SH"), "DCM")
            + writer.text(.codeMeaning, ValueRepresentation("LO"), meaning)
    }
}
