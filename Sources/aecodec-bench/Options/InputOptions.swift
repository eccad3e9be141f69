// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation
import MedicalFormats
import Samples

/// Which images.
struct InputOptions: ParsableArguments {
    @Argument(
        help: "DICOM, PGM or PNG files, or folders that are searched for them by content.",
        completion: .file())
    var paths: [String] = []

    @Option(
        name: [.customLong("groups"), .customLong("manifest")],
        help: ArgumentHelp(
            "A list of groups, as Benchmarks/groups.txt; without it folders are groups.", valueName: "file"))
    var groups: String?

    @Flag(help: "Measure the most textured window of each image, at most 1024 x 1024.")
    var crop = false

    @Option(help: ArgumentHelp("Measure nothing: take the results of an earlier run.", valueName: "json"))
    var from: String?

    /// The files, those of folders in the order of their names; links in folders are not followed.
    func files() throws -> [String] {
        try paths.flatMap { path -> [String] in
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                note("\(path): there is no such file")
                throw ExitCode(2)
            }
            return isFolder.boolValue ? try members(path) : [path]
        }
    }

    private func members(_ folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        return names.map { folder + (folder.hasSuffix("/") ? "" : "/") + $0 }.filter { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard attributes?[.type] as? FileAttributeType == .typeRegular,
                let file = FileHandle(forReadingAtPath: path)
            else { return false }
            defer { try? file.close() }
            let start = try? file.read(upToCount: MedicalFile.recognitionByteCount)
            return start.flatMap { MedicalFile.recognizes($0) } != nil
        }
    }

    /// The image in a file, or its crop; nil after a word on standard error.
    func image(_ path: String) -> BenchmarkImage? {
        let file: MedicalFile
        var bytes: [UInt8] = []
        do {
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            file = try MedicalFile.read(bytes)
        } catch let error as MedicalFileError {
            let isRecording =
                SignalFormat.recognizes(bytes, name: URL(fileURLWithPath: path).lastPathComponent) != nil
            note("skipped \(path): " + (isRecording ? "a recording; 'signals' measures those" : "\(error)"))
            return nil
        } catch {
            note("skipped \(path): \(error.localizedDescription)")
            return nil
        }
        guard file.samples.format.bitsStored <= 16 else {
            note("skipped \(path): peers take up to 16 bits")
            return nil
        }
        var samples = file.samples
        if crop {
            guard let window = TexturedCrop(of: samples) else {
                note("skipped \(path): a side of its crop is below \(TexturedCrop.leastSide)")
                return nil
            }
            samples = window.samples(of: samples)
        }
        let url = URL(fileURLWithPath: path)
        let cell = file.source.cuts.first?.cellBytes ?? samples.format.byteCount
        return BenchmarkImage(
            name: "\(url.deletingLastPathComponent().lastPathComponent)/\(url.lastPathComponent)",
            groups: list.groups(of: path), samples: samples, bitsAllocated: 8 * cell, isCrop: crop,
            lossyHistory: file.lossyHistory)
    }

    private var list: ImageGroups {
        guard let groups else { return ImageGroups() }
        return ImageGroups(list: (try? String(contentsOfFile: groups, encoding: .utf8)) ?? "")
    }

    func validate() throws {
        if let groups, !FileManager.default.isReadableFile(atPath: groups) {
            throw ValidationError("'\(groups)' cannot be read.")
        }
    }
}
