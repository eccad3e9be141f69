// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import ArgumentParser
import Foundation
import MedicalFormats
import Samples

struct Lossy: ParsableCommand {
    /// The codec that is held against the anchor.
    enum Candidate: String, CaseIterable, ExpressibleByArgument {
        case aecodec
        case openjpeg97 = "openjpeg-9/7"
        case openjpeg53 = "openjpeg-5/3"
    }

    static let configuration = CommandConfiguration(
        abstract: "Rate and distortion of lossy coding against OpenJPEG, by library calls on one thread.",
        discussion: """
            The anchor is OpenJPEG with the 9/7 wavelet, six resolutions, at ten rates: opj_compress -I -n 6 \
            -r. Bytes are those of whole codestreams and archives; the record of the source file is left \
            out. BD-rates are taken over the PSNR that the anchor has from 0.1 to 2 bits a sample, up to \
            where the mean squared error is 1 (0.25 for 8 bits).
            """)

    @Argument(help: "DICOM, PGM or PNG files.", completion: .file())
    var files: [String]

    @Flag(help: "Measure the most textured window of each image, at most 1024 x 1024.")
    var crop = false

    @Flag(help: "Print the curves of the anchor alone.")
    var peerOnly = false

    @Option(help: "The codec to hold against the anchor.")
    var codec: Candidate = .aecodec

    @Option(help: "A list of groups, as Benchmarks/groups.txt; without it folders are groups.")
    var groups: String?

    @Option(parsing: .upToNextOption, help: "Settings to time: steps in stored units, or bits a sample.")
    var time: [Double] = []

    @Option(help: "Runs of each timed setting, 1 or more.")
    var repeats = 5

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    func validate() throws {
        guard repeats >= 1 else { throw ValidationError("'--repeats' must be 1 or more.") }
        guard time.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw ValidationError("'--time' takes settings above 0.")
        }
        if codec == .aecodec, !peerOnly, LossyMeasurement.stepEncoder == nil {
            throw ValidationError("This build of aecodec has no lossy encoder; see '--peer-only'.")
        }
    }

    func run() throws {
        let groups =
            try groups.map { ImageGroups(list: try String(contentsOfFile: $0, encoding: .utf8)) }
            ?? ImageGroups()
        if !json, !peerOnly { print(LossyReport.heading) }
        var results: [LossyResult] = []
        var failures = 0
        for file in files {
            guard let image = image(file) else { continue }
            do {
                let result = try measure(image, path: file, groups: groups.groups(of: file))
                results.append(result)
                if !json { print(peerOnly ? LossyReport.curve(result) : LossyReport.line(result)) }
            } catch {
                note("failed on \(file): \(error)")
                failures += 1
            }
        }
        let report = LossyReport(
            codec: peerOnly ? "peer only" : codec.rawValue,
            anchor: "OpenJPEG \(OpenJPEGLossyContestant.Wavelet.nineSeven.rawValue)",
            version: Peer.openJPEG().version ?? "", repeats: time.isEmpty ? 0 : repeats, files: results)
        print(json ? try report.json() : report.summary())
        guard failures == 0 else { throw ExitCode(1) }
    }

    /// The image of a file, or its crop; nil after a word on standard error.
    private func image(_ file: String) -> LossyImage? {
        guard let image = readImage(file) else { return nil }
        guard crop else { return LossyImage(samples: image.samples, lossyHistory: image.lossyHistory) }
        guard let window = TexturedCrop(of: image.samples) else {
            note("skipped \(file): a side of its crop is below \(TexturedCrop.leastSide)")
            return nil
        }
        return LossyImage(
            samples: window.samples(of: image.samples), crop: window, lossyHistory: image.lossyHistory)
    }

    private func measure(_ image: LossyImage, path: String, groups: [String]) throws -> LossyResult {
        var measurement = try LossyMeasurement(image)
        var result = LossyResult(
            path: path, groups: groups, image: image, range: measurement.range,
            anchor: measurement.anchorPoints)
        guard !peerOnly else { return result }
        switch codec {
        case .aecodec:
            guard let encoder = LossyMeasurement.stepEncoder else { return result }
            try measurement.sweepSteps(AECodecLossyContestant(image.samples, encoder: encoder))
        case .openjpeg97: try measurement.sweepRates(.nineSeven)
        case .openjpeg53: try measurement.sweepRates(.fiveThree)
        }
        result.points = measurement.points
        result.comparison = try measurement.comparison()
        result.times = try time.map { try measurement.times(setting: $0, repeats: repeats) }
        return result
    }
}
