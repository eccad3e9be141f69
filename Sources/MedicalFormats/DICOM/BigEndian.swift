// SPDX-License-Identifier: Apache-2.0

extension DatasetReader {
    /// Elements of an explicit VR big-endian data set in little-endian order; every byte keeps its place
    /// but for swaps inside tags, lengths and numbers.
    ///
    /// - Parameter range: Whole elements; the pixel data's header may end it.
    /// - Returns: As many bytes.
    /// - Throws: ``MedicalFileError`` if the elements cannot be walked.
    func littleEndian(_ range: Range<Int>) throws(MedicalFileError) -> [UInt8] {
        var swapped = Array(bytes[range])
        try swapElements(range, shift: range.lowerBound, depth: 0, &swapped)
        return swapped
    }

    /// The bytes of a range with the pairs swapped; an odd last byte stays.
    func swappedWords(_ range: Range<Int>) -> [UInt8] {
        var swapped = Array(bytes[range])
        swapUnits(range, by: 2, shift: range.lowerBound, &swapped)
        return swapped
    }

    private static let bigEndian = DatasetEncoding(hasExplicitVR: true, isBigEndian: true)

    private func swapElements(
        _ range: Range<Int>, shift: Int, depth: Int, _ output: inout [UInt8]
    ) throws(MedicalFileError) {
        guard depth <= Self.maximumDepth else { throw .nestingTooDeep(limit: Self.maximumDepth) }
        var at = range.lowerBound
        while at < range.upperBound {
            let header = try header(at: at, end: range.upperBound, encoding: Self.bigEndian)
            let isPixelHeader = header.tag == .pixelData && header.value.lowerBound == range.upperBound
            swapHeader(header, shift: shift, &output)
            if isPixelHeader { return }
            let element = try element(at: at, end: range.upperBound, encoding: Self.bigEndian)
            at = element.end
            // Unknown values, and unknown sequences with their items, are little endian already.
            if element.representation == .unknown { continue }
            if element.representation == .sequence || element.hasUndefinedLength {
                try swapItems(of: element, shift: shift, depth: depth + 1, &output)
            } else {
                swapUnits(element.value, by: element.representation.unitByteCount, shift: shift, &output)
            }
            if element.hasUndefinedLength { swapDelimiter(at: element.end - 8, shift: shift, &output) }
        }
    }

    private func swapItems(
        of sequence: DataElement, shift: Int, depth: Int, _ output: inout [UInt8]
    ) throws(MedicalFileError) {
        try forEachItem(of: sequence, encoding: Self.bigEndian, depth: depth) {
            item throws(MedicalFileError) in
            swapDelimiter(at: item.lengthOffset - 4, shift: shift, &output)
            try swapElements(item.content, shift: shift, depth: depth, &output)
            if item.hasUndefinedLength { swapDelimiter(at: item.content.upperBound, shift: shift, &output) }
        }
    }

    private func swapHeader(_ header: DataElement, shift: Int, _ output: inout [UInt8]) {
        swapUnits(header.offset..<header.offset + 4, by: 2, shift: shift, &output)
        swapUnits(header.lengthField, by: header.lengthField.count, shift: shift, &output)
    }

    /// Swaps the tag and length of an item or delimiter.
    private func swapDelimiter(at offset: Int, shift: Int, _ output: inout [UInt8]) {
        swapUnits(offset..<offset + 4, by: 2, shift: shift, &output)
        swapUnits(offset + 4..<offset + 8, by: 4, shift: shift, &output)
    }

    private func swapUnits(_ range: Range<Int>, by size: Int, shift: Int, _ output: inout [UInt8]) {
        guard size > 1 else { return }
        for start in stride(
            from: range.lowerBound - shift, through: range.upperBound - shift - size, by: size)
        {
            output[start..<start + size].reverse()
        }
    }
}
