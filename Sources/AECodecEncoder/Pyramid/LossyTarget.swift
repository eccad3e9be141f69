// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
public import Samples

/// What a lossy archive is asked to be.
public enum LossyTarget: Sendable, Equatable {
    /// The common quantiser step, in units of the samples.
    case step(Double)
    /// Of signals only: at most this percent root-mean-square difference, the mean of every row removed, over all rows.
    case prd(Double)
    /// Of signals only: the same in every stretch of ten seconds, each without its own mean; a rest of less than five seconds
    /// and stretches that are flat are left out.
    case prdOfStretches(Double)
    /// 1 to 100; the step is 2^((100 - q) / 10) / 8 times the noise of the samples, so 10 more halve it.
    case quality(Int)
    /// At least this PSNR in dB over all samples; the peak is 2^bitsStored - 1.
    case psnr(Double)
    /// At most the bits of all cells (8, 16 or 32 a sample) over this ratio, the source record left out.
    case ratio(Double)
    /// At most this many bits a sample, the source record left out.
    case bitsPerSample(Double)
}

/// Compresses one image with loss.
///
/// If even the finest step is coarser than needed, or lossless coding fits a size target, the archive is
/// lossless; its mode says so.
///
/// - Parameters:
///   - samples: The image, in stored units, at most 16 bits.
///   - target: What is wanted.
///   - source: What is kept of the original file.
///   - options: Threads and kernels.
/// - Returns: A complete archive, whose mode states the error that decoding it makes.
/// - Throws: ``EncodeError`` if the target cannot be met or is one of signals, or the image is too deep.
public func encodeLossy(
    _ samples: SampleArray, target: LossyTarget, source: SourceRecord? = nil,
    options: EncodeOptions = EncodeOptions()
) throws(EncodeError) -> [UInt8] {
    var options = options
    // Where loss is allowed, a lossless archive is one that is small enough.
    options.base = .none
    let models =
        if let model = options.model { [model] } else {
            try ModelChoice.models(for: samples, target, options: options)
        }
    var best: (archive: [UInt8], cost: Double)?
    for model in models {
        options.model = model
        let archive = try LossySearch(samples, source: source, options: options).archive(target)
        guard models.count > 1 else { return archive }
        let cost = try target.cost(of: archive, samples)
        if cost < best?.cost ?? .infinity { best = (archive, cost) }
    }
    return best?.archive ?? []
}

extension LossyTarget {
    /// The step that is asked for, or about what meets the target.
    ///
    /// - Parameters:
    ///   - samples: The image.
    ///   - cellBits: Bits of a cell.
    /// - Returns: A common step in units of the samples.
    /// - Throws: ``EncodeError/targetOutOfRange`` if there is no such quality, or the target is one of signals.
    func step(for samples: SampleArray, cellBits: Int) throws(EncodeError) -> Double {
        switch self {
        case .step(let step): return step
        case .quality(let quality):
            return try Self.step(quality: quality, noise: NoiseEstimate.standardDeviation(of: samples))
        case .prd, .prdOfStretches: throw .targetOutOfRange
        case .psnr(let decibels):
            // The step whose uniform quantiser makes this error.
            let peak = exp2(Double(samples.format.bitsStored)) - 1
            return peak * (12 / exp2(decibels * 0.1 * log2(10))).squareRoot()
        case .ratio(let ratio): return Self.step(bits: Double(cellBits) / ratio, samples)
        case .bitsPerSample(let bits): return Self.step(bits: bits, samples)
        }
    }

    /// The step of a quality, for samples whose noise has a standard deviation.
    static func step(quality: Int, noise: Double) throws(EncodeError) -> Double {
        guard (1...100).contains(quality) else { throw .targetOutOfRange }
        return exp2(Double(100 - quality) / 10) * noise / 8
    }

    /// What tells which of two archives that meet the target is better.
    fileprivate func cost(of archive: [UInt8], _ samples: SampleArray) throws(EncodeError) -> Double {
        let error: Double
        do throws(ContainerError) {
            error = Double(try Container(archive).parts.first?.mode.meanSquaredError ?? 0)
        } catch { throw .internalFault(.container(error)) }
        switch self {
        case .psnr, .prd, .prdOfStretches: return Double(archive.count)
        case .ratio, .bitsPerSample: return error
        case .step, .quality:
            return LatentEncoder.cost(
                byteCount: archive.count, sampleCount: samples.extent.sampleCount, error: error,
                step: try step(for: samples, cellBits: 8 * samples.format.byteCount))
        }
    }

    /// About what noise needs at so many bits a sample.
    private static func step(bits: Double, _ samples: SampleArray) -> Double {
        NoiseEstimate.standardDeviation(of: samples) * exp2(3 - min(16, bits))
    }
}
