// SPDX-License-Identifier: Apache-2.0
import Samples

/// The attributes of the Image Pixel module that say how samples are stored. (PS3.3, C.7.6.3)
struct ImageAttributes: Sendable {
    var samplesPerPixel: Int?
    var photometricInterpretation: String?
    var rows: Int?
    var columns: Int?
    var numberOfFrames: String?
    var bitsAllocated: Int?
    var bitsStored: Int?
    var highBit: Int?
    var pixelRepresentation: Int?
    var lossyImageCompression: String?
    var sopClassUID: String?
    var sopInstanceUID: String?

    /// Takes the value of an element if it is one of those above.
    mutating func collect(_ element: DataElement, _ reader: DatasetReader, bigEndian: Bool) {
        func number() -> Int? {
            guard element.value.count >= 2 else { return nil }
            return Int(reader.uint16(at: element.value.lowerBound, bigEndian: bigEndian))
        }
        switch element.tag {
        case .samplesPerPixel: samplesPerPixel = number()
        case .photometricInterpretation: photometricInterpretation = reader.text(of: element)
        case .rows: rows = number()
        case .columns: columns = number()
        case .numberOfFrames: numberOfFrames = reader.text(of: element)
        case .bitsAllocated: bitsAllocated = number()
        case .bitsStored: bitsStored = number()
        case .highBit: highBit = number()
        case .pixelRepresentation: pixelRepresentation = number()
        case .lossyImageCompression: lossyImageCompression = reader.text(of: element)
        case .sopClassUID: sopClassUID = reader.text(of: element)
        case .sopInstanceUID: sopInstanceUID = reader.text(of: element)
        default: break
        }
    }
}

/// Pixels that this module can read: gray, in cells of one or two bytes.
struct PixelLayout: Equatable, Sendable {
    /// Most samples that are read from compressed pixel data; native ones are bounded by the file.
    static let maximumSamples = 1 << 30

    var extent: Extent
    /// Bytes of a cell: 1 or 2.
    var cellBytes: Int
    /// Bits of a sample, at most those of the cell.
    var bitsStored: Int
    /// Whether the sample stands in the lowest bits of its cell.
    var isInLowBits: Bool
    var isSigned: Bool

    /// Bits of a cell.
    var cellBits: Int { 8 * cellBytes }
    /// Bytes of all cells.
    var byteCount: Int { extent.sampleCount * cellBytes }
}

extension PixelLayout {
    /// Checks the attributes; every reason to refuse has its own error.
    ///
    /// - Parameters:
    ///   - attributes: What the data set says.
    ///   - allowsColorModel: Whether any photometric interpretation of one sample will do (icons).
    /// - Throws: ``MedicalFileError`` if the image is none that this module reads.
    init(_ attributes: ImageAttributes, allowsColorModel: Bool = false) throws(MedicalFileError) {
        let photometric = attributes.photometricInterpretation ?? ""
        let samplesPerPixel = attributes.samplesPerPixel ?? 1
        let color = MedicalFileError.colorImage(
            samplesPerPixel: samplesPerPixel, photometricInterpretation: photometric)
        guard samplesPerPixel == 1 else { throw color }
        let bitsAllocated = try Self.present(attributes.bitsAllocated, "BitsAllocated")
        switch bitsAllocated {
        case 8, 16: break
        case 1: throw .bilevelPixels
        default: throw .unsupportedBitsAllocated(bitsAllocated)
        }
        guard !photometric.isEmpty else { throw .missingAttribute(keyword: "PhotometricInterpretation") }
        guard photometric == "MONOCHROME1" || photometric == "MONOCHROME2" || allowsColorModel else {
            throw color
        }
        let bitsStored = try Self.present(attributes.bitsStored, "BitsStored")
        guard 1...bitsAllocated ~= bitsStored else {
            throw .invalidAttribute(keyword: "BitsStored", value: bitsStored)
        }
        let highBit = attributes.highBit ?? bitsStored - 1
        guard bitsStored - 1..<bitsAllocated ~= highBit else {
            throw .invalidAttribute(keyword: "HighBit", value: highBit)
        }
        let pixelRepresentation = try Self.present(attributes.pixelRepresentation, "PixelRepresentation")
        guard 0...1 ~= pixelRepresentation else {
            throw .invalidAttribute(keyword: "PixelRepresentation", value: pixelRepresentation)
        }
        let rows = try Self.present(attributes.rows, "Rows")
        let columns = try Self.present(attributes.columns, "Columns")
        guard rows > 0 else { throw .invalidAttribute(keyword: "Rows", value: rows) }
        guard columns > 0 else { throw .invalidAttribute(keyword: "Columns", value: columns) }
        let frames = try Self.frameCount(attributes.numberOfFrames)
        // Rows and columns have 16 bits each, frames 31: the product fits in 63.
        let count = rows * columns
        guard frames <= Self.maximumSamples / count else {
            let product = count.multipliedReportingOverflow(by: frames)
            throw .tooManySamples(
                count: product.overflow ? .max : product.partialValue, limit: Self.maximumSamples)
        }
        self.init(
            extent: Extent(frames: frames, rows: rows, columns: columns), cellBytes: bitsAllocated / 8,
            bitsStored: bitsStored, isInLowBits: highBit == bitsStored - 1, isSigned: pixelRepresentation == 1
        )
    }

    private static func present(_ value: Int?, _ keyword: String) throws(MedicalFileError) -> Int {
        guard let value else { throw .missingAttribute(keyword: keyword) }
        return value
    }

    /// Number of Frames; 1 if absent or empty.
    private static func frameCount(_ text: String?) throws(MedicalFileError) -> Int {
        guard let text, !text.isEmpty else { return 1 }
        guard let frames = Int32(text), frames > 0 else {
            throw .invalidAttribute(keyword: "NumberOfFrames", value: Int(text.prefix(12)) ?? 0)
        }
        return Int(frames)
    }
}
