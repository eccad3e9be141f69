// SPDX-License-Identifier: Apache-2.0
import CPNGShim
public import Samples

/// Writes stored values as simple image files: no window, no look-up table, no inversion.
public enum ImageWriter {
    /// A binary portable graymap (P5), 8 or 16 bits; its maximum value is 2^bitsStored - 1.
    ///
    /// - Parameter samples: One frame of unsigned samples of at most 16 bits.
    /// - Returns: The file.
    /// - Throws: ``MedicalFileError/cannotWrite(_:_:)`` for any other samples.
    public static func pgm(_ samples: SampleArray) throws(MedicalFileError) -> [UInt8] {
        let values = try plane(samples, .pgm)
        let format = samples.format
        let maximum = (1 << format.bitsStored) - 1
        let header = "P5\n\(samples.extent.columns) \(samples.extent.rows)\n\(maximum)\n"
        var file: [UInt8] = []
        file.reserveCapacity(header.utf8.count + values.count * format.byteCount)
        file += header.utf8
        for value in values {
            if format.byteCount == 2 { file.append(UInt8(truncatingIfNeeded: value >> 8)) }
            file.append(UInt8(truncatingIfNeeded: value))
        }
        return file
    }

    /// A gray PNG of 8 bits, or of 16 where a sample has more than 8.
    ///
    /// - Parameter samples: One frame of unsigned samples of at most 16 bits.
    /// - Returns: The file.
    /// - Throws: ``MedicalFileError/cannotWrite(_:_:)`` for any other samples.
    public static func png(_ samples: SampleArray) throws(MedicalFileError) -> [UInt8] {
        let values = try plane(samples, .png)
        // libpng's own limit for either side.
        guard samples.extent.rows <= 1_000_000, samples.extent.columns <= 1_000_000 else {
            throw .cannotWrite(.png, .tooLarge)
        }
        var header = png_header()
        header.rows = UInt32(samples.extent.rows)
        header.columns = UInt32(samples.extent.columns)
        header.bit_depth = UInt8(8 * samples.format.byteCount)
        var message = png_message()
        var written: UnsafeMutablePointer<UInt8>?
        var count = 0
        let status = unsafe png_shim_write(&header, values, values.count, &written, &count, &message)
        defer { unsafe png_shim_free(written) }
        try pngCheck(status, message)
        return unsafe Array(UnsafeBufferPointer(start: written, count: count))
    }

    /// A NumPy array (format version 1.0) of shape `[frames,] [channels,] rows, columns` (axes of length 1
    /// are left out), in 1, 2 or 4 bytes a sample, signed or unsigned.
    ///
    /// - Parameter samples: Any samples.
    /// - Returns: The file.
    /// - Throws: Nothing at present; `throws` leaves room for limits.
    public static func npy(_ samples: SampleArray) throws(MedicalFileError) -> [UInt8] {
        let extent = samples.extent
        let type =
            "\(samples.format.byteCount == 1 ? "|" : "<")\(samples.format.isSigned ? "i" : "u")\(samples.format.byteCount)"
        let leading = [extent.frames, extent.channels].filter { $0 > 1 }
        let shape = (leading + [extent.rows, extent.columns]).map(String.init).joined(separator: ", ")
        var description = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
        // Magic, version and length take 10 bytes; the data start at a multiple of 64.
        let padding = 63 - (10 + description.utf8.count) % 64
        description += String(repeating: " ", count: padding) + "\n"
        var file: [UInt8] = []
        file.reserveCapacity(10 + description.utf8.count + extent.sampleCount * samples.format.byteCount)
        file += [0x93] + "NUMPY".utf8 + [1, 0] + littleEndianBytes(UInt16(description.utf8.count))
        file += description.utf8
        let step = 1 << 20
        for start in stride(from: 0, to: extent.sampleCount, by: step) {
            file += samples.canonicalBytes(start..<min(start + step, extent.sampleCount))
        }
        return file
    }

    /// The samples of a single image of at most 16 unsigned bits.
    private static func plane(
        _ samples: SampleArray, _ format: ImageFormat
    ) throws(MedicalFileError) -> [UInt16] {
        guard samples.extent.frames == 1 else {
            throw .cannotWrite(format, .severalFrames(samples.extent.frames))
        }
        guard samples.extent.channels == 1 else {
            throw .cannotWrite(format, .severalChannels(samples.extent.channels))
        }
        guard !samples.format.isSigned else { throw .cannotWrite(format, .signed) }
        guard case .narrow(let values) = samples.storage else {
            throw .cannotWrite(format, .tooDeep(bits: samples.format.bitsStored))
        }
        return values
    }
}
