// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AEMetrics
public import Samples

/// Compresses an image so that no sample is further off than a bound.
///
/// Where lossless coding takes no more bytes, or the bound is finer than the samples' own step, the archive is a
/// lossless one. The finished bytes are decoded and compared.
///
/// - Parameters:
///   - samples: At most 16 bits, in stored units.
///   - maximumError: The largest error allowed, 1 to 2^24, in stored units.
///   - source: What is kept of the original file.
///   - options: Threads and kernels; the archive is the same for all numbers of threads.
/// - Returns: A complete archive of one part, which states the errors made.
/// - Throws: ``EncodeError`` if the bound is out of range, the samples are too deep or too many.
public func encodeBounded(
    _ samples: SampleArray, maximumError: Int, source: SourceRecord? = nil,
    options: EncodeOptions = EncodeOptions()
) throws(EncodeError) -> [UInt8] {
    guard (1...1 << 24).contains(maximumError) else { throw .targetOutOfRange }
    guard samples.format.bitsStored <= 16 else { throw .tooDeep(bits: samples.format.bitsStored) }
    let map = SampleMapFit.affineMap(samples)
    var options = options
    // A lossless archive is written where it is no larger.
    options.base = .none
    guard case .affine(_, let step, _) = map, step <= maximumError else {
        return try encodeLossless([samples], source: source, options: options)
    }
    let bound = min(maximumError / step, PartParameters.codeBounds.upperBound)
    let encoded = try PartEncoder(
        samples, part: 0, kind: .image, bounded: (bound, map), options: options
    ).single()
    var content = ContainerContent(
        parts: [encoded.part], groups: encoded.groups, source: source.map { packed(SourceFiles($0)) })
    content.parts[0].mode = CodingMode(
        kind: .bounded, target: .maximumError, targetValue: Float(maximumError))
    let difference = try content.stateErrors(of: samples, model: nil, options: options)
    guard difference.maximumError <= maximumError else {
        throw .boundExceeded(error: difference.maximumError, bound: maximumError)
    }
    // Where few levels are in use, ranks may say all in fewer bytes; where nothing was lost, nothing is stated.
    guard difference.maximumError == 0 || SampleMapFit.map(samples) != map else {
        return content.serialized()
    }
    let lossless = try encodeLossless([samples], source: source, options: options)
    let bounded = content.serialized()
    return difference.maximumError == 0 || lossless.count <= bounded.count ? lossless : bounded
}
