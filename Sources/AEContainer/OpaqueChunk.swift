// SPDX-License-Identifier: Apache-2.0

/// The `SMAP` and `PARM` chunks: bytes of one part that `Spec/bitstream.md` defines. (Spec 4.4, 4.5)
struct OpaqueChunk {
    /// Reads the payload of a part and copies what follows the part number; the inverse of
    /// ``write(_:to:part:)``.
    static func read(
        _ payload: ArraySlice<UInt8>, type: FourCC, part: Int
    ) throws(ContainerError) -> [UInt8] {
        guard let partValue = payload.first else {
            throw .payloadLength(chunk: type, expected: 1, found: 0)
        }
        try type.require(Int(partValue) == part, "Part", partValue)
        return Array(payload.dropFirst())
    }

    /// Writes the payload; the inverse of ``read(_:type:part:)``.
    static func write(_ content: [UInt8], to writer: inout ByteWriter, part: UInt8) {
        writer.u8(part)
        writer.bytes(content)
    }
}
