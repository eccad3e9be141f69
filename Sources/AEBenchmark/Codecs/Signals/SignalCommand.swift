// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The `aecodec` command on the files of a recording, without loss, on one thread and otherwise as shipped: the
/// archive holds the files, and is verified before it gets its name.
struct SignalCommand: Sendable {
    /// As tables name it.
    static let name = "aecodec compress"

    /// The program.
    let path: String

    var description: CodecDescription {
        CodecDescription(name: Self.name, mode: .lossless, version: ToolVersion.line(path), note: nil)
    }

    /// Makes an archive of the recording that a file names.
    func compress(_ file: String, _ folder: TemporaryFolder) throws(BenchmarkError) -> Cost {
        try run(["compress", "--threads", "1", "--force", "-o", folder.path("archive.aec"), file], folder)
    }

    /// Puts the files back, into a folder of their own.
    func decompress(_ folder: TemporaryFolder) throws(BenchmarkError) -> Cost {
        let target = folder.path("files")
        do {
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        } catch {
            throw .file("\(target): \(error.localizedDescription)")
        }
        return try run(
            ["decompress", "--threads", "1", "--force", "-o", target, folder.path("archive.aec")], folder)
    }

    /// The size of the archive, after its files were compared with the originals.
    func result(_ file: String) -> LosslessResult {
        var result = LosslessResult(codec: Self.name)
        do throws(BenchmarkError) {
            let folder = try TemporaryFolder()
            _ = try compress(file, folder)
            result.byteCount = try folder.read("archive.aec").count
            _ = try decompress(folder)
            let original = URL(fileURLWithPath: file).deletingLastPathComponent()
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path("files"))) ?? []
            if names.isEmpty { result.failure = "no file came back" }
            for name in names {
                let restored = try folder.read("files/\(name)")
                if try readBytes(original.appending(path: name).path) != restored {
                    result.failure = "\(name) came back as another file"
                }
            }
        } catch {
            result.failure = "\(error)"
        }
        return result
    }

    private func run(_ arguments: [String], _ folder: TemporaryFolder) throws(BenchmarkError) -> Cost {
        let child = try ChildProcess(
            path, arguments, errors: .file(path: folder.path("words"), writes: true))
        return try child.finish { folder.words("words") }
    }
}
