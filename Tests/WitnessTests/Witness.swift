// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The decoder in `Tests/Witness`, run as a process of its own.
enum Witness {
    struct Run {
        let status: Int32
        /// Standard output and standard error.
        let text: String

        /// SHA-256 of the samples of each part whose digest was right.
        var digests: [String] {
            text.split(separator: "\n").filter { $0.hasPrefix("part ") && $0.hasSuffix("digest ok") }
                .compactMap { line in
                    let words = line.split { $0 == " " || $0 == "," }
                    return words.firstIndex(of: "sha256").map { String(words[$0 + 1]) }
                }
        }
    }

    /// Shown when the tests are skipped.
    static let absence: Comment =
        "the format is not checked against Spec/: python3 or libzstd.so.1 is missing (python3, libzstd1)"

    static let isRunnable: Bool = {
        let isPresent = (try? python(["-c", "import ctypes; ctypes.CDLL('libzstd.so.1')"]))?.status == 0
        if !isPresent {
            FileHandle.standardError.write(Data("WitnessTests are skipped: \(absence.rawValue)\n".utf8))
        }
        return isPresent
    }()

    static func run(script: String = "decode.py", _ arguments: [String]) throws -> Run {
        try python([Repository.root + "/Tests/Witness/\(script)"] + arguments)
    }

    private static func python(_ arguments: [String]) throws -> Run {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // -B: compiled files would stay in the source tree.
        process.arguments = ["python3", "-B"] + arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Run(status: process.terminationStatus, text: String(decoding: output, as: UTF8.self))
    }
}

/// Gives a directory that is removed afterwards.
func withFolder(_ body: (URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("witness-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url)
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
