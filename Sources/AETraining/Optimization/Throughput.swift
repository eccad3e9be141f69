// SPDX-License-Identifier: Apache-2.0

/// How fast one core multiplies and adds floats, at best and in convolutions.
public struct Throughput: Equatable, Sendable {
    /// What was measured.
    public let name: String
    /// Multiply-adds a second on one core.
    public let rate: Double

    /// A loop that does nothing else: the peak.
    public static func peak() -> Throughput {
        Throughput(name: "peak", rate: best { Kernels.multiplyAdds(turns: 1_000_000) })
    }

    /// The three passes of a convolution with biases.
    ///
    /// - Parameters:
    ///   - input: Shape of the input.
    ///   - outputs: Channels of the output.
    ///   - side: Side of the square of weights.
    /// - Returns: Forward, gradient of the input, gradient of the weights.
    public static func convolution(input: Shape, outputs: Int, side: Int) -> [Throughput] {
        let x = Tensor(input, repeating: 0.5)
        let weights = Tensor(
            Shape(batch: outputs, channels: input.channels, rows: side, columns: side), repeating: 0.1)
        let bias = Tensor(Shape(channels: outputs))
        let dy = Tensor(input.with(channels: outputs), repeating: 0.25)
        let count = Double(input.positions * outputs * input.channels * side * side)
        return [
            Throughput(
                name: "forward",
                rate: best {
                    _ = Kernels.convolve(x, weights, bias)
                    return count
                }),
            Throughput(
                name: "input gradient",
                rate: best {
                    _ = Kernels.convolveInputGradient(input, weights, dy: dy)
                    return count
                }),
            Throughput(
                name: "weight gradient",
                rate: best {
                    _ = Kernels.convolveWeightGradient(x, weights.shape, dy: dy, hasBias: true)
                    return count
                }),
        ]
    }

    /// The best rate of several turns of some milliseconds each; `body` says how much it has done.
    private static func best(_ body: () -> Double) -> Double {
        let clock = ContinuousClock()
        var rate = 0.0
        for _ in 0..<10 {
            let start = clock.now
            var (work, duration) = (0.0, Duration.zero)
            while duration < .milliseconds(20) {
                work += body()
                duration = clock.now - start
            }
            rate = max(rate, work / (duration / .seconds(1)))
        }
        return rate
    }
}
