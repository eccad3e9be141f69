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
    public var target: LossyTarget?

    /// Makes a part.
    public init(
        samples: SampleArray, rate: SamplingRate?, maximumError: Int = 0, target: LossyTarget? = nil
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
    guard signal.maximumError <= 1 << 24 else { throw .targetOutOfRange }
    let found = try boundedContent(
        signal.samples, kind: .signal, maximumError: signal.maximumError, options: options)
    guard let found, found.difference.maximumError > 0 else { return nil }
    return (found.content.parts[0], found.content.groups(ofPart: number))
}
