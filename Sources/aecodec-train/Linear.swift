// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import ArgumentParser
import Foundation
import Samples

/// Learns the lifting steps of the linear pyramid and fits its scale rules.
struct Linear: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn the lifting steps of the linear pyramid and fit its scale rules.",
        discussion: """
            The manifest names one image file a line, relative to the manifest's folder; empty lines and \
            lines that start with '#' are passed over. Images are cut to their middle 1024 x 1024 samples, \
            for the lifting steps to 512 x 512. \
            The model is the same for the same files on every machine with the same kernels.
            """)

    @Argument(help: "The manifest.", completion: .file())
    var manifest: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "file"))
    var output: String

    @Option(help: "Turns of quantising with the present rules and fitting them anew.")
    var rounds = 3

    @Option(help: "Pairs of taps of a lifting step.")
    var pairs = 3

    @Option(help: "Generations of the search for lifting steps; 0 keeps CDF 9/7.")
    var liftingSteps = 40

    @Option(
        help: ArgumentHelp(
            "Lifting steps to take instead of a search: step by step, in units of 2^-16.",
            valueName: "c,c,..."))
    var lifting: String?

    private static let side = 1024
    private static let searchSide = 512

    func validate() throws {
        guard (1...20).contains(rounds) else { throw ValidationError("'--rounds' must be 1 to 20.") }
        guard (1...Lifting.maximumPairs).contains(pairs) else {
            throw ValidationError("'--pairs' must be 1 to \(Lifting.maximumPairs).")
        }
        guard (0...10_000).contains(liftingSteps) else {
            throw ValidationError("'--lifting-steps' must be 0 to 10000.")
        }
        if lifting != nil, givenLifting == nil {
            throw ValidationError("'--lifting' must be four times as many coefficients as '--pairs'.")
        }
    }

    func run() throws {
        let images = try readImages()
        var weights = PyramidModel.startWeights
        var lifting = givenLifting ?? .cdf97
        if liftingSteps > 0, givenLifting == nil {
            weights = try fitted(weights, lifting, images, rounds: 2)
            let search = try LiftingSearch(
                images.map { $0.middle(side: Self.searchSide) }, weights: weights, pairCount: pairs)
            lifting = try search.run(generations: liftingSteps) { generation, value in
                note("lifting \(generation) of \(liftingSteps): \((1e4 * value).rounded() / 100) %")
            }
        }
        weights = try fitted(weights, lifting, images, rounds: rounds)
        let model = try ClassTraining(images).model(
            PyramidModel(lifting: lifting, scales: BandScales(lifting: lifting), rule: .linear(weights)),
            note: note)
        try Data(model.bytes).write(to: URL(fileURLWithPath: output))
        note("lifting \(lifting.coefficients.map(String.init).joined(separator: ","))")
        printModel(output, byteCount: model.bytes.count, digest: model.digest)
    }

    private var givenLifting: Lifting? {
        lifting.flatMap { text in
            Lifting(pairCount: pairs, coefficients: text.split(separator: ",").compactMap { Int32($0) })
        }
    }

    /// Weights after some turns of quantising and fitting.
    private func fitted(
        _ start: [UInt16], _ lifting: Lifting, _ images: [SampleArray], rounds: Int
    ) throws -> [UInt16] {
        var weights = start
        for round in 1...rounds {
            let model = PyramidModel(
                lifting: lifting, scales: BandScales(lifting: lifting), rule: .linear(weights))
            var fit = PyramidFit()
            for image in images {
                let encoder = try LossyEncoder(image, options: EncodeOptions(), model: model)
                for step in ClassTraining.relativeSteps {
                    try encoder.contribute(to: &fit, step: max(1, step * encoder.maximumCode))
                }
            }
            weights = fit.weights(from: weights)
            note("round \(round) of \(rounds)")
        }
        return weights
    }

    private func readImages() throws -> [SampleArray] {
        try ImageFiles.list(ofManifest: manifest).map { try ImageFiles.read($0).middle(side: Self.side) }
    }
}
