// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import Samples

/// aecodec as a library on signals, without the record of the source file.
struct AECodecSignals: SignalCoding {
    let threads: Int
    /// The model of lossy coding; nil for the one that is built in.
    var model: Model?
    /// Whether waveforms that recur are predicted.
    var predicts = true

    /// The codec with loss, as it is and without the prediction of waveforms.
    static func lossy(threads: Int, model: Model?) -> [SignalCodec] {
        [("aecodec", SignalCatalog.ours, true), ("aecodec-plain", "aecodec, no prediction", false)].map {
            id, name, predicts in
            SignalCodec(
                id: id, name: name, mode: .lossy, version: "library", note: nil,
                coding: AECodecSignals(threads: threads, model: model, predicts: predicts))
        }
    }

    func encode(_ rows: [[Int32]], rate: Double, setting: Double?) throws(BenchmarkError) -> [UInt8] {
        do {
            var options = EncodeOptions(threads: threads)
            options.model = setting == nil ? nil : model
            options.predictsWaveforms = predicts
            let part = SignalPart(
                samples: Self.samples(rows), rate: SamplingRate(Int(rate.rounded())),
                target: setting.map { .step($0) })
            return try encodeRecording([part], options: options)
        } catch {
            throw .codec(name: "aecodec", task: "encode", words: "\(error)")
        }
    }

    func decode(_ stream: [UInt8], shape: SignalShape) throws(BenchmarkError) -> [[Int32]] {
        let parts: [SampleArray]
        do {
            let models = model.map { [$0] } ?? []
            parts = try Archive(stream, options: DecodeOptions(threads: threads, models: models)).samples()
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
