// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder
import AEMetrics

/// What is measured of recordings.
package struct SignalPlan: Sendable {
    /// Kinds of coding.
    package var modes: Set<CodecDescription.Mode> = [.lossless, .lossy]
    /// Where lossy codecs are compared.
    package var targets: [DistortionTarget] =
        [9, 5, 2].map { DistortionTarget(.prdn, $0) }
        + [0.53, 1.71].map { DistortionTarget(.prd, $0) }
    /// Runs of each timed codec; 0 for no times.
    package var repetitions = 0
    /// This program, which is started for timed calls.
    package var program: String
    /// Makes a plan with the usual values.
    package init(program: String) { self.program = program }
}

/// Measures one recording with every codec.
package struct RecordingMeasurement {
    let recording: BenchmarkRecording
    let catalog: SignalCatalog
    let plan: SignalPlan
    let shape: SignalShape
    /// Beats of the original, as the detector finds them.
    private let found: [Int]
    /// Signals as the detector gets them: missing samples hold the value before.
    private let filled: [[Int32]]

    /// Prepares a recording.
    package init(_ recording: BenchmarkRecording, catalog: SignalCatalog, plan: SignalPlan) {
        self.recording = recording
        self.catalog = catalog
        self.plan = plan
        shape = SignalShape(signals: recording.rows.count, length: recording.length, rate: recording.rate)
        filled = zip(recording.rows, recording.missing).map { row, missing in
            guard let missing, row.contains(missing) else { return row }
            var last = row.first { $0 != missing } ?? 0
            return row.map { value in
                if value != missing { last = value }
                return last
            }
        }
        found = BeatDetector.beats(filled, rate: recording.rate)
    }

    /// Measures everything that the plan asks for.
    ///
    /// - Parameter progress: Takes a word on what is being done.
    /// - Returns: The results; what a codec could not do is a failure in them.
    /// - Throws: ``BenchmarkError`` if the benchmark itself fails.
    package func measure(progress: (String) -> Void = { _ in }) throws(BenchmarkError) -> RecordingResult {
        var result = RecordingResult(
            name: recording.name, groups: recording.groups, rate: recording.rate,
            signals: shape.signals, length: shape.length, bits: recording.bits,
            rmssd: BeatIntervals.rmssd(found, rate: recording.rate))
        if let beats = recording.beats {
            let matching = BeatMatching(
                reference: beats.places, found: found, rate: recording.rate, excluding: beats.flutter)
            result.detector = BeatScore(matching)
        }
        for codec in catalog.codecs where codec.isInstalled && plan.modes.contains(codec.mode) {
            progress("\(codec.name), \(codec.mode.rawValue)")
            switch codec.mode {
            case .lossless: result.lossless.append(lossless(codec))
            case .lossy:
                let (points, targets) = try lossy(codec)
                result.points += points
                result.targets += targets
            case .bounded: break
            }
        }
        if let command = catalog.command, let path = recording.path, plan.modes.contains(.lossless) {
            progress(SignalCommand.name)
            result.lossless.append(command.result(path))
        }
        if plan.repetitions > 0 {
            progress("times")
            try SignalTimes(recording, shape, catalog: catalog, plan: plan).fill(&result)
        }
        return result
    }

    private func lossless(_ codec: SignalCodec) -> LosslessResult {
        var result = LosslessResult(codec: codec.name)
        do throws(BenchmarkError) {
            let stream = try codec.coding.encode(recording.rows, rate: recording.rate, setting: nil)
            result.byteCount = stream.count
            if try codec.coding.decode(stream, shape: shape) != recording.rows {
                result.failure = "the decoded samples are others"
            }
        } catch {
            result.failure = "\(error)"
        }
        return result
    }
}

extension RecordingMeasurement {
    /// The ratio from one step of a curve to the next; targets lie between two of them, and get points of
    /// their own.
    private static let stride = 2.0
    private static let mostPoints = 24

    /// Targets that make sense here: PRD with an offset is that of signals that have one.
    private var targets: [DistortionTarget] {
        let hasOffset = recording.offsets.contains { $0 != 0 }
        return plan.targets.filter { hasOffset || $0.measure != .prd }
    }

