// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import AEContainer
import ArgumentParser
import Foundation

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure images with every codec, and compare.",
        discussion: """
            Codecs: \(CodecCatalog.identifiers.joined(separator: ", ")). py- stands for the PyPI package \
            imagecodecs. A codec that is not installed is a row that says why. Only where named: \
            \((CodecCatalog.slowIdentifiers + CodecCatalog.partIdentifiers).joined(separator: ", ")); the \
            latter show what a part is worth.

            Exit status: 0 done, 1 aecodec failed or '--compare' found something worse, 2 a file could not \
            be read or written, 64 the command line is wrong.
            """)

    @OptionGroup(title: "Images") var input: InputOptions
    @OptionGroup(title: "What is measured") var measurement: MeasurementOptions
    @OptionGroup(title: "Codecs") var codecs: CodecSelection
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard input.from != nil || !input.paths.isEmpty else {
            throw ValidationError("Name files or folders to measure, or a report with '--from'.")
        }
        guard input.from == nil || input.paths.isEmpty && output.images == nil else {
            throw ValidationError("'--from' reads a report; it takes no images.")
        }
    }

    func run() throws {
        // Before an hour of work: what it is to be compared with.
        let earlier = try output.compare.map(readReport)
        let (report, pictures) = try input.from.map { (try readReport($0), []) } ?? measured()
        try output.write(report, pictures)
        print(Tables(report, anchor: output.anchor).text)
        // What a peer cannot do is a row that says so, and no fault of ours.
        var failed = report.images.contains { image in
            image.points.contains { $0.codec == "aecodec" && $0.failure != nil }
        }
        if let earlier {
            let regression = Regression(from: earlier, to: report, anchor: output.anchor)
            print("\ncompared with \(regression.compared)")
            print(regression.faults.isEmpty ? "nothing is worse" : "worse:")
            for fault in regression.faults { print("  \(fault)") }
            failed = failed || !regression.faults.isEmpty
        }
        if failed { throw ExitCode(1) }
    }

    private func measured() throws -> (report: BenchmarkReport, pictures: [ReportPicture]) {
        let catalog = codecs.catalog()
        let plan = try measurement.plan()
        let listed = catalog.codecs.filter { plan.modes.contains($0.mode) }
        for codec in listed where !codec.isInstalled {
            note("not measured: \(codec.name), \(codec.mode.rawValue): \(codec.note ?? "not installed")")
        }
        let viewer = Pictures(catalog: catalog, plan: plan, anchor: output.anchor)
        var images: [ImageResult] = []
        var pictures: [ReportPicture] = []
        for (index, file) in try input.files().enumerated() {
            guard let image = input.image(file) else { continue }
            let place = "\(index + 1): \(image.name)"
            do {
                let measurement = ImageMeasurement(image, catalog: catalog, plan: plan)
                let result = try measurement.measure { note("\(place): \($0)") }
                for point in result.points {
                    guard let failure = point.failure else { continue }
                    note("\(place): \(point.codec), \(point.mode.rawValue): \(failure)")
                }
                images.append(result)
                if output.shows(image.name) {
                    pictures += viewer.picture(of: image, measurement, result).map { [$0] } ?? []
                }
            } catch {
                note("skipped \(place): \(error)")
            }
        }
        let report = BenchmarkReport(
            program: "aecodec 0.1.0, container \(ContainerVersion.current)", date: today(),
            machine: thisMachine(threads: codecs.threads), codecs: listed.map(\.description), images: images)
        return (report, pictures)
    }
}

/// A word on standard error.
func note(_ words: String) {
    FileHandle.standardError.write(Data((words + "\n").utf8))
}

/// A report in a file.
func readReport(_ path: String) throws -> BenchmarkReport {
    do {
        return try BenchmarkReport(json: try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        note("\(path): \((error as? BenchmarkError)?.description ?? error.localizedDescription)")
        throw ExitCode(2)
    }
}
