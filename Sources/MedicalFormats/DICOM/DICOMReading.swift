// SPDX-License-Identifier: Apache-2.0
import Digest
import Samples

extension MedicalFile {
    /// Reads a DICOM file: Part 10, or a bare data set.
    ///
    /// The data set is walked here, byte by byte, so that every byte that is no sample can be kept;
    /// DCMTK and OpenJPEG see codestreams only.
    static func readDICOM(_ bytes: [UInt8]) throws(MedicalFileError) -> MedicalFile {
        let scan = try DICOMScan(bytes)
        let layout = try PixelLayout(scan.attributes)
        let isNative = scan.transferSyntax.coding == .native || scan.transferSyntax.coding == .deflated
        guard isNative != scan.pixelData.hasUndefinedLength else {
            throw .malformedDataset(offset: scan.pixelData.offset)
        }
        var file =
            if !isNative { try readEncapsulated(scan, layout) } else if scan.transferSyntax.coding == .deflated
                || scan.encoding.isBigEndian
            { try readRewritten(scan, layout) } else { try readNative(scan, layout) }
        file.lossyHistory = scan.attributes.lossyImageCompression == "01"
        return file
    }

    /// Native little endian: the file is kept byte for byte around one cut.
    private static func readNative(_ scan: DICOMScan, _ layout: PixelLayout) throws(MedicalFileError) -> MedicalFile {
        let bytes = scan.reader.bytes
        let coded = try nativeSamples(scan, layout)
        let cut = scan.pixelData.value.lowerBound
        let source = SourceRecord(
            format: .dicom, isByteExact: true, byteCount: bytes.count, digest: SHA256.hash(bytes),
            cuts: [layout.cut(at: cut)],
            kept: Array(bytes[..<cut] + bytes[(cut + layout.byteCount)...]))
        return MedicalFile(coded, source)
    }

    /// Deflated and big endian: the same elements in the same order, as explicit VR little endian.
    private static func readRewritten(
        _ scan: DICOMScan, _ layout: PixelLayout
    ) throws(MedicalFileError) -> MedicalFile {
        let coded = try nativeSamples(scan, layout)
        let reader = scan.reader
        let before = scan.datasetOffset..<scan.pixelData.value.lowerBound
        let after = scan.pixelData.value.lowerBound + layout.byteCount..<reader.bytes.count
        var head = scan.metaForExplicitLittleEndian()
        let tail: [UInt8]
        if scan.encoding.isBigEndian {
            head += try reader.littleEndian(before)
            // Bytes between the last sample and the next element are padding.
            let padding = after.lowerBound..<scan.pixelData.value.upperBound
            tail = try Array(reader.bytes[padding]) + reader.littleEndian(padding.upperBound..<after.upperBound)
        } else {
            head += reader.bytes[before]
            tail = Array(reader.bytes[after])
        }
        return rewritten(coded, scan, layout, head: head, tail: tail)
    }

    /// RLE, JPEG, JPEG-LS, JPEG 2000: native pixel data in the place of the fragments.
    private static func readEncapsulated(
        _ scan: DICOMScan, _ layout: PixelLayout
    ) throws(MedicalFileError) -> MedicalFile {
        let reader = scan.reader
        let fragments = try Fragments(reader, from: scan.pixelData.value.lowerBound)
        let decoder = try FrameDecoder(
            reader, fragments: fragments, extendedOffsets: scan.extendedOffsets(),
            transferSyntax: scan.transferSyntax, layout: layout)
        let coded = CodedSamples(cells: try decoder.cells(), layout: layout)

        let padding = layout.byteCount % 2
        var head = scan.metaForExplicitLittleEndian()
        head += scan.elementsBeforePixelData()
        head += elementHeader(
            .pixelData, layout.cellBytes == 1 ? .otherByte : .otherWord, byteCount: layout.byteCount + padding)
        let tail = [UInt8](repeating: 0, count: padding) + reader.bytes[fragments.end...]
        return rewritten(coded, scan, layout, head: head, tail: tail)
    }