    /// What a codec makes of the signals with a step.
    package func decoded(
        _ codec: SignalCodec, step: Double
    ) throws(BenchmarkError) -> (rows: [[Int32]], point: SignalPoint) {
        let stream = try codec.coding.encode(filled, rate: recording.rate, setting: step)
        let rows = try codec.coding.decode(stream, shape: shape)
        guard let difference = SignalDifference(recording.rows, rows, missing: recording.missing) else {
            throw .codec(name: codec.name, task: "decode", words: "the signals have another shape")
        }
        let microvolts = recording.millivolts?.map { $0 * 1000 }
        let point = SignalPoint(
            codec: codec.name, step: step, byteCount: stream.count,
            ratio: recording.ratio(byteCount: stream.count), prd: difference.prd,
            prdWithoutOffset: difference.prd(offsets: recording.offsets), prdn: difference.prdn,
            prdnOfSignals: difference.rows.map(\.prdn), rmse: difference.rmse,
            maximumError: difference.maximumError,
            rmseMicrovolts: microvolts.map { difference.rmse(scales: $0) },
            maximumMicrovolts: microvolts.map { difference.maximumError(scales: $0) })
        return (rows, point)
    }

    /// The curve of a codec, and its figures at the targets.
    private func lossy(
        _ codec: SignalCodec
    ) throws(BenchmarkError) -> (points: [SignalPoint], targets: [TargetResult]) {
        var points: [SignalPoint] = []
        func add(_ step: Double) throws(BenchmarkError) -> SignalPoint {
            let point = try decoded(codec, step: step).point
            let place = points.firstIndex { $0.step > step } ?? points.count
            points.insert(point, at: place)
            return point
        }
        var last = try add(startingStep)
        let isPassed = { (point: SignalPoint, target: DistortionTarget) in
            point.value(target.measure) >= target.percent
        }
        while !targets.allSatisfy({ isPassed(last, $0) }), points.count < Self.mostPoints {
            last = try add(last.step * Self.stride)
        }
        last = points[0]
        while targets.contains(where: { isPassed(last, $0) }), points.count < Self.mostPoints {
            // Steps that are too fine for a codec end its curve.
            guard let next = try? add(last.step / Self.stride) else { break }
            last = next
        }
        var results: [TargetResult] = []
        for target in targets {
            // A point at the target itself, in three tries: little is left to interpolate.
            var nearest: (rows: [[Int32]], point: SignalPoint)?
            for _ in 0..<3 {
                if let point = nearest?.point, abs(point.value(target.measure) / target.percent - 1) < 0.005 {
                    break
                }
                guard let step = points.interpolated(target, \.step) else { break }
                let found = try decoded(codec, step: step)
                points.insert(found.point, at: points.firstIndex { $0.step > step } ?? points.count)
                nearest = found
            }
            guard let nearest, let ratio = points.interpolated(target, \.ratio) else { continue }
            results.append(
                TargetResult(
                    codec: codec.name, target: target, ratio: ratio, step: nearest.point.step,
                    beats: target.measure == .prdn ? beats(nearest.rows, prdn: nearest.point.prdn) : nil))
        }
        return (points, results)
    }

    /// A step that is near the middle of what is asked for: error and step are alike.
    private var startingStep: Double {
        guard let difference = SignalDifference(recording.rows, recording.rows, missing: recording.missing)
        else { return 16 }
        let count = difference.rows.reduce(0) { $0 + $1.sampleCount }
        let energy = difference.rows.reduce(0) { $0 + $1.meanRemovedEnergy }
        return count == 0 || energy <= 0 ? 16 : 0.2 * (energy / Double(count)).squareRoot()
    }

    /// What became of the beats in decoded signals.
    private func beats(_ rows: [[Int32]], prdn: Double) -> BeatDistortion {
        let decoded = BeatDetector.beats(rows, rate: recording.rate)
        func summary(_ windows: [Range<Int>]) -> DistortionSummary? {
            DistortionSummary(LocalDistortion.prdn(filled, rows, windows: windows).compactMap(\.self))
        }
        var distortion = BeatDistortion(
            prdn: prdn,
            windows: summary(
                LocalDistortion.windows(seconds: 10, rate: recording.rate, count: shape.length)),
            score: BeatScore(BeatMatching(reference: found, found: decoded, rate: recording.rate)),
            rmssd: BeatIntervals.rmssd(decoded, rate: recording.rate))
        if let beats = recording.beats {
            let windows = LocalDistortion.windows(
                beats: beats.places, rate: recording.rate, count: shape.length)
            distortion.normal = summary(zip(windows, beats.areEctopic).filter { !$0.1 }.map(\.0))
            distortion.ectopic = summary(zip(windows, beats.areEctopic).filter(\.1).map(\.0))
        }
        return distortion
    }
}
