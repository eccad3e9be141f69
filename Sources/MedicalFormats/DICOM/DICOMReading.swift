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
        let dataset = scan.dataset
        let isEncapsulated = ![.native, .deflated].contains(dataset.transferSyntax.coding)
        let isByteExact = dataset.transferSyntax.coding == .native && !dataset.encoding.isBigEndian
        guard isEncapsulated == scan.pixelData.hasUndefinedLength,
            isByteExact || dataset.encoding.hasExplicitVR
        else { throw .malformedDataset(offset: scan.pixelData.offset) }
        var file =
            if isEncapsulated {
                try readEncapsulated(scan, layout)
            } else if isByteExact {
                try readNative(scan, layout)
            } else {
                try readRewritten(scan, layout)
            }
        file.lossyHistory = scan.attributes.lossyImageCompression == "01"
        return file
    }

    /// Native little endian: the file is kept byte for byte around one cut.
    private static func readNative(_ scan: DICOMScan, _ layout: PixelLayout) throws(MedicalFileError)
        -> MedicalFile
    {
        let bytes = scan.dataset.reader.bytes
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
        let reader = scan.dataset.reader
        let pixels = scan.pixelData.value
        let before = scan.dataset.offset..<pixels.lowerBound
        var head = try scan.metaForExplicitLittleEndian()
        var tail: [UInt8] = []
        if scan.dataset.encoding.isBigEndian {
            head += try reader.littleEndian(before)
            // What follows the last sample in its word, and any further words.
            let words = pixels.lowerBound + (layout.byteCount & ~1)
            tail += reader.swappedWords(words..<pixels.upperBound).dropFirst(layout.byteCount % 2)
            tail += try reader.littleEndian(pixels.upperBound..<reader.bytes.count)
        } else {
            head += reader.bytes[before]
            tail += reader.bytes[(pixels.lowerBound + layout.byteCount)...]
        }
        return rewritten(coded, scan, layout, head: head, tail: tail)
    }

    /// RLE, JPEG, JPEG-LS, JPEG 2000: native pixel data in the place of the fragments.
    private static func readEncapsulated(
        _ scan: DICOMScan, _ layout: PixelLayout
    ) throws(MedicalFileError) -> MedicalFile {
        let reader = scan.dataset.reader
        let fragments = try Fragments(reader, from: scan.pixelData.value.lowerBound)
        let decoder = try FrameDecoder(
            reader, fragments: fragments, extendedOffsets: scan.extendedOffsets,
            transferSyntax: scan.dataset.transferSyntax, layout: layout)
        let coded = CodedSamples(cells: try decoder.cells(), layout: layout)

        var head = try scan.metaForExplicitLittleEndian()
        head += try NativeElements(reader: reader, transferSyntax: scan.dataset.transferSyntax)
            .bytes(
                of: scan.dataset.offset..<scan.pixelData.offset,
                pixelDataByteCount: layout.pixelDataHeader.count + layout.byteCount + layout.byteCount % 2)
        head += layout.pixelDataHeader
        let tail = [UInt8](repeating: 0, count: layout.byteCount % 2) + reader.bytes[fragments.end...]
        return rewritten(coded, scan, layout, head: head, tail: tail)
    }

    private static func nativeSamples(
        _ scan: DICOMScan, _ layout: PixelLayout
    ) throws(MedicalFileError) -> CodedSamples {
        let isSwapped = scan.dataset.encoding.isBigEndian && scan.pixelData.representation != .otherByte
        // A swapped pair of 8-bit cells is read whole, even if the last cell is padding.
        let needed = layout.byteCount + (isSwapped ? layout.byteCount % 2 : 0)
        guard scan.pixelData.value.count >= needed else {
            throw .truncatedPixelData(needed: needed, available: scan.pixelData.value.count)
        }
        let cells = nativeCells(
            scan.dataset.reader.bytes, at: scan.pixelData.value.lowerBound, layout: layout,
            swapsBytes: isSwapped)
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
            "\(scan.dataset.transferSyntax.name) source: restored as Explicit VR Little Endian with the same stored values"
        )
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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * range.count)
        for index in range {
            bytes.append(UInt8(truncatingIfNeeded: samples[index]))
            bytes.append(UInt8(truncatingIfNeeded: samples[index] >> 8))
        }
        return bytes
    }
}

extension DICOMScan {
    /// Preamble and meta group of the rewritten file.
    fileprivate func metaForExplicitLittleEndian() throws(MedicalFileError) -> [UInt8] {
        try dataset.meta.explicitLittleEndian(
            dataset.file, sopClassUID: attributes.sopClassUID ?? "",
            sopInstanceUID: attributes.sopInstanceUID ?? "")
    }
}
