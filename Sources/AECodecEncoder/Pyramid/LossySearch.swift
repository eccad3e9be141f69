// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AEMetrics
import Samples

/// Searches the step that meets a target, by the bytes and errors of finished archives.
struct LossySearch {
    private let samples: SampleArray
    private let source: PackedSource?
    private let options: EncodeOptions
    private let encoder: LossyEncoder

    /// Passes of rate-distortion optimised quantisation.
    private static let passes = 2
    /// Halvings of the logarithm of the step, from a range of 2^20.
    private static let halvings = 14
    private static let finestStep = 1.0 / 16

    /// What the user asked for, as the mode of the archive says it.
    private struct Request {
        var target: CodingMode.Target = .none
        var value: Float = 0
    }

    /// An archive that has been decoded, its mode and digest filled in.
    private struct Candidate {
        var content: ContainerContent
        /// Bytes of the archive without the source record.
        var byteCount: Int
        var difference: SampleDifference
    }

    init(_ samples: SampleArray, source: SourceRecord?, options: EncodeOptions) throws(EncodeError) {
        self.samples = samples
        self.source = source.map(packed)
        self.options = options
        encoder = try LossyEncoder(samples, options: options)
    }

    func archive(_ target: LossyTarget) throws(EncodeError) -> [UInt8] {
        let cellBits = 8 * (source?.cuts.first?.cellBytes ?? samples.format.byteCount)
        switch target {
        case .step(let step):
            return try finished(candidate(step: step, Request()))
        case .quality(let quality):
            guard (1...100).contains(quality) else { throw .targetOutOfRange }
            let step = exp2(Double(100 - quality) / 10) * NoiseEstimate.standardDeviation(of: samples) / 8
            return try finished(candidate(step: step, Request(target: .quality, value: Float(quality))))
        case .psnr(let decibels):
            let bits = samples.format.bitsStored
            let request = Request(target: .psnr, value: Float(decibels))
            let found = try search(.coarsest, request) { $0.difference.psnr(bitsStored: bits) >= decibels }
            guard let found else { return try lossless(nil) }
            return try finished(found)
        case .ratio(let ratio):
            let limit = Int(Double(samples.extent.sampleCount * cellBits) / 8 / ratio)
            return try withinBytes(limit, Request(target: .ratio, value: Float(ratio)))
        case .bitsPerSample(let bits):
            let limit = Int(Double(samples.extent.sampleCount) * bits / 8)
            return try withinBytes(limit, Request(target: .bitsPerSample, value: Float(bits)))
        }
    }

    /// The best archive of at most `limit` bytes; a lossless one if that fits.
    private func withinBytes(_ limit: Int, _ request: Request) throws(EncodeError) -> [UInt8] {
        let whole = try lossless(limit)
        if !whole.isEmpty { return whole }
        let found = try search(.finest, request) { $0.byteCount <= limit }
        guard let found else { throw .targetUnreachable(bytes: limit) }
        return try finished(found)
    }

    /// The lossless archive; empty if it has more than `limit` bytes.
    private func lossless(_ limit: Int?) throws(EncodeError) -> [UInt8] {
        let bytes = try encodeLossless([samples], options: options)
        guard let container = try? Container(bytes) else { return bytes }
        var content = ContainerContent(container)
        content.source = source
        let archive = content.serialized()
        if let limit, rated(archive) > limit { return [] }
        return archive
    }

    /// The end of the steps at which archives are good.
    private enum End { case coarsest, finest }

    /// Halves the range of steps until the last good one towards an end is found; nil if none is good.
    private func search(
        _ end: End, _ request: Request, _ isGood: (Candidate) -> Bool
    ) throws(EncodeError) -> Candidate? {
        var low = Self.finestStep
        var high = low * exp2(20)
        var best: Candidate?
        for _ in 0..<Self.halvings {
            let middle = (low * high).squareRoot()
            let one = try candidate(step: middle, request)
            let good = isGood(one)
            if good { best = one }
            if good == (end == .coarsest) { low = middle } else { high = middle }
        }
        return best
    }

    /// Bytes of an archive that a rate counts: all but the payload of the source record.
    private func rated(_ archive: [UInt8]) -> Int { archive.count - (source?.payloadByteCount ?? 0) }

    /// Encodes at a step, decodes the result, measures it and states that in its mode.
    private func candidate(step: Double, _ request: Request) throws(EncodeError) -> Candidate {
        var content = try encoder.encode(step: step, passes: Self.passes)
        content.source = source
        let decoded = try decoded(content.serialized())
        guard let difference = SampleDifference(samples, decoded) else {
            throw .internalFault(.damagedSource)
        }
        content.parts[0].digest = decoded.digest
        content.parts[0].mode = CodingMode(
            kind: .lossy, target: request.target, targetValue: request.value,
            maximumError: UInt64(difference.maximumError),
            meanSquaredError: Float(difference.meanSquaredError))
        // How long a mode is depends on its values.
        return Candidate(
            content: content, byteCount: rated(content.serialized()), difference: difference)
    }

    private func decoded(_ bytes: [UInt8]) throws(EncodeError) -> SampleArray {
        do throws(DecodeError) {
            return try Archive.undigestedSamples(bytes)
        } catch { throw .internalFault(error) }
    }

    private func finished(_ candidate: Candidate) throws(EncodeError) -> [UInt8] {
        // A lossy file that lost nothing is a lossless one.
        candidate.difference.maximumError == 0 ? try lossless(nil) : candidate.content.serialized()
    }
}

/// The noise of an image, from differences of neighbours that differ.
enum NoiseEstimate {
    /// A robust estimate of the standard deviation, at least 0.5.
    ///
    /// It is the median of |a - 2 b + c| of horizontal neighbours outside constant places, over what it is for normal noise (0.6745 * sqrt(6)).
    static func standardDeviation(of samples: SampleArray) -> Double {
        let columns = samples.extent.columns
        var histogram = [Int](repeating: 0, count: 1 << 17)
        var count = 0
        let lines = samples.extent.sampleCount / columns
        let every = max(1, lines * columns / 1_000_000)
        for line in stride(from: 0, to: lines, by: every) {
            for column in stride(from: 1, to: columns - 1, by: 1) {
                let at = line * columns + column
                let second = abs(samples[at - 1] - 2 * samples[at] + samples[at + 1])
                if second == 0 { continue }
                histogram[min(second, histogram.count - 1)] += 1
                count += 1
            }
        }
        var seen = 0
        for (value, occurrences) in histogram.enumerated() {
            seen += occurrences
            if 2 * seen >= count, count > 0 { return max(0.5, Double(value) / (0.6745 * 6.0.squareRoot())) }
        }
        return 0.5
    }
}
