// SPDX-License-Identifier: Apache-2.0

/// Depth and signedness of stored values (DICOM Bits Stored and Pixel Representation, ADC resolution).
public struct SampleFormat: Equatable, Hashable, Sendable {
    /// Significant bits of a sample, 1...32.
    public var bitsStored: Int
    /// Whether values are two's complement.
    public var isSigned: Bool

    /// Makes a format; `bitsStored` is 1...32.
    public init(bitsStored: Int, isSigned: Bool) {
        precondition((1...32).contains(bitsStored), "samples have 1 to 32 bits")
        self.bitsStored = bitsStored
        self.isSigned = isSigned
    }

    /// The values that `bitsStored` bits can hold.
    public var range: ClosedRange<Int> {
        isSigned ? -(1 << (bitsStored - 1))...(1 << (bitsStored - 1)) - 1 : 0...(1 << bitsStored) - 1
    }

    /// Bytes of one sample in the canonical byte order: 1, 2 or 4, the fewest that hold `bitsStored`.
    public var byteCount: Int { bitsStored <= 8 ? 1 : bitsStored <= 16 ? 2 : 4 }
}
