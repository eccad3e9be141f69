// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// The transform as Spec/bitstream.md, section 7, words it: lines in place, one value at a time.
struct PlainWavelet {
    /// Coefficients by step and pair.
    let coefficients: [[Int32]]

    var kernel: ae_lifting {
        var result = ae_lifting()
        result.pairs = Int32(coefficients[0].count)
        unsafe withUnsafeMutableBytes(of: &result.coefficients) { raw in
            let values = unsafe raw.assumingMemoryBound(to: Int32.self)
            for (step, row) in coefficients.enumerated() {
                for (pair, c) in row.enumerated() {
                    unsafe values[step * Int(AE_MAX_LIFTING_PAIRS) + pair] = c
                }
            }
        }
        return result
    }

    private func mirrored(_ place: Int, _ count: Int) -> Int {
        var place = place
        while place < 0 || place >= count { place = place < 0 ? -place : 2 * (count - 1) - place }
        return place
    }

    /// Runs the steps along a line.
    func lift(_ line: inout [Int32]) {
        guard line.count > 1 else { return }
        for step in 0..<4 {
            for i in stride(from: step % 2 == 0 ? 1 : 0, to: line.count, by: 2) {
                var sum: Int64 = 1 << 15
                for (k, c) in coefficients[step].enumerated() {
                    let before = line[mirrored(i - 2 * k - 1, line.count)]
                    let after = line[mirrored(i + 2 * k + 1, line.count)]
                    sum += Int64(c) * Int64(before &+ after)
                }
                let change = Int32(truncatingIfNeeded: sum >> 16)
                line[i] &+= change
            }
        }
    }

    private func alongRows(_ plane: inout [Int32], columns: Int) {
        for start in stride(from: 0, to: plane.count, by: columns) {
            var line = Array(plane[start..<start + columns])
            lift(&line)
            plane.replaceSubrange(start..<start + columns, with: line)
        }
    }

    private func alongColumns(_ plane: inout [Int32], columns: Int) {
        for column in 0..<columns {
            let places = stride(from: column, to: plane.count, by: columns)
            var line = places.map { plane[$0] }
            lift(&line)
            for (place, value) in zip(places, line) { plane[place] = value }
        }
    }

    /// Analysis of a plane; a coefficient (i, j) of a band stands at (2 i or 2 i + 1, 2 j or 2 j + 1).
    func analyzed(_ plane: [Int32], columns: Int) -> [Int32] {
        var plane = plane
        alongRows(&plane, columns: columns)
        alongColumns(&plane, columns: columns)
        return plane
    }
}
