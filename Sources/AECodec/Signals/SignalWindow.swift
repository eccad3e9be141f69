// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// A window of signals as the kernels take it: its shape, steps and rules, without the lines.
@safe
package final class SignalWindow {
    private var window: ae_line_window
    private let lifting: UnsafeMutablePointer<ae_lifting>
    private let weights: UnsafeMutableBufferPointer<UInt16>
    private var events: UnsafeMutableBufferPointer<ae_event>
    private var segments: UnsafeMutableBufferPointer<Int8>
    private let work: UnsafeMutableRawBufferPointer

    package let channels: Int
    package let columns: Int
    /// The kernels.
    var kernels: ae_kernel_level { unsafe window.kernels }
    /// Levels of the pyramid.
    package var levelCount: Int { unsafe Int(window.levels) }

    /// - Parameters:
    ///   - parameters: Shape, steps and quantiser.
    ///   - model: Lifting and rules.
    ///   - channels: Lines that are coded.
    ///   - columns: Instants of the window.
    ///   - level: The kernels.
    package init(
        _ parameters: SignalPyramidParameters, model: SignalModel, channels: Int, columns: Int,
        level: ae_kernel_level
    ) {
        self.channels = channels
        self.columns = columns
        unsafe lifting = .allocate(capacity: 1)
        unsafe lifting.initialize(to: model.lifting.kernel)
        unsafe weights = .allocate(capacity: model.weights.count)
        _ = unsafe weights.initialize(fromContentsOf: model.weights)
        unsafe events = .allocate(capacity: 0)
        unsafe segments = .allocate(capacity: 0)
        var shape = unsafe Self.shape(parameters, channels: channels, columns: columns)
        unsafe work = .allocate(byteCount: ae_line_work_bytes(&shape), alignment: 64)
        unsafe window = shape
        unsafe window.kernels = level
        unsafe window.lifting = UnsafePointer(lifting)
        unsafe window.weights = UnsafePointer(weights.baseAddress)
        setSteps(parameters, model: model)
    }

    deinit {
        unsafe lifting.deallocate()
        unsafe weights.deallocate()
        unsafe events.deallocate()
        unsafe segments.deallocate()
        unsafe work.deallocate()
    }

    /// Bytes that windows of this shape take besides their lines.
    static func workByteCount(_ parameters: SignalPyramidParameters, channels: Int, columns: Int) -> Int {
        var window = unsafe shape(parameters, channels: channels, columns: columns)
        return unsafe ae_line_work_bytes(&window)
    }

    /// What sizes follow from.
    private static func shape(
        _ parameters: SignalPyramidParameters, channels: Int, columns: Int
    ) -> ae_line_window {
        var window = unsafe ae_line_window()
        unsafe window.rows = Int32(channels)
        unsafe window.columns = Int32(columns)
        unsafe window.levels = Int32(parameters.levelCount)
        unsafe window.predicted = Int32(parameters.predictedLevels)
        unsafe window.chunk_exponent = Int32(parameters.chunkExponent)
        unsafe window.segment_exponent = Int32(
            parameters.chunkExponent + (parameters.segmentExponent ?? 0))
        unsafe window.before = Int32(parameters.before)
        unsafe window.after = Int32(parameters.after)
        return unsafe window
    }

    /// Steps and quantiser of other parameters of the same shape.
    package func setSteps(_ parameters: SignalPyramidParameters, model: SignalModel) {
        unsafe window.is_dependent = parameters.quantizer == .dependent ? 1 : 0
        unsafe withUnsafeMutableBytes(of: &window.steps) { raw in
            let steps = unsafe raw.assumingMemoryBound(to: UInt32.self)
            unsafe steps[0] = parameters.lowStep
            for level in 1...parameters.levelCount {
                unsafe steps[level] = parameters.step(level: level, model: model)
            }
        }
    }

    /// What of a prediction is taken, by level from 1 on, in sixteenths.
    package func setShares(_ shares: [UInt8]) {
        unsafe withUnsafeMutableBytes(of: &window.shares) { raw in
            for (index, share) in shares.enumerated() { unsafe raw[index + 1] = share }
        }
    }

    /// By what steps are multiplied, segment by segment: one value for each, or none at all.
    package func setSegments(_ values: [Int8]) {
        unsafe segments.deallocate()
        unsafe segments = .allocate(capacity: values.count)
        _ = unsafe segments.initialize(fromContentsOf: values)
        unsafe window.segments = values.isEmpty ? nil : UnsafePointer(segments.baseAddress)
    }

    /// Makes room for events; `body` fills them and says how many there are.
    package func setEvents<Result>(
        room: Int, _ body: (UnsafeMutablePointer<ae_event>?) -> (count: Int, result: Result)
    ) -> Result {
        unsafe events.deallocate()
        unsafe events = .allocate(capacity: room)
        unsafe events.initialize(repeating: ae_event())
        let (count, result) = unsafe body(events.baseAddress)
        unsafe window.events = UnsafePointer(events.baseAddress)
        unsafe window.event_count = Int32(count)
        return result
    }

    /// Lends the window and its workspace to the kernels.
    package func with<Result>(
        _ body: (UnsafePointer<ae_line_window>, UnsafeMutableRawPointer?) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: window) { unsafe body($0, work.baseAddress) }
    }

    /// Divides a line into its bands, in place.
    package func analyze(_ line: UnsafeMutablePointer<Int32>) {
        unsafe withScratch { scratch in
            unsafe ae_line_analyze(window.kernels, lifting, line, Int32(columns), window.levels, scratch)
        }
    }

    /// Puts a line together again, down to a plane.
    package func synthesize(_ line: UnsafeMutablePointer<Int32>, plane: Int) {
        unsafe withScratch { scratch in
            unsafe ae_line_synthesize(
                window.kernels, lifting, line, Int32(columns), window.levels, Int32(plane), scratch)
        }
    }

    private func withScratch(_ body: (UnsafeMutablePointer<Int32>?) -> Void) {
        var scratch = [Int32](repeating: 0, count: ae_line_scratch_count(Int32(columns)))
        unsafe scratch.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress) }
    }

    /// Places and sizes of the bands of a line: the low band, then the details of level 1, 2 and so on.
    package static func bands(columns: Int, levels: Int) -> (starts: [Int], counts: [Int]) {
        var starts = [Int32](repeating: 0, count: SignalModel.maximumLevels + 1)
        var counts = starts
        unsafe ae_line_bands(Int32(columns), Int32(levels), &starts, &counts)
        return (starts[...levels].map(Int.init), counts[...levels].map(Int.init))
    }
}
