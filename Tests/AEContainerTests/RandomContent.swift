// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Samples

/// Random archives that keep every rule.
enum RandomContent {
    static func make(using random: inout some RandomNumberGenerator) -> ContainerContent {
        let parts = (0..<Int.random(in: 1...4, using: &random)).map { _ in part(using: &random) }
        let groups = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            (header(parts, using: &random), bytes(upTo: 40, using: &random))
        }
        return ContainerContent(
            parts: parts, groups: groups,
            source: [
                nil, source(parts, using: &random), recording(parts, using: &random),
            ].randomElement(using: &random) ?? nil,
            indexPlace: [nil, .front, .end, .absent].randomElement(using: &random) ?? nil)
    }

    private static func part(using random: inout some RandomNumberGenerator) -> Part {
        let axes = (0..<4).map { _ in Int.random(in: 1...20, using: &random) }
        let extent = Extent(frames: axes[0], channels: axes[1], rows: axes[2], columns: axes[3])
        let isSignal = Bool.random(using: &random)
        return Part(
            kind: isSignal ? .signal : .image, extent: extent,
            format: SampleFormat(
                bitsStored: Int.random(in: 1...32, using: &random), isSigned: Bool.random(using: &random)),
            rate: isSignal ? SamplingRate(Int.random(in: 0...1000, using: &random), over: 3) : nil,
            mode: mode(using: &random),
            model: Bool.random(using: &random)
                ? nil
                : ModelReference(
                    version: UInt32.random(in: 0...(.max), using: &random),
                    identity: bytes(exactly: 16, using: &random),
                    name: ["a", "mammo-1", "größer", String(repeating: "x", count: 255)].randomElement(
                        using: &random) ?? ""),
            sampleMap: bytes(upTo: 20, using: &random), parameters: bytes(upTo: 20, using: &random),
            digest: bytes(exactly: 32, using: &random))
    }

    private static func mode(using random: inout some RandomNumberGenerator) -> CodingMode {
        let error = UInt64.random(in: 0...1000, using: &random)
        let square = error == 0 ? 0 : Float.random(in: 0.001...1e6, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: return .lossless
        case 1: return CodingMode(kind: .lossless, target: .ratio, targetValue: 2.5)
        case 2:
            return CodingMode(
                kind: .bounded, target: .maximumError, targetValue: Float(max(1, error)),
                maximumError: error,
                meanSquaredError: square)
        default:
            return CodingMode(
                kind: .lossy, target: .psnr, targetValue: 48.5, maximumError: error, meanSquaredError: square)
        }
    }

    private static func header(
        _ parts: [Part], using random: inout some RandomNumberGenerator
    ) -> GroupHeader {
        let part = Int.random(in: parts.indices, using: &random)
        let level = Int.random(in: 0...15, using: &random)
        return GroupHeader(
            part: part, layer: Int.random(in: 0...1, using: &random),
            levels: level...Int.random(in: level...15, using: &random),
            frames: range(below: parts[part].extent.frames, using: &random),
            tiles: range(below: parts[part].extent.samplesPerFrame, using: &random))
    }

    /// A few cuts, each of a part of its own, so that no sample comes twice.
    private static func source(
        _ parts: [Part], using random: inout some RandomNumberGenerator
    ) -> PackedSource {
        var end = 0
        var gaps = 0
        var cuts: [SourceRecord.Cut] = []
        for (number, part) in parts.enumerated() where Bool.random(using: &random) {
            let run = range(below: part.extent.sampleCount, using: &random)
            let gap = Int.random(in: 0...3, using: &random)
            let cell = [1, 2, 4].filter { $0 >= part.format.byteCount }.randomElement(using: &random) ?? 4
            cuts.append(
                SourceRecord.Cut(
                    offset: end + gap, part: number, firstSample: run.lowerBound, sampleCount: run.count,
                    cellBytes: cell, isBigEndian: Bool.random(using: &random)))
            gaps += gap
            end += gap + run.count * cell
        }
        let isStored = Bool.random(using: &random)
        let kept = gaps + Int.random(in: 0...5, using: &random)
        let packed = isStored ? bytes(exactly: kept, using: &random) : bytes(upTo: 9, using: &random)
        return PackedSource(
            format: Bool.random(using: &random) ? .dicom : .pgm, isByteExact: Bool.random(using: &random),
            digest: bytes(exactly: 32, using: &random), cuts: cuts,
            keptByteCount: kept, packing: isStored ? .stored : .zstd, packedKept: packed[...])
    }

    /// Files with names; each part is a pattern in one of them.
    private static func recording(
        _ parts: [Part], using random: inout some RandomNumberGenerator
    ) -> PackedSource {
        var members: [PackedSource.Member] = []
        for (number, part) in parts.enumerated() {
            let packings: [SamplePacking] = [
                .integers(byteCount: 3, isBigEndian: true), .integers(byteCount: 4, isBigEndian: false),
                .offsetBinary(byteCount: 2), .pairs12, .triples10, .triples10InWords, .differences8,
                .text(DecimalText(fractionDigits: 2, separator: [0x2C], lineEnd: [0x0D, 0x0A])),
            ]
            guard let packing = packings.filter({ $0.holds(part.format) }).randomElement(using: &random)
            else { continue }
            let columns = part.extent.columns
            let count = Int.random(in: 1...columns, using: &random)
            var slots = (0..<Int.random(in: 1...part.extent.rows, using: &random)).map {
                SourceRecord.Cut.Slot.samples(
                    part: number, first: $0 * columns, count: count,
                    origin: packing == .differences8 ? Int32.random(in: -9...9, using: &random) : 0)
            }
            if packing.isByteAligned, Bool.random(using: &random) { slots.append(.kept(byteCount: 2)) }
            let repeats = Int.random(in: 1...columns / count, using: &random)
            let cut = SourceRecord.Cut(
                offset: number, packing: packing, repeats: repeats, slots: slots,
                byteCount: packing.byteCount(of: 1) == nil ? 3 * repeats * count * slots.count : nil)
            guard cut.plainRun == nil else { continue }
            members.append(
                PackedSource.Member(
                    name: "m\(number).dat", cuts: [cut],
                    keptByteCount: number + cut.byteCount - cut.sampleByteCount))
        }
        members.append(PackedSource.Member(name: "m.hea", cuts: [], keptByteCount: 3))
        let kept = members.reduce(0) { $0 + $1.keptByteCount }
        return PackedSource(
            format: .wfdb, isByteExact: true, digest: bytes(exactly: 32, using: &random), members: members,
            packing: .stored, packedKept: bytes(exactly: kept, using: &random)[...])
    }

    private static func range(below limit: Int, using random: inout some RandomNumberGenerator) -> Range<Int>
    {
        let first = Int.random(in: 0..<limit, using: &random)
        return first..<Int.random(in: first + 1...limit, using: &random)
    }

    private static func bytes(upTo limit: Int, using random: inout some RandomNumberGenerator) -> [UInt8] {
        bytes(exactly: Int.random(in: 0...limit, using: &random), using: &random)
    }

    private static func bytes(exactly count: Int, using random: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
