// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
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

    private func report(of input: Input, _ console: Console) throws -> ArchiveReport {
        let options = limits.decoding()
        let bytes = try readArchive(input, options).bytes
        do {
            let opened = try archive(bytes, options, ModelSearch(files: []), beside: input.filePath)
            return try ArchiveReport(file: input.name, archive: opened)
        } catch let error as MissingModel {
            // The container says much without it.
            console.note(input.name, error.failure.sentence)
            let container = try Container(bytes)
            return ArchiveReport(file: input.name, container: container, missingModel: error.name)
        }
    }

    func run() throws {
        let console = Console()
        var batch = Batch(console, count: files.count)
        var reports: [JSON] = []
        for input in files.map({ Input($0) }) {
            batch.run(input.name) {
                let report = try report(of: input, console)
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
