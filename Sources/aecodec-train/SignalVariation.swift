// SPDX-License-Identifier: Apache-2.0
import AETraining
import Foundation
import Samples

/// Makes other recordings of the few that a training has: of another sampling rate, another amplitude, and with real noise.
struct SignalVariation {
    /// Noise that was recorded without a heart, signal by signal.
    private let noise: [RecordingFiles.Signals]

    private static let rates = (least: Float(100), greatest: Float(1000))
    /// Signals are made no faster than this times what they are: there is nothing new in what lies between samples.
    private static let fastest = 2.0
    /// Powers of 2.
    private static let amplitudes = (least: Float(-1), greatest: Float(1))
    /// Deviation of noise over that of the signal, as powers of 2, and the part of signals that gets some.
    private static let noiseLevels = (least: Float(-5), greatest: Float(-1.5))
    private static let noisy: Float = 0.5

    init(noise: [RecordingFiles.Signals]) { self.noise = noise }

    /// A variation.
    ///
    /// - Parameters:
    ///   - signals: Signals of at most 16 bits.
    ///   - random: What varies them.
    /// - Returns: As many signals, of as many seconds.
    func varied(
        _ signals: RecordingFiles.Signals, using random: inout RandomNumbers
    ) -> RecordingFiles.Signals {
        let asked = random.power(log2(Self.rates.least), log2(Self.rates.greatest))
        let rate = min(asked, Self.fastest * signals.rate).rounded()
        let amplitude = random.power(Self.amplitudes.least, Self.amplitudes.greatest)
        let level = random.power(Self.noiseLevels.least, Self.noiseLevels.greatest)
        let isNoisy = random.uniform() < Self.noisy && !noise.isEmpty
        var rows = (0..<signals.samples.extent.rows).map {
            Self.resampled(signals.row($0), from: signals.rate, to: rate).map { $0 * amplitude }
        }
        if isNoisy { add(level * amplitude * signals.deviation, to: &rows, rate: rate, using: &random) }
        let limit = 32_767.0
        return RecordingFiles.Signals(
            samples: SampleArray(
                extent: Extent(rows: rows.count, columns: rows[0].count),
                format: SampleFormat(bitsStored: 16, isSigned: true),
                values: rows.flatMap { row in
                    let mean = row.reduce(0, +) / Double(row.count)
                    return row.map { Int(min(max($0 - mean, -limit), limit).rounded()) }
                }), rate: rate)
    }

    /// Adds a stretch of noise of some deviation to all rows.
    private func add(
        _ deviation: Double, to rows: inout [[Double]], rate: Double, using random: inout RandomNumbers
    ) {
        let source = noise[Int(random.next() % UInt64(noise.count))]
        let scale = deviation / source.deviation
        for row in rows.indices {
            let stretch = Self.resampled(
                source.row(row % source.samples.extent.rows), from: source.rate, to: rate)
            let start = Int(random.next() % UInt64(stretch.count))
            for column in rows[row].indices {
                rows[row][column] += scale * stretch[(start + column) % stretch.count]
            }
        }
    }

    /// A signal at another rate: means of what falls together, or values between (Catmull and Rom 1974).
    ///
    /// Additions and products only, so that the same files give the same model on every machine.
    private static func resampled(_ values: [Double], from: Double, to: Double) -> [Double] {
        let ratio = from / to
        let count = max(1, Int(Double(values.count) / ratio))
        if ratio == 1 { return values }
        let at = { (index: Int) in values[min(max(index, 0), values.count - 1)] }
        return (0..<count).map { place in
            let start = Double(place) * ratio
            guard ratio > 1 else {
                let index = Int(start)
                let t = start - Double(index)
                let (a, b, c, d) = (at(index - 1), at(index), at(index + 1), at(index + 2))
                let slope = (c - a) / 2
                let next = (d - b) / 2
                let bend = 3 * (c - b) - 2 * slope - next
                return b + t * (slope + t * (bend + t * (2 * (b - c) + slope + next)))
            }
            let end = start + ratio
            var sum = 0.0
            var index = Int(start)
            while Double(index) < end {
                sum += (min(end, Double(index + 1)) - max(start, Double(index))) * at(index)
                index += 1
            }
            return sum / ratio
        }
    }
}

extension RandomNumbers {
    /// A power of 2 with an exponent between two.
    fileprivate mutating func power(_ least: Float, _ greatest: Float) -> Double {
        exp2(Double(least + (greatest - least) * uniform()))
    }
}

extension RecordingFiles.Signals {
    /// The values of one lead, its mean removed.
    fileprivate func row(_ row: Int) -> [Double] {
        let columns = samples.extent.columns
        let values = (row * columns..<(row + 1) * columns).map { Double(samples[$0]) }
        let mean = values.reduce(0, +) / Double(columns)
        return values.map { $0 - mean }
    }
}
