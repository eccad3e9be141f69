// SPDX-License-Identifier: Apache-2.0
import AETraining
import Foundation
import Samples
import Testing

@testable import aecodec_train

@Suite struct SignalVariationTests {
    private static let hertz = 5.0

    /// Two leads of sines of 5 Hz around 1000, the second one half as large and upside down.
    private static func sines(rate: Double, seconds: Double = 8) -> RecordingFiles.Signals {
        let columns = Int(rate * seconds)
        var values: [Int] = []
        for size in [400.0, -200] {
            for column in 0..<columns {
                let phase = 2 * Double.pi * hertz * Double(column) / rate
                values.append(Int((1000 + size * sin(phase)).rounded()))
            }
        }
        return RecordingFiles.Signals(
            samples: SampleArray(
                extent: Extent(rows: 2, columns: columns),
                format: SampleFormat(bitsStored: 16, isSigned: true), values: values), rate: rate)
    }

    private static func row(_ signals: RecordingFiles.Signals, _ row: Int) -> [Double] {
        let columns = signals.samples.extent.columns
        return (row * columns..<(row + 1) * columns).map { Double(signals.samples[$0]) }
    }

    /// The part of a row's energy that is at a frequency, with the phase it began with.
    private static func share(_ row: [Double], at hertz: Double, rate: Double) -> Double {
        var (together, own, wave) = (0.0, 0.0, 0.0)
        for (column, value) in row.enumerated() {
            let sine = sin(2 * .pi * hertz * Double(column) / rate)
            together += value * sine
            own += value * value
            wave += sine * sine
        }
        return together * abs(together) / (own * wave)
    }

    /// As many leads and seconds, another rate and amplitude, the same waves in time, the same proportions.
    @Test(arguments: [128.0, 360, 1000]) func wavesStay(rate: Double) {
        let signals = Self.sines(rate: rate)
        let variation = SignalVariation(noise: [])
        var random = RandomNumbers(seed: 3)
        var rates: Set<Double> = []
        for _ in 0..<20 {
            let varied = variation.varied(signals, using: &random)
            rates.insert(varied.rate)
            #expect((100...1000).contains(varied.rate) && varied.rate <= 2 * rate)
            #expect(varied.samples.extent.rows == 2)
            #expect(abs(Double(varied.samples.extent.columns) / varied.rate - 8) < 2 / varied.rate)
            let ratio = varied.deviation / signals.deviation
            #expect((0.45...2.05).contains(ratio))
            let rows = (0..<2).map { Self.row(varied, $0) }
            #expect(Self.share(rows[0], at: Self.hertz, rate: varied.rate) > 0.97)
            #expect(Self.share(rows[1], at: Self.hertz, rate: varied.rate) < -0.97)
            for (first, second) in zip(rows[0], rows[1]) { #expect(abs(first + 2 * second) < 6) }
            #expect(abs(rows[0].reduce(0, +)) < Double(rows[0].count))
        }
        #expect(rates.count > 5)
    }

    /// The same numbers give the same variation; noise comes to some, and no more than it may.
    @Test func noiseIsAdded() {
        let signals = Self.sines(rate: 360)
        var white = RandomNumbers(seed: 8)
        let noise = RecordingFiles.Signals(
            samples: SampleArray(
                extent: Extent(rows: 1, columns: 5000),
                format: SampleFormat(bitsStored: 16, isSigned: true),
                values: (0..<5000).map { _ in Int(white.next() % 2001) - 1000 }), rate: 360)
        var random = RandomNumbers(seed: 1)
        var again = random
        var noisy = 0
        for _ in 0..<40 {
            let varied = SignalVariation(noise: [noise]).varied(signals, using: &random)
            #expect(
                varied.samples == SignalVariation(noise: [noise]).varied(signals, using: &again).samples)
            let share = Self.share(Self.row(varied, 0), at: Self.hertz, rate: varied.rate)
            #expect(share > 0.75)
            if share < 0.999 { noisy += 1 }
        }
        #expect((8...32).contains(noisy))
    }
}
