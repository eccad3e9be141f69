// SPDX-License-Identifier: Apache-2.0
import AEBenchmark
import ArgumentParser
import Foundation

/// What is measured of them.
struct MeasurementOptions: ParsableArguments {
    @Flag(help: "Measure lossless coding; with no mode given, lossless and lossy are measured.")
    var lossless = false

    @Flag(help: "Measure lossy coding.")
    var lossy = false

    @Option(
        help: ArgumentHelp("Measure coding within bounds of the error, such as 1,2,4,8.", valueName: "list"))
    var bounded: NumberList?

    @Option(
        help: ArgumentHelp(
            "Bits a sample of every curve; those of 10:1 to 80:1 and more by default.", valueName: "list"))
    var rates: NumberList?

    @Option(
        help: ArgumentHelp(
            "Bits a sample at which lossy codecs are timed; 15:1 and 40:1 of 16 bits by default.",
            valueName: "list"))
    var timedRates: NumberList?

    @Option(help: "Runs of each timed setting, the codecs taking turns; 0 for no times.")
    var repetitions = 5

    @Option(help: "The metrics of lossy points: all, or only those of the error.")
    var metrics = MeasurementPlan.Metrics.full

    func plan() throws -> MeasurementPlan {
        guard let program = Bundle.main.executablePath else {
            note("cannot tell where this program stands; start it by its path")
            throw ExitCode(2)
        }
        var plan = MeasurementPlan(program: program)
        var modes: Set<CodecDescription.Mode> = []
        if lossless { modes.insert(.lossless) }
        if lossy { modes.insert(.lossy) }
        if let bounded {
            modes.insert(.bounded)
            plan.bounds = bounded.values.map { Int($0) }
        }
        if !modes.isEmpty { plan.modes = modes }
        if let rates { plan.rates = rates.values.sorted() }
        if let timedRates { plan.timedRates = timedRates.values }
        plan.repetitions = repetitions
        plan.metrics = metrics
        return plan
    }

    func validate() throws {
        guard (0...1000).contains(repetitions) else {
            throw ValidationError("'--repetitions' must be 0 to 1000.")
        }
        guard bounded?.values.allSatisfy({ $0 >= 1 && $0 <= 255 && $0 == $0.rounded() }) ?? true else {
            throw ValidationError("'--bounded' takes whole numbers from 1 to 255.")
        }
        guard rates?.values.allSatisfy({ $0 < 16 }) ?? true, rates?.values.count ?? 4 >= 4 else {
            throw ValidationError("'--rates' takes four rates or more, each below 16 bits a sample.")
        }
    }
}

extension MeasurementPlan.Metrics: ExpressibleByArgument {}

/// Numbers above 0 with commas between them.
struct NumberList: ExpressibleByArgument, CustomStringConvertible {
    var values: [Double]

    init(values: [Double]) { self.values = values }

    var description: String {
        values.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }.joined(separator: ",")
    }

    init?(argument: String) {
        values = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Double(word), value > 0, value.isFinite else { return nil }
            values.append(value)
        }
    }
}
