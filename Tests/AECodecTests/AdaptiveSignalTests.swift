// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Samples
import TestSupport
import Testing

/// Latents and events of recordings by probabilities that learn: Spec/signals.md, section 8.
@Suite struct AdaptiveSignalTests {
    private static func archive(
        _ samples: SampleArray, _ target: LossyTarget, share: Double? = .infinity, effort: Int = 5,
        windowExponent: Int? = nil
    ) throws -> [UInt8] {
        var options = EncodeOptions(threads: 1, effort: effort)
        options.adaptiveShare = share
        options.signalWindowExponent = windowExponent
        return try encodeRecording(
            [SignalPart(samples: samples, rate: SamplingRate(decimal: "360"), target: target)],
            options: options)
    }

    private static func isAdaptive(_ bytes: [UInt8]) throws -> Bool {
        try Archive(bytes).groupSummaries().allSatisfy { $0.streams.map(\.form) == ["adaptive"] }
    }

    /// How residuals are packed changes the size and nothing else, with every kernel.
    @Test(arguments: [(1, 3.0), (2, 5), (5, 9), (12, 4)])
    func packingChangesNoSample(leads: Int, percent: Double) throws {
        let samples = MadeUpRhythm.rhythm(columns: 12_345, leads: leads)
        let adaptive = try Self.archive(samples, .prd(percent), windowExponent: 12)
        let plain = try Self.archive(samples, .prd(percent), share: 0, windowExponent: 12)
        #expect(try Self.isAdaptive(adaptive) && !Self.isAdaptive(plain))
        #expect(adaptive.count < plain.count)
        let expected = try Archive(plain).samples()
        for kernel in KernelChoice.allCases.filter(\.isAvailable) {
            #expect(try Archive(adaptive, options: DecodeOptions(kernel: kernel)).samples() == expected)
        }
    }

    /// Random walks at all rates, with values beyond what decisions count one by one.
    ///
    /// What is smaller without loss is left out.
    @Test func randomSignalsComeBack() throws {
        var lossyCount = 0
        for seed in 0..<32 {
            let random = TestSignal.make(
                leads: 1 + seed % 4, columns: 400 + 97 * seed, bits: 8 + seed % 9, seed: UInt64(seed),
                noise: 40)
            let target = LossyTarget.step([2, 9, 40, 300][seed / 4 % 4])
            let both = try [.infinity, 0].map { try Archive(Self.archive(random, target, share: $0)) }
            guard both.allSatisfy({ $0.container.parts[0].mode.kind == .lossy }) else { continue }
            lossyCount += 1
            #expect(try both[0].samples() == both[1].samples(), "seed \(seed)")
        }
        #expect(lossyCount > 16)
    }

    /// Signals without loss, and bounded ones: the same bytes and samples with every kernel. (Spec/bitstream.md, section 11.4)
    @Test(arguments: 0..<8) func exactSignalsComeBack(seed: Int) throws {
        let samples = TestSignal.make(
            leads: 1 + seed, columns: 300 + 311 * seed, bits: [8, 11, 12, 14, 16][seed % 5],
            seed: UInt64(seed),
            noise: [2, 30][seed % 2])
        let bound = [0, 0, 3, 40][seed % 4]
        var archives: Set<[UInt8]> = []
        for kernel in KernelChoice.allCases.filter(\.isAvailable) {
            var options = EncodeOptions(threads: 1, kernel: kernel)
            options.adaptiveShare = .infinity
            let bytes = try encodeRecording(
                [SignalPart(samples: samples, rate: SamplingRate(360), maximumError: bound)],
                options: options)
            #expect(try Self.isAdaptive(bytes))
            archives.insert(bytes)
            let decoded = try Archive(bytes, options: DecodeOptions(kernel: kernel)).samples()[0]
            for place in 0..<samples.extent.sampleCount {
                #expect(abs(samples[place] - decoded[place]) <= bound)
            }
        }
        #expect(archives.count == 1)
    }

    @Test func damageOfExactSignalsIsAnError() throws {
        var options = EncodeOptions(threads: 1)
        options.adaptiveShare = .infinity
        let samples = TestSignal.make(leads: 2, columns: 900, seed: 3, noise: 9)
        let container = try Container(
            encodeRecording([SignalPart(samples: samples, rate: SamplingRate(360))], options: options))
        try Self.damage(container)
    }

    /// What is smaller is taken, by low efforts never.
    @Test func shortRecordingsTakeTheSmaller() throws {
        for columns in [100, 1000, 5000, 20_000] {
            let samples = MadeUpRhythm.rhythm(columns: columns)
            let usual = try Self.archive(samples, .prd(5), share: nil).count
            #expect(try usual <= Self.archive(samples, .prd(5), share: 0).count)
            #expect(try usual <= Self.archive(samples, .prd(5)).count)
        }
        let fast = try Self.archive(MadeUpRhythm.rhythm(columns: 5000), .prd(5), share: nil, effort: 1)
        #expect(try !Self.isAdaptive(fast))
    }

    /// Cut, lengthened or changed bytes give a typed error.
    @Test func damageIsAnError() throws {
        try Self.damage(Container(Self.archive(MadeUpRhythm.rhythm(columns: 4000), .prd(5))))
    }

    private static func damage(_ container: Container) throws {
        let body = Array(container.body(of: container.groups[0]))
        try AdaptiveTests.expectErrors(changing: body, count: 200) { body in
            var content = ContainerContent(container)
            content.groups[0].body = body
            _ = try Archive(content.serialized()).samples()
        }
    }
}
