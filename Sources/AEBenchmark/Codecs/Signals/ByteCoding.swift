// SPDX-License-Identifier: Apache-2.0

/// Programs that know bytes only: zstd gets first differences, xz the samples as they are.
///
/// Signals stand one behind the other. Differences are folded (0, -1, 1, -2, ...) and their bytes stand in
/// planes, all lowest ones of a signal first, so that the upper planes are nearly empty; both help.
struct ByteCoding: SignalCoding {
    /// Which program.
    enum Program {
        /// Level 19 on first differences.
        case zstd
        /// Preset 6 on the samples.
        case xz
    }

    private let program: Program

    init(_ program: Program) { self.program = program }

    private var library: LibraryCodec { program == .zstd ? .zstd() : .xz() }

    func encode(_ rows: [[Int32]], rate: Double, setting: Double?) throws(BenchmarkError) -> [UInt8] {
        let coded =
            program == .zstd ? rows.map(Self.differences) : rows.map { $0.map(UInt32.init(bitPattern:)) }
        let width = program == .zstd ? Self.width(coded) : Self.signedWidth(rows)
        let bytes = coded.flatMap { row in
            program == .zstd
                ? (0..<width).flatMap { plane in row.map { Self.byte(plane, of: $0) } }
                : row.flatMap { value in (0..<width).map { Self.byte($0, of: value) } }
        }
        let shape = FrameShape(rows: 1, columns: bytes.count, bits: 8)
        return [UInt8(width)] + (try library.encode(bytes, shape: shape, setting: 0).stream)
    }

    func decode(_ stream: [UInt8], shape: SignalShape) throws(BenchmarkError) -> [[Int32]] {
        let width = Int(stream[0])
        let count = shape.length
        let frame = FrameShape(rows: 1, columns: shape.signals * count * width, bits: 8)
        let bytes = try library.decode(Array(stream.dropFirst()), shape: frame).frame
        let unused = Int32(32 - 8 * width)
        return (0..<shape.signals).map { signal in
            let start = signal * count * width
            let codes = (0..<count).map { index in
                (0..<width).reduce(UInt32(0)) { value, place in
                    let at = program == .zstd ? place * count + index : index * width + place
                    return value | UInt32(bytes[start + at]) << (8 * UInt32(place))
                }
            }
            return program == .zstd
                ? Self.summed(codes) : codes.map { (Int32(bitPattern: $0) << unused) >> unused }
        }
    }

    private static func byte(_ place: Int, of value: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: value >> (8 * UInt32(place)))
    }

    /// Bytes of the greatest code.
    private static func width(_ codes: [[UInt32]]) -> Int {
        let greatest = codes.compactMap { $0.max() }.max() ?? 0
        return max(1, (39 - greatest.leadingZeroBitCount) / 8)
    }

    /// Bytes that hold all values with their signs.
    private static func signedWidth(_ rows: [[Int32]]) -> Int {
        let least = rows.compactMap { $0.min() }.min() ?? 0
        let greatest = rows.compactMap { $0.max() }.max() ?? 0
        return (1...4).first { least >> Int32(8 * $0 - 1) >= -1 && greatest >> Int32(8 * $0 - 1) <= 0 } ?? 4
    }

    private static func differences(_ row: [Int32]) -> [UInt32] {
        var last: Int32 = 0
        return row.map { value in
            let difference = value &- last
            last = value
            return UInt32(bitPattern: (difference << 1) ^ (difference >> 31))
        }
    }

    private static func summed(_ codes: [UInt32]) -> [Int32] {
        var last: Int32 = 0
        return codes.map { code in
            last = last &+ (Int32(bitPattern: code >> 1) ^ -Int32(bitPattern: code & 1))
            return last
        }
    }
}
