// SPDX-License-Identifier: Apache-2.0

extension SourceRecord {
    /// Puts the file together again.
    ///
    /// - Parameter parts: The decoded samples of every part of the archive.
    /// - Returns: The bytes of the file, `byteCount` of them. The caller compares their digest.
    /// - Throws: ``SourceRecordError`` if the record does not fit the samples.
    public func rebuilt(from parts: [SampleArray]) throws(SourceRecordError) -> [UInt8] {
        try checkCuts(against: parts)
        var file: [UInt8] = []
        file.reserveCapacity(byteCount)
        var keptOffset = 0
        for cut in cuts {
            let gap = cut.offset - file.count
            file.append(contentsOf: kept[keptOffset..<keptOffset + gap])
            keptOffset += gap
            Self.append(cut, of: parts[cut.part], to: &file)
        }
        file.append(contentsOf: kept[keptOffset...])
        return file
    }

    /// Proves that every cut lies in the file and its samples, and that all bytes are accounted for.
    private func checkCuts(against parts: [SampleArray]) throws(SourceRecordError) {
        var end = 0
        var keptCount = 0
        for (index, cut) in cuts.enumerated() {
            guard cut.part >= 0, cut.part < parts.count, [1, 2, 4].contains(cut.cellBytes),
                cut.cellBytes >= parts[cut.part].format.byteCount,
                cut.firstSample >= 0, cut.sampleCount >= 0,
                cut.firstSample <= parts[cut.part].extent.sampleCount,
                cut.sampleCount <= parts[cut.part].extent.sampleCount - cut.firstSample,
                cut.offset >= end, cut.offset - end <= kept.count - keptCount
            else { throw .invalidCut(index: index) }
            keptCount += cut.offset - end
            end = cut.offset + cut.byteCount
        }
        let found = end + kept.count - keptCount
        guard found == byteCount else { throw .byteCountMismatch(expected: byteCount, found: found) }
    }

    private static func append(_ cut: Cut, of part: SampleArray, to file: inout [UInt8]) {
        let range = cut.firstSample..<cut.firstSample + cut.sampleCount
        if cut.cellBytes == part.format.byteCount, !cut.isBigEndian {
            file.append(contentsOf: part.canonicalBytes(range))
            return
        }
        for index in range {
            let bits = UInt32(truncatingIfNeeded: part[index])
            for byte in 0..<cut.cellBytes {
                let place = cut.isBigEndian ? cut.cellBytes - 1 - byte : byte
                file.append(UInt8(truncatingIfNeeded: bits >> UInt32(8 * place)))
            }
        }
    }
}
