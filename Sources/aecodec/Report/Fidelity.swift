// SPDX-License-Identifier: Apache-2.0
import AEContainer
import AEMetrics
import Samples

extension Part {
    /// The peak signal-to-noise ratio that the archive states, in decibels; nil if nothing was lost.
    var psnr: Double? {
        guard mode.meanSquaredError > 0 else { return nil }
        return SampleDifference.psnr(
            meanSquaredError: Double(mode.meanSquaredError), bitsStored: format.bitsStored)
    }

    /// What was lost, for people: `PSNR 62.1 dB, maximum error 14`.
    ///
    /// - Parameter digits: Digits of the PSNR behind the point.
    /// - Returns: Words without a full stop.
    func errorText(digits: Int) -> String {
        (psnr.map { "PSNR \(fixed($0, digits)) dB, " } ?? "") + "maximum error \(mode.maximumError)"
    }
}

extension Container {
    /// The first part whose samples are not those of the original; nil if the archive is lossless.
    var lossyPart: Part? { parts.first { $0.mode.kind != .lossless } }

    /// Whether there are parts, and all are images.
    var isImage: Bool { !parts.isEmpty && parts.allSatisfy { $0.kind == .image } }

    /// Whether it holds signals, coded or in files that are kept whole.
    var isRecording: Bool {
        if let part = parts.first { return part.kind == .signal }
        switch source?.format {
        case .wfdb, .edf, .bdf, .scp, .annotatedECG, .philips, .csv: return true
        case .dicom, .pgm, .png, .other, nil: return false
        }
    }

    /// Samples of all parts.
    var sampleCount: Int { parts.reduce(0) { $0 + $1.extent.sampleCount } }

    /// The whole archive without the payload of `SRCE`.
    var codedByteCount: Int {
        chunks.reduce(bytes.count) { $1.type == .source ? $0 - $1.payloadByteCount : $0 }
    }

    /// Coded bits for each sample: the rate.
    var bitsPerSample: Double { Double(8 * codedByteCount) / Double(sampleCount) }

    /// Bytes of the groups of a layer, chunks included.
    func byteCount(layer: Int) -> Int {
        groups.reduce(0) { $0 + ($1.header.layer == layer ? $1.chunkRange.count : 0) }
    }

    /// How small the base of a lossless archive is, for people; nil if there is none.
    var baseText: String? {
        guard parts.contains(where: { $0.mode.kind == .lossless && $0.model != nil }) else { return nil }
        let bits = 8 * Double(byteCount(layer: 0))
        return "\(fixed(bits / Double(sampleCount), 4)) bits per sample"
    }

    /// Bits that the samples take in cells of the original file, over coded bits.
    var ratio: Double { ratio(bytes: codedByteCount) }

    /// Bits that the samples take in cells of the original file, over those of some bytes.
    func ratio(bytes: Int) -> Double {
        let bits = parts.enumerated().reduce(0) { bits, part in
            bits + part.element.extent.sampleCount * bitsAllocated(part.offset)
        }
        return Double(bits) / Double(8 * bytes)
    }

    /// Bits of a cell in the original file; where that is not known, of the smallest that holds a sample.
    func bitsAllocated(_ part: Int) -> Int {
        let cell = source?.members.lazy.flatMap(\.cuts).cellBytes(part: part)
        return 8 * (cell ?? parts[part].format.byteCount)
    }

    /// What became of a request to compress with loss, for people.
    var fidelityText: String {
        let size = "\(fixed(bitsPerSample, 4)) bits per sample, ratio \(fixed(ratio, 2)):1"
        guard let part = lossyPart else {
            return "the archive is lossless, which is within what was asked: \(size)"
        }
        return "the archive is \(part.mode.kind.name): \(part.errorText(digits: 2)), \(size)"
    }
}
