// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer

/// A plain lossy codec of signals: an untrained transform, a dead zone, one class for each band, and the
/// packing of this package.
///
/// The stream holds the step, the mean of each signal, the reconstruction points of each band, and the packed
/// bands; the signals are decoded from it alone.
struct TransformCoding: SignalCoding {
    /// What is added before a magnitude is rounded down: below a half, so that zero has the wider cell.
    private static let rounding: Float = 0.35
    /// Reconstruction points are offsets in steps, in units of this.
    private static let pointScale: Float = 254

    private let makeTransform: @Sendable (_ length: Int) -> any SignalTransform

    init(_ makeTransform: @escaping @Sendable (_ length: Int) -> any SignalTransform) {
        self.makeTransform = makeTransform
    }

    func encode(_ rows: [[Int32]], rate: Double, setting: Double?) throws(BenchmarkError) -> [UInt8] {
        let step = Float(setting ?? 1)
        var writer = ByteWriter()
        writer.f32(step)
        var points: [UInt8] = []
        var streams: [[Int16]] = []
        for row in rows {
            let mean = Float(row.reduce(0.0) { $0 + Double($1) } / Double(max(1, row.count)))
            writer.f32(mean)
            let transform = makeTransform(row.count)
            for (number, band) in transform.bands(row.map { Float($0) - mean }).enumerated() {
                let isPredicted = number == 0 && transform.predictsLowestBand
                let (latents, offsets) = try quantized(
                    band, step: step, rounding: isPredicted ? 0.5 : Self.rounding)
                points += offsets
                streams.append(isPredicted ? differences(latents) : latents)
            }
        }
        writer.bytes(points)
        guard let packed = packedSequences(streams) else {
            throw .codec(name: "packing", task: "encode", words: "no memory")
        }
        writer.bytes(packed)
        return writer.bytes
    }

    func decode(_ stream: [UInt8], shape: SignalShape) throws(BenchmarkError) -> [[Int32]] {
        let transform = makeTransform(shape.length)
        let lengths = transform.bandLengths
        var reader = ByteReader(stream)
        let streams: [[Int16]]
        var means: [Float] = []
        let step: Float
        let points: [UInt8]
        do {
            step = try reader.f32()
            for _ in 0..<shape.signals { means.append(try reader.f32()) }
            points = Array(try reader.bytes(2 * lengths.count * shape.signals))
            streams = try unpackedSequences(Array(reader.rest()), limit: lengths.max() ?? 0)
        } catch {
            throw .codec(name: "packing", task: "decode", words: "\(error)")
        }
        guard streams.map(\.count) == (0..<shape.signals).flatMap({ _ in lengths }) else {
            throw .codec(name: "packing", task: "decode", words: "bands have another length")
        }
        return (0..<shape.signals).map { signal in
            let bands = lengths.indices.map { band in
                let number = signal * lengths.count + band
                let latents =
                    band == 0 && transform.predictsLowestBand ? sums(streams[number]) : streams[number]
                return restored(latents, step: step, points: points[2 * number..<2 * number + 2])
            }
            return transform.signal(bands).map { value in
                Int32(max(-2e9, min(2e9, (value + means[signal]).rounded())))
            }
        }
    }

    /// Latents of a band, and how far their magnitudes lie above the rounded ones, of ones and of the rest.
    private func quantized(
        _ band: [Float], step: Float, rounding: Float
    ) throws(BenchmarkError) -> (latents: [Int16], points: [UInt8]) {
        var sums: (one: Float, more: Float) = (0, 0)
        var counts: (one: Float, more: Float) = (0, 0)
        var latents = [Int16](repeating: 0, count: band.count)
        for (index, value) in band.enumerated() {
            let magnitude = abs(value) / step
            let level = (magnitude + rounding).rounded(.down)
            guard level < 32768 else {
                throw .codec(name: "packing", task: "encode", words: "the step is too fine for 16 bits")
            }
            if level == 1 {
                sums.one += magnitude - 1
                counts.one += 1
            } else if level > 1 {
                sums.more += magnitude - level
                counts.more += 1
            }
            latents[index] = Int16(value < 0 ? -level : level)
        }
        return (latents, [point(sums.one, counts.one), point(sums.more, counts.more)])
    }

    private func point(_ sum: Float, _ count: Float) -> UInt8 {
        UInt8(
            bitPattern: count == 0 ? 0 : Int8(max(-127, min(127, (sum / count * Self.pointScale).rounded()))))
    }

    private func restored(_ latents: [Int16], step: Float, points: ArraySlice<UInt8>) -> [Float] {
        let offsets = points.map { Float(Int8(bitPattern: $0)) / Self.pointScale }
        return latents.map { latent in
            guard latent != 0 else { return 0 }
            let magnitude = abs(Float(latent)) + offsets[abs(Int(latent)) == 1 ? 0 : 1]
            return (latent < 0 ? -magnitude : magnitude) * step
        }
    }

    private func differences(_ latents: [Int16]) -> [Int16] {
        zip(latents, [0] + latents).map { $0 &- $1 }
    }

    private func sums(_ differences: [Int16]) -> [Int16] {
        var sum: Int16 = 0
        return differences.map {
            sum &+= $0
            return sum
        }
    }
}
