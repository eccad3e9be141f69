// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Observations of some terms each, a run of memory a term. (ae_fit.h)
struct Panel: Sendable {
    /// Terms of an observation.
    static let termCount = AE_FIT_TERMS
    /// Terms in use, a multiple of 4.
    let usedTermCount: Int
    /// Places of a run, a multiple of 8.
    let stride: Int
    /// Observations in use; places behind them are zero up to a multiple of 8.
    var count = 0
    var values: [Float]

    /// Makes room for `capacity` observations.
    ///
    /// - Parameters:
    ///   - capacity: Observations.
    ///   - termCount: Terms in use, a multiple of 4.
    init(capacity: Int, termCount: Int = AE_FIT_PLAIN_TERMS) {
        usedTermCount = termCount
        stride = (capacity + 7) / 8 * 8
        values = [Float](repeating: 0, count: stride * Self.termCount)
    }

    /// Sums of the magnitudes of the products of observations with several vectors of coefficients.
    func absoluteErrors(_ vectors: [[Float]]) -> [Double] {
        var columns = [Float](repeating: 0, count: Self.termCount * 16)
        for (number, vector) in vectors.enumerated() {
            for (term, value) in vector.enumerated() { columns[16 * term + number] = value }
        }
        var result = [Double](repeating: 0, count: vectors.count)
        unsafe ae_absolute_errors(values, stride, count, usedTermCount, columns, vectors.count, &result)
        return result
    }
}

/// Sums of products of the terms of observations, and what is solved from them.
struct NormalEquations: Sendable {
    static let width = Panel.termCount
    /// Row by row; places left of the diagonal are not used.
    private(set) var gram = [Float](repeating: 0, count: width * width)

    /// Adds the products of all observations of a panel.
    mutating func add(_ panel: Panel) {
        unsafe ae_gram_add(panel.values, panel.stride, panel.count, panel.usedTermCount, &gram)
    }

    /// Adds other sums.
    mutating func add(_ other: NormalEquations) {
        for index in gram.indices { gram[index] += other.gram[index] }
    }

    /// What the sums would be, on average, if samples that are predicted from had some noise of their own.
    ///
    /// - Parameters:
    ///   - variance: Of the noise, which W, that all differences are taken to, has too.
    ///   - taps: The terms of the taps.
    ///   - constant: The term that is 1 times the weight of its observation.
    ///   - target: The term that is predicted.
    mutating func addNoise(variance: Double, taps: Range<Int>, constant: Int, target: Int) {
        let share = Float(variance * self[constant, constant])
        for i in taps {
            for j in i..<taps.upperBound { gram[i * Self.width + j] += i == j ? 2 * share : share }
            gram[i * Self.width + target] += share
        }
    }

    subscript(i: Int, j: Int) -> Double { Double(gram[min(i, j) * Self.width + max(i, j)]) }

    /// The coefficients of `terms` that fit the term `target` best.
    ///
    /// A small ridge keeps the solution finite where terms repeat each other.
    func solve(terms: [Int], target: Int) -> [Double] {
        let n = terms.count
        var lower = [Double](repeating: 0, count: n * n)
        let trace = terms.reduce(0) { $0 + self[$1, $1] }
        let ridge = 1e-7 * trace / Double(max(n, 1)) + 1e-12
        // Cholesky: gram = lower * lower'.
        for i in 0..<n {
            for j in 0...i {
                var sum = self[terms[i], terms[j]]
                if i == j { sum += 1e-6 * sum + ridge }
                for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
                lower[i * n + j] = i == j ? max(sum, ridge).squareRoot() : sum / lower[j * n + j]
            }
        }
        var x = terms.map { self[$0, target] }
        for i in 0..<n {
            for k in 0..<i { x[i] -= lower[i * n + k] * x[k] }
            x[i] /= lower[i * n + i]
        }
        for i in stride(from: n - 1, through: 0, by: -1) {
            for k in i + 1..<max(n, i + 1) { x[i] -= lower[k * n + i] * x[k] }
            x[i] /= lower[i * n + i]
        }
        return x
    }

    /// Sweeps of the search for coefficients that are not negative; a dozen terms are found to a thousandth.
    private static let sweeps = 400

    /// The coefficients that fit the term `target` best among those that are not negative.
    ///
    /// One coefficient after the other takes its best value, the others being what they are, again and again.
    func solveNonNegative(terms: [Int], target: Int) -> [Int: Double] {
        let n = terms.count
        let sums = terms.map { row in terms.map { self[row, $0] } }
        let goals = terms.map { self[$0, target] }
        var x = [Double](repeating: 0, count: n)
        for _ in 0..<Self.sweeps {
            for i in 0..<n where sums[i][i] > 0 {
                var rest = goals[i]
                for k in 0..<n where k != i { rest -= sums[i][k] * x[k] }
                x[i] = max(0, rest / sums[i][i])
            }
        }
        return Dictionary(uniqueKeysWithValues: zip(terms, x))
    }
}
