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

    /// Archives that a search makes at most.
    private static let attempts = 16
    private static let finestStep = 1.0 / 16
    private static let coarsestStep = finestStep * exp2(20)
    /// What ends a search: decibels above the wanted PSNR, doublings to the bytes allowed.
    private static let excessDecibels = 0.02
    private static let sparedBytes = log2(1 / 0.997)
    /// Logarithms of steps that differ by less are the same in an archive.
    private static let finestDistance = 0.0004
    /// Squared units of the least difference of samples: a search that ends below tries lossless coding.
    private static let nearlyLossless = 1.0
    /// Archives that are made at most where no step meets a size.
    private static let fillings = 7

    /// What the user asked for, as the mode of the archive says it.
    private struct Request {
        var target: CodingMode.Target = .none
        var value: Float = 0
    }

    /// An archive and, once it has been decoded, the errors it makes.
    private struct Candidate {
        var content: ContainerContent
        var step: Double
        /// Bytes of the archive without the source record.
        var byteCount: Int
        var difference: SampleDifference?
    }

    init(_ samples: SampleArray, source: SourceRecord?, options: EncodeOptions) {
        self.samples = samples
        self.source = source.map { packed(SourceFiles($0)) }
        self.options = options
    }

    func archive(_ target: LossyTarget) throws(EncodeError) -> [UInt8] {
        let cellBits = 8 * (source?.cuts.first?.cellBytes ?? samples.format.byteCount)
        let step = try target.step(for: samples, cellBits: cellBits)
        switch target {
        case .step: return try once(step: step, Request())
        case .quality(let quality):
            return try once(step: step, Request(target: .quality, value: Float(quality)))
        case .psnr(let decibels): return try withinError(decibels, from: step)
        case .prd, .prdOfStretches: throw .targetOutOfRange
        case .ratio(let ratio):
            let limit = Int(Double(samples.extent.sampleCount * cellBits) / 8 / ratio)
            return try withinBytes(limit, from: step, Request(target: .ratio, value: Float(ratio)))
        case .bitsPerSample(let bits):
            let limit = Int(Double(samples.extent.sampleCount) * bits / 8)
            return try withinBytes(limit, from: step, Request(target: .bitsPerSample, value: Float(bits)))
        }
    }

    /// The archive of a step.
    private func once(step: Double, _ request: Request) throws(EncodeError) -> [UInt8] {
        var (content, difference) = try LossyEncoder(samples, options: options).measured(
            step: step, mode: mode(request), options: options)
        content.source = source
        return try finished(content, difference)
    }

    /// What archives state before their errors are known.
    private func mode(_ request: Request) -> CodingMode {
        .unmeasured(bitsStored: samples.format.bitsStored, target: request.target, value: request.value)
    }

    /// The smallest archive of at least some PSNR; a lossless one if no other reaches it.
    private func withinError(_ decibels: Double, from start: Double) throws(EncodeError) -> [UInt8] {
        let encoder = try LossyEncoder(samples, options: options)
        let bits = samples.format.bitsStored
        let request = Request(target: .psnr, value: Float(decibels))
        let found = try search(
            encoder, request, from: start, good: .below, tolerance: Self.excessDecibels / 6.02
        ) { candidate throws(EncodeError) in
            try measure(&candidate)
            let psnr = candidate.difference?.psnr(bitsStored: bits) ?? 0
            // Six decibels are a doubling of the step.
            return max(decibels - psnr, -60) / 6.02
        }
        guard let found else { return try lossless(request) }
        return try finished(found)
    }

    /// The best archive of at most `limit` bytes; a lossless one if that fits.
    private func withinBytes(
        _ limit: Int, from start: Double, _ request: Request
    ) throws(EncodeError) -> [UInt8] {
        let encoder = try LossyEncoder(samples, options: options)
        let found = try search(encoder, request, from: start, good: .above, tolerance: Self.sparedBytes) {
            candidate in
            log2(Double(limit) / Double(candidate.byteCount))
        }
        guard var found else {
            guard let whole = try lossless(request, limit: limit) else {
                throw .targetUnreachable(bytes: limit)
            }
            return whole
        }
        try fill(&found, encoder, request, limit: limit)
        try measure(&found)
        let error = found.difference?.meanSquaredError ?? 0
        if error < Self.nearlyLossless * encoder.unit * encoder.unit,
            let whole = try lossless(request, limit: limit)
        {
            return whole
        }
        return try finished(found)
    }

    /// Spends what a search has left, because bytes jumped at its step: bits become cheaper in some groups.
    private func fill(
        _ found: inout Candidate, _ encoder: LossyEncoder, _ request: Request, limit: Int
    ) throws(EncodeError) {
        var good = 0.0
        var bad = Double(encoder.groupCount)
        for _ in 0..<Self.fillings {
            guard limit - found.byteCount > max(limit / 200, 200) else { return }
            let cheap = (good + bad) / 2
            let finer = try candidate(encoder, step: found.step, request, cheapGroups: cheap)
            guard finer.byteCount <= limit else {
                bad = cheap
                continue
            }
            good = cheap
            if finer.byteCount > found.byteCount { found = finer }
        }
    }

    /// The lossless archive, which says what was asked; nil if it has more than `limit` bytes.
    private func lossless(_ request: Request, limit: Int) throws(EncodeError) -> [UInt8]? {
        let whole = try lossless(request)
        return rated(whole) <= limit ? whole : nil
    }

    private func lossless(_ request: Request) throws(EncodeError) -> [UInt8] {
        let container: Container
        do {
            container = try Container(try encodeLossless([samples], options: options))
        } catch let error as EncodeError { throw error } catch { throw .internalFault(.damagedSource) }
        var content = ContainerContent(container)
        content.parts[0].mode = CodingMode(
            kind: .lossless, target: request.target, targetValue: request.value)
        content.source = source
        return content.serialized()
    }

    /// Bytes of an archive that a rate counts: all but the payload of the source record.
    private func rated(_ archive: [UInt8]) -> Int { archive.count - (source?.payloadByteCount ?? 0) }

    /// On which side of the step that is looked for archives are good.
    private enum Side { case below, above }

    /// Looks for the step where a measure changes its sign, by false position on the logarithm of the step.
    ///
    /// - Parameters:
    ///   - encoder: The image.
    ///   - request: What archives state.
    ///   - start: A guess.
    ///   - side: Where archives are good.
    ///   - tolerance: A measure of a good archive that is near enough.
    ///   - measure: Rises with the step, by about one a doubling.
    /// - Returns: The good archive next to that step; nil if there is none.
    /// - Throws: ``EncodeError`` of encoding or measuring.
    private func search(
        _ encoder: LossyEncoder, _ request: Request, from start: Double, good side: Side, tolerance: Double,
        _ measure: (inout Candidate) throws(EncodeError) -> Double
    ) throws(EncodeError) -> Candidate? {
        let range = log2(Self.finestStep)...log2(Self.coarsestStep)
        var low: (at: Double, value: Double)?
        var high: (at: Double, value: Double)?
        var best: Candidate?
        var at = min(max(log2(start), range.lowerBound), range.upperBound)
        for attempt in 1...Self.attempts {
            var one = try candidate(encoder, step: exp2(at), request)
            let value = try measure(&one)
            let isGood = side == .below ? value <= 0 : value >= 0
            if isGood {
                best = one
                if abs(value) <= tolerance { break }
            }
            if value < 0 { low = (at, value) } else { high = (at, value) }
            if let low, let high {
                guard high.at - low.at > Self.finestDistance else { break }
                let share = low.value / (low.value - high.value)
                // Where false position creeps, halving is faster.
                let inner = attempt % 4 == 0 ? 0.5 : min(max(share, 0.08), 0.92)
                at = low.at + inner * (high.at - low.at)
            } else {
                // A little further than needed, so that the next value has the other sign.
                let next = at - 1.1 * value + (value < 0 ? 0.05 : -0.05)
                let inside = min(max(next, range.lowerBound), range.upperBound)
                guard inside != at else { break }
                at = inside
            }
        }
        return best
    }

    /// Encodes at a step.
    private func candidate(
        _ encoder: LossyEncoder, step: Double, _ request: Request, cheapGroups: Double = 0
    ) throws(EncodeError) -> Candidate {
        var content = try encoder.encode(step: step, cheapGroups: cheapGroups)
        content.source = source
        content.parts[0].mode = mode(request)
        return Candidate(content: content, step: step, byteCount: rated(content.serialized()))
    }

    /// Decodes an archive and states what it loses.
    private func measure(_ candidate: inout Candidate) throws(EncodeError) {
        candidate.difference = try candidate.content.stateErrors(
            of: samples, model: options.model ?? Model.ofImages, options: options)
    }

    private func finished(_ candidate: Candidate) throws(EncodeError) -> [UInt8] {
        var candidate = candidate
        if candidate.difference == nil { try measure(&candidate) }
        return try finished(candidate.content, candidate.difference)
    }

    private func finished(
        _ content: ContainerContent, _ difference: SampleDifference?
    ) throws(EncodeError) -> [UInt8] {
        // A lossy file that lost nothing is a lossless one.
        if difference?.maximumError == 0 {
            let mode = content.parts[0].mode
            return try lossless(Request(target: mode.target, value: mode.targetValue))
        }
        return content.serialized()
    }
}
