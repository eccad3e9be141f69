// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import Samples

/// One window of signals on its way through analysis, prediction, quantisation and packing.
@safe
final class SignalWindowEncoder {
    private let model: SignalModel
    private let window: SignalWindow
    private let channels: Int
    let columns: Int
    private let predictedLevels: Int
    /// The details of level 1 in a line.
    private let finest: Range<Int>
    /// Coefficients, line by line.
    private var lines: [Int32]
    /// What is left of the lines without the levels that are not predicted.
    private let smooth: [Int32]
    /// Places where waveforms recur, rising.
    private let times: [Int32]
    /// How far an event may be moved, in instants.
    private let reach: Int32
    /// The largest coefficient of details, and of the low band, in steps of the common step 1.
    let largestDetail: Double
    let largestLow: Double

    /// What a pass found.
    struct Outcome {
        var residuals: [Int16] = []
        var classes: [UInt16] = []
        var statistics = LatentStatistics(.signals)
        /// Decoded lines, line by line, in coefficient units.
        var decoded: [Int32] = []
        var eventCount = 0
        /// What of a prediction is best taken, by level from 1 on, in sixteenths.
        var bestShares: [UInt8] = []
        /// What was taken.
        var shares: [UInt8] = []
        /// By what steps were multiplied.
        var segments: [Int8] = []
        /// The body of the group, if it is packed.
        var body: [UInt8]?
    }

    /// Shares of a waveform's energy below which a template is used, and above which one is opened.
    private static let useBelow: Float = 0.85
    private static let openAbove: Float = 0.35

    /// - Parameters:
    ///   - values: Samples of plane 0 with fraction bits, line by line.
    ///   - channels: Lines.
    ///   - columns: Instants of the window.
    ///   - shape: How it is divided.
    ///   - times: Instants of recurring waveforms; empty for none.
    ///   - model: The model.
    ///   - level: The kernels.
    init(
        _ values: [Int32], channels: Int, columns: Int, shape: SignalShape, times: [Int], model: SignalModel,
        level: ae_kernel_level
    ) {
        self.model = model
        self.channels = channels
        self.columns = columns
        predictedLevels = shape.predictedLevels
        let plain = shape.parameters(
            quantizer: .scalar, commonStep: 1 << 16, lowStep: 1, mixing: nil, variesSteps: true)
        let window = SignalWindow(
            plain, model: model, channels: channels, columns: columns, level: level)
        self.window = window
        self.times = times.map(Int32.init)
        reach = Int32(shape.before / 20)
        let bands = SignalWindow.bands(columns: columns, levels: shape.levelCount)
        finest = bands.starts[1]..<bands.starts[1] + bands.counts[1]
        var lines = values
        unsafe lines.withUnsafeMutableBufferPointer { lines in
            guard let base = lines.baseAddress else { return }
            for line in 0..<channels { unsafe window.analyze(base + line * columns) }
        }
        var smooth = times.isEmpty ? [] : lines
        let coarse =
            shape.predictedLevels == 0
            ? columns : bands.starts[shape.predictedLevels]
        if !times.isEmpty {
            unsafe smooth.withUnsafeMutableBufferPointer { smooth in
                guard let base = smooth.baseAddress else { return }
                for line in 0..<channels {
                    unsafe (base + line * columns).update(repeating: 0, count: coarse)
                    unsafe window.synthesize(base + line * columns, plane: 0)
                }
            }
        }
        var detail = 0.0
        var low = 0.0
        for line in 0..<channels {
            for (band, start) in bands.starts.enumerated() {
                let own = line * columns + start..<line * columns + start + bands.counts[band]
                let most = Double(lines[own].reduce(0) { max($0, $1.magnitude) })
                if band == 0 {
                    low = max(low, most)
                } else {
                    let scale = Double(model.bandScales[SignalModel.maximumLevels + band - 1]) / 65_536
                    detail = max(detail, most / scale)
                }
            }
        }
        largestDetail = detail
        largestLow = low
        self.lines = lines
        self.smooth = smooth
    }

    /// Some instants of signals, mixed into channels if there is a transform.
    convenience init(
        _ lines: SignalLines, _ columns: Range<Int>, _ transform: RowTransform?, shape: SignalShape,
        times: [Int], model: SignalModel, level: ae_kernel_level
    ) {
        let values = lines.values(columns)
        self.init(
            transform?.channels(values, columns: columns.count) ?? values,
            channels: transform?.mixing.channels ?? lines.samples.extent.rows, columns: columns.count,
            shape: shape, times: times, model: model, level: level)
    }

