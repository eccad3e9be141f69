// SPDX-License-Identifier: Apache-2.0
package import AECodec
import CAEKernels

/// The latents of one level of one tile as an encoder has quantised them: what context networks learn from.
package struct QuantizedLevel: Sendable {
    /// 1 upwards, the finest first.
    package let level: Int
    /// What the networks see: doubled values of the level and of the two above. (Spec/network.md, section 1)
    package let values: LevelValues
    /// By phase three bands of the phase grid: the index in its quantiser; ``missing`` where there is no
    /// latent.
    package let indices: [[[Int16]]]
    /// The same of quantisers, 0 or 1.
    package let unions: [[[UInt8]]]
    /// Bits of the same latents, each coded at the entropy of the class that the encoder gave it.
    package let classEntropy: Double

    /// Stands where a band has no latent.
    package static let missing = Int16.min

    /// Latents of the level.
    package var count: Int {
        indices.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count { $0 != Self.missing } } }
    }
}

extension LossyEncoder {
    /// All levels of details of all tiles of all planes, quantised at a common step.
    ///
    /// - Parameter step: The common step, in units of the samples.
    /// - Returns: Coarse levels of a tile first.
    /// - Throws: ``EncodeError`` if memory runs out.
    package func quantizedLevels(step: Double) throws(EncodeError) -> [QuantizedLevel] {
        let encoder = try latentEncoder()
        encoder.keepsDoubled = true
        _ = setSteps(step)
        var result: [QuantizedLevel] = []
        for plane in planes {
            let layout = plane.layout
            for tile in 0..<layout.tileCount {
                let levels = 0...layout.levelCount
                _ = encoder.quantized([(plane, tile)], levels: levels)
                var reader = CodedLatents(encoder: encoder)
                reader.skip(layout.part(tile, level: layout.levelCount, band: 0).count)
                var coarser: [CodedLatents.Bands] = []
                for level in levels.dropFirst().reversed() {
                    let parts = (1...3).map { layout.part(tile, level: level, band: $0) }
                    guard parts.contains(where: { !$0.isEmpty }) else { continue }
                    let one = reader.level(level, parts: parts, coarser: coarser)
                    coarser.append(one.bands)
                    result.append(one.level)
                }
            }
        }
        return result
    }
}

extension LossyEncoder {
    /// The step at which a sample of the image takes some bits, about: mostly within a factor of 2.
    package func step(bitsPerSample rate: Double) -> Double {
        // How the estimate and the entropy of classes go together on five images.
        let estimate = 0.5 * (rate < 1 ? rate.squareRoot() : rate)
        let bits = estimate * Double(planes.reduce(0) { $0 + $1.layout.rows * $1.layout.columns })
        var (low, high) = (0.25, maximumCode + 1)
        for _ in 0..<12 {
            let middle = (low * high).squareRoot()
            if estimatedBits(step: middle) > bits { low = middle } else { high = middle }
        }
        return high
    }
}

/// Reads doubled values and quantisers in coding order. (Spec/bitstream.md, section 8)
private struct CodedLatents {
    /// Three bands of doubled values, of twice the size of the phase grid.
    struct Bands {
        var planes: [[Int16]]
        let stride: Int

        /// The first rows and columns: what a finer level, whose phase grid is no larger, sees.
        func cut(rows: Int, columns: Int) -> [[Int16]] {
            planes.map { plane in
                (0..<rows).flatMap { plane[$0 * stride..<$0 * stride + columns] }
            }
        }
    }

    private let encoder: LatentEncoder
    private var next = 0

    init(encoder: LatentEncoder) { self.encoder = encoder }

    mutating func skip(_ count: Int) { next += count }

    /// The next level, and its bands.
    ///
    /// - Parameters:
    ///   - number: Of the level.
    ///   - parts: Of its bands in the tile.
    ///   - coarser: The bands of the levels read before.
    /// - Returns: Both.
    mutating func level(
        _ number: Int, parts: [PlaneWindow], coarser: [Bands]
    ) -> (level: QuantizedLevel, bands: Bands) {
        let rows = (parts.reduce(0) { max($0, $1.rows.count) } + 1) / 2
        let columns = (parts.reduce(0) { max($0, $1.columns.count) } + 1) / 2
        let start = next
        let empty = [Int16](repeating: 0, count: rows * columns)
        let absent = [Int16](repeating: QuantizedLevel.missing, count: rows * columns)
        var bands = Bands(
            planes: [[Int16]](repeating: [Int16](repeating: 0, count: 4 * rows * columns), count: 3),
            stride: 2 * columns)
        var (indices, values, unions): ([[[Int16]]], [[[Int16]]], [[[UInt8]]]) = ([], [], [])
        for (i, j) in [(0, 0), (1, 1), (0, 1), (1, 0)] {
            var phaseValues = [[Int16]](repeating: empty, count: 3)
            var phaseIndices = [[Int16]](repeating: absent, count: 3)
            var phaseUnions = [[UInt8]](repeating: [UInt8](repeating: 0, count: rows * columns), count: 3)
            for (band, part) in parts.enumerated() {
                for y in 0..<max(0, part.rows.count - i + 1) / 2 {
                    for x in 0..<max(0, part.columns.count - j + 1) / 2 {
                        let doubled = Int(encoder.doubled[next])
                        let union = Int(encoder.classes[next] & 1)
                        next += 1
                        let value = Int16(max(-255, min(255, doubled)))
                        phaseIndices[band][y * columns + x] = Int16((doubled + doubled.signum() * union) / 2)
                        phaseUnions[band][y * columns + x] = UInt8(union)
                        phaseValues[band][y * columns + x] = value
                        bands.planes[band][(2 * y + i) * bands.stride + 2 * x + j] = value
                    }
                }
            }
            indices.append(phaseIndices)
            unions.append(phaseUnions)
            values.append(phaseValues)
        }
        let parents = coarser.last?.cut(rows: rows, columns: columns) ?? []
        let grandparents =
            coarser.dropLast().last?.cut(rows: (rows + 1) / 2, columns: (columns + 1) / 2) ?? []
        let level = QuantizedLevel(
            level: number,
            values: LevelValues(
                rows: rows, columns: columns, parents: parents, grandparents: grandparents, phases: values),
            indices: indices, unions: unions, classEntropy: encoder.entropy(of: start..<next))
        return (level, bands)
    }
}
