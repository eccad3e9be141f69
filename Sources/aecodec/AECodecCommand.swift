// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CSystem

/// The program: options and verbs; each verb has a file of its own.
@main
struct AECodecCommand: ParsableCommand {
    static func main() {
        c_return_large_blocks()
        main(nil)
    }

    static let configuration = CommandConfiguration(
        commandName: "aecodec",
        abstract: "Compress medical images to .aec archives and restore them.",
        discussion: """
            Exit status: 0 if all is done, 1 if data could not be coded, decoded or verified, 2 if a file \
            could not be read or written, 64 if the command line makes no sense. With several files the \
            program goes on after a failure and ends with the worst.
            """,
        version: versionText,
        subcommands: [
            Compress.self, Decompress.self, Info.self, Verify.self, Compare.self, Models.self, Bench.self,
            Train.self,
        ])
}
