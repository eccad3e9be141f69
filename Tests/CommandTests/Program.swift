// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The built program, run as a process of its own.
enum Program {
    /// What a run left behind.
    struct Run {
        let status: Int32
        let output: Data
        let errors: String

        var text: String { String(decoding: output, as: UTF8.self) }
        /// Lines on standard error.
        var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
    }

    /// The directory of the test bundle; SwiftPM puts the program beside it.
    static let directory = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    static let executable = directory.appendingPathComponent("aecodec")

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: Words of the command line.
    ///   - directory: Where it runs.
    ///   - input: What it reads on standard input.
    ///   - executable: Another copy of the program.
    /// - Returns: What came out.
    /// - Throws: An error if it cannot be started.
    static func run(
        _ arguments: [String], in directory: URL, input: Data = Data(), executable: URL = executable
    ) throws -> Run {
        // Files instead of pipes: nothing can block.
        let scratch = try Folder()
        let paths = ["in", "out", "err"].map { scratch.url.appendingPathComponent($0) }
        try input.write(to: paths[0])
        for path in paths[1...] { try Data().write(to: path) }
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardInput = try FileHandle(forReadingFrom: paths[0])
        process.standardOutput = try FileHandle(forWritingTo: paths[1])
        process.standardError = try FileHandle(forWritingTo: paths[2])
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit, "the program was stopped by a signal")
        return Run(
            status: process.terminationStatus, output: try Data(contentsOf: paths[1]),
            errors: String(decoding: try Data(contentsOf: paths[2]), as: UTF8.self))
    }
}

/// A directory that goes with the test.
final class Folder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("aecodec-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Runs the program here.
    func run(_ arguments: String..., input: Data = Data()) throws -> Program.Run {
        try Program.run(arguments, in: url, input: input)
    }

    func path(_ name: String) -> URL { url.appendingPathComponent(name) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name).path) }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: path(name)) }

    func write(_ bytes: Data, _ name: String) throws { try bytes.write(to: path(name)) }

    func make(_ directory: String) throws {
        try FileManager.default.createDirectory(at: path(directory), withIntermediateDirectories: true)
    }

    /// Everything in the folder, hidden files too, by path.
    var contents: [String] {
        FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String }.sorted() ?? []
    }

    func attributes(_ name: String) throws -> [FileAttributeKey: Any] {
        try FileManager.default.attributesOfItem(atPath: path(name).path)
    }
}
