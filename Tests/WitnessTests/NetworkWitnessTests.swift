// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Foundation
import TestSupport
import Testing

/// The witness and the kernels agree on the classes and means of networks.
@Suite(.enabled(if: Witness.isRunnable, Witness.absence))
struct NetworkWitnessTests {
    private static func networks(seed: UInt64) throws -> ContextNetworks {
        var random = SplitMix64(seed: seed)
        return ContextNetworks(
            kinds: try [(4, 4), (8, 4), (4, 12), (12, 12)].map { trunk, head in
                try .random(
                    trunkWidth: trunk, headWidth: head, biases: -3000...9000, shifts: 4...10,
                    linearLimit: 90, using: &random)
            })
    }

    /// Planes of large, small and absent values.
    private static func values(rows: Int, columns: Int, density: Int, seed: UInt64) -> LevelValues {
        var random = SplitMix64(seed: seed)
        func planes(_ count: Int) -> [[Int16]] {
            (0..<3).map { _ in
                (0..<count).map { _ in
                    guard Int.random(in: 0..<100, using: &random) < density else { return 0 }
                    return Bool.random(using: &random)
                        ? Int16.random(in: -255...255, using: &random)
                        : Int16.random(in: -4...4, using: &random)
                }
            }
        }
        return LevelValues(
            rows: rows, columns: columns, parents: planes(rows * columns),
            grandparents: planes((rows + 1) / 2 * ((columns + 1) / 2)),
            phases: (0..<4).map { _ in planes(rows * columns) })
    }

    @Test(arguments: [(1, 1, 100, 0), (5, 9, 100, 1), (8, 33, 40, 2), (3, 40, 100, 3), (17, 70, 0, 0)])
    func classesAndMeansAgree(rows: Int, columns: Int, density: Int, kind: Int) throws {
        let networks = try Self.networks(seed: UInt64(kind))
        let values = Self.values(rows: rows, columns: columns, density: density, seed: UInt64(rows))
        var writer = ByteWriter()
        for number in [rows, columns, kind] { writer.u32(UInt32(number)) }
        networks.write(to: &writer)
        for plane in values.parents + values.grandparents + values.phases.flatMap({ $0 }) {
            for value in plane { writer.u16(UInt16(bitPattern: value)) }
        }
        let level = try #require(KernelChoice.automatic.level)
        let found = networks.kinds[kind].contexts(of: values, kernels: level)
        let lines = found.flatMap { phase in
            (0..<3).flatMap { band in
                (0..<rows).map { row in
                    (row * columns..<(row + 1) * columns)
                        .map { "\(phase.classes[band][$0]),\(phase.means[band][$0])" }
                        .joined(separator: " ")
                }
            }
        }
        try withFolder { folder in
            let file = folder.appendingPathComponent("case")
            try Data(writer.bytes).write(to: file)
            let run = try Witness.run(script: "network.py", [file.path])
            #expect(run.status == 0, "\(run.text)")
            #expect(run.text == lines.joined(separator: "\n") + "\n")
        }
    }
}
