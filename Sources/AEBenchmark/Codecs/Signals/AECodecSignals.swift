// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import Samples

/// aecodec as a library on signals, without the record of the source file.
struct AECodecSignals: SignalCoding {
    let threads: Int

    /// The codec with loss; nil as long as the library codes signals without loss only.
    static func lossy(threads: Int) -> SignalCodec? { nil }

    func encode(_ rows: [[Int32]], rate: Double, setting: Double?) throws(BenchmarkError) -> [UInt8] {
        do {
            let options = EncodeOptions(threads: threads)
            let part = SignalPart(samples: Self.samples(rows), rate: SamplingRate(Int(rate.rounded())))
            return try encodeRecording([part], options: options)
        } catch {
            throw .codec(name: "aecodec", task: "encode", words: "\(error)")
        }
    }

    func decode(_ stream: [UInt8], shape: SignalShape) throws(BenchmarkError) -> [[Int32]] {
        let parts: [SampleArray]
        do {
            parts = try Archive(stream, options: DecodeOptions(threads: threads)).samples()
        } catch {
            throw .codec(name: "aecodec", task: "decode", words: "\(error)")
        }
        guard parts.count == 1, parts[0].extent == Extent(rows: shape.signals, columns: shape.length) else {
            throw .codec(name: "aecodec", task: "decode", words: "the signals have another shape")
        }
        let values = parts[0]
        return (0..<shape.signals).map { row in
            (row * shape.length..<(row + 1) * shape.length).map { Int32(truncatingIfNeeded: values[$0]) }
        }
    }

    /// Signals as an array of the fewest bits that hold them, without sign where none is negative.
    static func samples(_ rows: [[Int32]]) -> SampleArray {
        let least = rows.compactMap { $0.min() }.min() ?? 0
        let greatest = rows.compactMap { $0.max() }.max() ?? 0
        let isSigned = least < 0
        let magnitude = UInt32(max(greatest, isSigned ? -(least + 1) : 0))
        let bits = max(1, 32 - magnitude.leadingZeroBitCount + (isSigned ? 1 : 0))
        let extent = Extent(rows: rows.count, columns: rows.first?.count ?? 0)
        let format = SampleFormat(bitsStored: bits, isSigned: isSigned)
        let patterns = rows.joined()
        return SampleArray(
            extent: extent, format: format,
            storage: bits <= 16
                ? .narrow(patterns.map { UInt16(truncatingIfNeeded: $0) })
                : .wide(patterns.map { UInt32(truncatingIfNeeded: $0) }))
    }
}
