// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import AETraining
import ArgumentParser
import Foundation
import Samples

/// Trains the context networks of the pyramid.
struct Image: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the context networks of the pyramid on images.",
        discussion: """
            Images are quantised as the encoder does it, at steps of 0.05 to 3 bits a sample. Networks of \
            levels 1, 2, 3, and 4 upwards are trained in turn. The same files, seed and steps give the same \
            networks on the same kind of machine. A checkpoint lies beside the result.
            """)

    @Argument(help: "DICOM, PGM or PNG files, or folders that are searched for them.", completion: .file())
    var paths: [String] = []

    @Option(
        help: ArgumentHelp(
            "Files to train on, one a line, relative to the manifest's folder.", valueName: "file"))
    var manifest: String?

    @Option(help: ArgumentHelp("A file or folder not to train on.", valueName: "path"))
    var exclude: [String] = []

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Files to measure progress on.", valueName: "files"))
    var validation: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("The networks to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Networks to train further; their widths are taken.", valueName: "file"))
    var from: String?

    @Option(help: ArgumentHelp("A checkpoint to go on from, with the same options.", valueName: "file"))
    var resume: String?

    @Option(help: "Channels of the networks of levels 1, 2, 3, and 4 upwards: multiples of 4.")
    var widths = "12,16,24,24"

    @Option(help: "About how long to train, on this machine as it is now.")
    var minutes = 30.0

    @Option(help: "Steps to train instead, all levels together.")
    var steps: Int?

    @Option(help: "Any number; another one gives other networks.")
    var seed: UInt64 = 1

    func validate() throws {
        guard !paths.isEmpty || manifest != nil else {
            throw ValidationError("Name files, folders or a manifest to train on.")
        }
        let isWidth = givenWidths.allSatisfy {
            $0 % 4 == 0 && (4...ContextNetwork.greatestWidth).contains($0)
        }
        guard givenWidths.count == ContextNetworks.kindCount, isWidth else {
            throw ValidationError("'--widths' must be four multiples of 4 from 4 to 64.")
        }
        guard minutes > 0, minutes < 1e6 else { throw ValidationError("'--minutes' must be above 0.") }
        guard (steps ?? 1) > 0 else { throw ValidationError("'--steps' must be above 0.") }
    }

    func run() throws {
        let pyramid = Model.builtIn[0].pyramid
        let files = try trainingFiles()
        note("\(files.count) images to train on")
        let material = TrainingMaterial(try files.map(ImageFiles.read), model: pyramid, seed: seed)
        let validation = try ContextValidation(
            try ImageFiles.list(of: validation).map(ImageFiles.read), model: pyramid)
        var session = TrainingSession(kinds: try start(), material: material)
        if let resume { try session.resume(try bytes(resume)) }
        let total = try steps ?? session.stepCount(minutes: minutes)
        note("\(total) steps; repeat them by --steps \(total) --seed \(seed)")
        for report in 1...Self.reportCount {
            let target = total * report / Self.reportCount
            guard target > session.steps else { continue }
            try session.run(to: target, of: total)
            for line in try validation.lines(session.kinds) { note("step \(session.steps): \(line)") }
            try write(session.checkpoint, to: output + ".checkpoint")
        }
        var writer = ByteWriter()
        try session.networks().write(to: &writer)
        try write(writer.bytes, to: output)
        print("\(output): \(writer.bytes.count) bytes")
    }

    /// How often progress is measured and kept.
    private static let reportCount = 10

    private var givenWidths: [Int] { widths.split(separator: ",").compactMap { Int($0) } }

    private func trainingFiles() throws -> [String] {
        let left = Set(try ImageFiles.list(of: exclude).map(absolute))
        let named = try ImageFiles.list(of: paths) + (try manifest.map(ImageFiles.list(ofManifest:)) ?? [])
        return named.filter { !left.contains(absolute($0)) }
    }

    private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// The four trainings at their beginning.
    private func start() throws -> [ContextTraining] {
        var networks: ContextNetworks?
        if let from {
            var reader = ByteReader(try bytes(from))
            networks = try ContextNetworks(reader: &reader)
        }
        return (0..<ContextNetworks.kindCount).map { kind in
            let given = networks?.kinds[kind]
            let width = givenWidths[kind]
            let model = ContextModel(
                trunkWidth: given?.trunkWidth ?? width, headWidth: given?.headWidth ?? width)
            var random = RandomNumbers(seed: seed &* 4 &+ UInt64(kind))
            let start = model.start(using: &random)
            return ContextTraining(
                model: model, parameters: given.map { model.floats($0, start: start) } ?? start,
                seed: random.next())
        }
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
