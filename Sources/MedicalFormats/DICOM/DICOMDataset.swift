// SPDX-License-Identifier: Apache-2.0

/// The data set of a DICOM file, found but not yet walked.
struct DICOMDataset: Sendable {
    /// The file itself.
    let file: DatasetReader
    let meta: FileMetaInformation
    /// The stated transfer syntax, or the one that the bytes speak of.
    let transferSyntax: TransferSyntax
    /// The file, or its data set if that was deflated.
    let reader: DatasetReader
    /// Where the data set starts in `reader.bytes`.
    let offset: Int
    /// How the data set is really written; some files state another syntax than they use.
    let encoding: DatasetEncoding

    /// Finds the data set of a file; a deflated one is inflated.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - mustDecode: Whether a transfer syntax that this module cannot decode is refused.
    /// - Throws: ``MedicalFileError`` if there is no data set, or its transfer syntax is refused.
    init(_ bytes: [UInt8], mustDecode: Bool = true) throws(MedicalFileError) {
        file = DatasetReader(bytes: bytes)
        meta = try FileMetaInformation(file)
        transferSyntax = try Self.transferSyntax(meta, file, mustDecode: mustDecode)
        if transferSyntax.coding == .deflated {
            reader = DatasetReader(bytes: try inflatedDataset(bytes, from: meta.datasetOffset))
            offset = 0
        } else {
            reader = file
            offset = meta.datasetOffset
        }
        encoding = Self.trueEncoding(transferSyntax.encoding, reader, at: offset)
    }

    /// The stated transfer syntax; without one, an uncompressed syntax by the look of the first element.
    private static func transferSyntax(
        _ meta: FileMetaInformation, _ reader: DatasetReader, mustDecode: Bool
    ) throws(MedicalFileError) -> TransferSyntax {
        if let uid = meta.transferSyntaxUID, !uid.isEmpty {
            let syntax = TransferSyntax.named(uid)
            if let syntax, syntax.coding != nil || !mustDecode { return syntax }
            // What is unknown is explicit VR little endian all the same. (PS3.5, 10)
            guard mustDecode else { return .explicitLittleEndian }
            throw .unsupportedTransferSyntax(uid: uid, name: syntax?.name ?? "")
        }
        guard reader.bytes.count - meta.datasetOffset >= 8 else {
            if meta.group.isEmpty { throw .unrecognizedFormat }
            throw .noPixelData
        }
        let at = meta.datasetOffset
        let isExplicit = ValueRepresentation(reader.bytes[at + 4], reader.bytes[at + 5]).isKnown
        guard isExplicit else { return .implicitLittleEndian }
        // The first group is 0008 or a little more: its zero byte tells the order.
        return reader.bytes[at] == 0 && reader.bytes[at + 1] != 0 ? .explicitBigEndian : .explicitLittleEndian
    }

    /// Whether representations are written, by the look of the first element.
    private static func trueEncoding(
        _ stated: DatasetEncoding, _ reader: DatasetReader, at offset: Int
    ) -> DatasetEncoding {
        guard !stated.isBigEndian, reader.bytes.count - offset >= 8 else { return stated }
        let first = ValueRepresentation(reader.bytes[offset + 4], reader.bytes[offset + 5])
        return DatasetEncoding(hasExplicitVR: first.isKnown)
    }
}
