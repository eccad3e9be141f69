// SPDX-License-Identifier: Apache-2.0
import Samples

/// The `GRID` chunk: the shape and depth of one part. (Spec 4.1)
struct GridChunk: Equatable, Sendable {
    var kind: Part.Kind
    var extent: Extent
    var format: SampleFormat
    /// Columns in a second; nil for images, and if not known.
    var rate: SamplingRate?

    private static let signedFlag: UInt8 = 1 << 0
    private static let signalFlag: UInt8 = 1 << 1
    private static let longestAxis = Int(UInt32.max)

    /// Reads the payload; the inverse of ``payload``.
    ///
    /// - Parameters:
    ///   - payload: The payload of a `GRID` chunk.
    ///   - earlierSamples: Samples of the parts before.
    ///   - limit: Most samples that all parts may have together; at most 2^56.
    /// - Throws: ``ContainerError``.
    init(_ payload: ArraySlice<UInt8>, earlierSamples: Int, limit: Int) throws(ContainerError) {
        let type = FourCC.grid
        var fields = PayloadReader(type, payload)
        let flags = try fields.u8()
        try type.require(flags & ~(Self.signedFlag | Self.signalFlag) == 0, "Flags", flags)
        let bits = try fields.u8()
        try type.require((1...32).contains(bits), "Bits_Stored", bits)
        var counts: [Int] = []
        for field in ["Frames", "Channels", "Rows", "Columns"] {
            counts.append(try fields.varint(field, 1...Self.longestAxis))
        }
        kind = flags & Self.signalFlag == 0 ? .image : .signal
        rate = kind == .signal ? try Self.rate(&fields) : nil
        try fields.finish()
        let total = Self.total(counts, after: earlierSamples)
        guard total <= UInt64(max(0, limit)) else { throw .sampleLimit(samples: total, limit: limit) }

        extent = Extent(frames: counts[0], channels: counts[1], rows: counts[2], columns: counts[3])
        format = SampleFormat(bitsStored: Int(bits), isSigned: flags & Self.signedFlag != 0)
    }

    /// A fraction in lowest terms, or 0.
    private static func rate(_ fields: inout PayloadReader) throws(ContainerError) -> SamplingRate? {
        let above = try fields.varint("Rate_Numerator", 0...Int.max)
        if above == 0 { return nil }
        let below = try fields.varint("Rate_Denominator", 1...Int.max)
        guard let rate = SamplingRate(above, over: below), rate.denominator == below else {
            throw .fieldOutOfRange(chunk: .grid, field: "Rate_Denominator", value: UInt64(below))
        }
        return rate
    }

    init(kind: Part.Kind, extent: Extent, format: SampleFormat, rate: SamplingRate?) {
        precondition(rate == nil || kind == .signal, "images have no sampling rate")
        self.kind = kind
        self.extent = extent
        self.format = format
        self.rate = rate
    }

    /// The payload; the inverse of ``init(_:earlierSamples:limit:)``.
    var payload: [UInt8] {
        var writer = ByteWriter()
        writer.u8((format.isSigned ? Self.signedFlag : 0) | (kind == .signal ? Self.signalFlag : 0))
        writer.u8(UInt8(format.bitsStored))
        for count in [extent.frames, extent.channels, extent.rows, extent.columns] { writer.varint(count) }
        if kind == .signal {
            writer.varint(rate?.numerator ?? 0)
            if let rate { writer.varint(rate.denominator) }
        }
        return writer.bytes
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
