// SPDX-License-Identifier: Apache-2.0
import AECodec
import TestSupport

/// The networks as Spec/network.md writes them, place by place: slow and obvious.
struct SpecifiedNetwork {
    let network: ContextNetwork
    let values: LevelValues

    /// C[x]; section 2.
    static let companded: [Int] = [
        0, 9, 16, 21, 25, 29, 32, 35, 37, 39, 41, 43, 45, 47, 48, 49,
        51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 63, 64, 65,
    ]

    /// A channel: a number at each place of the phase grid, 0 outside.
    private struct Channel {
        let rows: Int
        let columns: Int
        var numbers: [Int]

        func at(_ y: Int, _ x: Int) -> Int {
            (0..<rows).contains(y) && (0..<columns).contains(x) ? numbers[y * columns + x] : 0
        }
    }

    private func channel(_ number: (_ y: Int, _ x: Int) -> Int) -> Channel {
        Channel(
            rows: values.rows, columns: values.columns,
            numbers: (0..<values.rows * values.columns).map {
                number($0 / values.columns, $0 % values.columns)
            })
    }

    /// Positive and negative part of doubled values below 32.
    private func parts(_ plane: [Int16]) -> [Channel] {
        [1, -1].map { sign in
            channel { y, x in Self.companded[max(0, sign * Int(plane[y * values.columns + x]))] }
        }
    }

    private func layer(_ layer: NetworkLayer, _ inputs: [Channel]) -> [Channel] {
        (0..<layer.shape.outputs).map { output in
            channel { y, x in
                let shift = Int(layer.shifts[output])
                var sum = Int(layer.biases[output]) + (shift > 0 ? 1 << (shift - 1) : 0)
                var weight = output * layer.shape.inputCount
                var input = 0
                for source in layer.shape.sources {
                    for channel in inputs[input..<input + source.channels] {
                        let reach = source.isSpatial ? 1 : 0
                        for dy in -reach...reach {
                            for dx in -reach...reach {
                                sum += Int(layer.weights[weight]) * channel.at(y + dy, x + dx)
                                weight += 1
                            }
                        }
                    }
                    input += source.channels
                }
                let value = sum >> shift
                return layer.shape.kind == .activations ? min(max(value, 0), 127) : value
            }
        }
    }

    private var inputs: [Channel] {
        let half = (values.columns + 1) / 2
        let parents = values.parents.isEmpty ? zeros : values.parents.flatMap(parts)
        let grandparents = values.grandparents.map { plane in
            channel { y, x in Self.companded[Int(plane[y / 2 * half + x / 2].magnitude)] }
        }
        return parents + (grandparents.isEmpty ? Array(zeros.prefix(3)) : grandparents)
    }

    private var zeros: [Channel] { (0..<6).map { _ in channel { _, _ in 0 } } }

    /// Classes and means of all phases; section 4.
    var contexts: [PhaseContexts] {
        let trunk = layer(network.layers[1], layer(network.layers[0], inputs))
        let parents =
            values.parents.isEmpty
            ? Array(zeros.prefix(3))
            : values.parents.map { plane in channel { y, x in Int(plane[y * values.columns + x]) } }
        return (0..<4).map { phase in
            let layers = network.layers[(2 + 4 * phase)...].prefix(4).map { $0 }
            let earlier = values.phases[..<phase].flatMap { $0 }
            let hidden = layer(layers[0], trunk + earlier.flatMap(parts))
            let outputs = layer(layers[2], layer(layers[1], hidden))
            let linear = layer(
                layers[3],
                parents + earlier.map { plane in channel { y, x in Int(plane[y * values.columns + x]) } })
            var found = PhaseContexts(classes: [], means: [])
            for band in 0..<3 {
                let places = 0..<values.rows * values.columns
                let means = places.map { outputs[band].numbers[$0] + linear[band].numbers[$0] }
                    .map { min(max($0, -32767), 32767) }
                found.classes.append(
                    places.map {
                        let bin = min(max(outputs[3 + band].numbers[$0], 0), 31)
                        return UInt16(16 * bin + 2 * Self.bucket(abs(means[$0])))
                    })
                found.means.append(
                    means.map { mean in
                        Int16(2 * ((abs(mean) + 32) / 64) + (mean < 0 ? 1 : 0))
                    })
            }
            return found
        }
    }

    private static func bucket(_ magnitude: Int) -> Int {
        if magnitude < 32 { return [3, 8, 16].count { magnitude >= $0 } }
        let fraction = magnitude - (magnitude + 32) / 64 * 64
        return 4 + [-16, 0, 16].count { fraction >= $0 }
    }
}

extension ContextNetwork {
    /// A network of random numbers whose activations and means use their ranges.
    static func random(trunkWidth: Int, headWidth: Int, seed: UInt64) throws -> ContextNetwork {
        var random = SplitMix64(seed: seed)
        return try .random(
            trunkWidth: trunkWidth, headWidth: headWidth, biases: -2000...6000, shifts: 5...9,
            linearLimit: 300, using: &random)
    }
}

extension LevelValues {
    /// Planes of doubled values of -31...31; in the last case, most of them are empty.
    static func random(rows: Int, columns: Int, isSparse: Bool, hasCoarser: Bool, seed: UInt64) -> LevelValues
    {
        var random = SplitMix64(seed: seed)
        func planes(_ rows: Int, _ columns: Int) -> [[Int16]] {
            (0..<3).map { _ in
                var plane = [Int16](repeating: 0, count: rows * columns)
                for place in isSparse ? 0..<0 : plane.indices {
                    plane[place] = Int16.random(in: -31...31, using: &random)
                }
                // Alone, so that what surrounds them is empty.
                for _ in 0..<(isSparse ? 2 : 0) {
                    plane[Int.random(in: plane.indices, using: &random)] = 31
                }
                return plane
            }
        }
        return LevelValues(
            rows: rows, columns: columns, parents: hasCoarser ? planes(rows, columns) : [],
            grandparents: hasCoarser ? planes((rows + 1) / 2, (columns + 1) / 2) : [],
            phases: (0..<4).map { _ in planes(rows, columns) })
    }
}
