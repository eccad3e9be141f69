// SPDX-License-Identifier: Apache-2.0

/// Writes DICOM waveforms, right and wrong ones.
struct WaveformBuilder {
    var syntax = DICOMBuilder.Syntax.explicit
    var interpretation = "SS"
    var bitsAllocated = 16
    var channels = 2
    var samples = 3
    var frequency = "500"
    /// Samples in the order of the file.
    var cells: [Int] = [1, -2, 3, -4, 32767, -32768]
    var sensitivity = "2.5"
    var definitions: Int?

    /// A file with two multiplex groups that are alike.
    var file: [UInt8] {
        var dataset = DICOMBuilder(syntax)
        dataset.text(0x08, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.9.1.1")
        dataset.text(0x08, 0x18, "UI", "2.25.77")
        dataset.header(0x5400, 0x0100, "SQ", length: 0xFFFF_FFFF)
        for _ in 0..<2 {
            dataset.delimiter(0xE000, length: 0xFFFF_FFFF)
            dataset.raw(group)
            dataset.delimiter(0xE00D)
        }
        dataset.delimiter(0xE0DD)
        return DICOMBuilder.file(syntax.rawValue, dataset.bytes)
    }

    private var group: [UInt8] {
        var group = DICOMBuilder(syntax)
        group.number(0x3A, 0x05, channels)
        group.header(0x3A, 0x10, "UL", length: 4)
        group.u32(samples)
        group.text(0x3A, 0x1A, "DS", frequency)
        group.header(0x3A, 0x0200, "SQ", length: 0xFFFF_FFFF)
        for channel in 0..<(definitions ?? channels) {
            var definition = DICOMBuilder(syntax)
            definition.text(0x3A, 0x0203, "SH", "lead \(channel)")
            definition.text(0x3A, 0x0210, "DS", sensitivity)
            definition.text(0x3A, 0x0213, "DS", "10")
            group.delimiter(0xE000, length: definition.bytes.count)
            group.raw(definition.bytes)
        }
        group.delimiter(0xE0DD)
        group.number(0x5400, 0x1004, bitsAllocated)
        group.text(0x5400, 0x1006, "CS", interpretation)
        let isWord = bitsAllocated == 16
        group.header(0x5400, 0x1010, isWord ? "OW" : "OB", length: cells.count * (isWord ? 2 : 1))
        for cell in cells { isWord ? group.u16(cell) : group.raw([UInt8(truncatingIfNeeded: cell)]) }
        return group.bytes
    }
}
