// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MedicalFormats
import Samples

/// What recordings do not say of themselves.
struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Samples of a CSV table in a second; needed where the table does not state it.", valueName: "hz"))
    var rate: String?

    @Option(
        help: ArgumentHelp(
            "Keep the annotation files of a WFDB record with these endings too, such as 'atr'.",
            valueName: "ending"))
    var annotations: [String] = []

    func validate() throws {
        if let rate, SamplingRate(decimal: rate) == nil {
            throw ValidationError("'--rate' must be a positive number.")
        }
    }

    var reading: Recording.ReadingOptions {
        var options = Recording.ReadingOptions()
        options.csvRate = rate
        options.annotators = annotations
        return options
    }
}

/// A stretch of time as people write it: `10s-25s`, `1:30-2:00` or `0.5-2`, from the start of the recording.
struct TimeRange: ExpressibleByArgument {
    /// Seconds.
    let seconds: Range<Double>

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let start = Self.seconds(ends[0]), let end = Self.seconds(ends[1]),
            start < end
        else { return nil }
        seconds = start..<end
    }

    /// Seconds, or hours, minutes and seconds between colons.
    private static func seconds(_ text: Substring) -> Double? {
        var text = text
        if text.hasSuffix("s") { text.removeLast() }
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(fields.count) else { return nil }
        var sum = 0.0
        for field in fields {
            guard let number = Double(field), number >= 0, number.isFinite else { return nil }
            sum = sum * 60 + number
        }
        return sum
    }
}
