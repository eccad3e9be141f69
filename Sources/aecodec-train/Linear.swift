// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import ArgumentParser
import Foundation
import MedicalFormats
import Samples

/// Fits the scale rules of the linear pyramid.
struct Linear: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fit the scale rules of the linear pyramid.",
        discussion: """
            The manifest names one image file a line, relative to the manifest's folder; empty lines and \
            lines that start with '#' are passed over. Images are cut to their middle 1024 x 1024 samples. \
            The model is the same for the same files on every machine with the same kernels.
            """)

    @Argument(help: "The manifest.", completion: .file())
    var manifest: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "file"))
    var output: String

    @Option(help: "Turns of quantising with the present rules and fitting them anew.")
    var rounds = 3

    /// Common steps over the greatest code, from near-lossless to coarse.
    private static let relativeSteps = [0.0015, 0.004, 0.01, 0.025]
    private static let side = 1024

    func validate() throws {
        guard (1...20).contains(rounds) else { throw ValidationError("'--rounds' must be 1 to 20.") }
    }

    func run() throws {
        let images = try readImages()
        var weights = PyramidModel.startWeights
        let scales = BandScales(lifting: .cdf97)
        for round in 1...rounds {
            let model = PyramidModel(lifting: .cdf97, scales: scales, weights: weights)
            var fit = PyramidFit()
            for image in images {
                let encoder = try LossyEncoder(image, options: EncodeOptions(), model: model)
                for step in Self.relativeSteps {
                    try encoder.contribute(to: &fit, step: max(1, step * encoder.maximumCode))
                }
            }
            weights = fit.weights(from: weights)
            FileHandle.standardError.write(Data("round \(round) of \(rounds)\n".utf8))
        }
        let model = PyramidModel(lifting: .cdf97, scales: scales, weights: weights)
        try Data(model.bytes).write(to: URL(fileURLWithPath: output))
        let digest = model.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        print("\(output): \(model.bytes.count) bytes, SHA-256 \(digest)")
    }

    private func readImages() throws -> [SampleArray] {
        let text = try String(contentsOfFile: manifest, encoding: .utf8)
        let folder = URL(fileURLWithPath: manifest).deletingLastPathComponent()
        return try text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.isEmpty }.map { line in
            let data = try Data(contentsOf: folder.appendingPathComponent(String(line)))
            return Self.middle(try MedicalFile.read([UInt8](data)).samples)
        }
    }

    /// The middle of the middle frame.
    private static func middle(_ samples: SampleArray) -> SampleArray {
        let extent = samples.extent
        let rows = min(side, extent.rows)
        let columns = min(side, extent.columns)
        let first = extent.frames / 2 * extent.samplesPerFrame
        let top = (extent.rows - rows) / 2
        let left = (extent.columns - columns) / 2
        let values = (0..<rows * columns).map { index in
            samples[first + (top + index / columns) * extent.columns + left + index % columns]
        }
        return SampleArray(
            extent: Extent(rows: rows, columns: columns), format: samples.format, values: values)
    }
}
