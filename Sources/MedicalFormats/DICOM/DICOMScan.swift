// SPDX-License-Identifier: Apache-2.0

/// What a walk over the top level of a DICOM file finds: everything needed to take the pixels out.
struct DICOMScan: Sendable {
    let dataset: DICOMDataset
    let attributes: ImageAttributes
    let pixelData: DataElement
    /// Offsets of frames in encapsulated pixel data; empty if there is no extended offset table.
    let extendedOffsets: [Int]

    /// Walks a file up to its pixel data.
    init(_ bytes: [UInt8]) throws(MedicalFileError) {
        dataset = try DICOMDataset(bytes)
        if dataset.meta.sopClassUID == "1.2.840.10008.1.3.10" { throw .dicomDirectory }
        var image = ImageAttributes()
        var offsets: [Int] = []
        pixelData = try Self.walk(dataset, &image, &offsets)
        (attributes, extendedOffsets) = (image, offsets)
    }

    private static func walk(
        _ dataset: DICOMDataset, _ attributes: inout ImageAttributes, _ extendedOffsets: inout [Int]
    ) throws(MedicalFileError) -> DataElement {
        let (reader, encoding) = (dataset.reader, dataset.encoding)
        let end = reader.bytes.count
        var floating: String?
        var at = dataset.offset
        while end - at >= 8 {
            let header = try reader.header(at: at, end: end, encoding: encoding)
            if header.tag == .fileSetID { throw .dicomDirectory }
            if header.tag == .pixelData { return try pixelElement(reader, header, encoding) }
            let element = try reader.element(at: at, end: end, encoding: encoding)
            attributes.collect(element, reader, bigEndian: encoding.isBigEndian)
            switch element.tag {
            case .floatPixelData: floating = "FloatPixelData"
            case .doubleFloatPixelData: floating = "DoubleFloatPixelData"
            case .extendedOffsetTable: extendedOffsets = offsets(in: element, reader)
            default: break
            }
            at = element.end
        }
        if let floating { throw .floatingPointPixels(keyword: floating) }
        throw .noPixelData
    }

    /// The numbers of an extended offset table; 64 bits each, little endian.
    private static func offsets(in table: DataElement, _ reader: DatasetReader) -> [Int] {
        stride(from: table.value.lowerBound, to: table.value.upperBound - 7, by: 8).map {
            let low = UInt64(reader.uint32(at: $0, bigEndian: false))
            let high = UInt64(reader.uint32(at: $0 + 4, bigEndian: false))
            return Int(truncatingIfNeeded: high << 32 | low)
        }
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
