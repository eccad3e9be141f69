// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation

/// What becomes of the results of recordings.
struct SignalOutput: ParsableArguments {
    @Option(help: ArgumentHelp("Write everything as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the report as one page for a browser.", valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp(
            "Show strips of these recordings in the page, by the ends of their names, with commas.",
            valueName: "list"))
    var strips: String?

    @Option(
        help: ArgumentHelp(
            "Seconds at which strips begin; where ectopic beats are among others by default.",
            valueName: "seconds"))
    var stripStart: Double?

    @Option(help: ArgumentHelp("Write the first strip as SVG.", valueName: "file"))
    var stripFile: String?

    /// Whether strips of a recording are wanted.
    func shows(_ name: String) -> Bool {
        (html != nil || stripFile != nil)
            && (strips ?? "").split(separator: ",").contains { name.hasSuffix($0) }
    }

    /// Writes the files that were asked for.
    func write(_ report: SignalReport, _ strips: [SignalStrip]) throws {
        if let json { try write(try report.json(), json) }
        if let html { try write(Data(SignalPage.html(report, strips: strips).utf8), html) }
        if let stripFile {
            guard let strip = strips.first else {
                note("no strip: name a recording that has lossy results with '--strips'")
                throw ExitCode(1)
            }
            try write(Data(strip.svg.utf8), stripFile)
        }
    }

    func validate() throws {
        guard strips == nil || html != nil || stripFile != nil else {
            throw ValidationError("'--strips' needs '--html' or '--strip-file'.")
        }
        guard stripFile == nil || strips != nil else {
            throw ValidationError("'--strip-file' needs '--strips'.")
        }
        guard stripStart ?? 0 >= 0 else { throw ValidationError("'--strip-start' must be 0 or more.") }
    }

    private func write(_ data: Data, _ path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            note("\(path): \(error.localizedDescription)")
            throw ExitCode(2)
        }
    }
}
