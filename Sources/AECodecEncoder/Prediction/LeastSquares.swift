// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Observations of 32 terms each, a run of memory a term. (ae_fit.h)
struct Panel: Sendable {
    /// Terms of an observation.
    static let termCount = AE_FIT_TERMS
    /// Places of a run, a multiple of 8.
    let stride: Int
    /// Observations in use; places behind them are zero up to a multiple of 8.
    var count = 0
    var values: [Float]

    /// Makes room for `capacity` observations.
    init(capacity: Int) {
        stride = (capacity + 7) / 8 * 8
        values = [Float](repeating: 0, count: stride * Self.termCount)
    }

    /// Sums of the magnitudes of the products of observations with several vectors of 32 coefficients.
    func absoluteErrors(_ vectors: [[Float]]) -> [Double] {
        var columns = [Float](repeating: 0, count: Self.termCount * 16)
        for (number, vector) in vectors.enumerated() {
            for (term, value) in vector.enumerated() { columns[16 * term + number] = value }
        }
        var result = [Double](repeating: 0, count: vectors.count)
        unsafe ae_absolute_errors(values, stride, count, columns, vectors.count, &result)
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
        unsafe ae_gram_add(panel.values, panel.stride, panel.count, &gram)
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

    /// As ``solve(terms:target:)``, leaving out terms whose coefficients would be negative.
    func solveNonNegative(terms: [Int], target: Int) -> [Int: Double] {
        var active = terms
        while !active.isEmpty {
            let x = solve(terms: active, target: target)
            guard let worst = x.indices.min(by: { x[$0] < x[$1] }), x[worst] < 0 else {
                return Dictionary(uniqueKeysWithValues: zip(active, x))
            }
            active.remove(at: worst)
        }
        return [:]
    }
}
