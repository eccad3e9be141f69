// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AETraining
import ArgumentParser
import Foundation
import MedicalFormats
import Samples

/// Fits a model of signals: scale rules, classes and centroids.
struct Signals: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ecg",
        abstract: "Fit a model of signals to recordings.",
        discussion: """
            The manifest names one recording a line (the header of a WFDB record, an EDF file and so on), \
            relative to the manifest's folder, or to '--folder'; empty lines and lines that start with '#' are \
            passed over. The model is the same for the same files on every machine.
            """)

    @Argument(help: "The manifest.", completion: .file())
    var manifest: String

    @Option(help: ArgumentHelp("Where the recordings are, if not beside the manifest.", valueName: "folder"))
    var folder: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "file"))
    var output: String

    @Option(help: "Turns of quantising with the present rules and fitting them anew.")
    var rounds = 3

    @Option(help: "Seconds of a recording that are used, from its start.")
    var seconds = 600.0

    @Option(
        help: ArgumentHelp(
            "Variations of each recording besides itself: of another rate (100 to 1000 Hz), amplitude and noise.",
            valueName: "n"))
    var variations = 0

    @Option(
        help: ArgumentHelp(
            "Recordings of noise for variations, in the manifest's folder or '--folder'; their first 20 minutes.",
            valueName: "file"))
    var noise: [String] = []

    @Option(help: "The lifting steps, step by step, in units of 2^-16; CDF 9/7 if none are given.")
    var lifting: String?

    /// Steps in units of the standard deviation of the signals.
    private static let relativeSteps = [0.04, 0.1, 0.25, 0.6]

    func validate() throws {
        guard (1...20).contains(rounds) else { throw ValidationError("'--rounds' must be 1 to 20.") }
        guard (0...20).contains(variations) else { throw ValidationError("'--variations' must be 0 to 20.") }
        guard seconds >= 1, seconds < 1e6 else { throw ValidationError("'--seconds' must be at least 1.") }
        if lifting != nil, givenLifting == nil {
            throw ValidationError("'--lifting' must be four, eight, twelve or sixteen coefficients.")
        }
    }

    private var givenLifting: Lifting? {
        guard let lifting else { return nil }
        let coefficients = lifting.split(separator: ",").compactMap { Int32($0) }
        return Lifting(pairCount: coefficients.count / Lifting.stepCount, coefficients: coefficients)
    }

    func run() throws {
        var signals = try ImageFiles.list(ofManifest: manifest, folder: folder).flatMap {
            try RecordingFiles.read($0, seconds: seconds)
        }
        note("\(signals.count) recordings")
        signals += try varied(signals)
        var model = SignalModel.untrained(lifting: givenLifting ?? .cdf97)
        for round in 1...rounds {
            model = try fitted(model, signals, weightsToo: true)
            note("round \(round) of \(rounds)")
        }
        // Classes once more, with the weights that they will be used with.
        model = try fitted(model, signals, weightsToo: false)
        try Data(model.bytes).write(to: URL(fileURLWithPath: output))
        printModel(output, byteCount: model.bytes.count, digest: model.digest)
    }

    /// Variations of signals, the same ones whenever they are made.
    private func varied(_ signals: [RecordingFiles.Signals]) throws -> [RecordingFiles.Signals] {
        guard variations > 0 else { return [] }
        let folder = folder ?? URL(fileURLWithPath: manifest).deletingLastPathComponent().path
        let variation = SignalVariation(
            noise: try noise.flatMap { try RecordingFiles.read(folder + "/" + $0, seconds: 1200) })
        var random = RandomNumbers(seed: 1)
        return signals.flatMap { signal in
            (0..<variations).map { _ in variation.varied(signal, using: &random) }
        }
    }

    private func fitted(
        _ model: SignalModel, _ signals: [RecordingFiles.Signals], weightsToo: Bool
    ) throws -> SignalModel {
        var fit = SignalModelFit(model)
        for signal in signals {
            let steps = Self.relativeSteps.map { $0 * signal.deviation }
            try fit.add(signal.samples, rate: signal.rate, steps: steps)
        }
        return SignalModel(
            lifting: model.lifting, weights: weightsToo ? fit.weights : model.weights, tree: fit.tree,
            centroids: fit.centroids)
    }
}
