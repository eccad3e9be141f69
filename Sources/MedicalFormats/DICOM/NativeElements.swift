// SPDX-License-Identifier: Apache-2.0

/// Writes the elements of an encapsulated file as those of a native one: verbatim, but for what goes with
/// fragments.
struct NativeElements {
    let reader: DatasetReader
    let transferSyntax: TransferSyntax

    private static let encoding = DatasetEncoding(hasExplicitVR: true)

    /// The elements before the pixel data.
    ///
    /// Left out are offset tables and those (retired) group lengths that no longer hold; that of the pixel
    /// data's group is set right. Images inside sequences, such as icons, are compressed too, and decoded
    /// here.
    ///
    /// - Parameters:
    ///   - range: Where the elements stand.
    ///   - pixelDataByteCount: Bytes of the pixel data element that will follow, header included.
    /// - Returns: The elements in explicit VR little endian.
    /// - Throws: ``MedicalFileError/unsupportedInnerImage(sequence:reason:)``.
    func bytes(of range: Range<Int>, pixelDataByteCount: Int) throws(MedicalFileError) -> [UInt8] {
        var changedGroups: Set<UInt16> = []
        try reader.forEachElement(in: range, encoding: Self.encoding) { element throws(MedicalFileError) in
            if holdsCompressedImage(element, depth: 1) { changedGroups.insert(element.tag.group) }
        }
        var output: [UInt8] = []
        try reader.forEachElement(in: range, encoding: Self.encoding) { element throws(MedicalFileError) in
            let isTable = element.tag == .extendedOffsetTable || element.tag == .extendedOffsetTableLengths
            let isWrongLength = element.tag.element == 0 && changedGroups.contains(element.tag.group)
            if isTable || isWrongLength { return }
            if element.tag == Tag(Tag.pixelData.group, 0), element.value.count == 4 {
                output += reader.bytes[element.offset..<element.value.lowerBound]
                output += littleEndianBytes(UInt32(truncatingIfNeeded: pixelDataByteCount))
            } else if changedGroups.contains(element.tag.group), holdsCompressedImage(element, depth: 1) {
                try appendSequence(element, depth: 1, to: &output)
            } else {
                output += reader.bytes[element.offset..<element.end]
            }
        }
        return output
    }

    /// Whether an element is a sequence with compressed pixel data somewhere in it.
    ///
    /// What cannot be walked holds none: it is copied as it is.
    private func holdsCompressedImage(_ sequence: DataElement, depth: Int) -> Bool {
        guard sequence.representation == .sequence, depth <= DatasetReader.maximumDepth else { return false }
        var holds = false
        try? reader.forEachItem(of: sequence, encoding: Self.encoding, depth: depth) {
            item throws(MedicalFileError) in
            guard item.encoding == Self.encoding else { return }
            try reader.forEachElement(in: item.content, encoding: Self.encoding, depth: depth) {
                element throws(MedicalFileError) in
                let isImage = element.tag == .pixelData && element.hasUndefinedLength
                holds = holds || isImage || holdsCompressedImage(element, depth: depth + 1)
            }
        }
        return holds
    }

    /// A sequence with its compressed images decoded; its lengths become undefined, since the old ones no
    /// longer hold.
    private func appendSequence(
        _ sequence: DataElement, depth: Int, to output: inout [UInt8]
    ) throws(MedicalFileError) {
        output += reader.bytes[sequence.offset..<sequence.lengthField.lowerBound]
        output += littleEndianBytes(UInt32.max)
        var written: [UInt8] = []
        try reader.forEachItem(of: sequence, encoding: Self.encoding, depth: depth) {
            item throws(MedicalFileError) in
            written += Self.delimiter(.item, length: .max)
            try appendItem(item, path: sequence.tag, depth: depth, to: &written)
            written += Self.delimiter(.itemDelimitation, length: 0)
        }
        output += written
        output += Self.delimiter(.sequenceDelimitation, length: 0)
    }

    private func appendItem(
        _ item: DatasetItem, path: Tag, depth: Int, to output: inout [UInt8]
    ) throws(MedicalFileError) {
        var written: [UInt8] = []
        var attributes = ImageAttributes()
        try reader.forEachElement(in: item.content, encoding: item.encoding, depth: depth) {
            element throws(MedicalFileError) in
            attributes.collect(element, reader, bigEndian: false)
            if element.tag == .pixelData, element.hasUndefinedLength {
                written += try nativePixelData(element, attributes, path: path)
            } else if holdsCompressedImage(element, depth: depth + 1) {
                try appendSequence(element, depth: depth + 1, to: &written)
            } else {
                written += reader.bytes[element.offset..<element.end]
            }
        }
        output += written
    }

    private func nativePixelData(
        _ element: DataElement, _ attributes: ImageAttributes, path: Tag
    ) throws(MedicalFileError) -> [UInt8] {
        do throws(MedicalFileError) {
            let layout = try PixelLayout(attributes, allowsColorModel: true)
            let fragments = try Fragments(reader, from: element.value.lowerBound)
            let decoder = try FrameDecoder(
                reader, fragments: fragments, extendedOffsets: [], transferSyntax: transferSyntax,
                layout: layout)
            return layout.pixelDataHeader + cellBytes(of: try decoder.cells(), layout)
        } catch {
            throw .unsupportedInnerImage(sequence: "\(path)", reason: error.description)
        }
    }

    private func cellBytes(of cells: [UInt16], _ layout: PixelLayout) -> [UInt8] {
        let bytes =
            layout.cellBytes == 1
            ? cells.map { UInt8(truncatingIfNeeded: $0) } : cells.flatMap { littleEndianBytes($0) }
        return bytes + [UInt8](repeating: 0, count: bytes.count % 2)
    }

    private static func delimiter(_ tag: Tag, length: UInt32) -> [UInt8] {
        littleEndianBytes(tag.group) + littleEndianBytes(tag.element) + littleEndianBytes(length)
    }
}

extension PixelLayout {
    /// The header of native pixel data, explicit VR little endian; its length is even.
    var pixelDataHeader: [UInt8] {
        elementHeader(
            .pixelData, cellBytes == 1 ? .otherByte : .otherWord, byteCount: byteCount + byteCount % 2)
    }
}
