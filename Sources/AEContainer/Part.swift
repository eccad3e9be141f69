// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Everything that an archive says of one part, except its groups.
///
/// A part is an image, or the signals of one sampling rate.
public struct Part: Equatable, Sendable {
    /// What the samples are.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// Rows and columns of an image.
        case image = 0
        /// One row for each lead, one column for each sampling instant.
        case signal = 1
    }

    /// What the samples are.
    public var kind: Kind
    /// The shape; every axis below 2^32.
    public var extent: Extent
    /// Depth and signedness.
    public var format: SampleFormat
    /// Columns in a second; nil for images, and where nobody knows.
    public var rate: SamplingRate?
    /// Which losses there are.
    public var mode: CodingMode
    /// The model it is decoded with; nil if none.
    public var model: ModelReference?
    /// The payload of `SMAP`. (Spec/bitstream.md)
    public var sampleMap: [UInt8]
    /// The payload of `PARM`. (Spec/bitstream.md)
    public var parameters: [UInt8]
    /// SHA-256 of the canonical bytes of all decoded samples (`SampleArray.canonicalBytes`), 32 bytes; empty
    /// if it was lost with the end of a truncated archive.
    public var digest: [UInt8]

    /// Makes a part.
    public init(
        kind: Kind = .image, extent: Extent, format: SampleFormat, rate: SamplingRate? = nil,
        mode: CodingMode = .lossless, model: ModelReference? = nil, sampleMap: [UInt8], parameters: [UInt8],
        digest: [UInt8]
    ) {
        self.kind = kind
        self.extent = extent
        self.format = format
        self.rate = rate
        self.mode = mode
        self.model = model
        self.sampleMap = sampleMap
        self.parameters = parameters
        self.digest = digest
    }
}
