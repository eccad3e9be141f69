// SPDX-License-Identifier: Apache-2.0

/// What a walk over the top level of a DICOM file finds: everything needed to take the pixels out.
struct DICOMScan: Sendable {
    /// The file itself.
    let fileBytes: [UInt8]
    /// The file, or its data set if it was deflated.
    let reader: DatasetReader
    let meta: FileMetaInformation
    /// The stated transfer syntax, or the one that the bytes speak of.
    let transferSyntax: TransferSyntax
    /// How the data set is really written; some files state another syntax than they use.
    let encoding: DatasetEncoding
    /// Where the data set starts in `reader.bytes`.
    let datasetOffset: Int
    let attributes: ImageAttributes
    /// Every element up to and including the pixel data.
    let elements: [DataElement]
    let pixelData: DataElement

    /// Walks a file; a deflated data set is inflated first.
    init(_ bytes: [UInt8]) throws(MedicalFileError) {
        let file = DatasetReader(bytes: bytes)
        fileBytes = bytes
        meta = try FileMetaInformation(file)
        transferSyntax = try Self.transferSyntax(meta, file)
        if meta.sopClassUID == "1.2.840.10008.1.3.10" { throw .dicomDirectory }
        if transferSyntax.coding == .deflated {
            reader = DatasetReader(bytes: try inflatedDataset(bytes, from: meta.datasetOffset))
            datasetOffset = 0
        } else {
            reader = file
            datasetOffset = meta.datasetOffset
        }
        encoding = Self.trueEncoding(transferSyntax.encoding, reader, at: datasetOffset)
        var found: [DataElement] = []
        var image = ImageAttributes()
        pixelData = try Self.walk(reader, from: datasetOffset, encoding, &found, &image)
        (elements, attributes) = (found, image)
    }

    /// The stated transfer syntax; without one, an uncompressed syntax by the look of the first element.
    private static func transferSyntax(
        _ meta: FileMetaInformation, _ reader: DatasetReader
    ) throws(MedicalFileError) -> TransferSyntax {
        if let uid = meta.transferSyntaxUID, !uid.isEmpty {
            guard let syntax = TransferSyntax.named(uid), syntax.coding != nil else {
                throw .unsupportedTransferSyntax(uid: uid, name: TransferSyntax.named(uid)?.name ?? "")
            }
            return syntax
        }
        guard reader.bytes.count - meta.datasetOffset >= 8 else {
            if meta.elements.isEmpty { throw .unrecognizedFormat }
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

    private static func walk(
        _ reader: DatasetReader, from offset: Int, _ encoding: DatasetEncoding,
        _ elements: inout [DataElement], _ attributes: inout ImageAttributes
    ) throws(MedicalFileError) -> DataElement {
        var floating: String?
        var at = offset
        while reader.bytes.count - at >= 8 {
            let header = try reader.header(at: at, end: reader.bytes.count, encoding: encoding)
            if header.tag == .fileSetID { throw .dicomDirectory }
            if header.tag == .pixelData {
                let pixels = try pixelElement(reader, header, encoding)
                elements.append(pixels)
                return pixels
            }
            let element = try reader.element(at: at, end: reader.bytes.count, encoding: encoding)
            attributes.collect(element, reader, bigEndian: encoding.isBigEndian)
            if element.tag == .floatPixelData { floating = "FloatPixelData" }
            if element.tag == .doubleFloatPixelData { floating = "DoubleFloatPixelData" }
            elements.append(element)
            at = element.end
        }
        if let floating { throw .floatingPointPixels(keyword: floating) }
        throw .noPixelData
    }

    /// The pixel data; a native value that runs over the end of the file is cut there.
    private static func pixelElement(
        _ reader: DatasetReader, _ header: DataElement, _ encoding: DatasetEncoding
    ) throws(MedicalFileError) -> DataElement {
        var pixels = header
        let end = reader.bytes.count
        guard header.lengthField.count == 4 else { throw .malformedDataset(offset: header.offset) }
        let length = reader.uint32(at: header.lengthField.lowerBound, bigEndian: encoding.isBigEndian)
        if length == 0xFFFF_FFFF {
            pixels.hasUndefinedLength = true
            // The fragments are walked one by one later, where a missing end can be named better.
            pixels.value = header.lengthField.upperBound..<end
        } else {
            let start = header.lengthField.upperBound
            pixels.value = start..<start + min(Int(length), end - start)
        }
        return pixels
    }
}
