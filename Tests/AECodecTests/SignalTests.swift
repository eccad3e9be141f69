// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import AEMetrics
import Samples
import TestSupport
import Testing

/// Signals without loss and within a bound. (Spec/bitstream.md, section 11)
@Suite struct SignalTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var leads: Int
        var columns: Int
        var bits = 12
        var testDescription: String { "\(leads) x \(columns), \(bits) bits" }
    }

    static let shapes: [Shape] = [
        Shape(leads: 1, columns: 1), Shape(leads: 3, columns: 2), Shape(leads: 1, columns: 97),
        Shape(leads: 2, columns: 500), Shape(leads: 12, columns: 5000, bits: 16),
        Shape(leads: 3, columns: 90_000), Shape(leads: 2, columns: 3000, bits: 24),
        Shape(leads: 2, columns: 700, bits: 32), Shape(leads: 70, columns: 300),
        Shape(leads: 5, columns: 1200, bits: 8),
    ]

    @Test(arguments: shapes) func samplesComeBack(shape: Shape) throws {
        let samples = TestSignal.make(
            leads: shape.leads, columns: shape.columns, bits: shape.bits, seed: UInt64(shape.columns))
        let bytes = try encodeRecording([SignalPart(samples: samples, rate: SamplingRate(360))])
        for kernel in KernelChoice.allCases.filter(\.isAvailable) {
            let archive = try Archive(bytes, options: DecodeOptions(threads: 2, kernel: kernel))
            #expect(try archive.samples() == [samples])
            #expect(archive.container.parts[0].rate == SamplingRate(360))
            let options = EncodeOptions(threads: 1, kernel: kernel)
            #expect(
                try encodeRecording([SignalPart(samples: samples, rate: SamplingRate(360))], options: options)
                    == bytes)
        }
    }

    /// Noise of all bits, constants and jumps from end to end of the range.
    @Test(arguments: 0..<12 as Range<UInt64>) func anySamplesComeBack(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let format = SampleFormat(
            bitsStored: Int.random(in: 1...32, using: &random), isSigned: Bool.random(using: &random))
        let extent = Extent(
            rows: Int.random(in: 1...6, using: &random), columns: Int.random(in: 1...900, using: &random))
        var last = format.range.lowerBound
        let change = [1, 10, 100].randomElement(using: &random) ?? 1
        let values = (0..<extent.sampleCount).map { _ in
            if Int.random(in: 0..<change, using: &random) == 0 {
                last =
                    Bool.random(using: &random)
                    ? Int.random(in: format.range, using: &random)
                    : [format.range.lowerBound, format.range.upperBound].randomElement(using: &random) ?? last
            }
            return last
        }
        let samples = SampleArray(extent: extent, format: format, values: values)
        let parts = [samples, TestSignal.make(leads: 2, columns: 50, seed: seed)]
        let bytes = try encodeRecording(parts.map { SignalPart(samples: $0, rate: nil) })
        #expect(try Archive(bytes).samples() == parts)
    }

    /// A lead that follows from others costs next to nothing.
    @Test func dependentLeadsAreNearlyFree() throws {
        let samples = TestSignal.make(leads: 12, columns: 5000, seed: 3, noise: 20)
        let two = samples.window(rows: 0..<2, columns: 0..<5000)
        let three = samples.window(rows: 0..<3, columns: 0..<5000)
        let sizes = try [two, three].map { try encodeRecording([SignalPart(samples: $0, rate: nil)]).count }
        #expect(sizes[1] < sizes[0] + sizes[0] / 6)
    }

    @Test(arguments: [1, 3, 40]) func errorsStayWithinTheirBound(bound: Int) throws {
        let samples = TestSignal.make(leads: 4, columns: 3000, seed: 9, noise: 60)
        let other = TestSignal.make(leads: 1, columns: 400, seed: 10)
        let bytes = try encodeRecording([
            SignalPart(samples: samples, rate: SamplingRate(500), maximumError: bound),
            SignalPart(samples: other, rate: SamplingRate(125)),
        ])
        let archive = try Archive(bytes)
        let decoded = try archive.samples()
        let difference = try #require(SampleDifference(samples, decoded[0]))
        #expect(difference.maximumError <= bound && difference.maximumError > 0)
        #expect(archive.container.parts[0].mode.maximumError == UInt64(difference.maximumError))
        #expect(archive.container.parts[1].mode == .lossless && decoded[1] == other)
        let lossless = try encodeRecording([
            SignalPart(samples: samples, rate: SamplingRate(500)),
            SignalPart(samples: other, rate: SamplingRate(125)),
        ])
        #expect(bytes.count < lossless.count)
    }

    /// A stretch of time is that of the whole, and takes its own groups only.
    @Test func stretchesAreThoseOfTheWhole() throws {
        let samples = TestSignal.make(leads: 3, columns: 400_000, seed: 4)
        var content = ContainerContent(
            try Container(encodeRecording([SignalPart(samples: samples, rate: SamplingRate(360))])))
        #expect(content.groups.count > 1)
        // Whatever the last group holds, the first ones do not need it.
        content.groups[content.groups.count - 1].body = [0]
        let archive = try Archive(content.serialized())
        let region = SampleSelection.Region(x: 1000, y: 0, width: 5000, height: 3)
        let window = try archive.samples(part: 0, SampleSelection(frames: 0..<1, region: region))
        #expect(window == samples.window(rows: 0..<3, columns: 1000..<6000))
        #expect(throws: DecodeError.self) { try archive.samples() }
    }

    static let damaged = TestSignal.make(leads: 3, columns: 250, seed: 21, noise: 9)

    @Test func everyTruncationIsAnError() throws {
        let bytes = try encodeRecording([SignalPart(samples: Self.damaged, rate: SamplingRate(360))])
        for length in bytes.indices {
            #expect(throws: DecodeError.self, "first \(length) bytes") {
                try Archive(Array(bytes.prefix(length))).samples()
            }
        }
    }

    /// Damage behind valid checksums: an error, or the digest is right.
    @Test(arguments: 0..<6) func damageBehindChecksumsNeverChangesSamples(seed: Int) throws {
        let bytes = try encodeRecording([SignalPart(samples: Self.damaged, rate: SamplingRate(360))])
        let container = try Container(bytes)
        var random = SplitMix64(seed: UInt64(seed))
        var errors = 0
        for _ in 0..<400 {
            var content = ContainerContent(container)
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                // Most of the parameters stand at the start.
                let limit = Bool.random(using: &random) ? 90 : content.groups[0].body.count
                let place = Int.random(in: 0..<min(limit, content.groups[0].body.count), using: &random)
                content.groups[0].body[place] ^= UInt8.random(in: 1...255, using: &random)
            }
            do {
                let decoded = try Archive(content.serialized(), options: DecodeOptions(threads: 1)).samples()
                #expect(decoded == [Self.damaged])
            } catch { errors += 1 }
        }
        #expect(errors > 300)
    }

    /// Every field of the parameters, one step outside of its range.
    @Test func parametersOutOfRangeAreNamed() throws {
        let row = SignalParameters.Row(
            center: 5, ownCount: 1, references: [], thresholds: [7],
            sets: [SignalParameters.WeightSet](repeating: .init(bias: -3, weights: [2, -1]), count: 2))
        var second = row
        second.references = [SignalParameters.Reference(row: 0, before: 1, after: 0)]
        second.sets = [.init(bias: 0, weights: [1, 2, 3, 4])]
        second.thresholds = []
        let good = SignalParameters(
            weightShift: 10, errorShift: 0, scaleConstant: 9,
            scaleWeights: [UInt16](repeating: 4, count: 10), rows: [row, second], classStarts: [4, 9])
        #expect(try SignalParameters(bytes: good.bytes, rowCount: 2, maximumCode: 5) == good)
        func refuses(_ change: (inout SignalParameters) -> Void, _ maximumCode: Int = 5) {
            var wrong = good
            change(&wrong)
            #expect(throws: DecodeError.self) {
                try SignalParameters(bytes: wrong.bytes, rowCount: 2, maximumCode: maximumCode)
            }
        }
        refuses({ _ in }, 4)
        refuses { $0.weightShift = 15 }
        refuses { $0.errorShift = 9 }
        refuses { $0.scaleWeights[3] = 1024 }
        refuses { $0.rows[0].ownCount = 64 }
        refuses { $0.rows[1].references[0].row = 1 }
        refuses { $0.rows[1].references[0].before = 32 }
        refuses { $0.rows[0].references = $0.rows[1].references }
        refuses { $0.rows[0].sets[0].weights = [16_000, 400] }
        refuses { $0.rows[0].sets[0].bias = 1 << 24 + 1 }
        refuses { $0.classStarts = [97] }
        for length in good.bytes.indices {
            #expect(throws: DecodeError.self) {
                try SignalParameters(bytes: Array(good.bytes.prefix(length)), rowCount: 2, maximumCode: 5)
            }
        }
    }
}
