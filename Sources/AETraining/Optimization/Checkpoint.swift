// SPDX-License-Identifier: Apache-2.0
package import AEContainer

/// The state of a training, from which it goes on exactly as if it had not stopped.
public struct Checkpoint: Equatable, Sendable {
    /// The optimizer.
    public var adam: Adam
    /// Random numbers to come.
    public var random: RandomNumbers
    /// Steps done, those that the optimizer passed over among them.
    public var steps: Int

    /// Takes the parts.
    public init(adam: Adam, random: RandomNumbers, steps: Int = 0) {
        self.adam = adam
        self.random = random
        self.steps = steps
    }

    private static let signature: [UInt8] = Array("aecodec checkpoint 1\n".utf8)

    /// Writes what ``init(reader:parameterCount:options:)`` reads.
    package func write(to writer: inout ByteWriter) {
        writer.bytes(Self.signature)
        writer.u64(UInt64(adam.parameters.count))
        writer.u64(UInt64(adam.stepCount))
        writer.u64(random.state)
        writer.u64(UInt64(steps))
        for values in [adam.parameters, adam.moment1, adam.moment2, adam.average] {
            for value in values { writer.f32(value) }
        }
    }

    /// Reads a checkpoint.
    ///
    /// - Parameters:
    ///   - reader: At its first byte; left behind its last.
    ///   - parameterCount: Of the model that is to be trained.
    ///   - options: Of the optimizer, which are not kept.
    /// - Throws: ``TrainingError/foreignCheckpoint`` if it is of something else, or of another model;
    ///   ``TrainingError/container(_:)`` if it ends early.
    package init(
        reader: inout ByteReader, parameterCount: Int, options: Adam.Options
    ) throws(TrainingError) {
        var isOurs = false
        do throws(ContainerError) {
            isOurs = Array(try reader.bytes(Self.signature.count)) == Self.signature
            isOurs = try reader.u64() == UInt64(parameterCount) && isOurs
        } catch { throw .container(error) }
        guard isOurs else { throw .foreignCheckpoint }
        do throws(ContainerError) {
            let taken = try reader.u64()
            random = RandomNumbers(seed: try reader.u64())
            steps = Int(clamping: try reader.u64())
            var arrays: [[Float]] = []
            for _ in 0..<4 {
                var values: [Float] = []
                for _ in 0..<parameterCount { values.append(try reader.f32()) }
                arrays.append(values)
            }
            adam = Adam(parameters: arrays[0], options: options)
            adam.moment1 = arrays[1]
            adam.moment2 = arrays[2]
            adam.average = arrays[3]
            adam.stepCount = Int(clamping: taken)
        } catch { throw .container(error) }
    }
}
