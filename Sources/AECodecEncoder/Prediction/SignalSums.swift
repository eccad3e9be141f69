// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// What the samples of a row are fitted to: its own past, and windows of rows above. (ae_signals.h)
struct SignalTerms: Sendable {
    /// Differences of the own past.
    var own: Int
    /// Rows above, by their number.
    var references: [Int]
    /// Columns of their windows before and behind.
    var before: Int
    var after: Int

    /// Differences of a window.
    var windowCount: Int { before + after + (before > 0 ? 0 : 1) }
    /// Coefficients: own differences, level, windows and levels, and the constant.
    var coefficientCount: Int { own + 1 + references.count * (windowCount + 1) + 1 }

    /// Where the coefficients of smaller windows stand among these.
    func places(of part: SignalTerms) -> [Int] {
        var places = Array(0..<part.own) + [own]
        for number in part.references.indices {
            let start = own + 1 + number * (windowCount + 1)
            for k in -part.before...part.after where k != -1 {
                places.append(start + k + before - (before > 0 && k >= 0 ? 1 : 0))
            }
            places.append(start + windowCount)
        }
        return places + [coefficientCount - 1]
    }
}

/// The rows of a group as real numbers, tile after tile.
struct SignalRows: Sendable {
    var rows: [[Float]]
    var centers: [Float]

    /// Calls `body` with the lanes of a row and its references.
    func withLanes(
        _ row: Int, _ terms: SignalTerms, _ body: (UnsafePointer<UnsafePointer<Float>?>, [Float]) -> Void
    ) {
        let numbers = [row] + terms.references
        let centers = numbers.map { self.centers[$0] }
        unsafe Self.collect(numbers.map { rows[$0] }[...], []) { lanes in
            unsafe lanes.withUnsafeBufferPointer { lanes in
                guard let base = lanes.baseAddress else { return }
                unsafe body(base, centers)
            }
        }
    }

    private static func collect(
        _ rows: ArraySlice<[Float]>, _ lanes: [UnsafePointer<Float>?],
        _ body: ([UnsafePointer<Float>?]) -> Void
    ) {
        guard let first = rows.first else { return unsafe body(lanes) }
        unsafe first.withUnsafeBufferPointer {
            unsafe collect(rows.dropFirst(), lanes + [$0.baseAddress], body)
        }
    }

    /// Sums of products of the terms, the target last, at some columns.
    func sums(_ row: Int, _ terms: SignalTerms, columns: [Int32], weights: [Float]) -> SignalSums {
        var sums = SignalSums(count: terms.coefficientCount + 1)
        var panel = [Float](repeating: 0, count: 64 * sums.count)
        let reach = [Int32](repeating: Int32(terms.before), count: max(1, terms.references.count))
        let ahead = [Int32](repeating: Int32(terms.after), count: max(1, terms.references.count))
        unsafe withLanes(row, terms) { lanes, centers in
            unsafe ae_signal_gram(
                lanes, Int32(terms.references.count), centers, Int32(terms.own), reach, ahead, columns,
                weights,
                columns.count, &panel, &sums.products)
        }
        return sums
    }

    /// Errors of a prediction in some columns.
    func errors(_ row: Int, _ terms: SignalTerms, _ coefficients: [Double], columns: Range<Int>) -> [Float] {
        var errors = [Float](repeating: 0, count: columns.count)
        let reach = [Int32](repeating: Int32(terms.before), count: max(1, terms.references.count))
        let ahead = [Int32](repeating: Int32(terms.after), count: max(1, terms.references.count))
        let numbers = coefficients.map { Float($0) }
        unsafe withLanes(row, terms) { lanes, centers in
            unsafe ae_signal_errors(
                lanes, Int32(terms.references.count), centers, Int32(terms.own), reach, ahead, numbers,
                Int32(columns.lowerBound), Int32(columns.upperBound), &errors)
        }
        return errors
    }
}

/// Sums of products of any number of terms; the last one is the target.
struct SignalSums: Sendable {
    let count: Int
    /// Row by row; places left of the diagonal are not used.
    var products: [Double]

    init(count: Int) {
        self.count = count
        products = [Double](repeating: 0, count: count * count)
    }

    mutating func add(_ other: SignalSums) {
        for index in products.indices { products[index] += other.products[index] }
    }

    subscript(i: Int, j: Int) -> Double { products[min(i, j) * count + max(i, j)] }

    /// The coefficients of some terms, and the sum of squares that is left.
    func solve(_ terms: [Int]) -> (coefficients: [Double], rest: Double) {
        let n = terms.count
        let target = count - 1
        var lower = [Double](repeating: 0, count: n * n)
        var y = [Double](repeating: 0, count: n)
        unsafe lower.withUnsafeMutableBufferPointer { lower in
            for i in 0..<n {
                for j in 0...i {
                    var sum = self[terms[i], terms[j]]
                    if i == j { sum += 1e-5 * sum + 1e-6 }
                    for k in 0..<j { unsafe sum -= lower[i * n + k] * lower[j * n + k] }
                    unsafe lower[i * n + j] = i == j ? max(sum, 1e-9).squareRoot() : sum / lower[j * n + j]
                }
                var sum = self[terms[i], target]
                for k in 0..<i { unsafe sum -= lower[i * n + k] * y[k] }
                unsafe y[i] = sum / lower[i * n + i]
            }
        }
        let rest = self[target, target] - y.reduce(0) { $0 + $1 * $1 }
        var x = y
        for i in stride(from: n - 1, through: 0, by: -1) {
            for k in i + 1..<max(n, i + 1) { x[i] -= lower[k * n + i] * x[k] }
            x[i] /= lower[i * n + i]
        }
        return (x, max(0, rest))
    }
}
