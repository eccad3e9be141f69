// SPDX-License-Identifier: Apache-2.0
import AEContainer
import AETraining
import Foundation
import Testing

/// Training of a small network: that it learns, repeats, stops and goes on.
struct OptimizationTests {
    /// Two convolutions that learn to blur.
    private struct Model: Sendable {
        let layout: ParameterLayout
        let first, firstBias, second: ParameterLayout.Slot

        init() {
            var layout = ParameterLayout()
            first = layout.add(Shape(batch: 4, channels: 1, rows: 3, columns: 3))
            firstBias = layout.add(Shape(channels: 4))
            second = layout.add(Shape(batch: 1, channels: 4))
            self.layout = layout
        }

        func start(seed: UInt64) -> [Float] {
            var random = RandomNumbers(seed: seed)
            var parameters = [Float](repeating: 0, count: layout.count)
            first.fillForConvolution(&parameters, using: &random)
            second.fillForConvolution(&parameters, using: &random)
            return parameters
        }

        @Sendable func loss(_ tape: Tape, _ parameters: TapeParameters, _ share: Tensor) -> Variable {
            let hidden = tape.constant(share).convolved(parameters(first), bias: parameters(firstBias)).relu()
            let blur = Tensor(Shape(batch: 1, channels: 1, rows: 3, columns: 3), repeating: 1.0 / 9)
            let target = tape.constant(share).convolved(tape.constant(blur))
            return (hidden.convolved(parameters(second)) - target).squared().mean()
        }
    }

    private func train(_ state: inout Checkpoint, steps: Int, threads: Int) -> Double {
        let model = Model()
        var loss = 0.0
        for _ in 0..<steps {
            let shares = (0..<2).map { _ in
                randomTensor(Shape(batch: 2, rows: 8, columns: 8), seed: state.random.next())
            }
            let gradients = Gradients.ofSum(
                over: shares, parameters: state.adam.parameters, threads: threads, loss: model.loss)
            state.adam.step(gradients.values, rate: 0.02)
            loss = gradients.loss
        }
        return loss
    }

    private var start: Checkpoint {
        var options = Adam.Options()
        options.greatestNorm = 1
        return Checkpoint(
            adam: Adam(parameters: Model().start(seed: 1), options: options), random: RandomNumbers(seed: 2))
    }

    @Test func theLossFalls() {
        var state = start
        let before = train(&state, steps: 1, threads: 1)
        let after = train(&state, steps: 150, threads: 1)
        #expect(after < before / 20)
        #expect(state.adam.average != state.adam.parameters)
    }

    @Test func theSameSeedGivesTheSameParametersOnAnyNumberOfThreads() {
        var (one, two) = (start, start)
        let losses = (train(&one, steps: 5, threads: 1), train(&two, steps: 5, threads: 2))
        #expect(losses.0 == losses.1)
        #expect(one == two)
    }

    @Test func aCheckpointGoesOnExactly() throws {
        var (whole, halves) = (start, start)
        _ = train(&whole, steps: 6, threads: 1)
        _ = train(&halves, steps: 3, threads: 1)
        halves.steps = 3
        var writer = ByteWriter()
        halves.write(to: &writer)
        writer.u8(7)
        var reader = ByteReader(writer.bytes)
        var read = try Checkpoint(
            reader: &reader, parameterCount: Model().layout.count, options: halves.adam.options)
        let next = try reader.u8()
        #expect(next == 7)
        #expect(read == halves)
        _ = train(&read, steps: 3, threads: 1)
        read.steps = whole.steps
        #expect(read == whole)
    }

    @Test func foreignAndTruncatedCheckpointsAreRefused() {
        var writer = ByteWriter()
        start.write(to: &writer)
        let count = Model().layout.count
        func error(_ bytes: [UInt8], _ count: Int) -> TrainingError? {
            var reader = ByteReader(bytes)
            do {
                _ = try Checkpoint(reader: &reader, parameterCount: count, options: Adam.Options())
                return nil
            } catch { return error }
        }
        #expect(error(writer.bytes, count + 1) == .foreignCheckpoint)
        var damaged = writer.bytes
        damaged[3] ^= 1
        #expect(error(damaged, count) == .foreignCheckpoint)
        let end = writer.bytes.count
        #expect(
            error(Array(writer.bytes.dropLast()), count)
                == .container(.truncated(offset: end - 4, needed: 4, available: 3)))
    }

    @Test func longGradientsAreShortenedAndThoseThatAreNotFiniteArePassedOver() {
        var options = Adam.Options()
        options.greatestNorm = 5
        var (clipped, scaled) = (
            Adam(parameters: [0, 0], options: options), Adam(parameters: [0, 0], options: options)
        )
        for gradient in [[300, 400], [3, 0]] as [[Float]] { clipped.step(gradient, rate: 0.1) }
        for gradient in [[3, 4], [3, 0]] as [[Float]] { scaled.step(gradient, rate: 0.1) }
        #expect(zip(clipped.parameters, scaled.parameters).allSatisfy { abs($0 - $1) < 1e-6 })
        let before = clipped
        let wasTaken = clipped.step([.nan, 0], rate: 0.1)
        #expect(!wasTaken)
        #expect(clipped == before)
    }

    @Test func theFirstStepOfAdamHasTheLengthOfTheRate() {
        var adam = Adam(parameters: [1, -1])
        adam.step([0.001, -70], rate: 0.25)
        #expect(zip(adam.parameters, [0.75, -0.75]).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func theRateRisesAndFalls() {
        let schedule = CosineSchedule(peak: 0.5, warmUp: 0.1)
        #expect(schedule.rate(at: 0) < 0.01)
        #expect(abs(schedule.rate(at: 0.1) - 0.5) < 1e-6)
        #expect(abs(schedule.rate(at: 0.55) - 0.25) < 1e-6)
        #expect(abs(schedule.rate(at: 1)) < 1e-6)
        #expect(abs(schedule.rate(at: 7)) < 1e-6)
    }

    @Test func randomNumbersHaveTheirMoments() {
        var random = RandomNumbers(seed: 3)
        let uniform = (0..<20_000).map { _ in Double(random.uniform()) }
        #expect(uniform.allSatisfy { (0..<1).contains($0) })
        #expect(abs(uniform.reduce(0, +) / 20_000 - 0.5) < 0.01)
        let normal = (0..<20_000).map { _ in Double(random.normal()) }
        #expect(abs(normal.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.05)
    }
}
