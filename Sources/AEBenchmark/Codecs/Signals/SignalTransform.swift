// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A linear transform of a signal into bands, each of which has coefficients of one kind.
///
/// All bands have unit norm, so that one step suits all of them.
protocol SignalTransform {
    /// Coefficients in each band, the lowest band first.
    var bandLengths: [Int] { get }
    /// Whether the lowest band is coded by differences of its coefficients.
    var predictsLowestBand: Bool { get }
    /// The bands of a signal.
    func bands(_ signal: [Float]) -> [[Float]]
    /// The signal of bands.
    func signal(_ bands: [[Float]]) -> [Float]
}

/// Orthonormal DCT-II of blocks of 64 instants; frequencies of a block are bands.
///
/// Where blocks are few, neighboring frequencies share a band, so that each has symbols enough for a table.
struct BlockCosine: SignalTransform {
    private static let side = 64
    private static let leastSymbols = 1000
    /// The cosines, one row for each frequency.
    private static let basis: [Float] = (0..<side * side).map { index in
        let (frequency, place) = (Double(index / side), Double(index % side))
        let scale = (frequency == 0 ? 1 : 2) / Double(side)
        return Float(scale.squareRoot() * cos(.pi * frequency * (place + 0.5) / Double(side)))
    }

    private let length: Int
    private let blocks: Int
    /// The frequencies of each band.
    private let frequencies: [Range<Int>]

    init(length: Int) {
        self.length = length
        blocks = (length + Self.side - 1) / Self.side
        let together = min(9, max(1, Self.leastSymbols / blocks))
        frequencies =
            [0..<1]
            + stride(from: 1, to: Self.side, by: together).map { $0..<min(Self.side, $0 + together) }
    }

    var bandLengths: [Int] { frequencies.map { $0.count * blocks } }
    var predictsLowestBand: Bool { true }

    func bands(_ signal: [Float]) -> [[Float]] {
        let padding = [Float](repeating: signal.last ?? 0, count: blocks * Self.side - length)
        let padded = signal + padding
        var coefficients = [Float](repeating: 0, count: padded.count)
        for block in 0..<blocks {
            let start = block * Self.side
            for frequency in 0..<Self.side {
                var sum: Float = 0
                for place in 0..<Self.side {
                    sum += Self.basis[frequency * Self.side + place] * padded[start + place]
                }
                coefficients[start + frequency] = sum
            }
        }
        return frequencies.map { range in
            (0..<blocks).flatMap { block in range.map { coefficients[block * Self.side + $0] } }
        }
    }

    func signal(_ bands: [[Float]]) -> [Float] {
        var padded = [Float](repeating: 0, count: blocks * Self.side)
        for (band, range) in zip(bands, frequencies) {
            for (index, value) in band.enumerated() where value != 0 {
                let start = index / range.count * Self.side
                let frequency = range.lowerBound + index % range.count
                for place in 0..<Self.side {
                    padded[start + place] += value * Self.basis[frequency * Self.side + place]
                }
            }
        }
        return Array(padded[..<length])
    }
}

/// The biorthogonal wavelet CDF 9/7 by lifting, mirrored at the ends.
///
/// Factors as in I. Daubechies and W. Sweldens, "Factoring wavelet transforms into lifting steps" (1998).
struct WaveletBands: SignalTransform {
    private static let steps: [Float] = [
        -1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971,
    ]
    private static let scale: Float = 1.149604398860241

    /// Coefficients of the low-pass band after each level, beginning with the signal itself.
    private let lengths: [Int]

    init(length: Int, levels: Int) {
        var lengths = [length]
        while lengths.count <= levels, lengths[lengths.count - 1] > 1 {
            lengths.append((lengths[lengths.count - 1] + 1) / 2)
        }
        self.lengths = lengths
    }

    var bandLengths: [Int] {
        [lengths[lengths.count - 1]] + zip(lengths, lengths.dropFirst()).map { $0 - $1 }.reversed()
    }
    var predictsLowestBand: Bool { false }

    func bands(_ signal: [Float]) -> [[Float]] {
        var low = signal
        var bands: [[Float]] = []
        for length in lengths.dropLast() {
            for (number, factor) in Self.steps.enumerated() { lift(&low, odd: number % 2 == 0, by: factor) }
            bands.append(stride(from: 1, to: length, by: 2).map { low[$0] / Self.scale })
            low = stride(from: 0, to: length, by: 2).map { low[$0] * Self.scale }
        }
        return [low] + bands.reversed()
    }

    func signal(_ bands: [[Float]]) -> [Float] {
        var low = bands[0]
        for (band, length) in zip(bands.dropFirst(), lengths.dropLast().reversed()) {
            var merged = [Float](repeating: 0, count: length)
            for (index, value) in low.enumerated() { merged[2 * index] = value / Self.scale }
            for (index, value) in band.enumerated() { merged[2 * index + 1] = value * Self.scale }
            for (number, factor) in Self.steps.enumerated().reversed() {
                lift(&merged, odd: number % 2 == 0, by: -factor)
            }
            low = merged
        }
        return low
    }

    /// Adds the sum of both neighbors times a factor to every other value.
    private func lift(_ values: inout [Float], odd: Bool, by factor: Float) {
        let count = values.count
        for index in stride(from: odd ? 1 : 0, to: count, by: 2) {
            let before = index > 0 ? index - 1 : 1
            let after = index + 1 < count ? index + 1 : count - 2
            guard count > 1 else { return }
            values[index] += factor * (values[before] + values[after])
        }
    }
}
