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
    /// The value of the target; finite, not negative.
    public var targetValue: Double
    /// The largest error of a sample in stored units; 0 if lossless.
    public var maximumError: UInt64
    /// The mean squared error in squared stored units; 0 exactly when the largest error is.
    public var meanSquaredError: Double

    /// Makes a mode; ``ContainerContent/serialized()`` requires the rules of Spec 4.2.
    public init(
        kind: Kind, target: Target = .none, targetValue: Double = 0, maximumError: UInt64 = 0,
        meanSquaredError: Double = 0
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
    static let byteCount = 28

    /// Reads the payload of a part; the inverse of ``write(to:part:)``.
    init(_ payload: ArraySlice<UInt8>, part: Int) throws(ContainerError) {
        let type = FourCC.mode
        try type.requireLength(Self.byteCount, payload)
        var reader = ByteReader(payload)
        let partValue = try reader.u8()
        try type.require(Int(partValue) == part, "Part", partValue)
        let kindValue = try reader.u8()
        guard let kind = Kind(rawValue: kindValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Mode", value: UInt64(kindValue))
        }
        let targetValue = try reader.u8()
        guard let target = Target(rawValue: targetValue) else {
            throw .fieldOutOfRange(chunk: type, field: "Target", value: UInt64(targetValue))
        }
        let reserved = try reader.u8()
        try type.require(reserved == 0, "Reserved", reserved)
        self.init(
            kind: kind, target: target, targetValue: try reader.f64(), maximumError: try reader.u64(),
            meanSquaredError: try reader.f64())
        try checkRules()
    }

    /// Writes the payload; the inverse of ``init(_:part:)``.
    func write(to writer: inout ByteWriter, part: UInt8) {
        writer.u8(part)
        writer.u8(kind.rawValue)
        writer.u8(target.rawValue)
        writer.u8(0)
        writer.f64(targetValue)
        writer.u64(maximumError)
        writer.f64(meanSquaredError)
    }

    /// The rules of Spec 4.2 on fields that depend on each other.
    private func checkRules() throws(ContainerError) {
        let type = FourCC.mode
        try type.require((target == .maximumError) == (kind == .bounded), "Target", target.rawValue)
        let isTargetAllowed =
            switch target {
            case .none: targetValue.bitPattern == 0
            case .maximumError:
                targetValue >= 1 && targetValue < 0x1p32 && targetValue.rounded(.down) == targetValue
            default: targetValue.isPlainMagnitude
            }
        try type.require(isTargetAllowed, "Target_Value", targetValue)
        let largestError: UInt64 =
            switch kind {
            case .lossless: 0
            case .bounded: UInt64(targetValue)
            case .lossy: 0xFFFF_FFFF
            }
        try type.require(maximumError <= largestError, "Maximum_Error", maximumError)
        try type.require(
            meanSquaredError.isPlainMagnitude && (meanSquaredError == 0) == (maximumError == 0),
            "Mean_Squared_Error", meanSquaredError)
    }
}

extension Double {
    /// Whether the number is finite and has no minus sign, not even on zero.
    fileprivate var isPlainMagnitude: Bool { isFinite && sign == .plus }
}
