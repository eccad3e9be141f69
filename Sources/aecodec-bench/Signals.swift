// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import AECodec
import AEContainer
import ArgumentParser
import Foundation

/// `aecodec-bench signals`: the codec on recordings beside its peers.
struct Signals: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure recordings (ECG) with every codec, and compare.",
        discussion: """
            Codecs: \(SignalCatalog.identifiers.joined(separator: ", ")). A codec that is not installed is a row \
            that says why.

            Exit status: 0 done, 1 aecodec failed, 2 a file could not be read or written, 64 the command line \
            is wrong.
            """)

    @OptionGroup(title: "Recordings") var input: RecordingOptions

    @Flag(help: "Measure lossless coding; with no mode given, lossless and lossy are measured.")
    var lossless = false

    @Flag(help: "Measure lossy coding.")
    var lossy = false

    @Option(help: ArgumentHelp("Percent of PRDN at which ratios are compared.", valueName: "list"))
    var prdn = NumberList(values: [9, 5, 2])

    @Option(
        help: ArgumentHelp(
            "Percent of PRD, offset included, at which ratios of recordings with an offset are compared.",
            valueName: "list"))
    var prd = NumberList(values: [0.53, 1.71])

    @Option(help: "Runs of each timed setting, the codecs taking turns; 0 for no times.")
    var repetitions = 0

    @Option(help: ArgumentHelp("The codecs to measure, with commas; all by default.", valueName: "list"))
    var codecs: String?

    @Option(
        help: ArgumentHelp(
            "Take what this run does not measure from an earlier one on the same recordings.",
            valueName: "json"))
    var add: String?

    @Option(
        help: ArgumentHelp(
            "The aecodec command, measured on whole files; the one beside this program by default.",
            valueName: "path"))
    var command: String?

    @Option(help: ArgumentHelp("The model of lossy coding, if not the one built in.", valueName: "file"))
    var model: String?

    @OptionGroup(title: "Output") var output: SignalOutput

    func validate() throws {
        guard input.from != nil || !input.paths.isEmpty else {
            throw ValidationError("Name files or folders to measure, or a report with '--from'.")
        }
        guard input.from == nil || input.paths.isEmpty else {
            throw ValidationError("'--from' reads a report; it takes no recordings.")
        }
        guard (0...1000).contains(repetitions) else {
            throw ValidationError("'--repetitions' must be 0 to 1000.")
        }
        for identifier in identifiers ?? [] where !SignalCatalog.identifiers.contains(identifier) {
            throw ValidationError("There is no codec '\(identifier)'.")
        }
    }

    private var identifiers: [String]? {
        codecs?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }

    func run() throws {
        // Before an hour of work: what it is to be joined with.
        let earlier = try add.map(readReport)
        var (report, strips) = try input.from.map { (try readReport($0), []) } ?? measured()
        if let earlier { report.add(earlier) }
        try output.write(report, strips)
        print(SignalTables(report).text)
        let failed = report.recordings.contains { recording in
            recording.lossless.contains { $0.codec == SignalCatalog.ours && $0.failure != nil }
        }
        if failed { throw ExitCode(1) }
    }

    private func measured() throws -> (report: SignalReport, strips: [SignalStrip]) {
        guard let program = Bundle.main.executablePath else {
            note("cannot tell where this program stands; start it by its path")
            throw ExitCode(2)
        }
        var plan = SignalPlan(program: program)
        if lossless != lossy { plan.modes = lossless ? [.lossless] : [.lossy] }
        plan.targets =
            prdn.values.map { DistortionTarget(.prdn, $0) } + prd.values.map { DistortionTarget(.prd, $0) }
        plan.repetitions = repetitions
        let beside = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "aecodec").path
        let catalog = SignalCatalog(
            only: identifiers.map(Set.init),
            command: command ?? (FileManager.default.isExecutableFile(atPath: beside) ? beside : nil),
            model: try model.map {
                try Model(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: $0))), name: "model")
            })
        for codec in catalog.codecs where plan.modes.contains(codec.mode) && !codec.isInstalled {
            note("not measured: \(codec.name), \(codec.mode.rawValue): \(codec.note ?? "not installed")")
        }
        var results: [RecordingResult] = []
        var strips: [SignalStrip] = []
        for (index, file) in try input.files().enumerated() {
            for recording in try input.recordings(file) {
                let place = "\(index + 1): \(recording.name)"
                let measurement = RecordingMeasurement(recording, catalog: catalog, plan: plan)
                do {
                    let result = try measurement.measure { note("\(place): \($0)") }
                    for codec in result.lossless {
                        if let failure = codec.failure { note("\(place): \(codec.codec): \(failure)") }
                    }
                    results.append(result)
                    if output.shows(recording.name) {
                        strips += measurement.strips(of: result, start: output.stripStart)
                    }
                } catch {
                    note("skipped \(place): \(error)")
                }
            }
        }
        let report = SignalReport(
            program: "aecodec 0.1.0, container \(ContainerVersion.current)", date: today(),
            machine: thisMachine(threads: 1), codecs: catalog.descriptions(plan.modes), targets: plan.targets,
            recordings: results)
        return (report, strips)
    }

    private func readReport(_ path: String) throws -> SignalReport {
        do {
            return try SignalReport(json: try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            note("\(path): \((error as? BenchmarkError)?.description ?? error.localizedDescription)")
            throw ExitCode(2)
        }
    }
}

/// The day, ISO 8601.
func today() -> String { Date.now.formatted(Date.ISO8601FormatStyle().year().month().day()) }
