// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Finds the small bright structures of one plane; the rule is that of ``BrightSpots``.
struct SpotSearch {
    /// By position.
    let found: [Spot]

    private static let most = 256
    private static let threshold = 5.0
    private static let deviations = (narrow: 1.2, wide: 2.4)
    private static let noiseRadius = 32
    private static let neighborhood = 3

    init(_ plane: Plane, mask: [Bool]) {
        let reach = SpotContrast.reach
        guard plane.rows > 2 * reach, plane.columns > 2 * reach else {
            found = []
            return
        }
        let narrow = plane.blurred(Self.deviations.narrow)
        let wide = plane.blurred(Self.deviations.wide)
        let response = zip(narrow.values, wide.values).map { $0 - $1 }
        let columns = plane.columns
        let counts = RectangleSums(rows: plane.rows, columns: columns) { mask[$0] ? 1 : 0 }
        let sizes = RectangleSums(rows: plane.rows, columns: columns) { mask[$0] ? abs(response[$0]) : 0 }

        var spots: [Spot] = []
        for row in reach..<plane.rows - reach {
            for column in reach..<columns - reach {
                let index = row * columns + column
                guard response[index] > 0, Self.isLargest(response, index, columns) else { continue }
                let inside = counts.sum(row - reach..<row + reach + 1, column - reach..<column + reach + 1)
                guard Int(inside) == (2 * reach + 1) * (2 * reach + 1) else { continue }
                let radius = Self.noiseRadius
                let near = (
                    max(0, row - radius)..<min(plane.rows, row + radius + 1),
                    max(0, column - radius)..<min(columns, column + radius + 1)
                )
                let noise =
                    sizes.sum(near.0, near.1) / counts.sum(near.0, near.1) * (Double.pi / 2).squareRoot()
                guard response[index] >= Self.threshold * noise else { continue }
                let contrast = SpotContrast.measure(columns: columns, at: index) { plane.values[$0] }
                guard contrast > 0, contrast >= Self.threshold * noise else { continue }
                // A plane without noise has spots of any strength.
                spots.append(Spot(index: index, contrast: contrast, strength: response[index] / noise))
            }
        }
        let strongest = spots.sorted { ($0.strength, $1.index) > ($1.strength, $0.index) }.prefix(Self.most)
        found = strongest.sorted { $0.index < $1.index }
    }

    /// Whether a response is above all of its neighborhood; of equal ones the first counts.
    private static func isLargest(_ response: [Double], _ index: Int, _ columns: Int) -> Bool {
        let value = response[index]
        for row in -neighborhood...neighborhood {
            for column in -neighborhood...neighborhood {
                let other = index + row * columns + column
                if response[other] > value || response[other] == value && other < index { return false }
            }
        }
        return true
    }
}
