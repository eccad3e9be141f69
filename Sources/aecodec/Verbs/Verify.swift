// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import ArgumentParser

/// `aecodec verify`: decodes, compares digests, writes nothing.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that archives decode to what their digests say.",
        discussion: """
            Decodes each archive, compares the samples and the restored file with their recorded SHA-256, \
            and prints one line. Of lossy archives the decoded samples are compared; their file has no \
            recorded SHA-256. Nothing is written.
            """)

    @Argument(help: ArgumentHelp("Archives; '-' is standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var limits: LimitOptions
    @OptionGroup var codec: CodecOptions
    @OptionGroup var messages: MessageOptions

    func run() throws {
        let console = messages.console
        var batch = Batch(console, count: files.count)
        for input in files.map({ Input($0) }) {
            batch.run(input.name) {
                let archive = try openArchive(input, limits.decoding(codec), codec.modelSearch).archive
                let file = try Restoration(archive).rebuild()
                if messages.quiet { return }
                let parts = archive.container.parts.map { describe($0.extent, $0.format) }
                var what = file == nil ? "samples match" : "samples and restored file match"
                if let part = archive.container.lossyPart {
                    what = "\(part.mode.kind.name), \(part.errorText(digits: 2)): \(what)"
                }
                if parts.isEmpty { what = "kept whole: restored file matches" }
                let words = [input.name] + (parts.isEmpty ? [] : [parts.joined(separator: "; ")]) + [what]
                console.clearProgress()
                try System.print("\(words.joined(separator: ": "))\n")
            }
        }
        try batch.finish()
    }
}
