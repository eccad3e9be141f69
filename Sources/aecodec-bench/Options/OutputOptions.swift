// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation

/// What becomes of the results.
struct OutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write every point as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write every point as comma-separated values.", valueName: "file"))
    var csv: String?

    @Option(
        help: ArgumentHelp("The codec that BD-rates and lossy times are held against.", valueName: "codec"))
    var anchor = CodecCatalog.anchor

    @Option(
        help: ArgumentHelp(
            "Say what is worse than in an earlier run, and end with status 1 if anything is.",
            valueName: "json"))
    var compare: String?

    /// Writes the files that were asked for.
    func write(_ report: BenchmarkReport) throws {
        if let json { try write(try report.json(), json) }
        if let csv { try write(Data(report.csv().utf8), csv) }
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