    /// The standard deviation of noise, in codes, by the median of the finest details.
    var noise: Double {
        let details = (0..<channels).flatMap { line in
            lines[line * columns + finest.lowerBound..<line * columns + finest.upperBound].map(\.magnitude)
        }
        guard let middle = middle(details) else { return 0 }
        let scale = Double(model.bandScales[SignalModel.maximumLevels]) / 65_536
        return Double(middle) / 0.6745 / scale / Double(1 << SignalShape.fractionBits)
    }

    /// Quantises everything.
    ///
    /// - Parameters:
    ///   - parameters: Steps and quantiser.
    ///   - costs: What bits cost.
    ///   - lambda: Squared steps that a bit is worth.
    ///   - shares: What of predictions is taken, by level from 1 on.
    ///   - segments: By what steps are multiplied, segment by segment, in eighths of the logarithm to base 2; empty if by nothing.
    ///   - predicts: Whether waveforms are predicted.
    ///   - sampling: Takes observations for a fit.
    /// - Returns: What was found.
    func quantize(
        _ parameters: SignalPyramidParameters, costs: LatentCosts, lambda: Float, shares: [UInt8],
        segments: [Int8] = [], predicts: Bool,
        sampling: UnsafePointer<ae_line_sampling>? = nil
    ) -> Outcome {
        window.setSteps(parameters, model: model)
        window.setShares(shares)
        window.setSegments(segments)
        let room = 4 * times.count + 64
        var outcome = Outcome()
        outcome.shares = shares
        outcome.segments = segments
        outcome.residuals = [Int16](repeating: 0, count: channels * columns + 2 * room)
        outcome.classes = [UInt16](repeating: 0, count: channels * columns + 2 * room)
        outcome.decoded = [Int32](repeating: 0, count: channels * columns)
        var products = [Double](repeating: 0, count: 2 * (SignalModel.maximumLevels + 1))
        var count = 0
        let trellisBytes = unsafe window.with { shape, _ in unsafe ae_line_trellis_bytes(shape) }
        let trellis = UnsafeMutableRawPointer.allocate(byteCount: trellisBytes + 64, alignment: 64)
        defer { unsafe trellis.deallocate() }
        let isPredicted = predicts && !times.isEmpty && predictedLevels > 0
        unsafe window.setEvents(room: room) { events in
            unsafe withOutput(&outcome, observes: sampling != nil) { output in
                unsafe costs.with(lambda: lambda, trellis: trellis) { costs in
                    unsafe window.with { shape, work in
                        unsafe lines.withUnsafeBufferPointer { lines in
                            unsafe ae_quantize_coarse_lines(
                                shape, &costs, lines.baseAddress, output.decoded, work,
                                &output.found, sampling)
                            unsafe quantizeFine(
                                shape, &costs, lines.baseAddress, work, events, isPredicted, sampling,
                                &output, &products)
                            unsafe ae_encode_events(
                                events, output.eventCount, shape.pointee.before, &output.found)
                        }
                    }
                }
                unsafe count = output.found.count
            }
            return (0, ())
        }
        // Events are known last and coded first.
        let events = count - 2 * outcome.eventCount..<count
        outcome.residuals = Array(outcome.residuals[events] + outcome.residuals[..<events.lowerBound])
        outcome.classes = Array(outcome.classes[events] + outcome.classes[..<events.lowerBound])
        outcome.bestShares = (1...max(1, predictedLevels)).map { level in
            let (of, with) = (products[2 * level], products[2 * level + 1])
            // More would let a template grow where nothing is coded that could correct it.
            return with > 0 ? UInt8(max(0, min(16, (16 * of / with).rounded()))) : 16
        }
        return outcome
    }

    @safe
    private struct Output {
        var found: ae_line_output
        var decoded: UnsafeMutablePointer<Int32>?
        var eventCount: Int32 = 0
    }

