// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AETraining
import ArgumentParser
import Foundation
import Samples
import TestSupport
import Testing

@testable import aecodec_train

/// `aecodec-train image` from files to networks.
@Suite struct ImageTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "aecodec-train-\(UUID().uuidString)")

    private func withImages(rows: Int = 72, _ body: (String) throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for seed in 1...2 as ClosedRange<UInt64> {
            let image = TestImage.make(
                .smooth, extent: Extent(rows: rows, columns: 40),
                format: SampleFormat(bitsStored: 8, isSigned: false), seed: seed)
            var bytes = Array("P5\n40 \(rows)\n255\n".utf8)
            bytes += image.values.map { UInt8($0) }
            try Data(bytes).write(to: folder.appendingPathComponent("\(seed).pgm"))
        }
        try body(folder.path)
    }

    private func train(_ arguments: String...) throws {
        let fixed = ["--widths", "4,4,4,4"]
        let command = try Image.parse(arguments + fixed)
        try command.run()
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func theSameSeedGivesTheSameNetworksAndACheckpointGoesOn() throws {
        try withImages { folder in
            try train(folder, "--steps", "20", "-o", "\(folder)/a")
            try train(
                "\(folder)/1.pgm", "\(folder)/2.pgm", "--steps", "20", "--validation", "\(folder)/1.pgm",
                "-o", "\(folder)/b")
            let (a, b) = (try bytes("\(folder)/a"), try bytes("\(folder)/b"))
            #expect(a == b)
            guard case .networks(let networks) = try PyramidModel(bytes: a).rule else {
                Issue.record("the model has no networks")
                return
            }
            #expect(networks.kinds.allSatisfy { $0.trunkWidth == 4 && $0.headWidth == 4 })

            try train(folder, "--steps", "20", "--seed", "2", "-o", "\(folder)/other")
            let other = try bytes("\(folder)/other")
            #expect(a != other)

            // A checkpoint of all steps has nothing left to do.
            try train(
                folder, "--steps", "20", "--resume", "\(folder)/a.checkpoint", "-o", "\(folder)/resumed")
            let resumed = try bytes("\(folder)/resumed")
            #expect(a == resumed)

            try train(folder, "--steps", "5", "--from", "\(folder)/a", "-o", "\(folder)/further")
            let further = try bytes("\(folder)/further")
            #expect(further != a && further.count == a.count)
        }
    }

    @Test func aCheckpointGoesOnExactly() throws {
        let image = TestImage.make(
            .smooth, extent: Extent(rows: 72, columns: 40),
            format: SampleFormat(bitsStored: 8, isSigned: false), seed: 3)
        let model = ContextModel(trunkWidth: 4, headWidth: 4)
        func session() -> TrainingSession {
            var random = RandomNumbers(seed: 4)
            return TrainingSession(
                kinds: (0..<4).map { _ in
                    ContextTraining(
                        model: model, parameters: model.start(using: &random), seed: random.next())
                },
                material: TrainingMaterial([image], model: PyramidModel.builtIn[0].model, seed: 5),
                rate: 6e-3)
        }
        var (whole, half, rest) = (session(), session(), session())
        try whole.run(to: 16, of: 16)
        try half.run(to: 7, of: 16)
        try rest.resume(half.checkpoint)
        #expect(rest.steps == 7)
        try rest.run(to: 16, of: 16)
        let (a, b) = (whole.checkpoint, rest.checkpoint)
        #expect(a == b)
    }

    @Test func foreignCheckpointsAndSmallImagesAreRefused() throws {
        try withImages { folder in
            try Data("something else, long enough to be read as a checkpoint".utf8).write(
                to: URL(fileURLWithPath: "\(folder)/c"))
            #expect(throws: TrainingError.foreignCheckpoint) {
                try train("\(folder)/1.pgm", "--steps", "5", "--resume", "\(folder)/c", "-o", "\(folder)/a")
            }
        }
        try withImages(rows: 10) { folder in
            let narrow = Array("P5\n20 10\n255\n".utf8) + [UInt8](repeating: 9, count: 200)
            try Data(narrow).write(to: URL(fileURLWithPath: "\(folder)/n.pgm"))
            #expect(throws: TrainingError.noLevel(3)) {
                try train("\(folder)/n.pgm", "--steps", "5", "-o", "\(folder)/a")
            }
        }
    }

    @Test(
        arguments: [
            ["-o", "a"], ["x", "-o", "a", "--widths", "4,4,4"], ["x", "-o", "a", "--widths", "4,4,4,6"],
            ["x", "-o", "a", "--minutes", "0"], ["x", "-o", "a", "--steps", "0"],
        ]) func wrongCommandLinesAreRefused(arguments: [String])
    {
        #expect(throws: (any Error).self) { try Image.parse(arguments) }
    }

    @Test func excludedFilesAreNotTrainedOn() throws {
        try withImages { folder in
            try train(folder, "--exclude", "\(folder)/2.pgm", "--steps", "5", "-o", "\(folder)/a")
            try train("\(folder)/1.pgm", "--steps", "5", "-o", "\(folder)/b")
            let (a, b) = (try bytes("\(folder)/a"), try bytes("\(folder)/b"))
            #expect(a == b)
        }
    }
}
