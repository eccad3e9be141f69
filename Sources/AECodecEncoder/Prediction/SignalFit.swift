// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels

/// Fits the predictors of a group of signals: references, windows, and weight sets by activity.
struct SignalFit {
    /// The parameters, but for scale and classes.
    private(set) var rows: [SignalParameters.Row] = []
    private(set) var weightShift = 0

    /// Windows that are tried, each inside the next one.
    private static let windows: [(own: Int, before: Int, after: Int)] = [
        (3, 0, 0), (6, 1, 1), (11, 2, 2), (15, 3, 4), (23, 4, 6), (31, 6, 9), (47, 8, 12),
        (63, 8, 15),
    ]
    /// Numbers of weight sets that are tried; each divides the next one or the last.
    private static let setCounts = [1, 2, 3, 4, 8, 16]
    /// Ranges of activity hold this share of what is left by those below.
    private static let share = 0.2
    private static let binCount = 16
    /// Rows before that may be references.
    private static let candidateCount = 14
    /// Columns that sums are taken over, about.
    private static let sampledColumns = 100_000
    /// The same of the fit that tells which errors are to be expected.
    private static let firstColumns = 25_000
    /// Bytes of a weight, about.
    private static let weightBytes = 1.3

    /// What the fit of a row ends with.
    private struct RowFit {
        var terms: SignalTerms
        var thresholds: [UInt32]
        var sets: [[Double]]
    }

    /// - Parameters:
    ///   - tiles: The tiles of the group; they have the same rows.
    ///   - maximumCode: The greatest code.
    init(_ tiles: [CodedTile], maximumCode: Int) {
        let rowCount = tiles.map(\.tile.rows).max() ?? 0
        var codes = [[UInt16]](repeating: [], count: rowCount)
        for tile in tiles {
            for row in 0..<tile.tile.rows {
                codes[row] += tile.codes[row * tile.tile.columns..<(row + 1) * tile.tile.columns]
            }
        }
        let means = codes.map { row in
            row.isEmpty ? 0 : row.reduce(0) { $0 + Int($1) } / row.count
        }
        let signals = SignalRows(rows: codes.map { $0.map { Float($0) } }, centers: means.map { Float($0) })
        var activities: [[Int32]] = []
        var fits: [RowFit] = []
        for row in 0..<rowCount {
            activities.append(Self.activity(codes[row]))
            fits.append(Self.fit(row, signals, activities))
        }
        weightShift = Self.weightShift(fits, columns: codes.first?.count ?? 0)
        for (row, fit) in fits.enumerated() { rows.append(quantized(fit, center: UInt16(means[row]))) }
    }

    /// Sums of the last four gradients of every column.
    private static func activity(_ row: [UInt16]) -> [Int32] {
        let gradients = row.indices.map { $0 == 0 ? 0 : abs(Int32(row[$0]) - Int32(row[$0 - 1])) }
        var sum: Int32 = 0
        return gradients.indices.map { t in
            sum += gradients[t] - (t >= 4 ? gradients[t - 4] : 0)
            return sum
        }
    }

