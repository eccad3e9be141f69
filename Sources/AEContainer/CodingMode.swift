// SPDX-License-Identifier: Apache-2.0

/// The `MODE` chunk: which losses a part was allowed, what was asked, and what came out. (Spec 4.2)
public struct CodingMode: Equatable, Sendable {
    /// How far decoded samples may be from the original.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// Not at all.
        case lossless = 0
        /// By at most a bound that the user set.
        case bounded = 1
        /// As far as the target lets them.
        case lossy = 2
    }

    /// What the user asked for.
    public enum Target: UInt8, Sendable, CaseIterable {
        /// Nothing; the value is 0.
        case none = 0
        /// A quality, 0 to 100.
        case quality = 1
        /// A peak signal-to-noise ratio in decibels.
        case psnr = 2
        /// A compression ratio.
        case ratio = 3
        /// Bits per sample.
        case bitsPerSample = 4
        /// A bound on the error of every sample, in stored units; always of ``Kind/bounded``.
        case maximumError = 5
        /// A percentage root-mean-square difference of signals.
        case prd = 6
    }

    /// The kind of loss.
    public var kind: Kind
    /// What was asked.
    public var target: Target
    /// The value of the target; finite, not negative, rounded to 32 bits.
    public var targetValue: Float
    /// The largest error of a sample in stored units; 0 if lossless.
    public var maximumError: UInt64
    /// The mean squared error in squared stored units, rounded to the nearest number of 32 bits; 0 exactly
    /// when the largest error is.
    public var meanSquaredError: Float

    /// Makes a mode; ``ContainerContent/serialized()`` requires the rules of Spec 4.2.
    public init(
        kind: Kind, target: Target = .none, targetValue: Float = 0, maximumError: UInt64 = 0,
        meanSquaredError: Float = 0
    ) {
        self.kind = kind
        self.target = target
        self.targetValue = targetValue
        self.maximumError = maximumError
        self.meanSquaredError = meanSquaredError
    }

    /// Exact samples, nothing asked.
    public static let lossless = CodingMode(kind: .lossless)
}

extension CodingMode {
    /// The largest bound; every whole number up to it can be written in 32 bits.
    private static let largestBound: Float = 0x1p24

    /// Reads the payload; the inverse of ``payload``.
    init(_ payload: ArraySlice<UInt8>) throws(ContainerError) {
        let type = FourCC.mode
        var fields = PayloadReader(type, payload)
        let kindAndTarget = try fields.u8()
        let kindValue = kindAndTarget & 0xF
        guard let kind = Kind(rawValue: kindValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Mode", value: UInt64(kindValue))
        }
        let targetValue = kindAndTarget >> 4
        guard let target = Target(rawValue: targetValue), (target == .maximumError) == (kind == .bounded)
        else { throw .fieldOutOfRange(chunk: type, field: "Target", value: UInt64(targetValue)) }
        self.init(kind: kind, target: target)
        if target != .none { try readTargetValue(&fields) }
        if kind != .lossless { try readErrors(&fields) }
        try fields.finish()
    }

    private mutating func readTargetValue(_ fields: inout PayloadReader) throws(ContainerError) {
        targetValue = try fields.f32()
        let isAllowed =
            target == .maximumError
            ? targetValue >= 1 && targetValue <= Self.largestBound
                && targetValue.rounded(.down) == targetValue
            : targetValue.isFinite && targetValue.sign == .plus
        try FourCC.mode.require(isAllowed, "Target_Value", targetValue)
    }

    private mutating func readErrors(_ fields: inout PayloadReader) throws(ContainerError) {
        let largestError = kind == .bounded ? Int(targetValue) : Int(UInt32.max)
        maximumError = UInt64(try fields.varint("Maximum_Error", 0...largestError))
        guard maximumError > 0 else { return }
        meanSquaredError = try fields.f32()
        try FourCC.mode.require(
            meanSquaredError > 0 && meanSquaredError.isFinite, "Mean_Squared_Error", meanSquaredError)
    }

    /// The payload; the inverse of ``init(_:)``.
    var payload: [UInt8] {
        var writer = ByteWriter()
        writer.u8(target.rawValue << 4 | kind.rawValue)
        if target != .none { writer.f32(targetValue) }
        if kind != .lossless {
            writer.varint(maximumError)
            if maximumError > 0 { writer.f32(meanSquaredError) }
        }
        return writer.bytes
    }
}
