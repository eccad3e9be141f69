// SPDX-License-Identifier: Apache-2.0
public import AEMetrics
public import Foundation

/// Everything that one run measured on recordings; what `--json` writes and the page is made from.
public struct SignalReport: Codable, Equatable, Sendable {
    /// Changes when files of before can no longer be read.
    public var formatVersion = SignalReport.currentFormatVersion
    /// Version of aecodec that ran.
    public var program: String
    /// Day of the run, ISO 8601.
    public var date: String
    /// Where it ran.
    public var machine: Machine
    /// Every codec in every mode that was asked for, those that are not installed too.
    public var codecs: [CodecDescription]
    /// What lossy codecs were compared at.
    public var targets: [DistortionTarget]
    /// The recordings in the order in which they were measured.
    public var recordings: [RecordingResult]

    static let currentFormatVersion = 1

    /// The report as JSON with sorted keys, in one line: its points are many.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Reads what ``json()`` wrote.
    ///
    /// - Parameter json: The bytes of a file.
    /// - Throws: ``BenchmarkError`` if they are no report of this version.
    public init(json: Data) throws(BenchmarkError) {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let decoded: SignalReport
        do {
            decoded = try decoder.decode(SignalReport.self, from: json)
        } catch {
            throw .notAReport("\(error)")
        }
        guard decoded.formatVersion == Self.currentFormatVersion else {
            throw .reportVersion(decoded.formatVersion)
        }
        self = decoded
    }

    /// Takes over results of codecs that this run did not measure, of the recordings that it did.
    ///
    /// Their times stay behind: ratios of times are those of one run.
    ///
    /// - Parameter earlier: A report on the same recordings.
    public mutating func add(_ earlier: SignalReport) {
        let measured = Set(codecs.map { "\($0.name) \($0.mode)" })
        let added = earlier.codecs.filter { !measured.contains("\($0.name) \($0.mode)") }
        codecs += added
        let lossless = Set(added.filter { $0.mode == .lossless }.map(\.name))
        let lossy = Set(added.filter { $0.mode == .lossy }.map(\.name))
        for index in recordings.indices {
            guard let other = earlier.recordings.first(where: { $0.isOfSameSamples(recordings[index]) })
            else {
                continue
            }
            recordings[index].lossless += other.lossless.filter { lossless.contains($0.codec) }.map {
                result in
                var result = result
                (result.encode, result.decode) = (nil, nil)
                return result
            }
            recordings[index].points += other.points.filter { lossy.contains($0.codec) }
            recordings[index].targets += other.targets.filter {
                lossy.contains($0.codec) && targets.contains($0.target)
            }.map { result in
                var result = result
                (result.encode, result.decode) = (nil, nil)
                return result
            }
        }
    }

    /// Makes a report.
    public init(
        program: String, date: String, machine: Machine, codecs: [CodecDescription],
        targets: [DistortionTarget], recordings: [RecordingResult]
    ) {
        self.program = program
        self.date = date
        self.machine = machine
        self.codecs = codecs
        self.targets = targets
        self.recordings = recordings
    }
}

/// A distortion at which ratios are compared.
public struct DistortionTarget: Codable, Hashable, Sendable {
    /// Which figure.
    public enum Measure: String, Codable, Sendable {
        /// Error energy over mean-removed energy.
        case prdn = "PRDN"
        /// Error energy over energy, the offset of the samples included.
        case prd = "PRD"
    }

    /// Which figure.
    public var measure: Measure
    /// Its value.
    public var percent: Double

    /// Makes a target.
    public init(_ measure: Measure, _ percent: Double) {
        self.measure = measure
        self.percent = percent
    }
}

