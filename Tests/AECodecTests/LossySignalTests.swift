// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Foundation
import Samples
import TestSupport
import Testing

/// Signals with loss: what is decoded is what the encoder promised, and waveforms that recur cost little.
struct LossySignalTests {
    private static func difference(_ a: SampleArray, _ b: SampleArray) -> Double {
        let columns = a.extent.columns
        var error = 0.0
        var energy = 0.0
        for row in 0..<a.extent.rows {
            let values = (row * columns..<(row + 1) * columns).map { Double(a[$0]) }
            let mean = values.reduce(0, +) / Double(columns)
            for (column, value) in values.enumerated() {
                energy += (value - mean) * (value - mean)
                let distance = value - Double(b[row * columns + column])
                error += distance * distance
            }
        }
        return 100 * (error / energy).squareRoot()
    }

    private static func archive(
        _ samples: SampleArray, _ target: LossyTarget, options: EncodeOptions = EncodeOptions(threads: 1)
    ) throws -> [UInt8] {
        try encodeRecording(
            [SignalPart(samples: samples, rate: SamplingRate(decimal: "360"), target: target)],
            options: options)
    }

    @Test(arguments: [2.0, 5, 9, 20]) func differenceIsMetAndNotWasted(percent: Double) throws {
        let samples = MadeUpRhythm.rhythm(columns: 20_000)
        let bytes = try Self.archive(samples, .prd(percent))
        let decoded = try Archive(bytes).samples()[0]
        let found = Self.difference(samples, decoded)
        #expect(found <= percent)
        #expect(found > 0.93 * percent)
        let mode = try Archive(bytes).container.parts[0].mode
        #expect(mode.kind == .lossy && mode.target == .prd)
    }

    @Test func recurringWaveformsCostLittle() throws {
        let samples = MadeUpRhythm.rhythm(columns: 100_000)
        var options = EncodeOptions(threads: 1)
        let predicted = try Self.archive(samples, .prd(5), options: options)
        options.predictsWaveforms = false
        let plain = try Self.archive(samples, .prd(5), options: options)
        #expect(Double(predicted.count) < 0.6 * Double(plain.count))
    }

    @Test func windowsAndReductionsAreThoseOfTheWhole() throws {
        let samples = MadeUpRhythm.rhythm(columns: 30_001)
        var options = EncodeOptions(threads: 2)
        options.signalWindowExponent = 13
        let bytes = try Self.archive(samples, .prd(4), options: options)
        let archive = try Archive(bytes)
        let whole = try archive.samples()[0]
        #expect(archive.container.groups.count == 4)
        var part = SampleSelection(frames: 0..<1)
        part.region = SampleSelection.Region(x: 9000, y: 1, width: 12_000, height: 1)
        let window = try archive.samples(part: 0, part)
        #expect((0..<12_000).allSatisfy { window[$0] == whole[30_001 + 9000 + $0] })
        var half = SampleSelection(frames: 0..<1)
        half.reduction = 3
        let reduced = try archive.samples(part: 0, half)
        #expect(reduced.extent.columns == (30_001 + 7) / 8)
        // Plane 3 is a smoothed signal: near the mean of eight samples.
        let far = (10..<3000).filter { column in
            let mean = (0..<8).reduce(0) { $0 + whole[8 * column + $1] } / 8
            return abs(mean - reduced[column]) > 120
        }
        #expect(far.count < 60)
    }

    @Test(arguments: [4.0, 12, 30]) func ratiosAreMetAndNotWasted(ratio: Double) throws {
        let samples = MadeUpRhythm.rhythm(columns: 20_000)
        let bytes = try Self.archive(samples, .ratio(ratio))
        let found = Double(2 * samples.extent.sampleCount) / Double(bytes.count)
        #expect(found >= ratio)
        #expect(found < 1.04 * ratio)
    }

