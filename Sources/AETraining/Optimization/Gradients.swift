// SPDX-License-Identifier: Apache-2.0
import AECodec
import Synchronization

/// A loss and what it changes by with each parameter.
public struct Gradients: Equatable, Sendable {
    /// The loss.
    public let loss: Double
    /// Its derivatives, in the order of the parameters.
    public let values: [Float]

    /// The sum of the losses of several shares of a batch, each on its own thread.
    ///
    /// The same shares give the same result on any number of threads: they are added in their order.
    ///
    /// - Parameters:
    ///   - shares: What the loss of a share needs, examples above all.
    ///   - parameters: The parameters of the model.
    ///   - threads: At most; 0 means one a core.
    ///   - loss: Computes the loss of a share, one number, with operations on the tape.
    /// - Returns: The sums.
    public static func ofSum<Share: Sendable>(
        over shares: [Share], parameters: [Float], threads: Int = 0,
        loss: @Sendable (Tape, TapeParameters, Share) -> Variable
    ) -> Gradients {
        let results = Mutex([Gradients?](repeating: nil, count: shares.count))
        WorkQueue<Never>.run(shares.count, threads: threads) { queue in
            while let number = queue.take() {
                let tape = Tape()
                let onTape = TapeParameters(tape, values: parameters)
                let value = loss(tape, onTape, shares[number])
                tape.backward(from: value)
                let result = Gradients(loss: Double(value.value.values[0]), values: onTape.gradients())
                results.withLock { $0[number] = result }
            }
        }
        var (sum, values) = (0.0, [Float](repeating: 0, count: parameters.count))
        for result in results.withLock({ $0 }) {
            guard let result else { continue }
            sum += result.loss
            Kernels.accumulate(result.values, to: &values)
        }
        return Gradients(loss: sum, values: values)
    }
}
