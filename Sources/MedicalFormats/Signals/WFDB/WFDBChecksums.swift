// SPDX-License-Identifier: Apache-2.0
public import Samples

extension Recording {
    /// Files of a recording that samples with loss were put into, with the checksums of what they now hold.
    ///
    /// WFDB headers state the sum of the samples of each signal (signal(5)); readers warn where it is another. Checksums that
    /// nobody stated are not added, and files of other formats stay as they are.
    ///
    /// - Parameter files: The files, the one that names the others first.
    /// - Returns: As many files.
    /// - Throws: ``SignalError`` if they can't be read.
    public static func withRightChecksums(
        _ files: [(name: String, bytes: [UInt8])]
    ) throws(SignalError) -> [(name: String, bytes: [UInt8])] {
        guard let first = files.first, SignalFormat.recognizes(first.bytes, name: first.name) == .wfdb else {
            return files
        }
        var reader = WFDBReader(
            lookup: { name in files.first { $0.name == name }?.bytes }, annotators: [])
        try reader.load(name: first.name, first.bytes)
        let wrong = reader.builder.wrongChecksums(reader.builder.signalGroups())
        var files = files
        for (check, right) in wrong {
            guard let number = files.firstIndex(where: { $0.name == check.file }) else { continue }
            files[number].bytes = replacing(
                field: 6, ofLine: check.line, in: files[number].bytes, with: "\(Int16(bitPattern: right))")
        }
        return files
    }

    /// A text with another word in one of its lines, which count from 1, words from 0.
    private static func replacing(
        field: Int, ofLine line: Int, in text: [UInt8], with word: String
    ) -> [UInt8] {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        var start = text.startIndex
        for _ in 1..<line {
            guard let end = text[start...].firstIndex(of: 0x0A) else { return text }
            start = end + 1
        }
        for number in 0...field {
            guard let first = text[start...].firstIndex(where: { !isSpace($0) }) else { return text }
            let end = text[first...].firstIndex(where: isSpace) ?? text.endIndex
            if number == field { return Array(text[..<first]) + Array(word.utf8) + Array(text[end...]) }
            start = end
        }
        return text
    }
}
