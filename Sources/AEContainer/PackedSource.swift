// SPDX-License-Identifier: Apache-2.0
public import Samples

/// The `SRCE` chunk: the record of the original files, their kept bytes still packed. (Spec 4.8)
///
/// The container carries the packed bytes; who decodes unpacks them to ``keptByteCount`` bytes and
/// makes the records of the files of it.
public struct PackedSource: Equatable, Sendable {
    /// How the kept bytes are packed.
    public enum Packing: UInt8, Sendable, CaseIterable {
        /// As they are.
        case stored = 0
        /// One zstd frame (RFC 8878).
        case zstd = 1
    }

    /// One file.
    public struct Member: Equatable, Sendable {
        /// Its name, without folders; nil for a single file that is named after its archive.
        public var name: String?
        /// Where samples stand in the file, by rising offset, without overlap; none is empty.
        public var cuts: [SourceRecord.Cut]
        /// Its kept bytes, unpacked.
        public var keptByteCount: Int

        /// Makes a member.
        public init(name: String?, cuts: [SourceRecord.Cut], keptByteCount: Int) {
            self.name = name
            self.cuts = cuts
            self.keptByteCount = keptByteCount
        }

        /// Bytes of the file.
        public var byteCount: Int { cuts.reduce(keptByteCount) { $0 + $1.sampleByteCount } }
    }

    /// The kind of files.
    public var format: SourceRecord.Format
    /// Whether rebuilding gives the very bytes of the files that were compressed.
    public var isByteExact: Bool
    /// SHA-256 of the rebuilt files, one after the other, 32 bytes; zeros for a file that is not rebuilt.
    public var digest: [UInt8]
    /// The files: one without a name, or one or more with names that differ.
    public var members: [Member]
    /// How the kept bytes are packed.
    public var packing: Packing
    /// The kept bytes of all files, one after the other, packed; of an archive that was read, a slice of its
    /// bytes.
    public var packedKept: ArraySlice<UInt8>

    /// Makes a record of one file; ``ContainerContent/serialized()`` requires the rules of Spec 4.8.
    public init(
        format: SourceRecord.Format, isByteExact: Bool, digest: [UInt8], cuts: [SourceRecord.Cut],
        keptByteCount: Int, packing: Packing, packedKept: ArraySlice<UInt8>
    ) {
        self.init(
            format: format, isByteExact: isByteExact, digest: digest,
            members: [Member(name: nil, cuts: cuts, keptByteCount: keptByteCount)], packing: packing,
            packedKept: packedKept)
    }

    /// Makes a record of some files; ``ContainerContent/serialized()`` requires the rules of Spec 4.8.
    public init(
        format: SourceRecord.Format, isByteExact: Bool, digest: [UInt8], members: [Member], packing: Packing,
        packedKept: ArraySlice<UInt8>
    ) {
        precondition(!members.isEmpty, "a record has a file")
        self.format = format
        self.isByteExact = isByteExact
        self.digest = digest
        self.members = members
        self.packing = packing
        self.packedKept = packedKept
    }

    /// Where samples stand in the first file.
    public var cuts: [SourceRecord.Cut] {
        get { members[0].cuts }
        set { members[0].cuts = newValue }
    }

    /// Bytes that the kept bytes of all files have unpacked.
    public var keptByteCount: Int { members.reduce(0) { $0 + $1.keptByteCount } }

    /// Bytes of the rebuilt files; 0 for a file that is not rebuilt.
    public var byteCount: Int { members.reduce(0) { $0 + $1.byteCount } }

    /// Whether no samples are needed to rebuild the files.
    public var isWhole: Bool { members.allSatisfy { $0.cuts.isEmpty } }

    /// Whether the files are rebuilt; of a PNG file whose samples are coded anew nothing else is kept.
    public var isRebuilt: Bool { format != .png || isByteExact }

    /// The record with its kept bytes unpacked.
    ///
    /// - Parameter kept: The unpacked bytes, ``keptByteCount`` of them.
    /// - Returns: The record, ready to rebuild the files from.
    public func files(kept: [UInt8]) -> SourceFiles {
        precondition(kept.count == keptByteCount, "the kept bytes have another number than stated")
        var start = 0
        let records = members.map { member in
            defer { start += member.keptByteCount }
            return SourceFiles.Member(
                name: member.name, byteCount: member.byteCount, cuts: member.cuts,
                kept: Array(kept[start..<start + member.keptByteCount]))
        }
        return SourceFiles(format: format, isByteExact: isByteExact, digest: digest, members: records)
    }
}
