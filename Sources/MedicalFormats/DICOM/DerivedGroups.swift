// SPDX-License-Identifier: Apache-2.0

/// The functional groups of an enhanced multi-frame object (PS3.3, C.7.6.16) after a lossy step: frame
/// types become DERIVED, and the Derivation Image macro names the source.
struct DerivedGroups {
    let source: SourceInstance
    /// What the Derivation Image macro says; nil leaves the macro as it is.
    let items: DerivationItems?

    private var reader: DatasetReader { source.reader }

    /// The functional group sequences that change, by tag.
    func elements() throws(MedicalFileError) -> [Tag: [UInt8]] {
        let shared = source[.sharedFunctionalGroupsSequence]
        let perFrame = source[.perFrameFunctionalGroupsSequence]
        // A macro stands either in the shared group or in that of every frame, never in both.
        let isPerFrame = try perFrame.map { element throws(MedicalFileError) in
            try holds(.derivationImageSequence, in: element, encoding: source.encoding, depth: 1)
        }
        var edits: [Tag: [UInt8]] = [:]
        if let shared {
            edits[shared.tag] = try groups(shared, addsDerivation: isPerFrame != true)
        }
        if let perFrame {
            edits[perFrame.tag] = try groups(perFrame, addsDerivation: isPerFrame == true)
        }
        return edits
    }

    private func groups(
        _ sequence: DataElement, addsDerivation: Bool
    ) throws(MedicalFileError) -> [UInt8] {
        try reader.sequence(sequence, encoding: source.encoding, depth: 1) { item throws(MedicalFileError) in
            try group(item, addsDerivation: addsDerivation)
        }
    }

    /// The elements of one item: one sequence for each macro.
    private func group(_ item: DatasetItem, addsDerivation: Bool) throws(MedicalFileError) -> [UInt8] {
        var edits: [Tag: [UInt8]] = [:]
        var derivation: DataElement?
        try reader.forEachElement(in: item.content, encoding: item.encoding, depth: 1) {
            macro throws(MedicalFileError) in
            if macro.tag == .derivationImageSequence {
                derivation = macro
            } else if try holds(.frameType, in: macro, encoding: item.encoding, depth: 2) {
                edits[macro.tag] = try withDerivedFrameType(macro, item.encoding)
            }
        }
        if addsDerivation, let items {
            edits[.derivationImageSequence] = try reader.sequence(
                .derivationImageSequence, derivation, encoding: item.encoding, depth: 2,
                appending: items.derivationImage)
        }
        return try reader.elements(in: item.content, encoding: item.encoding, depth: 1, replacing: edits)
    }

    private func withDerivedFrameType(
        _ macro: DataElement, _ encoding: DatasetEncoding
    ) throws(MedicalFileError) -> [UInt8] {
        try reader.sequence(macro, encoding: encoding, depth: 2) { item throws(MedicalFileError) in
            var edits: [Tag: [UInt8]] = [:]
            try reader.forEachElement(in: item.content, encoding: item.encoding, depth: 2) {
                element throws(MedicalFileError) in
                guard element.tag == .frameType, edits[.frameType] == nil else { return }
                let type = derivedType(reader.unpadded(element), ifEmpty: "DERIVED")
                guard type.count < 0xFFFF else { throw .malformedDataset(offset: element.offset) }
                edits[.frameType] = ElementWriter(encoding: item.encoding).element(
                    .frameType, ValueRepresentation("CS"), type)
            }
            return try reader.elements(
                in: item.content, encoding: item.encoding, depth: 2, replacing: edits)
        }
    }

    /// Whether an item of a sequence has an element; what cannot be walked has none and is copied.
    private func holds(
        _ tag: Tag, in sequence: DataElement, encoding: DatasetEncoding, depth: Int
    ) throws(MedicalFileError) -> Bool {
        guard reader.isSequence(sequence) else { return false }
        var holds = false
        try? reader.forEachItem(of: sequence, encoding: encoding, depth: depth) {
            item throws(MedicalFileError) in
            try reader.forEachElement(in: item.content, encoding: item.encoding, depth: depth) { element in
                holds = holds || element.tag == tag
            }
        }
        return holds
    }
}
