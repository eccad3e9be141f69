// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What tools on this machine say of themselves.
enum ToolVersion {
    /// The version of `cjxl`; nil if one of the two commands does not run.
    static func jpegXL(_ commands: ToolCodec.Commands) -> String? {
        guard let encoder = output(commands.encoder, ["--version"]),
            output(commands.decoder, ["--version"]) != nil
        else { return nil }
        // "cjxl v0.7.0 [AVX3,...]"
        let words = encoder.split(separator: " ")
        guard words.count >= 2 else { return "libjxl, \(encoder)" }
        return "libjxl \(words[1].drop { $0 == "v" }) (cjxl)"
    }

    /// The version of the package that holds `ojph_compress`, which does not tell its own; nil if a command
    /// is missing.
    static func openJPH(_ commands: ToolCodec.Commands) -> String? {
        guard isOnPath(commands.encoder), isOnPath(commands.decoder) else { return nil }
        let package = output("dpkg-query", ["-W", "-f", "${Version}", "openjph-tools"])
        return "OpenJPH \(package ?? "of unknown version") (ojph_compress)"
    }

    /// The version of `flac`; nil if it does not run.
    static func flac() -> String? { line("flac") }

    /// The first line that a program says of its version; nil if it does not run.
    static func line(_ program: String) -> String? { output(program, ["--version"]) }

    /// The first line that a command says, if it ends well.
    private static func output(_ program: String, _ arguments: [String]) -> String? {
        guard let child = try? ChildProcess(program, arguments, output: .pipe) else { return nil }
        let said = (try? child.fromChild?.readToEnd()) ?? Data()
        guard (try? child.finish()) != nil else { return nil }
        return String(decoding: said, as: UTF8.self).split(separator: "\n").first.map(String.init)
    }

    private static func isOnPath(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }
}
