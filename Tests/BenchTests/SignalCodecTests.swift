// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEMetrics
import TestSupport
import Testing

@testable import AEBenchmark

/// Codecs of signals: nothing is lost without loss, and what is lost comes back from the bytes alone.
@Suite struct SignalCodecTests {
    /// Signals of a shape: noise around a ramp, and the ends of the range.
    static func signals(_ count: Int, length: Int, least: Int32, most: Int32, seed: UInt64) -> [[Int32]] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { signal in
            (0..<length).map { index in
                if index % 97 == signal { return index % 2 == 0 ? least : most }
                let middle = Int64(least) + (Int64(most) - Int64(least)) * Int64(index) / Int64(length)
                let value = middle + Int64.random(in: -9...9, using: &random)
                return Int32(min(Int64(most), max(Int64(least), value)))
            }
        }
    }

    @Test(
        arguments: SignalCatalog().codecs.filter { $0.mode == .lossless && $0.isInstalled }.map(\.id),
        [(0, 2047), (-32768, 32767), (-40000, 70000), (1000, 1000)] as [(Int32, Int32)])
    func losslessCodecsLoseNothing(id: String, range: (Int32, Int32)) throws {
        let codec = try #require(SignalCatalog(only: [id]).codecs.first { $0.mode == .lossless })
        // FLAC has at most eight channels in a file.
        for (count, length) in [(1, 1), (2, 5000), (3, 700), (12, 1000)] {
            let rows = Self.signals(count, length: length, least: range.0, most: range.1, seed: 5)
            let stream = try codec.coding.encode(rows, rate: 360, setting: nil)
            let shape = SignalShape(signals: count, length: length, rate: 360)
            #expect(try codec.coding.decode(stream, shape: shape) == rows, "\(count) x \(length)")
        }
    }

    @Test(arguments: [1, 2, 3, 63, 64, 65, 1000, 4097])
    func transformsAreInverted(length: Int) {
        let signal = Self.signals(1, length: length, least: -500, most: 700, seed: 2)[0].map(Float.init)
        let transforms: [any SignalTransform] = [
            BlockCosine(length: length), WaveletBands(length: length, levels: 7),
        ]
        for transform in transforms {
            let bands = transform.bands(signal)
            #expect(bands.map(\.count) == transform.bandLengths)
            for (one, other) in zip(transform.signal(bands), signal) { #expect(abs(one - other) < 0.01) }
        }
    }

    /// Bands of unit norm keep the energy of noise, as the step common to them supposes.
    @Test func bandsHaveUnitNorm() {
        var random = SplitMix64(seed: 4)
        let noise = (0..<8192).map { _ in Float.random(in: -1...1, using: &random) }
        let energy = noise.reduce(0) { $0 + $1 * $1 }
        let transforms: [any SignalTransform] = [
            BlockCosine(length: noise.count), WaveletBands(length: noise.count, levels: 7),
        ]
        for transform in transforms {
            let found = transform.bands(noise).joined().reduce(0) { $0 + $1 * $1 }
            #expect(abs(found / energy - 1) < 0.05)
        }
    }

    /// A coarser step gives fewer bytes and more error, and the error stays near a third of the step.
    @Test(arguments: ["dct-64", "cdf-9/7"])
    func stepsBoundTheError(id: String) throws {
        let codec = try #require(SignalCatalog(only: [id]).codecs.first { $0.mode == .lossy })
        let made = MadeUpBeats(rate: 360, seconds: 20, scales: [400, -200], noise: 8, seed: 6)
        let shape = SignalShape(signals: 2, length: made.rows[0].count, rate: 360)
        var last = (bytes: Int.max, rmse: 0.0)
        for step in [1.0, 4, 16, 64] {
            let stream = try codec.coding.encode(made.rows, rate: 360, setting: step)
            let decoded = try codec.coding.decode(stream, shape: shape)
            let rmse = try #require(SignalDifference(made.rows, decoded)).rmse
            #expect(stream.count < last.bytes && rmse > last.rmse && rmse < 0.45 * step)
            last = (stream.count, rmse)
        }
    }

    /// A damaged stream is refused or decoded to something, and never more.
    @Test func damagedStreamsAreRefused() throws {
        let coding = TransformCoding { WaveletBands(length: $0, levels: 7) }
        let rows = Self.signals(2, length: 600, least: -900, most: 900, seed: 1)
        let stream = try coding.encode(rows, rate: 360, setting: 3)
        let shape = SignalShape(signals: 2, length: 600, rate: 360)
        for count in stride(from: 0, to: stream.count, by: 7) {
            #expect(throws: BenchmarkError.self) {
                try coding.decode(Array(stream[..<count]), shape: shape)
            }
        }
    }

    @Test func packedSequencesComeBack() throws {
        var random = SplitMix64(seed: 7)
        let sequences: [[Int16]] = [
            [], [0], [5, 5, 5], (0..<3000).map { _ in Int16.random(in: -2...2, using: &random) },
            (0..<500).map { _ in Int16.random(in: .min ... .max, using: &random) },
            [Int16](repeating: 0, count: 900),
        ]
        let bytes = try #require(packedSequences(sequences))
        #expect(try unpackedSequences(bytes, limit: 3000) == sequences)
        #expect(throws: DecodeError.self) { try unpackedSequences(bytes, limit: 2999) }
        #expect(throws: DecodeError.self) { try unpackedSequences(bytes.dropLast(), limit: 3000) }
    }
}

extension BenchmarkRecording {
    /// Made-up beats with annotations; every fifth counts as ectopic.
    static func made(seconds: Double = 30, offset: Int32 = 1024) -> BenchmarkRecording {
        let made = MadeUpBeats(rate: 360, seconds: seconds, scales: [300, 150], noise: 6, seed: 12)
        return BenchmarkRecording(
            name: "made/one.hea", groups: ["made"], rate: 360, rows: made.rows.map { $0.map { $0 + offset } },
            signalNames: ["II", "V5"], bits: 11, millivolts: [0.005, 0.005],
            offsets: [Double(offset), Double(offset)], missing: [nil, nil],
            beats: ReferenceBeats(
                places: made.places, areEctopic: made.places.indices.map { $0 % 5 == 3 }, flutter: []))
    }
}
