// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc

/// `aecodec bench`: the program `aecodec-bench`.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare size and speed with other codecs (starts aecodec-bench).")

    @Argument(parsing: .captureForPassthrough, help: "What aecodec-bench takes.")
    var arguments: [String] = []

    func run() throws { try startCompanion("aecodec-bench", arguments) }
}

/// `aecodec train`: the program `aecodec-train`.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make models from one's own data (starts aecodec-train).")

    @Argument(parsing: .captureForPassthrough, help: "What aecodec-train takes.")
    var arguments: [String] = []

    func run() throws { try startCompanion("aecodec-train", arguments) }
}

/// Becomes a program that stands beside this one; who only compresses need not install it.
private func startCompanion(_ name: String, _ arguments: [String]) throws -> Never {
    let console = Console()
    guard let directory = Directories.ofProgram() else {
        console.say("cannot tell where this program stands; start \(name) by its path")
        throw ExitCode(Outcome.file.rawValue)
    }
    let path = Directories.path(directory, name)
    var words = unsafe ([name] + arguments).map { unsafe strdup($0) }
    unsafe words.append(nil)
    unsafe execv(path, words)
    let error = SystemError("cannot start")
    unsafe words.forEach { unsafe free($0) }
    console.say(
        error.code == ENOENT
            ? "\(name) is not installed: there is no \(path)" : "\(path): \(error.description)")
    throw ExitCode(Outcome.file.rawValue)
}