    private static func fit(_ row: Int, _ signals: SignalRows, _ activities: [[Int32]]) -> RowFit {
        let count = signals.rows[row].count
        let flat = RowFit(
            terms: SignalTerms(own: 0, references: [], before: 0, after: 0), thresholds: [],
            sets: [[0, 0]])
        // Few samples do not pay for weights.
        guard count >= 96, activities[row].contains(where: { $0 > 0 }) else { return flat }
        let own = activities[row]
        let first = firstWeights(own)
        let references = references(row, signals, weights: first)
        let largest = windows.last { count >= 100 * ($0.own + references.count * ($0.before + $0.after)) }
        let window = largest ?? windows[0]
        let terms = SignalTerms(
            own: window.own, references: references, before: window.before, after: window.after)
        let all = terms.own + 2..<count - max(terms.after, 3)
        let step = max(1, all.count / sampledColumns)
        let columns = stride(from: all.lowerBound, to: all.upperBound, by: step).map { Int32($0) }
        let few = stride(from: all.lowerBound, to: all.upperBound, by: max(1, all.count / firstColumns))
            .map { Int32($0) }
        let start = signals.sums(
            row, terms, columns: few, weights: few.map { first[Int($0)] }
        ).solve(Array(0..<terms.coefficientCount))
        let errors = signals.errors(row, terms, start.coefficients, columns: all)
        let weights = weights(errors)
        // The activity that a decoder will see, with the errors of this first fit.
        var recent = [Float](repeating: 0, count: errors.count)
        var sum: Float = 0
        for place in errors.indices {
            recent[place] = sum
            sum +=
                errors[place].magnitude.rounded() - (place >= 4 ? errors[place - 4].magnitude.rounded() : 0)
        }
        let values = columns.map { column in
            let t = Int(column)
            var activity = Int(own[t - 1]) + 2 * Int(recent[t - all.lowerBound])
            for reference in references { activity += Int(activities[reference][t + 2]) }
            return UInt32(activity)
        }
        let thresholds = thresholds(values)
        var members = [[Int32]](repeating: [], count: thresholds.count + 1)
        for (column, value) in zip(columns, values) {
            members[thresholds.count { value >= $0 }].append(column)
        }
        let bins = members.map { columns in
            signals.sums(
                row, terms, columns: columns, weights: columns.map { weights[Int($0) - all.lowerBound] })
        }
        return best(terms, bins, members.map(\.count), thresholds, columns: count)
    }

    /// Weights before anything is predicted: by the local gradients.
    private static func firstWeights(_ activity: [Int32]) -> [Float] {
        let mean = Float(activity.reduce(0) { $0 + Int($1) }) / Float(max(1, activity.count))
        return activity.indices.map { t in
            let local = Float(activity[max(0, t - 1)])
            return 1 / (0.0625 * local * local + 0.01 * mean * mean + 0.25).squareRoot()
        }
    }

    /// Weights by the size of errors nearby.
    private static func weights(_ errors: [Float]) -> [Float] {
        let mean = errors.reduce(0) { $0 + $1.magnitude } / Float(max(1, errors.count))
        var local = mean
        return errors.map { error in
            local += 0.1 * (error.magnitude - local)
            return 1 / (local * local + 0.1 * mean * mean + 0.02).squareRoot()
        }
    }

    /// The rows above that say most, the best first.
    private static func references(_ row: Int, _ signals: SignalRows, weights: [Float]) -> [Int] {
        let candidates = Array(max(0, row - candidateCount)..<row)
        guard !candidates.isEmpty else { return [] }
        let terms = SignalTerms(own: 4, references: candidates, before: 0, after: 0)
        let count = signals.rows[row].count
        let columns = stride(from: 6, to: count - 1, by: max(1, count / 8_000)).map { Int32($0) }
        let sums = signals.sums(row, terms, columns: columns, weights: columns.map { weights[Int($0)] })
        let fixed = Array(0..<5) + [terms.coefficientCount - 1]
        let floor = quantizationNoise(sums)
        var chosen: [Int] = []
        var rest = sums.solve(fixed).rest + floor
        while chosen.count < SignalParameters.maximumReferences {
            let trials = candidates.indices.filter { !chosen.contains($0) }.map { place in
                let places = (chosen + [place]).flatMap { [5 + 2 * $0, 6 + 2 * $0] }
                return (place: place, rest: sums.solve(fixed + places).rest + floor)
            }
            guard let best = trials.min(by: { $0.rest < $1.rest }),
                0.5 * Double(count) * log2(rest / best.rest) > 8 * weightBytes * 10
            else { break }
            chosen.append(best.place)
            rest = best.rest
        }
        return chosen.map { candidates[$0] }
    }

    /// Samples are whole numbers: nothing is predicted better than that.
    private static func quantizationNoise(_ sums: SignalSums) -> Double {
        sums[sums.count - 2, sums.count - 2] / 12 + 1e-9
    }

