// SPDX-License-Identifier: Apache-2.0

/// What an archive keeps of the file that its samples came from: the file's bytes with the samples
/// cut out, and where they belong.
///
/// Readers of file formats make it, the container carries it, ``rebuilt(from:)`` undoes it.
public struct SourceRecord: Equatable, Sendable {
    /// The kind of file, as written in the archive. (Spec/container.md, `SRCE`)
    public enum Format: UInt8, Sendable, CaseIterable {
        /// A file of any other kind; it is kept whole.
        case other = 0
        /// A DICOM Part 10 file, of an image or of waveforms.
        case dicom = 1
        /// A portable anymap; P5 unless it is kept whole.
        case pgm = 2
        /// A PNG file; unless it is kept whole, its samples are kept, its compressed bytes are not.
        case png = 3
        /// A WFDB record: a header, the files that it names, annotations.
        case wfdb = 4
        /// EDF, or EDF+.
        case edf = 5
        /// BDF, or BDF+.
        case bdf = 6
        /// SCP-ECG.
        case scp = 7
        /// HL7 annotated ECG.
        case annotatedECG = 8
        /// A resting ECG document of Philips.
        case philips = 9
        /// A table of numbers.
        case csv = 10

        /// Whether samples may be cut out of such a file.
        public var hasSamples: Bool { self != .other }
    }

    /// The kind of file.
    public var format: Format
    /// Whether rebuilding gives the very bytes of the file that was compressed.
    public var isByteExact: Bool
    /// Bytes of the rebuilt file; 0 if it is not rebuilt.
    public var byteCount: Int
    /// SHA-256 of the rebuilt file, 32 bytes; zeros if it is not rebuilt.
    public var digest: [UInt8]
    /// The runs of samples, by rising offset, without overlap.
    public var cuts: [Cut]
    /// The bytes between, before and after the cuts.
    public var kept: [UInt8]

    /// Makes a record; nothing is checked before ``rebuilt(from:)``.
    public init(
        format: Format, isByteExact: Bool, byteCount: Int, digest: [UInt8], cuts: [Cut], kept: [UInt8]
    ) {
        self.format = format
        self.isByteExact = isByteExact
        self.byteCount = byteCount
        self.digest = digest
        self.cuts = cuts
        self.kept = kept
    }

    /// Whether the file is rebuilt; of a PNG file whose samples are coded anew nothing else is kept.
    public var isRebuilt: Bool { format != .png || isByteExact }
}

/// A reason why a file cannot be put together from a ``SourceRecord``.
public enum SourceRecordError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Cuts overlap, leave the file, or name samples that do not exist.
    case invalidCut(index: Int)
    /// The kept bytes and the cuts do not add up to the file.
    case byteCountMismatch(expected: Int, found: Int)

    /// One line for a person.
    public var description: String {
        switch self {
        case .invalidCut(let index):
            "the record of the original file is damaged: sample range \(index) does not fit"
        case .byteCountMismatch(let expected, let found):
            "the record of the original file is damaged: it makes \(found) bytes where \(expected) are stated"
        }
    }
}
