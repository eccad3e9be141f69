// SPDX-License-Identifier: Apache-2.0

/// Maxima of the slope energy, and which of them are beats.
///
/// The numbers were fitted on the records of MIT-BIH DS1.
struct BeatCandidates {
    private let places: [Int]
    private let heights: [Float]
    /// What complexes near a candidate usually reach.
    private let levels: [Float]
    private let rate: Double

    /// Finds maxima that are at least a quarter of a second apart.
    init(_ energy: [Float], rate: Double) {
        self.rate = rate
        var places: [Int] = []
        for index in energy.indices.dropFirst().dropLast()
        where energy[index] > energy[index - 1] && energy[index] >= energy[index + 1] {
            if let last = places.last, Double(index - last) < 0.25 * rate {
                if energy[index] > energy[last] { places[places.count - 1] = index }
            } else {
                places.append(index)
            }
        }
        self.places = places
        heights = places.map { energy[$0] }
        let window = Int(2 * rate)
        let highest = stride(from: 0, to: energy.count, by: window).map {
            energy[$0..<min($0 + window, energy.count)].max() ?? 0
        }
        let usual = highest.indices.map {
            median(Array(highest[max(0, $0 - 3)...min(highest.count - 1, $0 + 3)]))
        }
        levels = places.map { usual[$0 / window] }
    }

    /// Middles of the complexes, ascending.
    func beats() -> [Int] {
        let high = self.high()
        var beats: [Int] = []
        for (number, candidate) in high.enumerated() {
            if number > 0, let missed = missed(between: number - 1, and: number, of: high) {
                beats.append(places[missed])
            }
            beats.append(places[candidate])
        }
        return beats
    }

    /// Candidates that are high for their time, and no T wave after a higher one.
    private func high() -> [Int] {
        var chosen: [Int] = []
        var level = Float.infinity
        for candidate in places.indices {
            guard heights[candidate] > 0.225 * min(levels[candidate], level) else { continue }
            if let last = chosen.last, Double(places[candidate] - places[last]) < 0.36 * rate,
                heights[candidate] < 0.375 * heights[last]
            {
                continue
            }
            chosen.append(candidate)
            let height = min(heights[candidate], 1.5 * levels[candidate])
            level = level.isFinite ? 0.85 * level + 0.15 * height : height
        }
        return chosen
    }

    /// The highest candidate in a gap that is long for the rhythm, if it is not too low.
    private func missed(between first: Int, and second: Int, of high: [Int]) -> Int? {
        let near = high[max(0, second - 5)...min(high.count - 1, second + 4)].map { places[$0] }
        let usual = median(zip(near.dropFirst(), near).map { Float($0 - $1) })
        let start = places[high[first]]
        let end = places[high[second]]
        guard Float(end - start) > 1.2 * usual else { return nil }
        let inside = (high[first] + 1..<high[second]).filter {
            Double(places[$0] - start) > 0.36 * rate && Double(end - places[$0]) > 0.3 * rate
        }
        guard let best = inside.max(by: { heights[$0] < heights[$1] }),
            heights[best] > 0.08 * levels[best]
        else { return nil }
        return best
    }
}