    /// Activities that divide columns into ranges of falling size.
    private static func thresholds(_ values: [UInt32]) -> [UInt32] {
        let sorted = values.sorted()
        var thresholds: [UInt32] = []
        var left = 1.0
        for _ in 1..<binCount {
            left *= 1 - share
            let value = sorted[min(sorted.count - 1, Int(Double(sorted.count) * (1 - left)))]
            if value > thresholds.last ?? 0 { thresholds.append(value) }
        }
        return thresholds
    }

    /// The window and number of sets that cost least, weights counted.
    private static func best(
        _ terms: SignalTerms, _ bins: [SignalSums], _ counts: [Int], _ thresholds: [UInt32], columns: Int
    ) -> RowFit {
        var best: (fit: RowFit, bits: Double)?
        let total = Double(max(1, counts.reduce(0, +)))
        for setCount in setCounts where setCount <= bins.count {
            let cuts = (0...setCount).map { $0 * bins.count / setCount }
            let sets = zip(cuts, cuts.dropFirst()).map { first, end in
                var sum = bins[first]
                for bin in bins[(first + 1)..<max(end, first + 1)] { sum.add(bin) }
                return (sum: sum, count: counts[first..<end].reduce(0, +))
            }
            for window in windows where window.own <= terms.own {
                let part = SignalTerms(
                    own: window.own, references: terms.references, before: window.before, after: window.after)
                let places = terms.places(of: part)
                guard !sets.contains(where: { $0.count < 3 * places.count }) else { continue }
                var bits = 0.0
                var vectors: [[Double]] = []
                for set in sets {
                    let (coefficients, rest) = set.sum.solve(places)
                    vectors.append(coefficients)
                    // What so many coefficients leave of their own observations is too little.
                    let noise =
                        (rest + quantizationNoise(set.sum)) / Double(max(1, set.count - places.count))
                    bits += 0.5 * Double(columns) * Double(set.count) / total * log2(noise)
                    bits += 8 * (weightBytes * Double(places.count) + 4)
                }
                if bits < best?.bits ?? .infinity {
                    best = (
                        RowFit(
                            terms: part, thresholds: cuts.dropFirst().dropLast().map { thresholds[$0 - 1] },
                            sets: vectors), bits
                    )
                }
            }
        }
        return best?.fit
            ?? RowFit(
                terms: SignalTerms(own: 0, references: [], before: 0, after: 0), thresholds: [],
                sets: [[0, 0]])
    }

    /// The finest scale at which all weights keep their bounds; long signals are worth finer weights.
    private static func weightShift(_ fits: [RowFit], columns: Int) -> Int {
        let most = fits.flatMap(\.sets).map { $0.dropLast().reduce(0) { $0 + abs($1) } }.max() ?? 0
        let bias = fits.flatMap(\.sets).compactMap(\.last).map(abs).max() ?? 0
        for shift in stride(from: columns >= 1 << 15 ? 12 : 10, through: 1, by: -1) {
            let unit = Double(1 << shift)
            if most * unit <= Double(SignalParameters.maximumWeightSum) - 256, bias * unit < Double(1 << 24) {
                return shift
            }
        }
        return 0
    }

    private func quantized(_ fit: RowFit, center: UInt16) -> SignalParameters.Row {
        let unit = Double(1 << weightShift)
        let sets = fit.sets.map { vector in
            let limit = Double(SignalParameters.maximumWeightSum)
            var weights = vector.dropLast().map { Int16(max(-limit, min(limit, ($0 * unit).rounded()))) }
            // Weights beyond all bounds mean a fit without sense; the sample before is the prediction then.
            if weights.reduce(0, { $0 + Int($1.magnitude) }) > SignalParameters.maximumWeightSum {
                weights = weights.map { _ in 0 }
            }
            let most = Double(1 << 24)
            let bias = max(-most, min(most, ((vector.last ?? 0) * unit).rounded()))
            return SignalParameters.WeightSet(bias: Int32(bias), weights: weights)
        }
        return SignalParameters.Row(
            center: center, ownCount: fit.terms.own,
            references: fit.terms.references.map {
                SignalParameters.Reference(row: $0, before: fit.terms.before, after: fit.terms.after)
            }, thresholds: fit.thresholds, sets: sets)
    }
}
