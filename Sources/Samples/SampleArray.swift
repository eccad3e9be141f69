// SPDX-License-Identifier: Apache-2.0

/// Stored values of one part, shaped `[frames, channels, rows, columns]`, the last axis fastest.
///
/// Up to 16 bits are kept in two bytes a sample, so that an image costs no more memory than in its
/// file; deeper samples are kept in four.
public struct SampleArray: Equatable, Sendable {
    /// Bit patterns of the samples: two's complement if the format is signed.
    public enum Storage: Equatable, Sendable {
        /// Samples of 1 to 16 bits, sign- or zero-extended to 16.
        case narrow([UInt16])
        /// Samples of 17 to 32 bits, sign- or zero-extended to 32.
        case wide([UInt32])
    }

    /// The shape.
    public let extent: Extent
    /// Depth and signedness.
    public let format: SampleFormat
    /// The samples; `narrow` exactly when the format has at most 16 bits.
    public private(set) var storage: Storage

    /// Wraps bit patterns that are already in place.
    ///
    /// - Parameters:
    ///   - extent: The shape; its sample count is the count of the storage.
    ///   - format: Depth and signedness; at most 16 bits for narrow storage, more for wide.
    ///   - storage: The samples.
    public init(extent: Extent, format: SampleFormat, storage: Storage) {
        switch storage {
        case .narrow(let values):
            precondition(format.bitsStored <= 16 && values.count == extent.sampleCount)
        case .wide(let values):
            precondition(format.bitsStored > 16 && values.count == extent.sampleCount)
        }
        self.extent = extent
        self.format = format
        self.storage = storage
    }

    /// Makes an array of zeros.
    public init(extent: Extent, format: SampleFormat) {
        let count = extent.sampleCount
        self.init(
            extent: extent, format: format,
            storage: format.bitsStored <= 16
                ? .narrow([UInt16](repeating: 0, count: count))
                : .wide([UInt32](repeating: 0, count: count)))
    }

    /// Makes an array of integers; each must be in the range of the format.
    public init(extent: Extent, format: SampleFormat, values: some Collection<Int>) {
        precondition(values.allSatisfy(format.range.contains), "a value is outside the range of its format")
        self.init(
            extent: extent, format: format,
            storage: format.bitsStored <= 16
                ? .narrow(values.map(UInt16.init(truncatingIfNeeded:)))
                : .wide(values.map(UInt32.init(truncatingIfNeeded:))))
    }

    /// The stored value at a position of the flat order.
    public subscript(index: Int) -> Int {
        get {
            switch storage {
            case .narrow(let values):
                format.isSigned ? Int(Int16(bitPattern: values[index])) : Int(values[index])
            case .wide(let values):
                format.isSigned ? Int(Int32(bitPattern: values[index])) : Int(values[index])
            }
        }
    }

    /// All stored values; for tests and small data.
    public var values: [Int] { (0..<extent.sampleCount).map { self[$0] } }

    /// The frames of a range as an array of their own.
    public func frames(_ range: Range<Int>) -> SampleArray {
        precondition(range.lowerBound >= 0 && range.upperBound <= extent.frames && !range.isEmpty)
        var part = extent
        part.frames = range.count
        let span = range.lowerBound * extent.samplesPerFrame..<range.upperBound * extent.samplesPerFrame
        switch storage {
        case .narrow(let values):
            return SampleArray(extent: part, format: format, storage: .narrow(Array(values[span])))
        case .wide(let values):
            return SampleArray(extent: part, format: format, storage: .wide(Array(values[span])))
        }
    }

    /// A window of every frame and channel as an array of its own.
    public func window(rows: Range<Int>, columns: Range<Int>) -> SampleArray {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= extent.rows && !rows.isEmpty)
        precondition(columns.lowerBound >= 0 && columns.upperBound <= extent.columns && !columns.isEmpty)
        var part = extent
        part.rows = rows.count
        part.columns = columns.count
        switch storage {
        case .narrow(let values):
            let window = self.window(of: values, rows: rows, columns: columns)
            return SampleArray(extent: part, format: format, storage: .narrow(window))
        case .wide(let values):
            let window = self.window(of: values, rows: rows, columns: columns)
            return SampleArray(extent: part, format: format, storage: .wide(window))
        }
    }

    private func window<Value>(of values: [Value], rows: Range<Int>, columns: Range<Int>) -> [Value] {
        var window: [Value] = []
        window.reserveCapacity(extent.frames * extent.channels * rows.count * columns.count)
        for plane in 0..<extent.frames * extent.channels {
            for row in rows {
                let start = (plane * extent.rows + row) * extent.columns
                window += values[start + columns.lowerBound..<start + columns.upperBound]
            }
        }
        return window
    }

    /// The middle of the middle frame, of at most `side` rows and columns.
    public func middle(side: Int) -> SampleArray {
        let rows = min(side, extent.rows)
        let columns = min(side, extent.columns)
        let top = (extent.rows - rows) / 2
        let left = (extent.columns - columns) / 2
        return frames(extent.frames / 2..<extent.frames / 2 + 1)
            .window(rows: top..<top + rows, columns: left..<left + columns)
    }

    /// The canonical bytes of samples: little-endian, `format.byteCount` bytes each.
    ///
    /// This is the byte order over which the digest of an archive is taken.
    ///
    /// - Parameters:
    ///   - range: Positions of the flat order.
    ///   - isBigEndian: Whether the bytes of each sample are the other way round, as some files have them.
    /// - Returns: `range.count * format.byteCount` bytes.
    public func canonicalBytes(_ range: Range<Int>, isBigEndian: Bool = false) -> [UInt8] {
        switch storage {
        case .narrow(let values):
            if format.byteCount == 1 {
                return values[range].map { UInt8(truncatingIfNeeded: $0) }
            }
            return unsafe [UInt8](unsafeUninitializedCapacity: range.count * 2) { buffer, count in
                var at = 0
                for stored in values[range] {
                    let value = isBigEndian ? stored.byteSwapped : stored
                    unsafe buffer[at] = UInt8(truncatingIfNeeded: value)
                    unsafe buffer[at + 1] = UInt8(truncatingIfNeeded: value >> 8)
                    at += 2
                }
                count = at
            }
        case .wide(let values):
            var bytes: [UInt8] = []
            bytes.reserveCapacity(range.count * 4)
            for stored in values[range] {
                let value = isBigEndian ? stored.byteSwapped : stored
                for shift in [0, 8, 16, 24] as [UInt32] {
                    bytes.append(UInt8(truncatingIfNeeded: value >> shift))
                }
            }
            return bytes
        }
    }
}
