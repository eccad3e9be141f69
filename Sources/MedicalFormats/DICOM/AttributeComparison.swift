// SPDX-License-Identifier: Apache-2.0

/// An attribute in which two DICOM data sets differ; it never holds a value.
public struct AttributeDifference: Equatable, Sendable {
    /// Where the attribute is.
    public enum Kind: Equatable, Sendable {
        /// Only the first data set has it.
        case onlyInFirst
        /// Only the second data set has it.
        case onlyInSecond
        /// Both have it, with different values or numbers of items.
        case differs
    }

    /// The tag as `(gggg,eeee)`; inside sequences with its path, as in `(0008,1140)[1].(0008,1150)`, where
    /// items count from 1.
    public var tag: String
    /// The DICOM keyword of the innermost tag; empty if the dictionary does not know it.
    public var keyword: String
    /// Which of the data sets has it.
    public var what: Kind
}

/// Compares the attributes of two DICOM files, by rising tag.
///
/// Left out are the file meta information, pixel data at any depth and what describes its fragments, and
/// group lengths: all of these depend on the transfer syntax. Padding of text is no difference.
///
/// - Parameters:
///   - first: A DICOM file of any transfer syntax.
///   - second: Another one.
/// - Returns: The differences; empty if there are none.
/// - Throws: ``MedicalFileError`` if one of them is no DICOM file or damaged.
public func compareAttributes(
    _ first: [UInt8], _ second: [UInt8]
) throws(MedicalFileError) -> [AttributeDifference] {
    let comparison = AttributeComparison(
        first: try ComparableDataset(first), second: try ComparableDataset(second))
    return try comparison.differences()
}

/// A data set in little-endian order.
private struct ComparableDataset {
    let reader: DatasetReader
    let content: Range<Int>
    let encoding: DatasetEncoding

    init(_ bytes: [UInt8]) throws(MedicalFileError) {
        guard MedicalFile.recognizes(bytes) == .dicom else { throw .unrecognizedFormat }
        let dataset = try DICOMDataset(bytes, mustDecode: false)
        let range = dataset.offset..<dataset.reader.bytes.count
        if dataset.encoding.isBigEndian {
            reader = DatasetReader(bytes: try dataset.reader.littleEndian(range))
            content = 0..<range.count
        } else {
            reader = dataset.reader
            content = range
        }
        encoding = DatasetEncoding(hasExplicitVR: dataset.encoding.hasExplicitVR)
    }

    /// More elements than any data set has on one level.
    private static let maximumElements = 1 << 20

    /// The elements of a range that are compared; the first of any doubles.
    func elements(
        _ range: Range<Int>, _ encoding: DatasetEncoding, depth: Int
    ) throws(MedicalFileError) -> [Tag: DataElement] {
        var elements: [Tag: DataElement] = [:]
        try reader.forEachElement(in: range, encoding: encoding, depth: depth) {
            element throws(MedicalFileError) in
            let isLeftOut =
                element.tag.element == 0 || element.tag.group == 0xFFFE || element.tag == .pixelData
                || element.tag == .extendedOffsetTable || element.tag == .extendedOffsetTableLengths
            if isLeftOut || elements[element.tag] != nil { return }
            guard elements.count < Self.maximumElements else {
                throw .malformedDataset(offset: element.offset)
            }
            elements[element.tag] = element
        }
        return elements
    }

    /// Whether an element is a sequence by its own word or the dictionary's.
    func isSequence(_ element: DataElement, _ encoding: DatasetEncoding, depth: Int) -> Bool {
        let representation = element.representation
        if representation == .sequence || element.hasUndefinedLength { return true }
        guard representation == .none || representation == .unknown,
            DataDictionary.entry(element.tag).representation == .sequence
        else { return false }
        // The dictionary speaks of what should be there: see whether it is.
        let walk: Void? = try? reader.forEachItem(of: element, encoding: encoding, depth: depth) { _ in }
        return walk != nil
    }
}

private struct AttributeComparison {
    let first: ComparableDataset
    let second: ComparableDataset

    func differences() throws(MedicalFileError) -> [AttributeDifference] {
        var found: [AttributeDifference] = []
        try compare(
            (first.content, first.encoding), (second.content, second.encoding), path: "", depth: 0, &found)
        return found
    }

    private typealias Place = (range: Range<Int>, encoding: DatasetEncoding)

    private func compare(
        _ one: Place, _ other: Place, path: String, depth: Int, _ found: inout [AttributeDifference]
    ) throws(MedicalFileError) {
        guard depth <= DatasetReader.maximumDepth else {
            throw .nestingTooDeep(limit: DatasetReader.maximumDepth)
        }
        let ones = try first.elements(one.range, one.encoding, depth: depth)
        let others = try second.elements(other.range, other.encoding, depth: depth)
        for tag in Set(ones.keys).union(others.keys).sorted() {
            guard let element = ones[tag] else {
                found.append(difference(tag, path, .onlyInSecond))
                continue
            }
            guard let twin = others[tag] else {
                found.append(difference(tag, path, .onlyInFirst))
                continue
            }
            if hasSameBytes(element, twin) { continue }
            try compare(element, one.encoding, twin, other.encoding, path: path, depth: depth, &found)
        }
    }

    /// Compares two elements of one tag whose bytes are not the same.
    private func compare(
        _ element: DataElement, _ encoding: DatasetEncoding, _ twin: DataElement,
        _ twinEncoding: DatasetEncoding,
        path: String, depth: Int, _ found: inout [AttributeDifference]
    ) throws(MedicalFileError) {
        let tag = element.tag
        guard first.isSequence(element, encoding, depth: depth),
            second.isSequence(twin, twinEncoding, depth: depth)
        else {
            if !haveSameText(element, twin) { found.append(difference(tag, path, .differs)) }
            return
        }
        var (at, twinAt) = (element.value.lowerBound, twin.value.lowerBound)
        var number = 1
        while true {
            let item = try first.reader.nextItem(of: element, at: &at, encoding: encoding, depth: depth)
            let other = try second.reader.nextItem(
                of: twin, at: &twinAt, encoding: twinEncoding, depth: depth)
            guard let item, let other else {
                if item != nil || other != nil { found.append(difference(tag, path, .differs)) }
                return
            }
            try compare(
                (item.content, item.encoding), (other.content, other.encoding),
                path: "\(path)\(tag)[\(number)].", depth: depth + 1, &found)
            number += 1
        }
    }

    private func hasSameBytes(_ element: DataElement, _ twin: DataElement) -> Bool {
        !element.hasUndefinedLength && !twin.hasUndefinedLength && element.representation != .sequence
            && first.reader.bytes[element.value] == second.reader.bytes[twin.value]
    }

    /// Whether two values are texts that differ in their padding only.
    private func haveSameText(_ element: DataElement, _ twin: DataElement) -> Bool {
        var representation = element.representation
        if !representation.isText { representation = twin.representation }
        if !representation.isText { representation = DataDictionary.entry(element.tag).representation }
        guard representation.isText else { return false }
        return withoutPadding(first.reader.bytes[element.value])
            == withoutPadding(second.reader.bytes[twin.value])
    }

    private func withoutPadding(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var value = value
        while let last = value.last, last == 0x20 || last == 0 { value.removeLast() }
        return value
    }

    private func difference(
        _ tag: Tag, _ path: String, _ what: AttributeDifference.Kind
    ) -> AttributeDifference {
        AttributeDifference(tag: path + "\(tag)", keyword: DataDictionary.entry(tag).keyword, what: what)
    }
}
