// SPDX-License-Identifier: Apache-2.0
import AECodec
import ArgumentParser

/// `aecodec info`: what archives hold, without decoding them.
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what archives hold, without decoding them.",
        discussion: """
            The rate is the whole archive without the payload of its SRCE chunk (the kept bytes of the \
            original file), over samples; the ratio is samples x Bits Allocated over those bits. '--json' \
            prints an array with one object for each file; its keys are stable.
            """)

    @Argument(help: ArgumentHelp("Archives; '-' is standard input.", valueName: "file"))
    var files: [String]

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "List every class stream.")
    var verbose = false

    @OptionGroup var limits: LimitOptions

    func run() throws {
        let console = Console()
        var batch = Batch(console, count: files.count)
        var reports: [JSON] = []
        for input in files.map({ Input($0) }) {
            batch.run(input.name) {
                let archive = try openArchive(input, limits.decoding()).archive
                let report = try ArchiveReport(file: input.name, archive: archive)
                if json {
                    reports.append(report.json)
                } else {
                    console.clearProgress()
                    try System.print(report.text(listsStreams: verbose))
                }
            }
        }
        if json {
            console.clearProgress()
            try endingOnFailure(console) { try System.print(JSON.array(reports).text + "\n") }
        }
        try batch.finish()
    }
}
