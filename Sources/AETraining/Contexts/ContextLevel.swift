// SPDX-License-Identifier: Apache-2.0
import AECodec
package import AECodecEncoder
import Foundation

/// A quantised level as crops are cut from it: the channels of a position of the phase grid lie together.
package struct ContextLevel: Sendable {
    /// 1 upwards.
    package let level: Int
    let rows: Int
    let columns: Int
    /// What the trunk sees: nine channels, companded. (Spec/network.md, section 3)
    let parents: [UInt8]
    /// What heads see of phases 0, 1 and 2: eighteen channels, companded.
    let phases: [UInt8]
    /// Doubled values of parents and of phases 0, 1 and 2: twelve channels.
    let linear: [Int16]
    /// By phase three channels: indices in union quantisers, 0 where there is no latent.
    let indices: [[Int16]]
    /// By phase three channels: union quantisers.
    let unions: [[UInt8]]
    /// By phase three channels: 1 where there is a latent.
    let exists: [[UInt8]]
    /// Latents.
    package let count: Int
    /// What they cost in the classes of the encoder, in bits.
    package let classEntropy: Double

    /// C[x] of Spec/network.md, section 2.
    private static let companding: [UInt8] = (0...255).map { x in
        UInt8((16 * log2(1 + Double(x) / 2) + 0.5).rounded(.down))
    }

    /// Rearranges a level.
    package init(_ source: QuantizedLevel) {
        let values = source.values
        let (rows, columns) = (values.rows, values.columns)
        let size = rows * columns
        var parents = [UInt8](repeating: 0, count: 9 * size)
        var phases = [UInt8](repeating: 0, count: 18 * size)
        var linear = [Int16](repeating: 0, count: 12 * size)
        let companding = Self.companding
        for (band, plane) in values.parents.enumerated() {
            for place in 0..<size {
                let value = plane[place]
                parents[9 * place + 2 * band] = companding[max(0, Int(value))]
                parents[9 * place + 2 * band + 1] = companding[max(0, -Int(value))]
                linear[12 * place + band] = value
            }
        }
        for (band, plane) in values.grandparents.enumerated() {
            for y in 0..<rows {
                for x in 0..<columns {
                    let value = plane[(y >> 1) * ((columns + 1) / 2) + x >> 1]
                    parents[9 * (y * columns + x) + 6 + band] = companding[abs(Int(value))]
                }
            }
        }
        for (phase, planes) in values.phases.dropLast().enumerated() {
            for (band, plane) in planes.enumerated() {
                let channel = 3 * phase + band
                for place in 0..<size {
                    let value = plane[place]
                    phases[18 * place + 2 * channel] = companding[max(0, Int(value))]
                    phases[18 * place + 2 * channel + 1] = companding[max(0, -Int(value))]
                    linear[12 * place + 3 + channel] = value
                }
            }
        }
        var (indices, unions, exists): ([[Int16]], [[UInt8]], [[UInt8]]) = ([], [], [])
        var count = 0
        for phase in values.phases.indices {
            var own = [Int16](repeating: 0, count: 3 * size)
            var ownUnions = [UInt8](repeating: 0, count: 3 * size)
            var ownExists = ownUnions
            for band in 0..<3 {
                let plane = source.indices[phase][band]
                for place in 0..<size where plane[place] != QuantizedLevel.missing {
                    own[3 * place + band] = plane[place]
                    ownExists[3 * place + band] = 1
                    count += 1
                }
                guard !source.unions.isEmpty else { continue }
                for (place, union) in source.unions[phase][band].enumerated() {
                    ownUnions[3 * place + band] = union
                }
            }
            indices.append(own)
            unions.append(ownUnions)
            exists.append(ownExists)
        }
        level = source.level
        self.rows = rows
        self.columns = columns
        self.parents = parents
        self.phases = phases
        self.linear = linear
        self.indices = indices
        self.unions = unions
        self.exists = exists
        self.count = count
        classEntropy = source.classEntropy
    }

    /// Latents that are not 0 in a window, of those at every second row and column.
    func nonzeroCount(row: Int, column: Int, rows: Int, columns: Int) -> Int {
        var count = 0
        for phase in indices {
            for y in stride(from: row, to: row + rows, by: 2) {
                for x in stride(from: column, to: column + columns, by: 2) {
                    let place = 3 * (y * self.columns + x)
                    for band in 0..<3 where phase[place + band] != 0 { count += 1 }
                }
            }
        }
        return count
    }
}
