// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples
import TestSupport
import Testing

@testable import AECodecEncoder
@testable import AETraining

/// The float twin of the context networks, its training, and the integers that follow from it.
struct ContextTests {
    /// An image whose texture is stronger in some places, so that there is something to predict.
    private static let image: SampleArray = {
        var random = RandomNumbers(seed: 1)
        let extent = Extent(rows: 200, columns: 232)
        let values = (0..<extent.sampleCount).map { index -> Int in
            let (y, x) = (index / extent.columns, index % extent.columns)
            let deviation: Float = (y / 50 + x / 58) % 2 == 0 ? 4 : 60
            return 2048 + 3 * x + Int(deviation * random.normal())
        }
        return SampleArray(
            extent: extent, format: SampleFormat(bitsStored: 12, isSigned: false), values: values)
    }()

    private func levels(step: Double) throws -> [QuantizedLevel] {
        let encoder = try LossyEncoder(
            Self.image, options: EncodeOptions(threads: 1), model: Model.builtIn[0].pyramid)
        return try encoder.quantizedLevels(step: step)
    }

    @Test func quantizedLevelsHoldAllDetails() throws {
        let levels = try levels(step: 24)
        #expect(levels.map(\.level) == [5, 4, 3, 2, 1])
        #expect(levels.last?.count == 200 * 232 * 3 / 4)
        for (coarse, fine) in zip(levels, levels.dropFirst()) {
            #expect(fine.values.rows == (fine.level == 1 ? 50 : (coarse.values.rows * 2)) || fine.level > 1)
            // Parents are the phases of the coarser level, put together.
            let (rows, columns) = (fine.values.rows, fine.values.columns)
            for band in 0..<3 {
                for y in 0..<rows {
                    for x in 0..<columns {
                        let phase = [0, 2, 3, 1][2 * (y % 2) + x % 2]
                        let place = y / 2 * coarse.values.columns + x / 2
                        #expect(
                            fine.values.parents[band][y * columns + x]
                                == coarse.values.phases[phase][band][place])
                    }
                }
            }
        }
        let finest = try #require(levels.last)
        let entropy = finest.classEntropy / Double(finest.count)
        #expect((0.1...8).contains(entropy))
    }

    @Test func levelsOfOddImagesHaveMissingLatents() throws {
        let odd = Self.image.window(rows: 0..<101, columns: 0..<75)
        let encoder = try LossyEncoder(
            odd, options: EncodeOptions(threads: 1), model: Model.builtIn[0].pyramid)
        let levels = try encoder.quantizedLevels(step: 24)
        let finest = try #require(levels.last)
        #expect(finest.count == 101 * 75 - 51 * 38)
        #expect(ContextLevel(finest).count == finest.count)
    }

    @Test func edgesOfIntervals() {
        // Union quantiser 0: integers; 1: 0, 1/2, 3/2, ... of both signs.
        let target = ContextBatch.Target(
            indices: [0, 1, -2, 0, 1, -1, 2], unions: [0, 0, 0, 1, 1, 1, 1],
            weights: Tensor(Shape(columns: 7)))
        let tape = Tape()
        let bin = tape.constant(Tensor(Shape(columns: 7), repeating: 0.5))
        let none = tape.constant(Tensor(Shape(channels: 8)))
        let lower = target.edges(isUpper: false, bin: bin, moves: none).value.values
        let upper = target.edges(isUpper: true, bin: bin, moves: none).value.values
        #expect(lower == [-0.5, 0.5, -2.5, -0.25, 0.25, -1, 1])
        #expect(upper == [0.5, 1.5, -1.5, 0.25, 1, -0.25, 2])
        let moves = tape.constant(
            Tensor(Shape(channels: 8), values: [0.1, 0.3, 0, 0, 0, 0.2, 0.05, 0.05]))
        let moved = target.edges(isUpper: false, bin: bin, moves: moves).value.values
        #expect(zip(moved, [-0.7, 0.7, -2.5, -0.35, 0.35, -1.05, 1.05]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func gradientsOfEdges() {
        let shape = Shape(channels: 3, columns: 8)
        var random = RandomNumbers(seed: 2)
        let target = ContextBatch.Target(
            indices: (0..<24).map { _ in Int16(random.next() % 7) - 3 },
            unions: (0..<24).map { _ in UInt8(random.next() % 2) }, weights: Tensor(shape))
        let bins = Tensor(shape, values: (0..<24).map { 0.2 + Float($0 % 5) * 0.35 })
        let moves = randomTensor(Shape(channels: 12), seed: 3)
        for isUpper in [false, true] {
            expectGradients(of: [bins, moves]) {
                target.edges(isUpper: isUpper, bin: $1[0], moves: $1[1])
            }
        }
    }

    @Test func trainingLearnsAndIntegersKeepIt() throws {
        let levels = try levels(step: 24)
        let finest = try #require(levels.last)
        let model = ContextModel(trunkWidth: 8, headWidth: 8)
        var random = RandomNumbers(seed: 4)
        var training = ContextTraining(model: model, parameters: model.start(using: &random), seed: 5)
        let kernels = try #require(KernelChoice.automatic.level)
        func cost() throws -> ContextCost {
            model.cost(
                of: finest, parameters: training.state.adam.average, network: try training.network(),
                kernels: kernels)
        }
        let before = try cost()
        for step in 0..<40 {
            training.step(
                levels: [ContextLevel(finest)], rate: 6e-3, progress: Double(step) / 40, threads: 2)
        }
        let after = try cost()
        #expect(after.count == finest.count)
        #expect(after.float < 0.9 * before.float)
        #expect(abs(after.integer / after.float - 1) < 0.01)
        #expect(after.classes < after.integer)
        let coarse = try #require(levels.first { $0.level == 4 })
        for step in 0..<2 {
            training.step(
                levels: [ContextLevel(coarse)], rate: 6e-3, progress: Double(step), threads: 1)
        }
        #expect(training.state.adam.parameters.allSatisfy { $0.isFinite })
    }

    @Test func integersComeBackFromFloats() throws {
        var random = SplitMix64(seed: 6)
        let network = try ContextNetwork.random(
            trunkWidth: 8, headWidth: 12, biases: -900...900, shifts: 6...9, linearLimit: 3000, using: &random
        )
        let model = ContextModel(trunkWidth: 8, headWidth: 12)
        let floats = model.floats(network, start: [Float](repeating: 0, count: model.layout.count))
        let again = try model.integers(floats)
        // Shifts may be others; what the numbers stand for is the same.
        for (layer, other) in zip(network.layers, again.layers) {
            let inputs = layer.shape.inputCount
            for output in 0..<layer.shape.outputs {
                let scale = 1 / Double(1 << Int(layer.shifts[output]))
                let otherScale = 1 / Double(1 << Int(other.shifts[output]))
                #expect(otherScale <= scale)
                for index in output * inputs..<(output + 1) * inputs {
                    #expect(Double(layer.weights[index]) * scale == Double(other.weights[index]) * otherScale)
                }
                let difference =
                    Double(layer.biases[output]) * scale - Double(other.biases[output]) * otherScale
                #expect(abs(difference) < 1e-4)
            }
        }
    }

    @Test func parametersBeyondTheIntegersAreRefusedOrLimited() throws {
        let model = ContextModel(trunkWidth: 4, headWidth: 4)
        let huge = try model.integers([Float](repeating: 1e9, count: model.layout.count))
        #expect(huge.layers.allSatisfy { $0.weights.allSatisfy { Int($0) <= $0.magnitude } })
    }
}
