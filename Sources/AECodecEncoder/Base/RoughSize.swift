// SPDX-License-Identifier: Apache-2.0
import AECodec
import Samples

/// About the bytes of a lossless archive, without making it.
enum RoughSize {
    /// One row in so many is looked at.
    private static let rowDistance = 16
    /// Samples whose errors are taken to be of one size.
    private static let run = 64
    /// The entropy of two-sided geometric errors of a mean magnitude m is about log2(1 + 2 e m).
    private static let slope = 5.44

    /// - Parameters:
    ///   - samples: The image.
    ///   - table: Its codes.
    /// - Returns: Bytes, within a fifth of those of the archive on most images.
    static func byteCount(_ samples: SampleArray, table: CodeTable) -> Int {
        let columns = samples.extent.columns
        let lines = samples.extent.sampleCount / columns
        var bits = 0.0
        var seen = 0
        var codes: [UInt16] = []
        var low = BitWriter()
        for line in stride(from: 1, to: lines, by: rowDistance) {
            let pair = Tile(rows: 2, columns: columns, start: (line - 1) * columns)
            table.codes(samples, pair, into: &codes, low: &low)
            for start in stride(from: 1, to: columns, by: run) {
                let end = min(columns, start + run)
                var sum = 0
                for column in start..<end {
                    let w = Int(codes[columns + column - 1])
                    let n = Int(codes[column])
                    let plane = w + n - Int(codes[column - 1])
                    sum += abs(Int(codes[columns + column]) - max(min(w, n), min(max(w, n), plane)))
                }
                bits += Double(end - start) * log2(1 + slope * Double(sum) / Double(end - start))
                seen += end - start
            }
        }
        return seen > 0 ? Int(bits / Double(seen) * Double(samples.extent.sampleCount) / 8) : 0
    }
}
