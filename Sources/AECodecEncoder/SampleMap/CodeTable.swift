// SPDX-License-Identifier: Apache-2.0
import AECodec
import Samples

/// Stored values to codes, for one part.
struct CodeTable: Sendable {
    /// Codes of all 16-bit patterns; empty for wide samples.
    private let table: [UInt16]
    private let map: SampleMap
    let lowBits: Int

    init(_ map: SampleMap, format: SampleFormat, lowBits: Int) {
        self.map = map
        self.lowBits = lowBits
        guard format.bitsStored <= 16 else {
            table = []
            return
        }
        var table = [UInt16](repeating: 0, count: 65_536)
        for code in 0...map.maximumCode {
            table[Int(UInt16(truncatingIfNeeded: map.storedValue(code)))] = UInt16(code)
        }
        self.table = table
    }

    /// The predicted codes of a tile, row by row, and the low bits that are not predicted.
    func codes(_ samples: SampleArray, _ tile: Tile, into codes: inout [UInt16], low: inout BitWriter) {
        let stride = samples.extent.columns
        switch samples.storage {
        case .narrow(let values):
            codes = unsafe [UInt16](unsafeUninitializedCapacity: tile.sampleCount) { codes, count in
                count = tile.sampleCount
                unsafe values.withUnsafeBufferPointer { values in
                    unsafe table.withUnsafeBufferPointer { table in
                        for row in 0..<tile.rows {
                            let from = tile.start + row * stride
                            let to = row * tile.columns
                            for column in 0..<tile.columns {
                                unsafe codes[to + column] = table[Int(values[from + column])]
                            }
                        }
                    }
                }
            }
        case .wide:
            codes.reserveCapacity(tile.sampleCount)
            guard case .affine(let origin, let step, _) = map else { return }
            for row in 0..<tile.rows {
                for column in 0..<tile.columns {
                    let code = (samples[tile.start + row * stride + column] - origin) / step
                    codes.append(UInt16(code >> lowBits))
                    low.append(code & ((1 << lowBits) - 1), width: lowBits)
                }
            }
        }
    }
}

extension CodeTable {
    /// Coefficients of plane 0 of a pyramid: codes less an offset, with fraction bits.
    ///
    /// Narrow samples only.
    func coefficients(
        _ samples: SampleArray, first: Int, count: Int, offset: Int, fractionBits: Int,
        into target: UnsafeMutablePointer<Int32>
    ) {
        guard case .narrow(let values) = samples.storage else { return }
        let offset = Int32(offset)
        unsafe values.withUnsafeBufferPointer { values in
            unsafe table.withUnsafeBufferPointer { table in
                for index in 0..<count {
                    let code = unsafe Int32(table[Int(values[first + index])])
                    unsafe target[index] = (code - offset) << Int32(fractionBits)
                }
            }
        }
    }
}
