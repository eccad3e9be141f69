// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Digest
import Samples

/// Small archives that the tests start from; the same as in Spec appendix A.
enum Specimens {
    /// A.1: an image of 2 x 2 pixels with its PGM file, index in front.
    static let image = ContainerContent(
        parts: [
            Part(
                extent: imageSamples.extent, format: imageSamples.format, sampleMap: [], parameters: [0xA0],
                digest: digest(of: imageSamples))
        ],
        groups: [
            (GroupHeader(part: 0, layer: 1, levels: 0...0, frames: 0..<1, tiles: 0..<1), [0xB0, 0xB1, 0xB2])
        ],
        source: PackedSource(
            format: .pgm, isByteExact: true, digest: SHA256.hash(imageFile),
            cuts: [
                SourceRecord.Cut(
                    offset: imageFileHead.count, part: 0, firstSample: 0, sampleCount: 4, cellBytes: 2,
                    isBigEndian: true)
            ],
            keptByteCount: imageFileHead.count, packing: .stored, packedKept: imageFileHead[...]),
        indexPlace: .front)

    /// A.2 without its unknown chunk: a signal of 24 bits and an image, index at the end.
    static let twoParts = ContainerContent(
        parts: [
            Part(
                kind: .signal, extent: signalSamples.extent, format: signalSamples.format,
                rate: SamplingRate(360),
                mode: CodingMode(
                    kind: .bounded, target: .maximumError, targetValue: 2, maximumError: 1,
                    meanSquaredError: 0.5),
                model: ModelReference(
                    version: 3, identity: Array(SHA256.hash("model".utf8).prefix(16)), name: "ecg-small"),
                sampleMap: [0xC0], parameters: [], digest: digest(of: signalSamples)),
            Part(
                extent: pixel.extent, format: pixel.format, sampleMap: [0xC1], parameters: [],
                digest: digest(of: pixel)),
        ],
        groups: [
            (GroupHeader(part: 0, layer: 0, levels: 1...4, frames: 0..<1, tiles: 0..<1), [0xD0]),
            (GroupHeader(part: 0, layer: 1, levels: 0...0, frames: 0..<1, tiles: 0..<2), [0xD1, 0xD2]),
            (GroupHeader(part: 1, layer: 1, levels: 0...0, frames: 0..<1, tiles: 0..<1), [0xD3]),
        ],
        indexPlace: .end)

    /// A.3: a recording of two files.
    static let recording = ContainerContent(
        parts: [
            Part(
                kind: .signal, extent: recordingSamples.extent, format: recordingSamples.format,
                rate: SamplingRate(360), sampleMap: [], parameters: [0xA0],
                digest: digest(of: recordingSamples))
        ],
        groups: [(GroupHeader(part: 0, layer: 1, levels: 0...0, frames: 0..<1, tiles: 0..<1), [0xE0])],
        source: PackedSource(
            format: .wfdb, isByteExact: true,
            digest: SHA256.hash(header + [0x01, 0x00, 0x02, 0x03, 0xF0, 0xFF]),
            members: [
                PackedSource.Member(name: "r.hea", cuts: [], keptByteCount: header.count),
                PackedSource.Member(
                    name: "r.dat",
                    cuts: [
                        SourceRecord.Cut(
                            offset: 0, packing: .pairs12, repeats: 2,
                            slots: [
                                .samples(part: 0, first: 0, count: 1), .samples(part: 0, first: 2, count: 1),
                            ])
                    ], keptByteCount: 0),
            ], packing: .stored, packedKept: header[...]))

    static let header = Array("r 2 360 2\nr.dat 212 200\nr.dat 212 200\n".utf8)
    static let recordingSamples = SampleArray(
        extent: Extent(rows: 2, columns: 2), format: SampleFormat(bitsStored: 12, isSigned: true),
        values: [1, 3, 2, -1])

    static let imageSamples = SampleArray(
        extent: Extent(rows: 2, columns: 2), format: SampleFormat(bitsStored: 12, isSigned: false),
        values: [0, 1, 256, 4095])
    static let imageFileHead = Array("P5\n2 2\n4095\n".utf8)
    static let imageFile = imageFileHead + [0x00, 0x00, 0x00, 0x01, 0x01, 0x00, 0x0F, 0xFF]

    static let signalSamples = SampleArray(
        extent: Extent(rows: 2, columns: 3), format: SampleFormat(bitsStored: 24, isSigned: true),
        values: [-8_388_608, -1, 0, 8_388_607, 1, 2])
    static let pixel = SampleArray(
        extent: Extent(rows: 1, columns: 1), format: SampleFormat(bitsStored: 8, isSigned: false),
        values: [7])

    static func digest(of samples: SampleArray) -> [UInt8] {
        SHA256.hash(samples.canonicalBytes(0..<samples.extent.sampleCount))
    }
}
