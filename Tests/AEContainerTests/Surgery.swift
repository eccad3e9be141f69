// SPDX-License-Identifier: Apache-2.0
import Digest

/// An archive cut into its chunks, to be changed and put together again with valid checksums.
///
/// It knows the frame of chunks by itself, without the code under test.
struct Surgery {
    struct Piece {
        var type: String
        var payload: [UInt8]

        var bytes: [UInt8] {
            let checksum = crc32c(Array(type.utf8) + payload)
            return Array(type.utf8) + Surgery.varint(payload.count) + payload
                + Surgery.fixed(Int(checksum), byteCount: 4)
        }
    }

    static let headerByteCount = 11

    var header: [UInt8]
    var pieces: [Piece] = []
    var trailer: [UInt8] = []

    /// Cuts a valid archive.
    init(_ bytes: [UInt8]) {
        header = Array(bytes[..<Self.headerByteCount])
        var offset = Self.headerByteCount
        while pieces.last?.type != "DONE" {
            let type = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
            offset += 4
            let length = Self.number(bytes, &offset) ?? 0
            pieces.append(Piece(type: type, payload: Array(bytes[offset..<offset + length])))
            offset += length + 4
        }
        trailer = Array(bytes[offset...])
    }

    /// The place of a chunk among the pieces; `occurrence` counts chunks of the type.
    func place(of type: String, _ occurrence: Int = 0) -> Int {
        pieces.indices.filter { pieces[$0].type == type }[occurrence]
    }

    /// Where a piece starts in the file; of the number of pieces, where the last one ends.
    func offset(of place: Int) -> Int {
        pieces[..<place].reduce(header.count) { $0 + $1.bytes.count }
    }

    /// The archive of the pieces; places in index and trailer are corrected if asked.
    func joined(correctingIndex: Bool = true) -> [UInt8] {
        var copy = self
        if correctingIndex { copy.correctIndex() }
        return copy.header + copy.pieces.flatMap(\.bytes) + copy.trailer
    }

    private mutating func correctIndex() {
        guard let index = pieces.firstIndex(where: { $0.type == "INDX" }) else { return }
        let layers = pieces.indices.filter { pieces[$0].type == "LAYR" }
        let isInFront = layers.first.map { index < $0 } ?? true
        let front = isInFront ? index : pieces.lastIndex { $0.type == "PARM" } ?? index
        var old = pieces[index].payload[...]
        guard var corrected = Self.takeNumbers(1, &old) else { return }
        var end = front
        for layer in layers {
            guard Self.takeNumbers(2, &old) != nil, let fields = Self.takeNumbers(1, &old),
                let levels = old.popFirst(), let ranges = Self.takeNumbers(4, &old)
            else { break }
            let gap = pieces[(end + 1)..<max(end + 1, layer)].reduce(0) { $0 + $1.bytes.count }
            corrected += Self.varint(gap) + Self.varint(pieces[layer].bytes.count)
            corrected += fields + [levels] + ranges
            end = layer
        }
        pieces[index].payload = corrected + old
        if trailer.count == 12 {
            trailer.replaceSubrange(0..<8, with: Self.fixed(offset(of: index), byteCount: 8))
        }
    }

    /// The bytes of some numbers of variable length; nil if there are fewer.
    private static func takeNumbers(_ count: Int, _ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        var taken: [UInt8] = []
        for _ in 0..<count {
            guard let last = bytes.firstIndex(where: { $0 < 0x80 }) else { return nil }
            taken += bytes[...last]
            bytes = bytes[(last + 1)...]
        }
        return taken
    }

    /// The number of variable length at an offset, which moves behind it.
    private static func number(_ bytes: [UInt8], _ offset: inout Int) -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 56, by: 7) {
            value |= Int(bytes[offset] & 0x7F) << shift
            offset += 1
            if bytes[offset - 1] < 0x80 { return value }
        }
        return nil
    }

    static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    static func fixed(_ value: Int, byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
