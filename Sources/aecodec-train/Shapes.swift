// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import ArgumentParser
import Foundation
import Samples

/// Measures how residuals of the classes of networks are distributed.
struct Shapes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure what residuals of context networks cost, for the encoder's own table.",
        discussion: """
            Prints, class by class, how far the distributions of residuals are from those of Laplace, in hexadecimal \
            digits: what the encoder's ResidualShapes holds. Images are those of a manifest, the liveliest window of \
            each, at four steps.
            """)

    @Argument(help: "The manifest.", completion: .file())
    var manifest: String

    @Option(help: ArgumentHelp("A model with context networks.", valueName: "file"))
    var model: String

    private static let side = 1024
    private static let digitsPerLine = 100

    func run() throws {
        let pyramid = try PyramidModel(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: model))))
        guard case .networks = pyramid.rule else { throw ValidationError("The model has no networks.") }
        let windows = try ImageFiles.list(ofManifest: manifest).map {
            try ImageFiles.read($0).liveliestWindow(side: Self.side)
        }
        Self.printDigits(try ClassTraining(windows).fit(pyramid).shapes)
    }

    /// Prints the bytes of a table in hexadecimal digits.
    static func printDigits(_ table: [Int8]) {
        let digits = table.map { entry in
            let byte = UInt8(bitPattern: entry)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        for start in stride(from: 0, to: digits.utf8.count, by: digitsPerLine) {
            print(digits.dropFirst(start).prefix(digitsPerLine))
        }
    }
}
