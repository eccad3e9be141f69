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
    var options = options
    // A lossless archive is written where it is no larger.
    options.base = .none
    let found = try boundedContent(samples, kind: .image, maximumError: maximumError, options: options)
    guard var found else { return try encodeLossless([samples], source: source, options: options) }
    found.content.source = source.map { packed(SourceFiles($0)) }
    // Where few levels are in use, ranks may say all in fewer bytes; where nothing was lost, nothing is stated.
    let isLossless = found.difference.maximumError == 0
    guard isLossless || SampleMapFit.map(samples) != found.map else { return found.content.serialized() }
    let lossless = try encodeLossless([samples], source: source, options: options)
    let bounded = found.content.serialized()
    return isLossless || lossless.count <= bounded.count ? lossless : bounded
}

/// An archive of one part, without source, no sample of which is further off than a bound.
///
/// - Parameters:
///   - samples: Stored values.
///   - kind: What they are.
///   - maximumError: The largest error allowed, at least 1, in stored units.
///   - options: Threads and kernels.
/// - Returns: The archive, its map and the errors that it makes; nil if the bound is finer than the samples' own step.
/// - Throws: ``EncodeError`` if the samples have too many values, or the bound is not kept.
func boundedContent(
    _ samples: SampleArray, kind: Part.Kind, maximumError: Int, options: EncodeOptions
) throws(EncodeError) -> (content: ContainerContent, map: SampleMap, difference: SampleDifference)? {
    let map = SampleMapFit.affineMap(samples)
    guard map.maximumCode <= 65_535 else { throw .tooDeep(bits: samples.format.bitsStored) }
    guard case .affine(_, let step, _) = map, step <= maximumError else { return nil }
    let bound = min(maximumError / step, PartParameters.codeBounds.upperBound)
    let encoded = try PartEncoder(
        samples, part: 0, kind: kind, bounded: (bound, map), options: options
    ).single()
    var content = ContainerContent(parts: [encoded.part], groups: encoded.groups)
    content.parts[0].mode = CodingMode(
        kind: .bounded, target: .maximumError, targetValue: Float(maximumError))
    let difference = try content.stateErrors(of: samples, model: nil, options: options)
    guard difference.maximumError <= maximumError else {
        throw .boundExceeded(error: difference.maximumError, bound: maximumError)
    }
    return (content, map, difference)
}
