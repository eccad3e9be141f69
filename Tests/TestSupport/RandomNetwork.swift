// SPDX-License-Identifier: Apache-2.0
package import AECodec

extension ContextNetwork {
    /// A network of random numbers.
    ///
    /// - Parameters:
    ///   - trunkWidth: Channels of the trunk.
    ///   - headWidth: Channels of the heads.
    ///   - biases: Of all layers that have some.
    ///   - shifts: Of all layers.
    ///   - linearLimit: The greatest magnitude of a weight of linear paths; others use their range.
    ///   - random: Where the numbers come from.
    /// - Returns: The network.
    /// - Throws: `DecodeError` if the limits let sums leave 32 bits.
    package static func random(
        trunkWidth: Int, headWidth: Int, biases: ClosedRange<Int32>, shifts: ClosedRange<UInt8>,
        linearLimit: Int, using random: inout SplitMix64
    ) throws -> ContextNetwork {
        let layers = try shapes(trunkWidth: trunkWidth, headWidth: headWidth).map { shape in
            let isLinear = shape.kind == .linear
            let limit = isLinear ? linearLimit : shape.weightLimit
            return try NetworkLayer(
                shape: shape,
                biases: (0..<shape.outputs).map { _ in
                    isLinear ? 0 : Int32.random(in: biases, using: &random)
                },
                shifts: (0..<shape.outputs).map { _ in UInt8.random(in: shifts, using: &random) },
                weights: (0..<shape.outputs * shape.inputCount).map { _ in
                    Int16(Int.random(in: -limit...limit, using: &random))
                })
        }
        return try ContextNetwork(trunkWidth: trunkWidth, headWidth: headWidth, layers: layers)
    }
}
