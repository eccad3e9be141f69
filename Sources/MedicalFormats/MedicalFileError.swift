// SPDX-License-Identifier: Apache-2.0

/// A reason why a file of an image format cannot be read, written or compared.
///
/// Cases carry values; wording lives in ``description``. No case carries patient data.
public enum MedicalFileError: Error, Equatable, Sendable {
    /// The bytes are neither DICOM, nor a binary portable graymap, nor PNG.
    case unrecognizedFormat

    // Structure of the file

    /// The file ends inside a structure.
    /// - Parameters:
    ///   - offset: Where the structure starts, in bytes from the start of the file or inflated data set.
    ///   - needed: Bytes that the structure occupies.
    ///   - available: Bytes left from `offset`.
    case truncated(offset: Int, needed: Int, available: Int)
    /// A DICOM data set holds something else where an element or item must stand.
    case malformedDataset(offset: Int)
    /// Sequences of a DICOM data set nest deeper than the limit.
    case nestingTooDeep(limit: Int)
    /// The deflated data set cannot be inflated, or inflates beyond the limit.
    case damagedDeflate
    /// A field of an image header is absent or holds what its format does not allow.
    case invalidHeader(ImageFormat, field: String)

    // What the file holds

    /// The DICOM file is a directory of files.
    case dicomDirectory
    /// The DICOM file has no pixel data.
    case noPixelData
    /// The transfer syntax is not supported; `name` is empty if the identifier is unknown too.
    case unsupportedTransferSyntax(uid: String, name: String)
    /// A DICOM attribute that an image must have is absent or empty.
    case missingAttribute(keyword: String)
    /// A DICOM attribute holds a value that no image can have.
    case invalidAttribute(keyword: String, value: Int)
    /// The image is in color, or its photometric interpretation is not a gray one.
    case colorImage(samplesPerPixel: Int, photometricInterpretation: String)
    /// The pixel data are floating-point numbers; `keyword` names the attribute that holds them.
    case floatingPointPixels(keyword: String)
    /// The pixels have one bit each.
    case bilevelPixels
    /// Cells of this many bits are not supported (packed 12-bit cells, 32-bit cells).
    case unsupportedBitsAllocated(Int)
    /// The image has more samples than the limit.
    case tooManySamples(count: Int, limit: Int)
    /// The pixel data hold fewer bytes than the image needs.
    case truncatedPixelData(needed: Int, available: Int)
    /// The compressed pixel data hold another number of frames than the attributes state.
    case frameCountMismatch(expected: Int, found: Int)
    /// A codestream disagrees with the attributes of the data set.
    case codestreamMismatch(frame: Int, property: CodestreamProperty, expected: Int, found: Int)
    /// A codestream cannot be decoded; `reason` is what its decoder says.
    case damagedCodestream(transferSyntax: String, frame: Int, reason: String)

    /// An image inside a sequence (an icon), compressed as the main one, cannot be decoded.
    case unsupportedInnerImage(sequence: String, reason: String)

    // Other images

    /// The file holds more than one image.
    case severalImages(ImageFormat)
    /// The PNG is not a gray one of 8 or 16 bits.
    case unsupportedPNG(PNGKind)
    /// The PNG cannot be decoded; `reason` is what libpng says.
    case damagedPNG(reason: String)
    /// The portable anymap is of another kind than P5, the binary graymap.
    case unsupportedNetpbm(kind: String)

    // Writing

    /// The samples do not fit the format.
    case cannotWrite(ImageFormat, UnwritableSamples)

    /// There is not enough memory for a decoder or writer.
    case outOfMemory
}

/// A file format of this module.
public enum ImageFormat: String, Sendable, CaseIterable {
    /// A DICOM file, Part 10 or bare data set.
    case dicom = "DICOM"
    /// A binary portable graymap (P5).
    case pgm = "PGM"
    /// A Portable Network Graphics file.
    case png = "PNG"
    /// An array of numbers as NumPy stores it; written, never read.
    case npy = "NPY"
}

/// What a codestream states beside the data set that encloses it.
public enum CodestreamProperty: String, Sendable {
    /// Image height.
    case rows
    /// Image width.
    case columns
    /// Color components.
    case components
    /// Bits of a sample.
    case precision
}

/// PNG color types and depths that are refused.
public enum PNGKind: Equatable, Sendable {
    /// Color type 3.
    case palette
    /// Color types 2 and 6.
    case color
    /// Color type 4, or gray with a transparent value.
    case alpha
    /// Gray of 1, 2 or 4 bits.
    case lowBitDepth(Int)
}

/// Why samples do not fit an image format.
public enum UnwritableSamples: Equatable, Sendable {
    /// Signed samples in a format that has unsigned ones only.
    case signed
    /// More bits than the format has.
    case tooDeep(bits: Int)
    /// More than one frame in a format that has single images only.
    case severalFrames(Int)
    /// More than one channel.
    case severalChannels(Int)
    /// Rows or columns beyond the format's limit.
    case tooLarge
}