    private func withOutput(
        _ outcome: inout Outcome, observes: Bool, _ body: (inout Output) -> Void
    ) {
        var eventCount: Int32 = 0
        unsafe outcome.residuals.withUnsafeMutableBufferPointer { residuals in
            unsafe outcome.classes.withUnsafeMutableBufferPointer { classes in
                unsafe outcome.decoded.withUnsafeMutableBufferPointer { decoded in
                    unsafe outcome.statistics.offsets.withUnsafeMutableBufferPointer { offsets in
                        var output = unsafe Output(
                            found: ae_line_output(
                                residuals: residuals.baseAddress, classes: classes.baseAddress, count: 0,
                                offsets: observes ? offsets.baseAddress : nil), decoded: decoded.baseAddress)
                        body(&output)
                        eventCount = output.eventCount
                    }
                }
            }
        }
        outcome.eventCount = Int(eventCount)
    }

    private func quantizeFine(
        _ shape: UnsafePointer<ae_line_window>, _ costs: inout ae_latent_costs,
        _ lines: UnsafePointer<Int32>?, _ work: UnsafeMutableRawPointer?,
        _ events: UnsafeMutablePointer<ae_event>?, _ isPredicted: Bool,
        _ sampling: UnsafePointer<ae_line_sampling>?, _ output: inout Output,
        _ products: inout [Double]
    ) {
        unsafe times.withUnsafeBufferPointer { times in
            unsafe smooth.withUnsafeBufferPointer { smooth in
                var choice = unsafe ae_event_choice(
                    times: times.baseAddress, count: Int32(times.count), reach: reach,
                    use_below: Self.useBelow, open_above: Self.openAbove, events: events)
                unsafe withUnsafePointer(to: &choice) { choice in
                    unsafe ae_quantize_fine_lines(
                        shape, &costs, lines, smooth.baseAddress, isPredicted ? choice : nil,
                        output.decoded, work, &output.found, sampling, &products, &output.eventCount)
                }
            }
        }
    }

    /// Puts decoded lines together again.
    func synthesize(_ outcome: inout Outcome) {
        unsafe outcome.decoded.withUnsafeMutableBufferPointer { decoded in
            guard let base = decoded.baseAddress else { return }
            for line in 0..<channels { unsafe window.synthesize(base + line * columns, plane: 0) }
        }
    }

    /// The body of the group that holds what a pass found, in class streams.
    ///
    /// Centroids are those of the model: what is predicted later depends on what is decoded.
    func body(_ outcome: Outcome, packer: StreamPacker) -> [UInt8] {
        var writer = head(outcome)
        LatentPacking.write(
            residuals: outcome.residuals, classes: outcome.classes, count: outcome.residuals.count,
            statistics: nil, set: .signals, tree: model.tree, centroids: model.centroids,
            lambda: 0, packer: packer, to: &writer)
        return writer.bytes
    }

    /// The same by probabilities that learn.
    ///
    /// - Parameters:
    ///   - outcome: What a pass found.
    ///   - parameters: Its parameters.
    ///   - coder: Codes it.
    /// - Returns: The body.
    func body(
        _ outcome: Outcome, _ parameters: SignalPyramidParameters, coder: AdaptiveCoder
    ) -> [UInt8] {
        window.setSteps(parameters, model: model)
        window.setShares(outcome.shares)
        window.setSegments(outcome.segments)
        var lines = [Int32](repeating: 0, count: channels * columns)
        let coded = coder.written(residualCount: outcome.residuals.count) {
            unsafe outcome.residuals.withUnsafeBufferPointer { residuals in
                _ = unsafe window.code(
                    by: coder, residuals: residuals.baseAddress, centroids: model.centroids,
                    eventCount: outcome.eventCount, levels: 0...window.levelCount, into: &lines)
            }
        }
        var writer = head(outcome)
        writer.bytes(coded)
        return writer.bytes
    }

    /// What bodies begin with.
    private func head(_ outcome: Outcome) -> ByteWriter {
        var writer = ByteWriter()
        guard predictedLevels > 0 else { return writer }
        writer.varint(UInt64(outcome.eventCount))
        if outcome.eventCount > 0 { writer.bytes(outcome.shares[..<predictedLevels]) }
        var bits = BitWriter()
        for (last, value) in zip(outcome.segments, outcome.segments.dropFirst()) {
            bits.append((Int(value) - Int(last)) & 15, width: 4)
        }
        if let first = outcome.segments.first { writer.u8(UInt8(bitPattern: first)) }
        writer.bytes(bits.finish())
        return writer
    }
}
