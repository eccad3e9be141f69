// SPDX-License-Identifier: Apache-2.0
package import AECodec
import CAEKernels

/// How fast the networks of lossy models run with one variant of the kernels, on one thread.
package struct KernelMeasurement: Sendable {
    /// A layer of the default networks.
    package struct Layer: Sendable {
        package let name: String
        /// What the kernels multiply and add at a position, in words of four or two channels times outputs.
        package let words: Int
        /// Multiply-adds a second, channels that fill words up included.
        package let rate: Double
        /// Of the most that the same instructions reach.
        package let share: Double
    }

    /// Most multiply-adds a second, of four bytes and of two 16-bit numbers at a time.
    package let quadPeak: Double
    package let pairPeak: Double
    package let layers: [Layer]
    /// Seconds of each level of a tile of 1024 x 1024 samples, whose doubled values are not zero.
    package let levels: [Double]

    /// Widths of trunk and heads for the levels 1, 2, 3, and 4 upwards.
    package static let defaultWidths = [12, 16, 24, 24]
    private static let runs = 8

    /// Measures one variant.
    ///
    /// - Parameters:
    ///   - kernel: The variant.
    ///   - seconds: What each number may take about.
    /// - Returns: The best of many short runs of everything.
    /// - Throws: `DecodeError.kernelUnavailable` if this machine cannot run it.
    package static func measure(_ kernel: KernelChoice, seconds: Double) throws -> KernelMeasurement {
        guard let level = kernel.level else { throw DecodeError.kernelUnavailable(kernel) }
        let quadPeak = peak(level, isPairs: false, seconds: seconds)
        let pairPeak = peak(level, isPairs: true, seconds: seconds)
        let networks = try defaultWidths.enumerated().map { try network(width: $1, seed: $0) }
        var layers: [Layer] = []
        for network in networks.dropLast() {
            let names = ["T1", "T2"] + (0..<4).flatMap { p in ["A\(p)", "B\(p)", "O\(p)", "L\(p)"] }
            for (name, layer) in zip(names, network.layers) {
                // B and O are the same in every phase.
                if ["B", "O"].contains(where: name.hasPrefix), !name.hasSuffix("0") { continue }
                let isPairs = layer.shape.kind == .linear
                let rate = rate(of: layer, level: level, seconds: seconds)
                layers.append(
                    Layer(
                        name: "\(name), width \(network.trunkWidth)",
                        words: layer.shape.tapCount * layer.shape.outputs,
                        rate: rate, share: rate / (isPairs ? pairPeak : quadPeak)))
            }
        }
        let levels = (1...6).map { number in
            let values = values(side: 512 >> number)
            let network = networks[min(number, 4) - 1]
            return least(seconds: 4 * seconds) { network.duration(of: values, kernels: level) }
        }
        return KernelMeasurement(quadPeak: quadPeak, pairPeak: pairPeak, layers: layers, levels: levels)
    }

    /// The least of the times that some work reports, of as many as fit.
    ///
    /// Others measure what else the machine does.
    private static func least(seconds: Double, _ work: () -> Double) -> Double {
        let start = ContinuousClock.now
        var least = work()
        for _ in 0..<2 { least = min(least, work()) }
        while ContinuousClock.now - start < .seconds(seconds) { least = min(least, work()) }
        return least
    }

    private static func peak(_ level: ae_kernel_level, isPairs: Bool, seconds: Double) -> Double {
        let rounds: UInt32 = level == AE_KERNEL_PORTABLE ? 1000 : 10_000
        var sink: [Int32] = [0x0102_0304, 0x0203_0405]
        var count: UInt64 = 0
        let time = least(seconds: seconds) {
            timed { count = unsafe ae_network_peak(level, isPairs ? 1 : 0, rounds, &sink) }.cost.wall
        }
        return Double(count) / time
    }

    /// Rows of eight runs, as at level 1, read by all taps from places of their own in a few planes.
    private static func rate(of layer: NetworkLayer, level: ae_kernel_level, seconds: Double) -> Double {
        let columns = runs * Int(AE_NETWORK_RUN)
        let stride = columns + 32
        let words = layer.words
        let outputs = layer.shape.outputs
        let taps = layer.shape.tapCount
        let planes = outputs
        let squares = layer.shape.sources.contains { $0.isSpatial }
        let input = [UInt32](repeating: 0x0102_0304, count: taps * stride)
        var output = [UInt32](repeating: 0, count: planes * stride)
        let repeats = level == AE_KERNEL_PORTABLE ? 1 : 20
        let time = unsafe words.withUnsafeBufferPointer { words in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    guard let words = words.baseAddress, let input = input.baseAddress,
                        let output = output.baseAddress
                    else { return Double.infinity }
                    let numbers = unsafe UnsafeRawPointer(words + taps * outputs)
                        .assumingMemoryBound(to: Int32.self)
                    var row = unsafe ae_row_layer(
                        taps: Int32(taps), outputs: Int32(outputs), weights: words, start: numbers,
                        shifts: numbers + outputs)
                    let from: [UnsafePointer<UInt32>?] = unsafe (0..<taps).map {
                        unsafe input + (squares ? $0 / 3 * stride + 15 + $0 % 3 : $0 * stride + 16)
                    }
                    let quads: [UnsafeMutablePointer<UInt32>?] = unsafe (0..<planes).map {
                        unsafe output + $0 * stride
                    }
                    let numbersTo: [UnsafeMutablePointer<Int32>?] = unsafe (0..<planes).map {
                        unsafe UnsafeMutableRawPointer(output + $0 * stride).assumingMemoryBound(
                            to: Int32.self)
                    }
                    return least(seconds: seconds) {
                        timed {
                            for _ in 0..<repeats {
                                switch layer.shape.kind {
                                case .activations:
                                    unsafe ae_network_quads(level, &row, from, quads, 0, columns)
                                case .numbers:
                                    unsafe ae_network_sums(level, &row, from, numbersTo, 0, columns)
                                case .linear:
                                    unsafe ae_network_pairs(level, &row, from, numbersTo, 0, columns)
                                }
                            }
                        }.cost.wall
                    }
                }
            }
        }
        return Double(repeats * columns * taps * outputs * layer.shape.channelsPerWord) / time
    }

    private static func network(width: Int, seed: Int) throws -> ContextNetwork {
        // Any numbers do: the kernels take the same time for all.
        let layers = try ContextNetwork.shapes(trunkWidth: width, headWidth: width).map { shape in
            try NetworkLayer(
                shape: shape, biases: [Int32](repeating: 0, count: shape.outputs),
                shifts: [UInt8](repeating: 7, count: shape.outputs),
                weights: (0..<shape.outputs * shape.inputCount).map { Int16(($0 * 37 + seed) % 101 - 50) })
        }
        return try ContextNetwork(trunkWidth: width, headWidth: width, layers: layers)
    }

    private static func values(side: Int) -> LevelValues {
        func planes(_ side: Int) -> [[Int16]] {
            (0..<3).map { band in (0..<side * side).map { Int16(($0 * 7 + band) % 19 - 9) | 1 } }
        }
        return LevelValues(
            rows: side, columns: side, parents: planes(side), grandparents: planes((side + 1) / 2),
            phases: (0..<4).map { _ in planes(side) })
    }
}
