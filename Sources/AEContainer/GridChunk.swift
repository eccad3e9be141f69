// SPDX-License-Identifier: Apache-2.0
import Samples

/// The `GRID` chunk: the shape and depth of one part. (Spec 4.1)
struct GridChunk: Equatable, Sendable {
    var part: UInt8
    var kind: Part.Kind
    var extent: Extent
    var format: SampleFormat

    static let byteCount = 20

    private static let signedFlag: UInt8 = 1 << 0

    /// Reads the payload; the inverse of ``write(to:)``.
    ///
    /// - Parameters:
    ///   - payload: The payload of a `GRID` chunk.
    ///   - expectedPart: The number of the part.
    ///   - earlierSamples: Samples of the parts before.
    ///   - limit: Most samples that all parts may have together; at most 2^56.
    /// - Throws: ``ContainerError``.
    init(
        _ payload: ArraySlice<UInt8>, part expectedPart: Int, earlierSamples: Int, limit: Int
    ) throws(ContainerError) {
        let type = FourCC.grid
        try type.requireLength(Self.byteCount, payload)
        var reader = ByteReader(payload)
        part = try reader.u8()
        try type.require(Int(part) == expectedPart, "Part", part)
        let kindValue = try reader.u8()
        guard let kind = Part.Kind(rawValue: kindValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Kind", value: UInt64(kindValue))
        }
        let bits = try reader.u8()
        try type.require((1...32).contains(bits), "Bits_Stored", bits)
        let flags = try reader.u8()
        try type.require(flags & ~Self.signedFlag == 0, "Flags", flags)
        var counts: [Int] = []
        for field in ["Frames", "Channels", "Rows", "Columns"] {
            let count = try reader.u32()
            try type.require(count >= 1, field, count)
            counts.append(Int(count))
        }
        let total = Self.total(counts, after: earlierSamples)
        guard total <= UInt64(max(0, limit)) else { throw .sampleLimit(samples: total, limit: limit) }

        self.kind = kind
        extent = Extent(frames: counts[0], channels: counts[1], rows: counts[2], columns: counts[3])
        format = SampleFormat(bitsStored: Int(bits), isSigned: flags & Self.signedFlag != 0)
    }

    init(part: UInt8, kind: Part.Kind, extent: Extent, format: SampleFormat) {
        self.part = part
        self.kind = kind
        self.extent = extent
        self.format = format
    }

    /// Writes the payload; the inverse of ``init(_:part:earlierSamples:limit:)``.
    func write(to writer: inout ByteWriter) {
        writer.u8(part)
        writer.u8(kind.rawValue)
        writer.u8(UInt8(format.bitsStored))
        writer.u8(format.isSigned ? Self.signedFlag : 0)
        for count in [extent.frames, extent.channels, extent.rows, extent.columns] {
            writer.u32(UInt32(count))
        }
    }

    /// The samples so far; 2^64 - 1 for that many or more.
    private static func total(_ counts: [Int], after earlier: Int) -> UInt64 {
        var product: UInt64 = 1
        for count in counts {
            let step = product.multipliedReportingOverflow(by: UInt64(count))
            if step.overflow { return .max }
            product = step.partialValue
        }
        let sum = product.addingReportingOverflow(UInt64(earlier))
        return sum.overflow ? .max : sum.partialValue
    }
}
