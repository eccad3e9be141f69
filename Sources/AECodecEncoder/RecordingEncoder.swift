// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AEMetrics
public import Samples

/// Signals of one sampling rate, as they are to be compressed.
public struct SignalPart: Sendable {
    /// Stored values, one row for each lead.
    public var samples: SampleArray
    /// Columns in a second; nil if nobody knows.
    public var rate: SamplingRate?
    /// The largest error allowed, in stored units; 0 for none.
    public var maximumError: Int
    /// What a lossy part is to be; nil for none.
    public var target: SignalTarget?

    /// Makes a part.
    public init(
        samples: SampleArray, rate: SamplingRate?, maximumError: Int = 0, target: SignalTarget? = nil
    ) {
        self.samples = samples
        self.rate = rate
        self.maximumError = maximumError
        self.target = target
    }
}

/// Compresses a recording: its parts without loss, so that no sample is further off than a bound, or to a target.
///
/// - Parameters:
///   - signals: The parts, in the order that the cuts of `source` name.
///   - source: What is kept of the original files.
///   - options: Threads and kernels; the archive is the same for all numbers of threads.
/// - Returns: A complete archive.
/// - Throws: ``EncodeError`` if there are too many parts or samples, or a bound is not to be had.
public func encodeRecording(
    _ signals: [SignalPart], source: SourceFiles? = nil, options: EncodeOptions = EncodeOptions()
) throws(EncodeError) -> [UInt8] {
    guard (1...mostParts).contains(signals.count) else { throw .partCount(signals.count) }
    var options = options
    options.base = .none
    var content = ContainerContent(parts: [], groups: [], source: source.map { packed($0) })
    for (number, signal) in signals.enumerated() {
        let encoded: PartEncoder.Result
        if let target = signal.target {
            encoded = try SignalSearch(signal, part: number, options: options).encode(
                target, cellBits: 8 * (source?.cellBytes(part: number) ?? signal.samples.format.byteCount))
        } else if let withErrors = try bounded(signal, number, options: options) {
            encoded = withErrors
        } else {
            encoded = try PartEncoder(
                signal.samples, part: number, kind: .signal, options: options
            ).single()
        }
        content.parts.append(encoded.part)
        content.parts[number].rate = signal.rate
        content.groups += encoded.groups
    }
    return content.serialized()
}

/// A part with errors; nil where lossless coding serves as well.
private func bounded(
    _ signal: SignalPart, _ number: Int, options: EncodeOptions
) throws(EncodeError) -> PartEncoder.Result? {
    guard signal.maximumError > 0 else { return nil }
    let samples = signal.samples
    guard signal.maximumError <= 1 << 24 else { throw .targetOutOfRange }
    let map = SampleMapFit.affineMap(samples)
    guard map.maximumCode <= 65_535 else { throw .tooDeep(bits: samples.format.bitsStored) }
    guard case .affine(_, let step, _) = map, step <= signal.maximumError else { return nil }
    let bound = min(signal.maximumError / step, PartParameters.codeBounds.upperBound)
    let encoded = try PartEncoder(
        samples, part: 0, kind: .signal, bounded: (bound, map), options: options
    ).single()
    // The errors are found in an archive of this part alone.
    var content = ContainerContent(parts: [encoded.part], groups: encoded.groups)
    content.parts[0].mode = CodingMode(
        kind: .bounded, target: .maximumError, targetValue: Float(signal.maximumError))
    let difference = try content.stateErrors(of: samples, model: nil, options: options)
    guard difference.maximumError <= signal.maximumError else {
        throw .boundExceeded(error: difference.maximumError, bound: signal.maximumError)
    }
    guard difference.maximumError > 0 else { return nil }
    let groups = content.groups.map { group in
        var header = group.header
        header.part = number
        return (header: header, body: group.body)
    }
    return (content.parts[0], groups)
}