/// All results of one recording.
public struct RecordingResult: Codable, Equatable, Sendable {
    /// Path as given on the command line, shortened to the last two components.
    public var name: String
    /// Groups in whose means the recording counts.
    public var groups: [String]
    /// Instants in a second.
    public var rate: Double
    /// How many signals.
    public var signals: Int
    /// Instants of each.
    public var length: Int
    /// Bits of a sample that ratios are held against.
    public var bits: Int
    /// The detector against the annotated beats; nil without annotations.
    public var detector: BeatScore?
    /// Root mean square of successive differences between intervals of the original, in milliseconds.
    public var rmssd: Double?
    /// Codecs without loss.
    public var lossless: [LosslessResult] = []
    /// Codecs with loss, every step.
    public var points: [SignalPoint] = []
    /// Codecs with loss at the targets.
    public var targets: [TargetResult] = []

    fileprivate func isOfSameSamples(_ other: RecordingResult) -> Bool {
        (name, signals, length, bits) == (other.name, other.signals, other.length, other.bits)
    }
}

/// Beats found against those that are there.
public struct BeatScore: Codable, Equatable, Sendable {
    /// Beats that were found.
    public var matched: Int
    /// Beats that were not.
    public var missed: Int
    /// Beats found where there are none.
    public var extra: Int
    /// Harmonic mean of sensitivity and positive predictive value.
    public var f1: Double

    init(_ matching: BeatMatching) {
        matched = matching.matched
        missed = matching.missed
        extra = matching.extra
        f1 = matching.f1
    }
}

/// One codec without loss on one recording.
public struct LosslessResult: Codable, Equatable, Sendable {
    /// Name of a ``CodecDescription``.
    public var codec: String
    /// Bytes of the stream.
    public var byteCount = 0
    /// Cost of whole processes; nil if it was not timed.
    public var encode: Timing?
    /// Cost of whole processes; nil if it was not timed.
    public var decode: Timing?
    /// Set instead of results: what went wrong.
    public var failure: String?

    init(codec: String) { self.codec = codec }
}

/// One codec with loss at one step on one recording.
public struct SignalPoint: Codable, Equatable, Sendable {
    /// Name of a ``CodecDescription``.
    public var codec: String
    /// The step, in stored units.
    public var step: Double
    /// Bytes of the stream.
    public var byteCount: Int
    /// Bits of the samples over bits of the stream.
    public var ratio: Double
    /// Percent, offset included.
    public var prd: Double
    /// Percent, the offset of each signal taken off.
    public var prdWithoutOffset: Double
    /// Percent, the mean of each signal taken off, all signals jointly.
    public var prdn: Double
    /// The same of each signal alone.
    public var prdnOfSignals: [Double]
    /// Stored units.
    public var rmse: Double
    /// Stored units.
    public var maximumError: Int
    /// Microvolts; nil if a signal is no voltage.
    public var rmseMicrovolts: Double?
    /// Microvolts; nil if a signal is no voltage.
    public var maximumMicrovolts: Double?

    func value(_ measure: DistortionTarget.Measure) -> Double { measure == .prdn ? prdn : prd }
}

/// One codec at one target on one recording.
public struct TargetResult: Codable, Equatable, Sendable {
    /// Name of a ``CodecDescription``.
    public var codec: String
    /// What was to be reached.
    public var target: DistortionTarget
    /// The ratio there, interpolated between the two nearest points.
    public var ratio: Double
    /// The step that gives it.
    public var step: Double
    /// What was measured next to the target; of PRDN targets.
    public var beats: BeatDistortion?
    /// Cost of whole processes; nil if it was not timed.
    public var encode: Timing?
    /// Cost of whole processes; nil if it was not timed.
    public var decode: Timing?
}

/// What became of the beats.
public struct BeatDistortion: Codable, Equatable, Sendable {
    /// PRDN of the whole, where this was measured.
    public var prdn: Double
    /// PRDN of normal beats, each alone.
    public var normal: DistortionSummary?
    /// PRDN of ectopic beats.
    public var ectopic: DistortionSummary?
    /// PRDN of windows of ten seconds.
    public var windows: DistortionSummary?
    /// Beats found in the decoded signals against those found in the original ones.
    public var score: BeatScore
    /// Of the decoded signals, in milliseconds.
    public var rmssd: Double?
}
