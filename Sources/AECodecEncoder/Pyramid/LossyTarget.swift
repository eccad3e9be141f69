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
    if options.model == nil { options.model = try ModelChoice.model(for: samples, options: options) }
    return try LossySearch(samples, source: source, options: options).archive(target)
}