    private static func nativeSamples(
        _ scan: DICOMScan, _ layout: PixelLayout
    ) throws(MedicalFileError) -> CodedSamples {
        let isSwapped = scan.encoding.isBigEndian && scan.pixelData.representation != .otherByte
        // A swapped pair of 8-bit cells is read whole, even if the last cell is padding.
        let needed = layout.byteCount + (isSwapped ? layout.byteCount % 2 : 0)
        guard scan.pixelData.value.count >= needed else {
            throw .truncatedPixelData(needed: needed, available: scan.pixelData.value.count)
        }
        let cells = nativeCells(
            scan.reader.bytes, at: scan.pixelData.value.lowerBound, layout: layout, swapsBytes: isSwapped)
        return CodedSamples(cells: cells, layout: layout)
    }

    private static func rewritten(
        _ coded: CodedSamples, _ scan: DICOMScan, _ layout: PixelLayout, head: [UInt8], tail: [UInt8]
    ) -> MedicalFile {
        let samples = coded.samples
        var hash = SHA256()
        hash.update(head)
        // Small pieces: the file is never in memory as a whole.
        let step = 1 << 20
        for start in stride(from: 0, to: samples.extent.sampleCount, by: step) {
            hash.update(layout.cells(of: samples, start..<min(start + step, samples.extent.sampleCount)))
        }
        hash.update(tail)
        let source = SourceRecord(
            format: .dicom, isByteExact: false, byteCount: head.count + layout.byteCount + tail.count,
            digest: hash.finalize(), cuts: [layout.cut(at: head.count)], kept: head + tail)
        var file = MedicalFile(coded, source)
        file.notes.append(
            "\(scan.transferSyntax.name) source: restored as Explicit VR Little Endian with the same stored values")
        return file
    }

    private init(_ coded: CodedSamples, _ source: SourceRecord) {
        self.init(samples: coded.samples, source: source)
        if coded.holdsWholeCells {
            notes.append("bits outside Bits Stored are in use: whole cells are coded")
        }
    }
}

extension PixelLayout {
    /// The cut of all samples of the image.
    fileprivate func cut(at offset: Int) -> SourceRecord.Cut {
        SourceRecord.Cut(
            offset: offset, part: 0, firstSample: 0, sampleCount: extent.sampleCount, cellBytes: cellBytes)
    }

    /// The bytes of cells, little endian.
    fileprivate func cells(of samples: SampleArray, _ range: Range<Int>) -> [UInt8] {
        if samples.format.byteCount == cellBytes { return samples.canonicalBytes(range) }
        return range.flatMap { littleEndianBytes(Int16(truncatingIfNeeded: samples[$0])) }
    }
}

extension DICOMScan {
    /// Preamble and meta group of the rewritten file.
    fileprivate func metaForExplicitLittleEndian() -> [UInt8] {
        meta.explicitLittleEndian(
            DatasetReader(bytes: fileBytes), sopClassUID: attributes.sopClassUID ?? "",
            sopInstanceUID: attributes.sopInstanceUID ?? "")
    }

    /// The elements before the pixel data, without those that go with fragments.
    fileprivate func elementsBeforePixelData() -> [UInt8] {
        var kept: [UInt8] = []
        for element in elements.dropLast()
        where element.tag != .extendedOffsetTable && element.tag != .extendedOffsetTableLengths {
            kept += reader.bytes[element.offset..<element.end]
        }
        return kept
    }

    /// The extended offset table; empty if there is none.
    fileprivate func extendedOffsets() -> [Int] {
        guard let table = elements.first(where: { $0.tag == .extendedOffsetTable }) else { return [] }
        return stride(from: table.value.lowerBound, to: table.value.upperBound - 7, by: 8).map {
            Int(truncatingIfNeeded: UInt64(reader.uint32(at: $0, bigEndian: false))
                | UInt64(reader.uint32(at: $0 + 4, bigEndian: false)) << 32)
        }
    }
}
