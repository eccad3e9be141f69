// SPDX-License-Identifier: Apache-2.0
import Digest

/// An archive cut into its chunks, to be changed and put together again with valid checksums.
///
/// It knows the frame of chunks by itself, without the code under test.
struct Surgery {
    struct Piece {
        var type: String
        var payload: [UInt8]
    }

    var header: [UInt8]
    var pieces: [Piece] = []
    var trailer: [UInt8] = []

    /// Cuts a valid archive.
    init(_ bytes: [UInt8]) {
        header = Array(bytes[..<12])
        var offset = 12
        while pieces.last?.type != "DONE" {
            let type = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
            let length = bytes[offset + 4..<offset + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
            pieces.append(Piece(type: type, payload: Array(bytes[offset + 12..<offset + 12 + length])))
            offset += 16 + length
        }
        trailer = Array(bytes[offset...])
    }

    /// The place of a chunk among the pieces; `occurrence` counts chunks of the type.
    func place(of type: String, _ occurrence: Int = 0) -> Int {
        pieces.indices.filter { pieces[$0].type == type }[occurrence]
    }

    /// The archive of the pieces; offsets of index and trailer are corrected if asked.
    func joined(correctingIndex: Bool = true) -> [UInt8] {
        var pieces = pieces
        var offsets: [Int] = []
        var end = header.count
        for piece in pieces {
            offsets.append(end)
            end += 16 + piece.payload.count
        }
        var trailer = trailer
        if correctingIndex, let index = pieces.firstIndex(where: { $0.type == "INDX" }) {
            let layers = pieces.indices.filter { pieces[$0].type == "LAYR" }
            for (number, layer) in layers.enumerated() where pieces[index].payload.count >= 40 + number * 36 {
                let fields = Self.u64(offsets[layer]) + Self.u64(16 + pieces[layer].payload.count)
                pieces[index].payload.replaceSubrange(4 + number * 36..<20 + number * 36, with: fields)
            }
            if trailer.count == 12 { trailer.replaceSubrange(0..<8, with: Self.u64(offsets[index])) }
        }
        return header + pieces.flatMap(Self.chunk) + trailer
    }

    static func chunk(_ piece: Piece) -> [UInt8] {
        let checksum = crc32c(Array(piece.type.utf8) + piece.payload)
        return Array(piece.type.utf8) + u64(piece.payload.count) + piece.payload
            + u64(Int(checksum)).prefix(4)
    }

    static func u64(_ value: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
