// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEMetrics
import ArgumentParser
import MedicalFormats
import Samples

/// `aecodec compare`: how far two images are apart.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two images or two recordings, in files or archives.",
        discussion: """
            Prints dimensions, the maximum absolute error, the number of differing samples and the PSNR \
            (peak 2^bits - 1, bits stored of the first), all of stored values; for two DICOM files also \
            the tags of the attributes that differ, never their values. Exit status: 0 if the samples are \
            identical, 1 if they differ, 2 if the images cannot be read.

            Of two recordings: the maximum error in stored units, PRD and PRDN (energy of errors over that of \
            the samples, without their mean in PRDN), of each lead too, and the fields of the headers that differ.
            """)

    @Argument(help: "One image or recording.")
    var first: String

    @Argument(help: "The other one.")
    var second: String

    @OptionGroup var limits: LimitOptions
    @OptionGroup var codec: CodecOptions

    func validate() throws {
        if first == "-", second == "-" { throw ValidationError("Standard input holds one image only.") }
    }

    func run() throws {
        let one = try load(first)
        let other = try load(second)
        let console = Console()
        switch (one, other) {
        case (.recording(let one), .recording(let other)):
            let comparison = RecordingComparison(one, other)
            try endingOnFailure(console) { try System.print(comparison.text) }
            if !comparison.isIdentical { throw ExitCode(1) }
        case (.image(let one), .image(let other)):
            let difference = SampleDifference(one.samples, other.samples)
            try endingOnFailure(console) {
                try System.print(text(one.samples, other.samples, difference))
                if let first = one.dicom, let second = other.dicom {
                    try System.print(attributeText(first, second))
                }
            }
            if difference?.maximumError != 0 { throw ExitCode(1) }
        case (.recording, .image), (.image, .recording):
            console.failure(second, "an image cannot be compared with a recording")
            throw ExitCode(Outcome.file.rawValue)
        }
    }

    /// What a file holds.
    private enum Content {
        case image(ComparedImage)
        case recording(Recording)
    }

    private func load(_ path: String) throws -> Content {
        let input = Input(path)
        do {
            let descriptor = try input.open()
            let bytes = try System.readAll(descriptor.number)
            let options = limits.decoding(codec)
            // A recording in several files has a place; standard input has none and holds an image.
            if !input.isStandardInput,
                let recording = try comparedRecording(bytes, input, options, codec.modelSearch)
            {
                return .recording(recording)
            }
            return .image(try ComparedImage(bytes, input, options, codec.modelSearch))
        } catch {
            Console().failure(input.name, Failure(error).sentence)
            // Status 1 says that the contents differ.
            throw ExitCode(Outcome.file.rawValue)
        }
    }

    private func text(_ one: SampleArray, _ other: SampleArray, _ difference: SampleDifference?) -> String {
        let shapes = [describe(one.extent, one.format), describe(other.extent, other.format)]
        var lines = ["dimensions: " + (shapes[0] == shapes[1] ? shapes[0] : shapes.joined(separator: " / "))]
        guard let difference else { return lines[0] + "\nsamples: not comparable, the dimensions differ\n" }
        let psnr = difference.psnr(bitsStored: one.format.bitsStored)
        lines.append("maximum error: \(difference.maximumError)")
        lines.append("differing samples: \(difference.differingCount) of \(difference.sampleCount)")
        lines.append("PSNR: " + (psnr.isFinite ? "\(fixed(psnr, 2)) dB" : "identical"))
        return lines.joined(separator: "\n") + "\n"
    }

    private func attributeText(_ first: [UInt8], _ second: [UInt8]) throws -> String {
        let differences = try compareAttributes(first, second)
        if differences.isEmpty { return "attributes: identical\n" }
        let lines = differences.map { difference in
            let what =
                switch difference.what {
                case .onlyInFirst: "only in the first"
                case .onlyInSecond: "only in the second"
                case .differs: "differs"
                }
            let words = [difference.tag, difference.keyword, what].filter { !$0.isEmpty }
            return "  " + words.joined(separator: " ") + "\n"
        }
        return "attributes: \(differences.count) differ\n" + lines.joined()
    }
}
