// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import Samples

extension PyramidSignal {
    /// Decodes all instants, some of them, or of a reduction of them.
    func decode(
        _ container: Container, _ selection: SampleSelection, options: DecodeOptions
    ) throws(DecodeError) -> SampleArray {
        guard (0...parameters.levelCount).contains(selection.reduction) else {
            throw .noSuchReduction(asked: selection.reduction, levels: parameters.levelCount)
        }
        // Only time is reduced.
        let rows = selection.region.map { $0.y..<$0.y + $0.height } ?? 0..<extent.rows
        let wanted = PlaneWindow(rows: rows, columns: selection.window(of: extent).columns)
        let first = wanted.columns.lowerBound << selection.reduction
        let end = min(extent.columns, wanted.columns.upperBound << selection.reduction)
        let shift = parameters.windowExponent
        let needed = Array(first >> shift...(end - 1) >> shift)
        var extent = extent
        extent.rows = wanted.rows.count
        extent.columns = wanted.columns.count
        guard let level = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
        try checkMemory(container, needed, result: 2 * extent.sampleCount, options: options)
        var failure: DecodeError?
        let values = unsafe [UInt16](unsafeUninitializedCapacity: extent.sampleCount) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            // Windows that are missing are of code 0.
            unsafe buffer.initialize(repeating: 0)
            let target = unsafe PyramidSynthesis.Target(values: base, stride: extent.columns)
            do throws(DecodeError) {
                try WorkQueue<DecodeError>.run(needed.count, threads: options.threads) {
                    queue throws(DecodeError) in
                    while let number = queue.take() {
                        try decode(
                            window: needed[number], container, rows: wanted.rows, columns: wanted.columns,
                            reduction: selection.reduction, level: level, into: target)
                    }
                }
                initialized = extent.sampleCount
            } catch { failure = error }
        }
        if let failure { throw failure }
        return SampleArray(extent: extent, format: format, storage: .narrow(values))
    }

    private func decode(
        window number: Int, _ container: Container, rows: Range<Int>, columns: Range<Int>, reduction: Int,
        level: ae_kernel_level, into target: PyramidSynthesis.Target
    ) throws(DecodeError) {
        guard number < windows.count else { return }
        let own = self.columns(of: number)
        let window = SignalWindow(
            parameters, model: model, channels: channels, columns: own.count, level: level)
        var lines = [Int32](repeating: 0, count: channels * own.count)
        let needed = windows[number].filter {
            $0.group.header.levels.upperBound > reduction
                || $0.group.header.levels.upperBound == parameters.levelCount
        }
        for group in needed {
            let signal = try signalGroup(window: number, group, in: container)
            try SignalPyramidDecoder.decode(
                signal, levels: group.group.header.levels, model: model, window: window,
                slack: slack(window: number), index: group.index, container: container, group: group.group,
                into: &lines)
        }
        let first = own.lowerBound >> reduction
        let count = (own.count - 1) >> reduction + 1
        for channel in 0..<channels {
            unsafe lines.withUnsafeMutableBufferPointer { lines in
                guard let base = lines.baseAddress else { return }
                unsafe window.synthesize(base + channel * own.count, plane: reduction)
            }
        }
        let shown = max(first, columns.lowerBound)..<min(first + count, columns.upperBound)
        guard !shown.isEmpty else { return }
        for row in rows {
            let line =
                parameters.mixing?.row(
                    row, of: lines, count: own.count, fractionBits: parameters.fractionBits)
                ?? Array(lines[row * own.count..<(row + 1) * own.count])
            let to =
                unsafe target.values + (row - rows.lowerBound) * target.stride + shown.lowerBound
                - columns.lowerBound
            for place in shown {
                unsafe to[place - shown.lowerBound] = UInt16(
                    truncatingIfNeeded: map.storedValue(code(line[place - first], reduction: reduction)))
            }
        }
    }

    /// The code of a value of a plane.
    private func code(_ value: Int32, reduction: Int) -> Int {
        let offset = PyramidPlane.offset(map.maximumCode)
        let bits = parameters.fractionBits
        let units: Int
        if reduction == 0 {
            units = (Int(value) + (bits > 0 ? 1 << (bits - 1) : 0)) >> bits
        } else {
            let scaled = Int(value) * Int(model.reducedScales[reduction - 1])
            units = (scaled + 1 << (bits + 15)) >> (bits + 16)
        }
        return max(0, min(map.maximumCode, units + offset))
    }

    /// Latents that may be taken from a stream before it is asked whether it has run out.
    private func slack(window: Int) -> Int {
        let coarse = latentCount(window: window, levels: parameters.predictedLevels...parameters.levelCount)
        let chunk = channels * min(1 << parameters.chunkExponent, columns(of: window).count)
        return max(coarse, 2 * chunk) + 64
    }

    /// Input, result, and the lines of the windows that are decoded at the same time.
    private func checkMemory(
        _ container: Container, _ windows: [Int], result: Int, options: DecodeOptions
    ) throws(DecodeError) {
        let threads = min(windows.count, options.threads == 0 ? processorCount : options.threads)
        let columns = windows.map { self.columns(of: $0).count }.max() ?? 0
        let work = SignalWindow.workByteCount(parameters, channels: channels, columns: columns)
        let coder = parameters.isAdaptive ? AdaptiveCoder.byteCount(columns: 0) : 0
        let lines = columns * (14 * channels + 12) + work + coder + 1 << 20
        let needed = container.decodingByteCount + result + threads * lines
        guard needed <= options.maximumMemory else {
            throw .memoryLimit(needed: needed, limit: options.maximumMemory)
        }
    }
}
