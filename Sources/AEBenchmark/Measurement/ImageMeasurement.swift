// SPDX-License-Identifier: Apache-2.0
import AEMetrics
package import Samples

/// The work on one image: the points of every codec, then their times.
///
/// Points are measured in this process, without a clock; only what is timed runs in workers.
package struct ImageMeasurement {
    private let image: BenchmarkImage
    private let catalog: CodecCatalog
    private let plan: MeasurementPlan
    private let inputs: [SampleInput: PlainSamples]
    private let range: RateRange
    private let reference: ImageReference

    /// Prepares the forms in which codecs get the samples.
    package init(_ image: BenchmarkImage, catalog: CodecCatalog, plan: MeasurementPlan) {
        self.image = image
        self.catalog = catalog
        self.plan = plan
        range = RateRange(image.samples, lossyHistory: image.lossyHistory)
        let loses = plan.modes != [.lossless]
        reference = ImageReference(
            image.samples, options: loses && plan.metrics == .full ? .full : .fast)
        let stored = PlainSamples(stored: image.samples)
        var inputs = [SampleInput.stored: stored]
        if plan.modes.contains(.lossless) {
            let ranked = PlainSamples(ranked: image.samples)
            // Where ranks are the same samples, a second row would say nothing.
            if ranked.frames != stored.frames { inputs[.ranks] = ranked }
        }
        if !plan.modes.isDisjoint(with: [.bounded, .lossy]) {
            inputs[.grid] = PlainSamples(grid: image.samples)
        }
        self.inputs = inputs
    }

    /// Measures everything.
    ///
    /// - Parameter progress: Told what comes next, for a person.
    /// - Returns: The points of all codecs that are installed.
    /// - Throws: ``BenchmarkError`` if no work is possible; what a codec does wrong is in its points.
    package func measure(progress: (String) -> Void = { _ in }) throws(BenchmarkError) -> ImageResult {
        var result = image.emptyResult(range)
        var runs: [TimedRun] = []
        let sweep = plan.modes.contains(.lossy) ? try yardstick() : nil
        for codec in catalog.codecs where codec.isInstalled && plan.modes.contains(codec.mode) {
            progress("\(codec.name), \(codec.mode.rawValue)")
            var points: [(point: Point, input: SampleInput)] = []
            for input in forms(codec) {
                guard let samples = inputs[input] else { continue }
                points += measure(codec, samples, input, sweep, reference).map { ($0, input) }
            }
            runs += timed(points).map { place in
                TimedRun(
                    place: result.points.count + place, codec: codec, input: points[place].input,
                    point: points[place].point)
            }
            result.points += points.map(\.point)
        }
        if plan.repetitions > 0 {
            progress("times")
            try TimedRuns(inputs: inputs, catalog: catalog, plan: plan).perform(&runs)
            for run in runs { result.points[run.place] = run.point }
        }
        return result
    }

    /// What the image looks like after a codec at a setting, for pictures.
    ///
    /// - Parameters:
    ///   - codec: A codec of the catalog.
    ///   - setting: As the point has it.
    /// - Returns: The decoded samples.
    /// - Throws: ``BenchmarkError`` if the codec refuses.
    package func decoded(_ codec: Codec, setting: Double?) throws(BenchmarkError) -> SampleArray {
        guard let samples = inputs[.stored] else { return image.samples }
        let session = try codec.makeSession(catalog.options, samples.layout)
        return try session.decode(try session.encode(samples, setting: setting).streams).image
    }

    /// The forms that a codec gets: the stored samples, and where it changes something ours.
    private func forms(_ codec: Codec) -> [SampleInput] {
        codec.findsMap ? [.stored] : codec.mode == .lossless ? [.stored, .ranks] : [.stored, .grid]
    }

    /// What must be swept: the interval of OpenJPEG 9/7, which is measured for it on every image, shown
    /// or not, so that the settings of a codec do not depend on what else is measured.
    private func yardstick() throws(BenchmarkError) -> RateSweep {
        let anchor = CodecCatalog(catalog.options, only: ["openjpeg-9/7"])
        guard let codec = anchor.codecs.first, let samples = inputs[.stored] else {
            throw .codec(name: CodecCatalog.anchor, task: "be found", words: "")
        }
        let sweep = RateSweep(rates: plan.rates, interval: 0...1, peak: 1)
        var result = image.emptyResult(range)
        result.points = measure(
            codec, samples, .stored, sweep, ImageReference(image.samples, options: .fast))
        do throws(RateCurveError) {
            return RateSweep(
                rates: plan.rates, interval: range.needed(anchor: try result.curve(of: codec.name)),
                peak: Double(1 << image.samples.format.bitsStored) - 1)
        } catch {
            throw .codec(name: codec.name, task: "be swept", words: "\(error)")
        }
    }

    private func measure(
        _ codec: Codec, _ samples: PlainSamples, _ input: SampleInput, _ sweep: RateSweep?,
        _ reference: ImageReference
    ) -> [Point] {
        let session: any CodecSession
        do throws(BenchmarkError) {
            session = try codec.makeSession(catalog.options, samples.layout)
        } catch {
            return [failed(codec, input, nil, error)]
        }
        func point(_ setting: Double?) -> Point {
            var point = Point(
                codec: codec.name, mode: codec.mode, isMapped: input.isMapped, setting: setting)
            do throws(BenchmarkError) {
                let (streams, _) = try session.encode(samples, setting: setting)
                let bytes = streams.reduce(samples.layout.mapByteCount) { $0 + $1.count }
                point.setSize(bytes, of: image)
                point.setErrors(try session.decode(streams).image, reference)
            } catch {
                point = failed(codec, input, setting, error)
            }
            return point
        }
        switch codec.mode {
        case .lossless: return [point(nil)]
        case .bounded: return plan.bounds.map { point(Double($0)) }
        case .lossy: return sweep?.points(codec.setting, measure: point) ?? []
        }
    }

    private func failed(
        _ codec: Codec, _ input: SampleInput, _ setting: Double?, _ error: BenchmarkError
    ) -> Point {
        var point = Point(codec: codec.name, mode: codec.mode, isMapped: input.isMapped, setting: setting)
        point.failure = "\(error)"
        return point
    }

    /// Which points are timed: of lossless and bounded ones the smaller of both forms, of lossy ones on
    /// stored samples those nearest to the timed rates.
    private func timed(_ points: [(point: Point, input: SampleInput)]) -> [Int] {
        let good = points.indices.filter { points[$0].point.failure == nil }
        var places: Set<Int> = []
        switch points.first?.point.mode {
        case .lossless, .bounded:
            for setting in Set(good.map { points[$0].point.setting }) {
                places.formUnion(
                    good.filter { points[$0].point.setting == setting }
                        .min { points[$0].point.byteCount < points[$1].point.byteCount }.map { [$0] } ?? [])
            }
        case .lossy:
            for rate in plan.timedRates {
                let near = good.filter { place in
                    !points[place].input.isMapped
                        && TimedRuns.isNear(points[place].point.bitsPerSample, rate)
                }
                places.formUnion(
                    near.min {
                        abs(points[$0].point.bitsPerSample - rate)
                            < abs(points[$1].point.bitsPerSample - rate)
                    }.map { [$0] } ?? [])
            }
        case nil: break
        }
        return places.sorted()
    }
}
