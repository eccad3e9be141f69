// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Digest
import Foundation
import Samples
import TestSupport
import Testing

/// The witness and this decoder agree on lossy signals, whole and reduced.
@Suite(.enabled(if: Witness.isRunnable, Witness.absence))
struct SignalWitnessTests {
    struct Specimen: Sendable, CustomTestStringConvertible {
        var columns: Int
        var leads = 2
        var rate = "360"
        var target = LossyTarget.prd(5)
        var windowExponent: Int?
        var predicts = true
        var isDependent = false
        var testDescription: String { "\(leads) x \(columns) at \(rate) Hz, \(target)" }

        func archive() throws -> [UInt8] {
            let samples =
                isDependent
                ? MadeUpRhythm.dependent(columns: columns)
                : MadeUpRhythm.rhythm(columns: columns, leads: leads, seed: UInt64(columns))
            var options = EncodeOptions(threads: 1)
            options.signalWindowExponent = windowExponent
            options.predictsWaveforms = predicts
            let part = SignalPart(samples: samples, rate: SamplingRate(decimal: rate), target: target)
            return try encodeRecording([part], options: options)
        }
    }

    static let specimens = [
        Specimen(columns: 9000), Specimen(columns: 9001, target: .prd(1)), Specimen(columns: 700, leads: 3),
        Specimen(columns: 5000, rate: "1000", target: .prd(12)), Specimen(columns: 3000, rate: "100"),
        Specimen(columns: 5000, windowExponent: 11), Specimen(columns: 4000, leads: 1, predicts: false),
        Specimen(columns: 4000, leads: 6, isDependent: true),
        Specimen(columns: 9000, target: .prdOfStretches(6)),
        Specimen(columns: 5000, target: .prdOfStretches(2), windowExponent: 12),
        Specimen(columns: 1, leads: 1, target: .step(1)),
        Specimen(columns: 2, leads: 1, target: .step(1)), Specimen(columns: 333, rate: "1", target: .step(3)),
    ]

    @Test(arguments: specimens) func samplesAgree(specimen: Specimen) throws {
        let bytes = try specimen.archive()
        let archive = try Archive(bytes)
        try withFolder { folder in
            let path = folder.appendingPathComponent("signal.aec").path
            let output = folder.appendingPathComponent("signal.raw")
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let whole = try Witness.run([path])
            let expected = archive.container.parts[0].digest.map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }
            #expect(whole.status == 0 && whole.digests == [expected.joined()], "\(whole.text)")
            guard archive.container.parts[0].mode.kind == .lossy else { return }
            for reduction in [1, 3] {
                let run = try Witness.run([path, "--reduce", "\(reduction)", "--out", output.path])
                guard
                    let ours = try? archive.samples(
                        part: 0, SampleSelection(frames: 0..<1, reduction: reduction))
                else {
                    #expect(run.status != 0)
                    continue
                }
                #expect(run.status == 0, "\(run.text)")
                let samples = ours.canonicalBytes(0..<ours.extent.sampleCount)
                #expect([UInt8](try Data(contentsOf: output)) == samples)
            }
        }
    }
}
