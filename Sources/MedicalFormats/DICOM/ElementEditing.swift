// SPDX-License-Identifier: Apache-2.0

/// Changes of little-endian elements: what is not changed is copied byte for byte.
extension DatasetReader {
    /// Elements with some of them replaced.
    ///
    /// Elements that were absent are put in the order of tags. The (retired) group lengths of the groups
    /// concerned no longer hold and are left out.
    ///
    /// - Parameters:
    ///   - range: Whole elements; a rest too short for one is copied.
    ///   - encoding: How they are written.
    ///   - depth: Nesting of the range.
    ///   - edits: Whole elements by tag; an empty one removes the tag.
    /// - Returns: The changed elements.
    /// - Throws: ``MedicalFileError`` if the elements cannot be walked.
    func elements(
        in range: Range<Int>, encoding: DatasetEncoding, depth: Int = 0, replacing edits: [Tag: [UInt8]]
    ) throws(MedicalFileError) -> [UInt8] {
        if edits.isEmpty { return Array(bytes[range]) }
        var absent = Set(edits.keys)
        try forEachElement(in: range, encoding: encoding, depth: depth) { element in
            absent.remove(element.tag)
        }
        var pending = absent.sorted()[...]
        let groups = Set(edits.keys.map(\.group))
        var written: Set<Tag> = []
        var output: [UInt8] = []
        var end = range.lowerBound
        try forEachElement(in: range, encoding: encoding, depth: depth) { element in
            end = element.end
            while let tag = pending.first, tag < element.tag {
                output += edits[tag] ?? []
                pending.removeFirst()
            }
            if let replacement = edits[element.tag] {
                // Of elements that wrongly stand there twice one remains.
                if written.insert(element.tag).inserted { output += replacement }
            } else if element.tag.element != 0 || !groups.contains(element.tag.group) {
                output += bytes[element.offset..<element.end]
            }
        }
        for tag in pending { output += edits[tag] ?? [] }
        return output + bytes[end..<range.upperBound]
    }

    /// A sequence with one more item at its end.
    ///
    /// - Parameters:
    ///   - tag: Of the sequence.
    ///   - element: The sequence; nil if there is none yet.
    ///   - encoding: Of the data set or item that holds the sequence.
    ///   - depth: Nesting of the sequence's items.
    ///   - makeItem: The elements of the new item.
    /// - Returns: The whole sequence.
    /// - Throws: ``MedicalFileError`` if its items cannot be walked.
    func sequence(
        _ tag: Tag, _ element: DataElement?, encoding: DatasetEncoding, depth: Int,
        appending makeItem: @escaping (ElementWriter) -> [UInt8]
    ) throws(MedicalFileError) -> [UInt8] {
        guard let element, !element.value.isEmpty else {
            let writer = ElementWriter(encoding: encoding)
            return writer.sequence(tag, items: [makeItem(writer)])
        }
        return try sequence(element, encoding: encoding, depth: depth, appending: makeItem) { item in
            Array(bytes[item.content])
        }
    }

    /// A sequence with other elements in its items; lengths stay defined or undefined.
    ///
    /// - Parameters:
    ///   - element: The sequence.
    ///   - encoding: Of the data set or item that holds it.
    ///   - depth: Nesting of its items.
    ///   - makeItem: The elements of one more item; nil for none.
    ///   - content: The new elements of an item.
    /// - Returns: The whole sequence.
    /// - Throws: ``MedicalFileError`` if its items cannot be walked.
    func sequence(
        _ element: DataElement, encoding: DatasetEncoding, depth: Int,
        appending makeItem: ((ElementWriter) -> [UInt8])? = nil,
        items content: (DatasetItem) throws(MedicalFileError) -> [UInt8]
    ) throws(MedicalFileError) -> [UInt8] {
        var items: [UInt8] = []
        var inner = encoding
        try forEachItem(of: element, encoding: encoding, depth: depth) { item throws(MedicalFileError) in
            inner = item.encoding
            items += ElementWriter.item(try content(item), hasUndefinedLength: item.hasUndefinedLength)
        }
        if let makeItem { items += ElementWriter.item(makeItem(ElementWriter(encoding: inner))) }
        // Items of an unknown representation are implicit, and only an undefined length says that it holds
        // any. (PS3.5, 6.2.2)
        let isUnknown = element.representation == .unknown && !inner.hasExplicitVR
        let writer = ElementWriter(encoding: encoding)
        let representation = isUnknown ? ValueRepresentation.unknown : .sequence
        if isUnknown || element.hasUndefinedLength || items.count >= Int(UInt32.max) {
            return writer.header(element.tag, representation, length: .max) + items
                + ElementWriter.delimiter(.sequenceDelimitation, length: 0)
        }
        return writer.header(element.tag, representation, length: UInt32(items.count)) + items
    }

    /// Whether an element holds items, by its own word or, where it has none, the dictionary's.
    func isSequence(_ element: DataElement) -> Bool {
        if element.representation == .sequence || element.hasUndefinedLength { return true }
        return (element.representation == .none || element.representation == .unknown)
            && DataDictionary.entry(element.tag).representation == .sequence
    }

    /// The bytes of a text without the padding at its end.
    func unpadded(_ element: DataElement) -> [UInt8] {
        var value = bytes[element.value]
        while let last = value.last, last == 0x20 || last == 0 { value.removeLast() }
        return Array(value)
    }
}
