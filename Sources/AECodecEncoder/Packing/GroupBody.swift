// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer

extension StreamPacker {
    /// Packs residuals that stand stream by stream, and writes the streams.
    ///
    /// - Parameters:
    ///   - sorted: The residuals.
    ///   - counts: How many each stream has.
    ///   - rawBits: Low bits of residuals that each stream stores as they are.
    ///   - writer: Takes the streams.
    func write(_ sorted: [Int16], counts: [Int], rawBits: [Int], to writer: inout ByteWriter) {
        var start = 0
        for (count, rawBits) in zip(counts, rawBits) {
            pack(sorted[start..<start + count], rawBits: rawBits).write(to: &writer)
            start += count
        }
    }
}

extension ByteWriter {
    /// Writes the parameters of an exact group, packed where that makes them shorter.
    /// (Spec/bitstream.md, sections 5 and 11)
    mutating func parameters(_ bytes: [UInt8]) {
        let packed = ZstdFrameWriter.pack(bytes)
        varint(bytes.count)
        varint(packed.count < bytes.count ? packed.count : 0)
        self.bytes(packed.count < bytes.count ? packed : bytes)
    }
}
