// SPDX-License-Identifier: Apache-2.0

extension SourceRecord {
    /// Puts the file together again.
    ///
    /// - Parameter parts: The decoded samples of every part of the archive.
    /// - Returns: The bytes of the file, `byteCount` of them. The caller compares their digest.
    /// - Throws: ``SourceRecordError`` if the record does not fit the samples.
    public func rebuilt(from parts: [SampleArray]) throws(SourceRecordError) -> [UInt8] {
        // The record is checked before memory is taken.
        let pieces = try pieces(from: parts)
        var file: [UInt8] = []
        file.reserveCapacity(byteCount)
        for piece in pieces { file += piece }
        return file
    }

    /// The file in pieces, in order; for those who only hash or write it.
    ///
    /// - Parameter parts: The decoded samples of every part of the archive.
    /// - Returns: Pieces of ``byteCount`` bytes together. The caller compares their digest.
    /// - Throws: ``SourceRecordError`` if the record does not fit the samples.
    public func pieces(from parts: [SampleArray]) throws(SourceRecordError) -> RebuiltPieces {
        try checkCuts(against: parts)
        return RebuiltPieces(self, parts: parts)
    }

    /// Proves that every cut lies in the file and its samples, and that all bytes are accounted for.
    private func checkCuts(against parts: [SampleArray]) throws(SourceRecordError) {
        var end = 0
        var keptCount = 0
        for (index, cut) in cuts.enumerated() {
            guard cut.fits(parts), cut.offset >= end, cut.offset - end <= kept.count - keptCount else {
                throw .invalidCut(index: index)
            }
            keptCount += cut.offset - end
            // The byte count that `fits` has compared holds this product.
            let inside = cut.keptBytesPerRepeat * cut.repeats
            guard inside <= kept.count - keptCount, cut.byteCount <= Int.max - cut.offset else {
                throw .invalidCut(index: index)
            }
            keptCount += inside
            end = cut.offset + cut.byteCount
        }
        let found = end + kept.count - keptCount
        guard found == byteCount else { throw .byteCountMismatch(expected: byteCount, found: found) }
    }
}
