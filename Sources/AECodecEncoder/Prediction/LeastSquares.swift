// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Sums of products of rows of 32 values, and what is solved from them.
struct NormalEquations: Sendable {
    static let width = AE_FIT_WIDTH
    /// Row by row; only places right of the diagonal are complete until ``fillIn()``.
    private(set) var gram = [Float](repeating: 0, count: width * width)

    /// Adds the products of `count` rows.
    mutating func add(rows: [Float], count: Int) {
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe gram.withUnsafeMutableBufferPointer { gram in
                if let rows = rows.baseAddress, let gram = gram.baseAddress { unsafe ae_gram_add(rows, count, gram) }
            }
        }
    }

    /// Adds other sums.
    mutating func add(_ other: NormalEquations) {
        for index in gram.indices { gram[index] += other.gram[index] }
    }

    /// Mirrors the sums to the left of the diagonal.
    mutating func fillIn() {
        for i in 0..<Self.width { for j in i..<Self.width { gram[j * Self.width + i] = gram[i * Self.width + j] } }
    }

    subscript(i: Int, j: Int) -> Double { Double(gram[min(i, j) * Self.width + max(i, j)]) }

    /// Mean weighted squares v' gram v of several vectors, each padded to 32 values.
    func quadraticForms(_ vectors: [Float]) -> [Double] {
        let count = vectors.count / Self.width
        var result = [Double](repeating: 0, count: count)
        unsafe gram.withUnsafeBufferPointer { gram in
            unsafe vectors.withUnsafeBufferPointer { vectors in
                unsafe result.withUnsafeMutableBufferPointer { result in
                    if let gram = gram.baseAddress, let vectors = vectors.baseAddress, let out = result.baseAddress {
                        unsafe ae_quadratic_forms(gram, vectors, count, out)
                    }
                }
            }
        }
        return result
    }

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
