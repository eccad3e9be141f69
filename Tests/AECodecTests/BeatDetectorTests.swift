// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import Samples
import TestSupport
import Testing

/// Beats at known places; against the annotations of MIT-BIH the bench measures the detector.
@Suite struct BeatDetectorTests {
    /// Every beat is found at its R wave and nothing else is, at any rate, either way up, with tall T waves,
    /// drift and noise, beside signals that are noisy or never move.
    @Test(
        arguments: [100.0, 128, 250, 360, 500, 1000],
        [[300], [-300], [40, 300, 0], [0, 40, -200, 30]] as [[Double]])
    func beatsAreFoundWhereTheyAre(rate: Double, scales: [Double]) {
        let made = MadeUpBeats(rate: rate, seconds: 60, scales: scales, noise: 20, seed: 3)
        let beats = BeatDetector.beats(made.rows, rate: rate)
        #expect(beats.count == made.places.count)
        for (beat, place) in zip(beats, made.places) { #expect(abs(beat - place) <= Int(0.02 * rate)) }
    }

    /// Low beats among others are found: they stand in a gap that is long for the rhythm.
    @Test func lowBeatsAreFound() {
        var made = MadeUpBeats(rate: 360, seconds: 60, scales: [400], noise: 5, seed: 8).rows[0]
        let places = MadeUpBeats(rate: 360, seconds: 60, scales: [400], noise: 5, seed: 8).places
        let low = places[20] - 60...places[20] + 60
        let middle = low.reduce(0) { $0 + Int(made[$1]) } / low.count
        for index in low { made[index] = Int32(middle + (Int(made[index]) - middle) * 2 / 5) }
        #expect(BeatDetector.beats([made], rate: 360).count == places.count)
    }

    /// Rows of an array are the signals.
    @Test func rowsOfAnArrayAreSignals() {
        let made = MadeUpBeats(rate: 250, seconds: 20, scales: [90, 300], noise: 10, seed: 1)
        let samples = SampleArray(
            extent: Extent(rows: 2, columns: made.rows[0].count),
            format: .init(bitsStored: 12, isSigned: true),
            values: made.rows.flatMap { $0.map(Int.init) })
        let beats = BeatDetector.beats(samples, rate: 250)
        #expect(!beats.isEmpty && beats == BeatDetector.beats(made.rows, rate: 250))
    }

    /// Where there is nothing to find, nothing is found.
    @Test(arguments: [0.0, 10, 360, 1e9, .nan, .infinity])
    func nothingIsFoundInNothing(rate: Double) {
        #expect(BeatDetector.beats([[Int32]](), rate: rate).isEmpty)
        #expect(BeatDetector.beats([[]], rate: rate).isEmpty)
        #expect(BeatDetector.beats([[Int32](repeating: 5, count: 2000)], rate: rate).isEmpty)
        #expect(BeatDetector.beats([[.min, .max, .min]], rate: rate).isEmpty)
    }
}
