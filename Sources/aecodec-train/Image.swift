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

    @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "A model whose transform is kept and whose quantiser makes the latents to learn from; networks that it has "
                + "are trained further. Without it, the linear one that is built in.", valueName: "file"))
    var from: String?

    @Option(help: ArgumentHelp("A checkpoint to go on from, with the same options.", valueName: "file"))
    var resume: String?

    @Option(help: "Channels of the networks of levels 1, 2, 3, and 4 upwards: multiples of 4.")
    var widths = "12,16,24,24"

    @Option(help: "About how long to train, on this machine as it is now.")
    var minutes = 30.0

    @Option(
        help:
            "Steps to train instead, all levels together; 0 keeps networks of '--from' and fits classes only."
    )
    var steps: Int?

    @Option(help: "Any number; another one gives other networks.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "The rate that learning begins with: 6e-3, or 1e-3 if '--from' has networks already.",
            valueName: "number"))
    var rate: Float?

    @Option(
        help: "The part of the windows that are perhaps reduced or made noisier; all are turned or mirrored.")
    var variation: Float = 0.1

    func validate() throws {
        guard (0...1).contains(variation) else { throw ValidationError("'--variation' must be 0 to 1.") }
        guard (rate ?? 1e-3) > 0, (rate ?? 1e-3) < 1 else {
            throw ValidationError("'--rate' must be above 0 and below 1.")
        }
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
        guard (steps ?? 1) > 0 || steps == 0 && from != nil else {
            throw ValidationError("'--steps' must be above 0, or 0 with '--from'.")
        }
    }

    func run() throws {
        let pyramid =
            try from.map { try PyramidModel(bytes: try bytes($0)) } ?? Self.start
        let files = try trainingFiles()
        note("\(files.count) images to train on")
        let images = try files.map(ImageFiles.read)
        let rule = steps == 0 ? pyramid.rule : try trained(images, pyramid)
        let model = try ClassTraining(images.map { $0.liveliestWindow(side: Self.side) }).model(
            PyramidModel(lifting: pyramid.lifting, scales: BandScales(lifting: pyramid.lifting), rule: rule),
            note: note)
        try write(model.bytes, to: output)
        printModel(output, byteCount: model.bytes.count, digest: model.digest)
    }

    /// Networks that were trained on images.
    private func trained(_ images: [SampleArray], _ pyramid: PyramidModel) throws -> ContextRule {
        let material = TrainingMaterial(images, model: pyramid, seed: seed, variation: variation)
        let validation = try ContextValidation(
            try ImageFiles.list(of: validation).map(ImageFiles.read), model: pyramid)
        let rate = rate ?? (pyramid.rule.hasNetworks ? Self.laterRate : Self.firstRate)
        var session = TrainingSession(kinds: start(pyramid), material: material, rate: rate)
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
        return .networks(try session.networks())
    }

    private static let firstRate: Float = 6e-3
    private static let laterRate: Float = 1e-3
    /// How often progress is measured and kept.
    private static let reportCount = 10
    /// What trainings begin with: the transform and the linear contexts that are built in.
    private static let start =
        (PyramidModel.builtIn.first { $0.name == "linear" } ?? PyramidModel.builtIn[0]).model
    /// Sides of what class trees and centroids are fitted to.
    private static let side = 1024

    private var givenWidths: [Int] { widths.split(separator: ",").compactMap { Int($0) } }

    private func trainingFiles() throws -> [String] {
        let left = Set(try ImageFiles.list(of: exclude).map(absolute))
        let listed = try manifest.map { try ImageFiles.list(ofManifest: $0) } ?? []
        let named = try ImageFiles.list(of: paths) + listed
        return named.filter { !left.contains(absolute($0)) }
    }

    private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// The four trainings at their beginning.
    private func start(_ pyramid: PyramidModel) -> [ContextTraining] {
        var networks: ContextNetworks?
        if case .networks(let given) = pyramid.rule { networks = given }
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
}

extension ContextRule {
    /// Whether networks tell what contexts are.
    var hasNetworks: Bool {
        if case .networks = self { true } else { false }
    }
}