    /// Twelve leads of which four follow from others cost little more than their sources.
    @Test func leadsThatFollowFromOthersCostLittle() throws {
        let two = MadeUpRhythm.rhythm(columns: 20_000)
        let samples = MadeUpRhythm.dependent(columns: 20_000)
        let six = try Self.archive(samples, .prd(4))
        let alone = try Self.archive(two, .prd(4))
        #expect(Self.difference(samples, try Archive(six).samples()[0]) <= 4)
        #expect(Double(six.count) < 1.8 * Double(alone.count))
    }

    @Test func allKernelsAndThreadsMakeTheSameArchive() throws {
        let samples = MadeUpRhythm.rhythm(columns: 9000, leads: 3)
        let expected = try Self.archive(samples, .step(9))
        for kernel in KernelChoice.allCases where kernel.isAvailable {
            let options = EncodeOptions(threads: 2, kernel: kernel)
            #expect(try Self.archive(samples, .step(9), options: options) == expected)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 17, 255, 1023]) func shortSignalsCome(columns: Int) throws {
        let samples = MadeUpRhythm.rhythm(columns: columns, leads: 1)
        for rate in ["1", "100", "360", "1000"] {
            let part = SignalPart(samples: samples, rate: SamplingRate(decimal: rate), target: .step(2))
            let bytes = try encodeRecording([part])
            let decoded = try Archive(bytes).samples()[0]
            #expect(decoded.extent == samples.extent)
            #expect((0..<columns).allSatisfy { abs(decoded[$0] - samples[$0]) < 20 })
        }
    }

    @Test func constantLeadsAndExtremesCome() throws {
        let columns = 5000
        let values =
            [Int](repeating: -32_768, count: columns)
            + (0..<columns).map { $0 % 700 < 350 ? 32_767 : -32_768 } + [Int](repeating: 5, count: columns)
        let samples = SampleArray(
            extent: Extent(rows: 3, columns: columns), format: SampleFormat(bitsStored: 16, isSigned: true),
            values: values)
        let bytes = try Self.archive(samples, .prd(3))
        #expect(Self.difference(samples, try Archive(bytes).samples()[0]) <= 3)
    }

    /// Squared difference over energy, in percent, of every ten seconds at 360 Hz, each without its own means.
    private static func stretches(_ a: SampleArray, _ b: SampleArray) -> [Double] {
        let columns = a.extent.columns
        return stride(from: 0, to: columns, by: 3600).filter { columns - $0 >= 1800 }.map { first in
            let count = min(3600, columns - first)
            let part = { (samples: SampleArray) in
                SampleArray(
                    extent: Extent(rows: a.extent.rows, columns: count), format: a.format,
                    values: (0..<a.extent.rows).flatMap { row in
                        (0..<count).map { samples[row * columns + first + $0] }
                    })
            }
            return difference(part(a), part(b))
        }
    }

    /// A loud signal that becomes quiet: a difference of the whole says little about its end.
    private static func fading(columns: Int) -> SampleArray {
        let loud = MadeUpRhythm.rhythm(columns: columns)
        return SampleArray(
            extent: loud.extent, format: loud.format,
            values: (0..<loud.extent.sampleCount).map {
                let share = 1 - 0.85 * Double($0 % columns) / Double(columns)
                return 1024 + Int((Double(loud[$0] - 1024) * share).rounded())
            })
    }

    @Test(arguments: [nil, 13, 10]) func everyStretchKeepsItsDifference(windowExponent: Int?) throws {
        let samples = Self.fading(columns: 30_000)
        var options = EncodeOptions(threads: 1)
        options.signalWindowExponent = windowExponent
        let whole = try Self.archive(samples, .prd(6), options: options)
        #expect(Self.stretches(samples, try Archive(whole).samples()[0]).contains { $0 > 7 })
        let each = try Self.archive(samples, .prdOfStretches(6), options: options)
        let found = Self.stretches(samples, try Archive(each).samples()[0])
        #expect(found.count == 8 && found.allSatisfy { $0 <= 6 } && found.allSatisfy { $0 > 3.5 })
        #expect(each.count < 3 * whole.count)
    }

    /// Signals that have no predicted levels have one step, and keep their differences too.
    @Test func slowSignalsKeepTheDifferencesOfStretches() throws {
        let samples = MadeUpRhythm.rhythm(columns: 500)
        let part = SignalPart(samples: samples, rate: SamplingRate(decimal: "1"), target: .prdOfStretches(5))
        let decoded = try Archive(try encodeRecording([part])).samples()[0]
        #expect(Self.difference(samples, decoded) <= 5)
    }

    @Test func stepsOutOfRangeAreRefused() throws {
        let bytes = try Self.archive(Self.fading(columns: 20_000), .prdOfStretches(8))
        var content = ContainerContent(try Container(bytes))
        #expect(content.parts[0].parameters[5] & 2 == 2)
        // Behind the number of events, of one byte, and the shares stands the first step.
        let place = 1 + Int(content.parts[0].parameters[2])
        #expect(content.groups[0].body[0] < 128)
        content.groups[0].body[place] = 65
        let archive = try Archive(content.serialized())
        #expect(throws: DecodeError.fieldOutOfRange(field: "Step_Change", value: 65)) {
            _ = try archive.samples(part: 0, SampleSelection(frames: 0..<1))
        }
    }

