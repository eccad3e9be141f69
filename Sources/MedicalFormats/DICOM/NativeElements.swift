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
    ///   - elements: The elements.
    ///   - pixelDataByteCount: Bytes of the pixel data element that will follow, header included.
    /// - Returns: The elements in explicit VR little endian.
    /// - Throws: ``MedicalFileError/unsupportedInnerImage(sequence:reason:)``.
    func bytes(
        of elements: [DataElement], pixelDataByteCount: Int
    ) throws(MedicalFileError) -> [UInt8] {
        var output: [UInt8] = []
        var changedGroups: Set<UInt16> = []
        var sequences: [Int: [UInt8]] = [:]
        for element in elements {
            guard let rewritten = try rewrittenSequence(element, depth: 1) else { continue }
            sequences[element.offset] = rewritten
            changedGroups.insert(element.tag.group)
        }
        for element in elements {
            let isTable = element.tag == .extendedOffsetTable || element.tag == .extendedOffsetTableLengths
            let isWrongLength = element.tag.element == 0 && changedGroups.contains(element.tag.group)
            if isTable || isWrongLength { continue }
            if element.tag == Tag(Tag.pixelData.group, 0), element.value.count == 4 {
                output += reader.bytes[element.offset..<element.value.lowerBound]
                output += littleEndianBytes(UInt32(truncatingIfNeeded: pixelDataByteCount))
                continue
            }
            output += sequences[element.offset] ?? Array(reader.bytes[element.offset..<element.end])
        }
        return output
    }

    /// A sequence with compressed images in it, with these decoded; nil for any other element.
    private func rewrittenSequence(_ element: DataElement, depth: Int) throws(MedicalFileError) -> [UInt8]? {
        guard element.representation == .sequence, depth <= DatasetReader.maximumDepth,
            // What cannot be walked is copied as it is: it was not understood before either.
            let items = try? reader.items(of: element, encoding: Self.encoding, depth: depth)
        else { return nil }
        var output: [UInt8] = []
        var isChanged = false
        for item in items {
            let content = try rewrittenItem(item, path: element.tag, depth: depth)
            isChanged = isChanged || content != nil
            output += Self.delimiter(.item, length: .max)
            output += content ?? Array(reader.bytes[item.content])
            output += Self.delimiter(.itemDelimitation, length: 0)
        }
        guard isChanged else { return nil }
        // Undefined lengths, since the old ones no longer hold.
        return Array(reader.bytes[element.offset..<element.lengthField.lowerBound])
            + littleEndianBytes(UInt32.max)
            + output + Self.delimiter(.sequenceDelimitation, length: 0)
    }

    private func rewrittenItem(
        _ item: DatasetItem, path: Tag, depth: Int
    ) throws(MedicalFileError) -> [UInt8]? {
        guard item.encoding == Self.encoding else { return nil }
        var output: [UInt8] = []
        var attributes = ImageAttributes()
        var isChanged = false
        var at = item.content.lowerBound
        while at < item.content.upperBound {
            guard
                let element = try? reader.element(
                    at: at, end: item.content.upperBound, encoding: Self.encoding, depth: depth)
            else { return nil }
            at = element.end
            attributes.collect(element, reader, bigEndian: false)
            var rewritten = try rewrittenSequence(element, depth: depth + 1)
            if element.tag == .pixelData, element.hasUndefinedLength {
                rewritten = try nativePixelData(element, attributes, path: path)
            }
            isChanged = isChanged || rewritten != nil
            output += rewritten ?? Array(reader.bytes[element.offset..<element.end])
        }
        return isChanged ? output : nil
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
