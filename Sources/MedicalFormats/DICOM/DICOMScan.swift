// SPDX-License-Identifier: Apache-2.0

/// What a walk over the top level of a DICOM file finds: everything needed to take the pixels out.
struct DICOMScan: Sendable {
    let dataset: DICOMDataset
    let attributes: ImageAttributes
    /// The elements before the pixel data.
    let elements: [DataElement]
    let pixelData: DataElement

    /// Walks a file up to its pixel data.
    init(_ bytes: [UInt8]) throws(MedicalFileError) {
        dataset = try DICOMDataset(bytes)
        if dataset.meta.sopClassUID == "1.2.840.10008.1.3.10" { throw .dicomDirectory }
        var found: [DataElement] = []
        var image = ImageAttributes()
        pixelData = try Self.walk(
            dataset.reader, from: dataset.offset, dataset.encoding, &found, &image)
        (elements, attributes) = (found, image)
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
                return try pixelElement(reader, header, encoding)
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
