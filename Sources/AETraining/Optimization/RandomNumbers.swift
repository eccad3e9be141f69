// SPDX-License-Identifier: Apache-2.0

/// A repeatable sequence of random numbers: SplitMix64 (Steele, Lea, Flood 2014).
public struct RandomNumbers: RandomNumberGenerator, Equatable, Sendable {
    /// Where the sequence is; it goes on from here.
    public private(set) var state: UInt64

    /// Starts the sequence of a seed, or goes on from a state.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 up to, but not, 1.
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// A standard normal number: twelve uniform ones added, which needs no function that differs between
    /// mathematical libraries.
    public mutating func normal() -> Float {
        var sum: Float = -6
        for _ in 0..<12 { sum += uniform() }
        return sum
    }
}
