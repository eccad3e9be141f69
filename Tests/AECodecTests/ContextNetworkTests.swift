// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import TestSupport
import Testing

/// Networks of a model: their bytes, and what follows from them.
@Suite struct ContextNetworkTests {
    private static let levels = [AE_KERNEL_PORTABLE, AE_KERNEL_AVX2, AE_KERNEL_AVX512, AE_KERNEL_NEON]
        .filter { ae_kernel_available($0) != 0 }

    private static func expectAgreement(_ network: ContextNetwork, _ values: LevelValues) {
        let expected = SpecifiedNetwork(network: network, values: values).contexts
        for level in levels {
            #expect(
                network.contexts(of: values, kernels: level) == expected,
                "\(values.rows) x \(values.columns), level \(level.rawValue)")
        }
    }

    @Test(arguments: [(4, 4), (4, 12), (8, 4), (12, 12), (16, 20), (24, 24)])
    func everyWidthGivesWhatTheSpecificationSays(widths: (trunk: Int, head: Int)) throws {
        let network = try ContextNetwork.random(trunkWidth: widths.trunk, headWidth: widths.head, seed: 1)
        for hasCoarser in [true, false] {
            Self.expectAgreement(
                network, .random(rows: 7, columns: 37, isSparse: false, hasCoarser: hasCoarser, seed: 2))
        }
    }

    @Test(arguments: [1, 2, 3, 16], [1, 2, 31, 32, 33, 64])
    func everySizeGivesWhatTheSpecificationSays(rows: Int, columns: Int) throws {
        let network = try ContextNetwork.random(trunkWidth: 4, headWidth: 8, seed: UInt64(rows))
        Self.expectAgreement(
            network,
            .random(rows: rows, columns: columns, isSparse: false, hasCoarser: true, seed: UInt64(columns)))
    }

    /// Empty regions are not computed, which nobody can tell.
    @Test(arguments: 0..<6)
    func emptyRegionsGiveWhatTheSpecificationSays(seed: Int) throws {
        let network = try ContextNetwork.random(trunkWidth: 8, headWidth: 4, seed: UInt64(seed))
        let columns = [65, 96, 127, 128, 160, 190][seed]
        Self.expectAgreement(
            network,
            .random(
                rows: 16 + 3 * seed, columns: columns, isSparse: true, hasCoarser: seed != 3,
                seed: UInt64(seed)))
    }

    @Test func nothingAtAllIsAnInputToo() throws {
        let network = try ContextNetwork.random(trunkWidth: 4, headWidth: 4, seed: 3)
        let plane = [Int16](repeating: 0, count: 20 * 70)
        let three = [plane, plane, plane]
        Self.expectAgreement(
            network,
            LevelValues(
                rows: 20, columns: 70, parents: [], grandparents: [], phases: [three, three, three, three]))
    }

    /// Means beyond all limits, and every bucket.
    @Test func meansAreLimited() throws {
        for shift in [0, 4, 7] as [UInt8] {
            let base = try ContextNetwork.random(trunkWidth: 4, headWidth: 4, seed: 5)
            var layers = base.layers
            for place in layers.indices where layers[place].shape.kind != .activations {
                let old = layers[place]
                layers[place] = try NetworkLayer(
                    shape: old.shape, biases: old.biases.map { $0 &* (shift == 0 ? 100_000 : 1) },
                    shifts: old.shifts.map { _ in shift }, weights: old.weights)
            }
            let network = try ContextNetwork(trunkWidth: 4, headWidth: 4, layers: layers)
            Self.expectAgreement(
                network, .random(rows: 9, columns: 40, isSparse: false, hasCoarser: true, seed: 8))
        }
    }

    private static func networks() throws -> ContextNetworks {
        ContextNetworks(
            kinds: try [(12, 12), (16, 16), (24, 24), (4, 8)].enumerated().map { place, widths in
                try .random(trunkWidth: widths.0, headWidth: widths.1, seed: UInt64(place))
            })
    }

    private static func bytes(_ networks: ContextNetworks) -> [UInt8] {
        var writer = ByteWriter()
        networks.write(to: &writer)
        return writer.bytes
    }

    private static func error(_ bytes: [UInt8]) -> DecodeError? {
        var reader = ByteReader(bytes)
        do {
            _ = try ContextNetworks(reader: &reader)
            return nil
        } catch { return error }
    }

    @Test func bytesGiveTheNetworksBack() throws {
        let networks = try Self.networks()
        let bytes = Self.bytes(networks)
        // The first three kinds; Spec/network.md names the sum with another one of width 24.
        #expect(
            bytes.count - 9950 - 13770 - 23042 == 2 + 4 * (5 + 81) + 4 * (5 + 36) + 8 * 4 * 5 + 8 * (16 + 324)
                + 4 * 8 * 13 + 4 * 6 * 13 + 4 * 3 + 3 * 2 * 270)
        var reader = ByteReader(bytes + [1, 2, 3])
        #expect(try ContextNetworks(reader: &reader) == networks)
        #expect(reader.remaining == 3)
    }

    @Test func everyShortSectionIsRefused() throws {
        let bytes = Self.bytes(try Self.networks())
        for count in stride(from: 0, to: bytes.count, by: 97) {
            guard case .container(.truncated) = Self.error(Array(bytes.prefix(count))) else {
                Issue.record("\(count) bytes")
                continue
            }
        }
    }

    @Test(arguments: [0, 1], [0, 2, 10, 68, 255] as [UInt8])
    func widthsOutOfRangeAreRefused(place: Int, width: UInt8) throws {
        var bytes = Self.bytes(try Self.networks())
        bytes[place] = width
        let field = place == 0 ? "Trunk_Width of the model" : "Head_Width of the model"
        #expect(Self.error(bytes) == .fieldOutOfRange(field: field, value: Int(width)))
    }

    @Test func numbersOutOfRangeAreRefused() throws {
        let bytes = Self.bytes(try Self.networks())
        // The first layer: 12 biases from byte 2 on, 12 shifts, 12 x 81 weights.
        var shift = bytes
        shift[2 + 48] = 25
        #expect(Self.error(shift) == .fieldOutOfRange(field: "Shift of a layer of the model", value: 25))
        var weight = bytes
        weight[2 + 60] = 0x80
        #expect(Self.error(weight) == .fieldOutOfRange(field: "Weight of a layer of the model", value: -128))
    }

    /// A layer with one weight that is not zero: its sums reach the limit of 32 bits, or one more.
    @Test func sumsBeyond32BitsAreRefused() throws {
        let shape = NetworkLayer.Shape(
            kind: .activations, outputs: 4, sources: [NetworkLayer.Source(channels: 4, isSpatial: false)])
        var weights = [Int16](repeating: 0, count: 16)
        weights[7] = -100
        let greatest = Int32.max - 127 * 100 - 32
        for (bias, isRefused) in [
            (greatest, false), (greatest + 1, true), (-greatest, false), (-greatest - 1, true),
        ] {
            let biases = [0, bias, 0, 0]
            if isRefused {
                #expect(
                    throws: DecodeError.fieldOutOfRange(
                        field: "largest sum of a layer of the model", value: 1 << 31)
                ) {
                    try NetworkLayer(shape: shape, biases: biases, shifts: [0, 6, 0, 24], weights: weights)
                }
            } else {
                let layer = try NetworkLayer(
                    shape: shape, biases: biases, shifts: [0, 6, 0, 24], weights: weights)
                #expect(layer.sumLimit(1) == Int(Int32.max))
            }
        }
    }

    @Test func meansBeyond32BitsAreRefused() throws {
        let base = try ContextNetwork.random(trunkWidth: 4, headWidth: 4, seed: 5)
        var layers = base.layers
        let outputs = layers[4]
        layers[4] = try NetworkLayer(
            shape: outputs.shape, biases: outputs.biases.map { _ in Int32.max - 127 * 127 * 4 - 256 },
            shifts: outputs.shifts.map { _ in 0 }, weights: outputs.weights)
        let linear = layers[5]
        layers[5] = try NetworkLayer(
            shape: linear.shape, biases: linear.biases, shifts: linear.shifts.map { _ in 0 },
            weights: linear.weights.map { _ in 300 })
        let limit = layers[4].sumLimit(0) + 255 * 27 * 300
        #expect(throws: DecodeError.fieldOutOfRange(field: "largest mean of the model", value: limit)) {
            try ContextNetwork(trunkWidth: 4, headWidth: 4, layers: layers)
        }
    }
}
