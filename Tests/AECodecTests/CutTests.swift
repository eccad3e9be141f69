// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Foundation
import Samples
import Testing

/// Archives of every kind that end at the edge of a chunk, or a byte beside it. (Spec/container.md, section 3.4)
@Suite struct CutTests {
    @Test(arguments: GoldenTests.entries) func everyCutGivesWhatIsThereOrAnError(entry: GoldenTests.Entry)
        throws
    {
        let file = URL(fileURLWithPath: GoldenTests.folder + "/" + entry.name)
        let bytes = [UInt8](try Data(contentsOf: file))
        let options = DecodeOptions(threads: 1, models: GoldenTests.networks)
        let whole = try Archive(bytes, options: options)
        let chunks = whole.container.chunks
        let ends = Set(chunks.flatMap { [$0.offset - 1, $0.offset, $0.offset + 1] } + [bytes.count - 1])
        let front = whole.container.groups.first?.chunkRange.lowerBound ?? .max
        for end in ends.sorted() where end >= 0 {
            let part = Array(bytes[..<end])
            #expect("the first \(end) bytes") {
                _ = try Archive(part, options: options)
            } throws: {
                Self.isTruncation($0)
            }
            guard end >= front else {
                if whole.container.parts.isEmpty { continue }
                #expect("the first \(end) bytes") {
                    _ = try Archive(truncated: part, options: options)
                } throws: {
                    Self.isTruncation($0)
                }
                continue
            }
            let archive = try Archive(truncated: part, options: options)
            #expect(archive.container.isTruncated)
            try check(archive, against: whole, end: end)
        }
    }

    /// All parts have their shape, and those whose groups are all there their samples.
    private func check(_ archive: Archive, against whole: Archive, end: Int) throws {
        for (number, part) in whole.container.parts.enumerated() {
            let all = SampleSelection(frames: 0..<part.extent.frames)
            let shown = try archive.samples(part: number, all)
            #expect(shown.extent == part.extent && shown.format == part.format)
            let groups = whole.container.groups.filter { $0.header.part == number }
            guard groups.allSatisfy({ $0.chunkRange.upperBound <= end }) else { continue }
            #expect(try shown == whole.samples(part: number, all), "the first \(end) bytes, part \(number)")
        }
    }

    private static func isTruncation(_ error: any Error) -> Bool {
        guard case DecodeError.container(.truncated) = error else { return false }
        return true
    }
}
