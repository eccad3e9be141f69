// SPDX-License-Identifier: Apache-2.0

extension MedicalFileError: CustomStringConvertible {
    /// One sentence for a person: what is wrong, where, and with which values.
    public var description: String {
        structureText ?? contentText ?? codingText
    }

    private var structureText: String? {
        switch self {
        case .unrecognizedFormat:
            "not an image this program reads (DICOM, PGM, PNG)"
        case .truncated(let offset, let needed, let available):
            "the file ends early: \(needed) bytes needed at offset \(offset), \(available) left"
        case .malformedDataset(let offset):
            "the DICOM data set is damaged at offset \(offset): no element or item where one must stand"
        case .nestingTooDeep(let limit):
            "the DICOM data set nests sequences more than \(limit) deep"
        case .damagedDeflate:
            "the deflated DICOM data set cannot be inflated"
        case .invalidHeader(let format, let field):
            "the \(format.rawValue) header is invalid: \(field)"
        case .outOfMemory:
            "not enough memory"
        default:
            nil
        }
    }

    private var contentText: String? {
        switch self {
        case .dicomDirectory:
            "a DICOM directory (DICOMDIR) holds no image"
        case .noPixelData:
            "the DICOM file holds no pixel data"
        case .unsupportedTransferSyntax(let uid, let name):
            "transfer syntax \(name.isEmpty ? "" : name + " ")(\(uid)) is not supported"
        case .missingAttribute(let keyword):
            "the DICOM attribute \(keyword), which an image must have, is missing"
        case .invalidAttribute(let keyword, let value):
            "the DICOM attribute \(keyword) has the invalid value \(value)"
        case .colorImage(let samples, let photometric):
            "color images are not supported (Samples per Pixel \(samples), "
                + "Photometric Interpretation \(photometric.isEmpty ? "absent" : photometric))"
        case .floatingPointPixels(let keyword):
            "floating-point pixel data are not supported (\(keyword))"
        case .bilevelPixels:
            "bilevel images (Bits Allocated 1) are not supported"
        case .unsupportedBitsAllocated(let bits):
            "Bits Allocated \(bits) is not supported (8 and 16 are)"
        case .tooManySamples(let count, let limit):
            "the image has \(count) samples; the limit is \(limit)"
        case .truncatedPixelData(let needed, let available):
            "the pixel data are truncated: \(needed) bytes needed, \(available) present"
        case .frameCountMismatch(let expected, let found):
            "the compressed pixel data hold \(found) frame\(found == 1 ? "" : "s") "
                + "where the attributes state \(expected)"
        default:
            nil
        }
    }

    private var codingText: String {
        switch self {
        case .codestreamMismatch(let frame, let property, let expected, let found):
            "frame \(frame + 1): the codestream has \(property.rawValue) \(found) where \(expected) is stated"
        case .damagedCodestream(let transferSyntax, let frame, let reason):
            "frame \(frame + 1): the \(transferSyntax) codestream cannot be decoded: \(reason)"
        case .unsupportedInnerImage(let sequence, let reason):
            "a compressed image inside sequence \(sequence) cannot be decoded: \(reason)"
        case .severalImages(let format):
            "the \(format.rawValue) file holds several images; one is supported"
        case .unsupportedPNG(.palette):
            "palette PNG is not supported (gray of 8 or 16 bits is)"
        case .unsupportedPNG(.color):
            "color PNG is not supported (gray of 8 or 16 bits is)"
        case .unsupportedPNG(.alpha):
            "PNG with transparency is not supported (gray of 8 or 16 bits is)"
        case .unsupportedPNG(.lowBitDepth(let bits)):
            "gray PNG of \(bits) bit\(bits == 1 ? "" : "s") is not supported (8 and 16 are)"
        case .damagedPNG(let reason):
            "the PNG is damaged: \(reason)"
        case .unsupportedNetpbm(let kind):
            "portable anymap \(kind) is not supported (P5, the binary graymap, is)"
        case .cannotWrite(let format, let reason):
            "\(format.rawValue) cannot hold these samples: \(reason)"
        default:
            ""
        }
    }
}

extension UnwritableSamples: CustomStringConvertible {
    /// The reason as part of a sentence.
    public var description: String {
        switch self {
        case .signed: "they are signed (NPY can)"
        case .tooDeep(let bits): "they have \(bits) bits, 16 are possible (NPY can)"
        case .severalFrames(let count): "there are \(count) frames, pick one (NPY holds all)"
        case .severalChannels(let count): "there are \(count) channels, one is possible (NPY holds all)"
        case .tooLarge: "rows or columns exceed the format's limit"
        }
    }
}
