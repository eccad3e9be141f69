// SPDX-License-Identifier: Apache-2.0
public import Samples

/// A medical image: its samples, and what is needed to restore the file that held them.
public struct MedicalFile: Sendable {
    /// The stored values, before any look-up table or window; `[frames, 1, rows, columns]`.
    public var samples: SampleArray
    /// The file with the samples cut out; restores it exactly, or as its notes say.
    public var source: SourceRecord
    /// Remarks for a person, one sentence each.
    public var notes: [String] = []
    /// Whether the file says that its samples were compressed with loss before (Lossy Image Compression,
    /// (0028,2110), is 01).
    public var lossyHistory = false

    init(samples: SampleArray, source: SourceRecord) {
        self.samples = samples
        self.source = source
    }

    /// Reads an image file, recognized by its content.
    ///
    /// Memory: the samples, the bytes of the file that are no samples, and for compressed files one
    /// frame more.
    ///
    /// - Parameter bytes: The whole file.
    /// - Returns: The image.
    /// - Throws: ``MedicalFileError``, whose description is a sentence for a person.
    public static func read(_ bytes: [UInt8]) throws(MedicalFileError) -> MedicalFile {
        switch recognizes(bytes) {
        case .dicom: try readDICOM(bytes)
        case .pgm: try readPGM(bytes)
        case .png: try readPNG(bytes)
        case .npy, nil: throw .unrecognizedFormat
        }
    }

    /// Bytes from the start of a file that ``recognizes(_:)`` looks at.
    public static let recognitionByteCount = 140

    /// The format of a file, by its first bytes; nil for any other content.
    ///
    /// A bare DICOM data set, without preamble, has no signature: it is recognized by the look of its
    /// first element, so that ``read(_:)`` may still refuse it.
    ///
    /// - Parameter bytes: The file, or its first ``recognitionByteCount`` bytes.
    /// - Returns: The format; never ``ImageFormat/npy``.
    public static func recognizes(_ bytes: some Collection<UInt8>) -> ImageFormat? {
        let start = Array(bytes.prefix(recognitionByteCount))
        if FileMetaInformation.hasPreamble(start) { return .dicom }
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if start.count >= 3, start[0] == 0x50, 0x31...0x37 ~= start[1], isWhitespace(start[2]) { return .pgm }
        return looksLikeDataset(start) ? .dicom : nil
    }

    /// Whether bytes start with an element of group 0002 or 0008 whose fields make sense.
    private static func looksLikeDataset(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 8 else { return false }
        let reader = DatasetReader(bytes: bytes)
        let isExplicit = ValueRepresentation(bytes[4], bytes[5]).isKnown
        for isBigEndian in [false, true] where isExplicit || !isBigEndian {
            let tag = reader.tag(at: 0, bigEndian: isBigEndian)
            guard tag.group == 0x0002 || tag.group == 0x0008, tag.element <= 0x0100 else { continue }
            if isExplicit || reader.uint32(at: 4, bigEndian: false) <= 1024 { return true }
        }
        return false
    }
}

/// Whether a byte is white space in the headers of portable anymaps.
func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }
