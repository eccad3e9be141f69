// SPDX-License-Identifier: Apache-2.0

/// What an archive keeps of all files that its samples came from: one image, or the files of a recording.
public struct SourceFiles: Equatable, Sendable {
    /// One file.
    public struct Member: Equatable, Sendable {
        /// Its name, without folders; nil for a single file that is named after its archive.
        public var name: String?
        /// Bytes of the rebuilt file.
        public var byteCount: Int
        /// Where samples stand in it.
        public var cuts: [SourceRecord.Cut]
        /// Its other bytes.
        public var kept: [UInt8]

        /// Makes a member.
        public init(name: String?, byteCount: Int, cuts: [SourceRecord.Cut], kept: [UInt8]) {
            self.name = name
            self.byteCount = byteCount
            self.cuts = cuts
            self.kept = kept
        }

        /// The bytes of the file in order.
        ///
        /// - Parameter parts: The samples of every part.
        /// - Returns: Pieces of ``byteCount`` bytes together.
        /// - Throws: ``SourceRecordError`` if the record does not fit the samples.
        public func pieces(from parts: [SampleArray]) throws(SourceRecordError) -> RebuiltPieces {
            try SourceRecord(
                format: .other, isByteExact: true, byteCount: byteCount, digest: [], cuts: cuts, kept: kept
            ).pieces(from: parts)
        }
    }

    /// The kind of files.
    public var format: SourceRecord.Format
    /// Whether rebuilding gives the very bytes of the files that were compressed.
    public var isByteExact: Bool
    /// SHA-256 of the rebuilt files, one after the other, 32 bytes; zeros if nothing is rebuilt.
    public var digest: [UInt8]
    /// The files: one without a name, or one or more with names that differ.
    public var members: [Member]

    /// Bytes of a sample of a part in its file; nil if there is none, or samples share bytes.
    public func cellBytes(part: Int) -> Int? {
        members.lazy.flatMap(\.cuts).cellBytes(part: part)
    }

    /// Makes a record of some files.
    public init(format: SourceRecord.Format, isByteExact: Bool, digest: [UInt8], members: [Member]) {
        self.format = format
        self.isByteExact = isByteExact
        self.digest = digest
        self.members = members
    }

    /// The record of a single file that is named after its archive.
    public init(_ record: SourceRecord) {
        self.init(
            format: record.format, isByteExact: record.isByteExact, digest: record.digest,
            members: [
                Member(name: nil, byteCount: record.byteCount, cuts: record.cuts, kept: record.kept)
            ])
    }

    /// The record of the file if there is one without a name; else nil.
    public var record: SourceRecord? {
        guard members.count == 1, members[0].name == nil else { return nil }
        return SourceRecord(
            format: format, isByteExact: isByteExact, byteCount: members[0].byteCount, digest: digest,
            cuts: members[0].cuts, kept: members[0].kept)
    }

    /// Whether files are rebuilt; of a PNG file whose samples are coded anew nothing else is kept.
    public var isRebuilt: Bool { format != .png || isByteExact }

    /// Bytes of all files.
    public var byteCount: Int { members.reduce(0) { $0 + $1.byteCount } }

    /// Whether a name can be that of a file in the same folder, and of nothing else: no folders, no control
    /// characters, no dot in front, at most 255 bytes.
    public static func isPlainName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...255).contains(bytes.count), bytes[0] != 0x2E else { return false }
        return bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C && $0 != 0x3A }
    }
}
