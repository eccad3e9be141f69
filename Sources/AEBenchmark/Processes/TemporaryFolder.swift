// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A folder for files that pass between processes; it goes when this object does.
final class TemporaryFolder {
    private let url: URL

    init() throws(BenchmarkError) {
        url = FileManager.default.temporaryDirectory.appending(
            path: "aecodec-bench-\(UUID().uuidString)", directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .file("no temporary folder could be made: \(error.localizedDescription)")
        }
    }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { url.appending(path: name).path }

    /// The bytes of a file in the folder.
    func read(_ name: String) throws(BenchmarkError) -> [UInt8] { try readBytes(path(name)) }

    /// Writes a file in the folder.
    func write(_ bytes: [UInt8], _ name: String) throws(BenchmarkError) {
        try writeBytes(bytes, path(name))
    }

    /// The text of a file in the folder, one line of it; empty if there is none.
    func words(_ name: String) -> String {
        let text = String(decoding: (try? read(name)) ?? [], as: UTF8.self)
        return text.split(separator: "\n").last.map(String.init) ?? ""
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// The bytes of a file.
func readBytes(_ path: String) throws(BenchmarkError) -> [UInt8] {
    do {
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        throw .file("\(path): \(error.localizedDescription)")
    }
}

/// Writes a file.
func writeBytes(_ bytes: [UInt8], _ path: String) throws(BenchmarkError) {
    do {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    } catch {
        throw .file("\(path): \(error.localizedDescription)")
    }
}
