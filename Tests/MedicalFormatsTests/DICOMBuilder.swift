// SPDX-License-Identifier: Apache-2.0

/// Writes DICOM files element by element, right and wrong ones.
struct DICOMBuilder {
    enum Syntax: String, CaseIterable, Sendable {
        case implicit = "1.2.840.10008.1.2"
        case explicit = "1.2.840.10008.1.2.1"
        case bigEndian = "1.2.840.10008.1.2.2"
    }

    /// What an image says of itself; nil leaves the attribute out.
    struct Image: Sendable {
        var rows: Int? = 3
        var columns: Int? = 5
        var frames: String?
        var bitsAllocated: Int? = 16
        var bitsStored: Int? = 12
        var highBit: Int?
        var pixelRepresentation: Int? = 0
        var samplesPerPixel: Int? = 1
        var photometric: String? = "MONOCHROME2"
        var lossy: String?
    }

    var isExplicit = true
    var isBigEndian = false
    private(set) var bytes: [UInt8] = []

    init(_ syntax: Syntax = .explicit) {
        isExplicit = syntax != .implicit
        isBigEndian = syntax == .bigEndian
    }

    mutating func u16(_ value: Int) {
        let pair = [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        bytes += isBigEndian ? pair.reversed() : pair
    }

    mutating func u32(_ value: Int) {
        let low = isBigEndian ? value >> 16 : value
        u16(low)
        u16(isBigEndian ? value : value >> 16)
    }

    mutating func raw(_ more: [UInt8]) { bytes += more }

    /// Tag, representation and length.
    mutating func header(_ group: Int, _ element: Int, _ representation: String, length: Int) {
        u16(group)
        u16(element)
        guard isExplicit else { return u32(length) }
        raw(Array(representation.utf8))
        if ["OB", "OW", "SQ", "UN", "UT", "OF", "OD", "OV"].contains(representation) {
            raw([0, 0])
            u32(length)
        } else {
            u16(length)
        }
    }

    mutating func element(_ group: Int, _ element: Int, _ representation: String, _ value: [UInt8]) {
        header(group, element, representation, length: value.count)
        raw(value)
    }

    mutating func text(_ group: Int, _ element: Int, _ representation: String, _ text: String) {
        let padding: [UInt8] = text.utf8.count % 2 == 0 ? [] : [representation == "UI" ? 0 : 0x20]
        self.element(group, element, representation, Array(text.utf8) + padding)
    }

    mutating func number(_ group: Int, _ element: Int, _ value: Int?) {
        guard let value else { return }
        header(group, element, "US", length: 2)
        u16(value)
    }

    /// The elements of the Image Pixel module before the pixels, in order.
    mutating func describe(_ image: Image) {
        number(0x28, 0x02, image.samplesPerPixel)
        if let photometric = image.photometric { text(0x28, 0x04, "CS", photometric) }
        if let frames = image.frames { text(0x28, 0x08, "IS", frames) }
        number(0x28, 0x10, image.rows)
        number(0x28, 0x11, image.columns)
        number(0x28, 0x100, image.bitsAllocated)
        number(0x28, 0x101, image.bitsStored)
        number(0x28, 0x102, image.highBit ?? image.bitsStored.map { $0 - 1 })
        number(0x28, 0x103, image.pixelRepresentation)
        if let lossy = image.lossy { text(0x28, 0x2110, "CS", lossy) }
    }

    /// Identity of an instance, and a sequence whose two items have defined and undefined length.
    mutating func identify() {
        text(0x08, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.7")
        text(0x08, 0x18, "UI", "2.25.77")
        header(0x08, 0x1140, "SQ", length: 0xFFFF_FFFF)
        var item = DICOMBuilder(isBigEndian ? .bigEndian : isExplicit ? .explicit : .implicit)
        item.text(0x08, 0x1150, "UI", "1.2.3")
        item.number(0x28, 0x10, 9)
        delimiter(0xE000, length: item.bytes.count)
        raw(item.bytes)
        delimiter(0xE000, length: 0xFFFF_FFFF)
        raw(item.bytes)
        delimiter(0xE00D)
        delimiter(0xE0DD)
    }

    mutating func delimiter(_ element: Int, length: Int = 0) {
        u16(0xFFFE)
        u16(element)
        u32(length)
    }

    /// Encapsulated pixel data: an offset table and fragments.
    mutating func fragments(_ fragments: [[UInt8]], offsetTable: [Int] = []) {
        header(0x7FE0, 0x10, "OB", length: 0xFFFF_FFFF)
        delimiter(0xE000, length: 4 * offsetTable.count)
        for offset in offsetTable { u32(offset) }
        for fragment in fragments {
            delimiter(0xE000, length: fragment.count + fragment.count % 2)
            raw(fragment + [UInt8](repeating: 0, count: fragment.count % 2))
        }
        delimiter(0xE0DD)
    }

    /// Preamble and meta group before a data set.
    static func file(_ transferSyntax: String, _ dataset: [UInt8]) -> [UInt8] {
        var group = DICOMBuilder()
        group.element(0x02, 0x01, "OB", [0, 1])
        group.text(0x02, 0x02, "UI", "1.2.840.10008.5.1.4.1.1.7")
        group.text(0x02, 0x03, "UI", "2.25.77")
        group.text(0x02, 0x10, "UI", transferSyntax)
        group.text(0x02, 0x12, "UI", "1.2.3.4")
        var file = DICOMBuilder()
        file.raw([UInt8](repeating: 0, count: 128) + "DICM".utf8)
        file.header(0x02, 0x00, "UL", length: 4)
        file.u32(group.bytes.count)
        return file.bytes + group.bytes + dataset
    }

    /// A whole file with native pixels: cells of 8 or 16 bits and a tail of bytes make the pixel data; the
    /// trailer is what follows it.
    static func native(
        _ syntax: Syntax = .explicit, _ image: Image = Image(), cells: [Int], tail: [UInt8] = [],
        trailer: [UInt8] = []
    ) -> [UInt8] {
        var dataset = DICOMBuilder(syntax)
        dataset.identify()
        dataset.describe(image)
        let isWord = image.bitsAllocated != 8
        let count = cells.count * (isWord ? 2 : 1) + tail.count
        dataset.header(0x7FE0, 0x10, isWord ? "OW" : "OB", length: count)
        for cell in cells { isWord ? dataset.u16(cell) : dataset.raw([UInt8(truncatingIfNeeded: cell)]) }
        dataset.raw(tail + trailer)
        return file(syntax.rawValue, dataset.bytes)
    }

    /// A whole file with pixels in fragments.
    static func encapsulated(
        _ transferSyntax: String, _ image: Image, fragments: [[UInt8]], offsetTable: [Int] = [],
        icon: [UInt8] = []
    ) -> [UInt8] {
        var dataset = DICOMBuilder()
        dataset.identify()
        dataset.describe(image)
        dataset.raw(icon)
        dataset.fragments(fragments, offsetTable: offsetTable)
        return file(transferSyntax, dataset.bytes)
    }

    /// A frame of the RLE syntax: byte planes of literal runs.
    static func runLength(_ cells: [Int], cellBytes: Int) -> [UInt8] {
        var header = DICOMBuilder()
        header.u32(cellBytes)
        var body: [UInt8] = []
        for plane in 0..<cellBytes {
            header.u32(64 + body.count)
            for start in stride(from: 0, to: cells.count, by: 100) {
                let run = cells[start..<min(start + 100, cells.count)]
                body.append(UInt8(run.count - 1))
                body += run.map { UInt8(truncatingIfNeeded: $0 >> (8 * (cellBytes - 1 - plane))) }
            }
            if body.count % 2 == 1 { body.append(128) }
        }
        return header.bytes + [UInt8](repeating: 0, count: 64 - header.bytes.count) + body
    }
}
