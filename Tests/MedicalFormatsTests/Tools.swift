// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Programs of others that look at what this module wrote; tests that need them are skipped, loudly, where
/// they are absent.
enum Tools {
    static let hasPydicom = (try? run("python3", ["-c", "import pydicom"]))?.status == 0
    static let pydicomAbsence: Comment = "SKIPPED: python3 with pydicom is absent; it reads derived instances"

    static let hasValidator = (try? run("dciodvfy", ["/dev/null"])) != nil
    static let validatorAbsence: Comment =
        "SKIPPED: dciodvfy (Debian: dicom3tools) is absent; it checks derived instances"

    struct NotFound: Error {}

    /// Runs a program of the search path to its end; standard error is joined to the output.
    static func run(_ name: String, _ arguments: [String]) throws -> (status: Int32, output: Data) {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let candidates = path.split(separator: ":").map { URL(filePath: "\($0)/\(name)") }
        guard let program = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
        else { throw NotFound() }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    /// The errors that dciodvfy finds in a DICOM file.
    static func errors(in bytes: [UInt8]) throws -> Set<String> {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, as: "checked.dcm")
        let output = String(decoding: try run("dciodvfy", [path]).output, as: UTF8.self)
        return Set(output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("Error") })
    }
}

/// A folder that goes with the test.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("derived-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file and gives its path.
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file.path
    }
}