    @Test func damageIsFound() throws {
        let bytes = try Self.archive(MadeUpRhythm.rhythm(columns: 6000), .prd(6))
        var random = SplitMix64(seed: 3)
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] ^= UInt8.random(
                    in: 1...255, using: &random)
            }
            #expect(throws: (any Error).self) { _ = try Archive(damaged).samples() }
        }
    }

    /// Checksums hide most damage from the decoder; here only bodies are changed, and checksums made anew.
    @Test func bodiesOfAnyBytesDoNoHarm() throws {
        let bytes = try Self.archive(MadeUpRhythm.rhythm(columns: 6000), .prdOfStretches(6))
        let container = try Container(bytes)
        var random = SplitMix64(seed: 5)
        for _ in 0..<400 {
            var content = ContainerContent(container)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<content.groups[0].body.count, using: &random)
                content.groups[0].body[place] = UInt8.random(in: 0...255, using: &random)
            }
            let archive = try Archive(content.serialized())
            _ = try? archive.samples(part: 0, SampleSelection(frames: 0..<1))
        }
    }

    @Test func parametersOfAnyBytesDoNoHarm() throws {
        let bytes = try Self.archive(MadeUpRhythm.rhythm(columns: 3000), .prdOfStretches(6))
        let container = try Container(bytes)
        var random = SplitMix64(seed: 6)
        for _ in 0..<400 {
            var content = ContainerContent(container)
            let place = Int.random(in: 0..<content.parts[0].parameters.count, using: &random)
            content.parts[0].parameters[place] = UInt8.random(in: 0...255, using: &random)
            guard let archive = try? Archive(content.serialized()) else { continue }
            _ = try? archive.samples(part: 0, SampleSelection(frames: 0..<1))
        }
    }

    @Test func modelFilesAreChecked() throws {
        // What is built in is the file, and the card says so.
        for known in SignalModel.builtIn {
            let (name, version, model) = (known.name, known.version, known.model)
            #expect(try SignalModel(bytes: model.bytes).digest == model.digest)
            let path = Repository.root + "/Models/\(name)-\(version)"
            #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".aem"))) == model.bytes)
            let digits = model.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(try String(contentsOfFile: path + ".md", encoding: .utf8).contains(digits))
        }
        let model = SignalModel.builtIn[0].model
        for length in stride(from: 0, to: model.bytes.count, by: 97) {
            #expect(throws: DecodeError.self) { try SignalModel(bytes: Array(model.bytes[..<length])) }
        }
        #expect(try Model(bytes: model.bytes, name: "x").isForSignals)
        var options = EncodeOptions(threads: 1)
        options.model = Model.builtIn[0]
        #expect(throws: EncodeError.modelOfImages) {
            try Self.archive(MadeUpRhythm.rhythm(columns: 2000), .prd(6), options: options)
        }
        options.model = try Model(bytes: model.bytes, name: "x")
        #expect(throws: EncodeError.modelOfSignals) {
            try encodeLossy(MadeUpRhythm.rhythm(columns: 2000), target: .step(5), options: options)
        }
    }
}
