// SPDX-License-Identifier: Apache-2.0
public import Samples

/// The `SRCE` chunk: the record of the original file, its kept bytes still packed. (Spec 4.8)
///
/// The container carries the packed bytes; who decodes unpacks them to ``keptByteCount`` bytes and
/// makes a `SourceRecord` of it.
public struct PackedSource: Equatable, Sendable {
    /// How the kept bytes are packed.
    public enum Packing: UInt8, Sendable, CaseIterable {
        /// As they are.
        case stored = 0
        /// One zstd frame (RFC 8878).
        case zstd = 1
    }

    /// The kind of file.
    public var format: SourceRecord.Format
    /// Whether rebuilding gives the very bytes of the file that was compressed.
    public var isByteExact: Bool
    /// SHA-256 of the rebuilt file, 32 bytes; zeros for a file that is not rebuilt.
    public var digest: [UInt8]
    /// The runs of samples in the file, by rising offset, without overlap; none is empty.
    public var cuts: [SourceRecord.Cut]
    /// Bytes that the kept bytes have unpacked.
    public var keptByteCount: Int
    /// How the kept bytes are packed.
    public var packing: Packing
    /// The kept bytes, packed; of an archive that was read, a slice of its bytes.
    public var packedKept: ArraySlice<UInt8>

    /// Makes a record; ``ContainerContent/serialized()`` requires the rules of Spec 4.8.
    public init(
        format: SourceRecord.Format, isByteExact: Bool, digest: [UInt8], cuts: [SourceRecord.Cut],
        keptByteCount: Int, packing: Packing, packedKept: ArraySlice<UInt8>
    ) {
        self.format = format
        self.isByteExact = isByteExact
        self.digest = digest
        self.cuts = cuts
        self.keptByteCount = keptByteCount
        self.packing = packing
        self.packedKept = packedKept
    }

    /// Bytes of the rebuilt file; 0 for a file that is not rebuilt.
    public var byteCount: Int { cuts.reduce(keptByteCount) { $0 + $1.byteCount } }

    /// Whether the file is rebuilt; of a PNG file whose samples are coded anew nothing else is kept.
    public var isRebuilt: Bool { format != .png || isByteExact }

    /// The record with its kept bytes unpacked.
    ///
    /// - Parameter kept: The unpacked bytes, ``keptByteCount`` of them.
    /// - Returns: The record, ready for `SourceRecord.rebuilt(from:)`.
    public func record(kept: [UInt8]) -> SourceRecord {
        precondition(kept.count == keptByteCount, "the kept bytes have another number than stated")
        return SourceRecord(
            format: format, isByteExact: isByteExact, byteCount: byteCount, digest: digest, cuts: cuts,
            kept: kept)
    }
}
