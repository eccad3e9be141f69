// SPDX-License-Identifier: Apache-2.0

/// A sample map made ready for many samples.
struct PreparedMap: Sendable {
    let map: SampleMap
    /// The greatest value that prediction sees, the code without its low bits.
    let maximumHighCode: Int
    /// Stored bit patterns of all codes, for dense maps.
    private let table: [UInt16]

    init(_ map: SampleMap, lowBits: Int) {
        self.map = map
        maximumHighCode = map.maximumCode >> lowBits
        if case .dense(let levels) = map {
            table = levels.map { UInt16(truncatingIfNeeded: $0) }
        } else {
            table = []
        }
    }

    /// Replaces codes by stored bit patterns in place; false if one is out of range.
    func apply(_ samples: UnsafeMutablePointer<UInt16>, stride: Int, rows: Int, columns: Int) -> Bool {
        let limit = UInt16(maximumHighCode)
        var most: UInt16 = 0
        for row in 0..<rows {
            let line = unsafe UnsafeMutableBufferPointer(start: samples + row * stride, count: columns)
            for column in 0..<columns { unsafe most = max(most, line[column]) }
            guard most <= limit else { return false }
            switch map {
            case .dense:
                unsafe table.withUnsafeBufferPointer { table in
                    for column in 0..<columns { unsafe line[column] = table[Int(line[column])] }
                }
            case .affine(let origin, let step, _):
                let origin = UInt16(truncatingIfNeeded: origin)
                let step = UInt16(truncatingIfNeeded: step)
                if origin == 0, step == 1 { continue }
                for column in 0..<columns { unsafe line[column] = origin &+ step &* line[column] }
            }
        }
        return true
    }
}
