// SPDX-License-Identifier: Apache-2.0

/// Encapsulated pixel data: codestreams in fragments. (PS3.5, A.4)
struct Fragments: Sendable {
    /// The fragments that are not empty, as ranges of the file; the offset table is not among them.
    private(set) var ranges: [Range<Int>] = []
    /// Where the first fragment's item starts; offset tables count from here.
    private var firstItem = 0
    /// Offsets of the basic offset table; often empty.
    private var basicOffsets: [Int] = []
    /// The offset behind the pixel data and its delimiter.
    private(set) var end: Int

    /// Walks the fragments.
    ///
    /// - Parameters:
    ///   - reader: The file.
    ///   - offset: Where the first item stands.
    /// - Throws: ``MedicalFileError`` if the file ends before the pixel data do, or anything but items stands there.
    init(_ reader: DatasetReader, from offset: Int) throws(MedicalFileError) {
        let count = reader.bytes.count
        var isTable = true
        end = offset
        while true {
            guard count - end >= 8 else {
                throw .truncatedPixelData(needed: end + 8 - offset, available: count - offset)
            }
            let tag = reader.tag(at: end, bigEndian: false)
            let length = reader.uint32(at: end + 4, bigEndian: false)
            if tag == .sequenceDelimitation {
                end += 8
                return
            }
            guard tag == .item else { throw .malformedDataset(offset: end) }
            let start = end + 8
            guard Int(length) <= count - start else {
                throw .truncatedPixelData(needed: start + Int(length) - offset, available: count - offset)
            }
            end = start + Int(length)
            if isTable {
                basicOffsets = stride(from: start, to: end - 3, by: 4).map {
                    Int(reader.uint32(at: $0, bigEndian: false))
                }
                firstItem = end
                isTable = false
            } else if length > 0 {
                ranges.append(start..<end)
            }
        }
    }

    /// The fragments of each frame.
    ///
    /// - Parameters:
    ///   - frames: Frames that the attributes state.
    ///   - extendedOffsets: The extended offset table, or an empty array.
    ///   - startsFrame: Whether a codestream starts with a fragment.
    /// - Returns: As many runs of fragments.
    /// - Throws: ``MedicalFileError/frameCountMismatch(expected:found:)`` if the fragments make another number.
    func frames(
        _ frames: Int, extendedOffsets: [Int], startsFrame: (Range<Int>) -> Bool
    ) throws(MedicalFileError) -> [ArraySlice<Range<Int>>] {
        if frames == ranges.count { return ranges.indices.map { ranges[$0...$0] } }
        guard frames < ranges.count else { throw .frameCountMismatch(expected: frames, found: ranges.count) }
        for table in [extendedOffsets, basicOffsets] where table.count == frames {
            if let starts = starts(of: table) { return split(at: starts) }
        }
        let starts = ranges.indices.filter { startsFrame(ranges[$0]) }
        if frames == 1, starts.count <= 1 { return [ranges[...]] }
        guard starts.count == frames, starts.first == 0 else {
            throw .frameCountMismatch(expected: frames, found: starts.count)
        }
        return split(at: starts)
    }

    /// The indices of the fragments that an offset table points at; nil if it points elsewhere.
    private func starts(of table: [Int]) -> [Int]? {
        var starts: [Int] = []
        var index = 0
        for offset in table {
            while index < ranges.count, ranges[index].lowerBound - 8 - firstItem < offset { index += 1 }
            guard index < ranges.count, ranges[index].lowerBound - 8 - firstItem == offset else { return nil }
            starts.append(index)
            index += 1
        }
        return starts.first == 0 ? starts : nil
    }

    private func split(at starts: [Int]) -> [ArraySlice<Range<Int>>] {
        starts.indices.map { ranges[starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : ranges.count)] }
    }
}
