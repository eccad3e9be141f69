// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Digest
import Foundation
import Samples
import TestSupport
import Testing

/// The witness and this decoder agree on lossy archives, whole and reduced.
@Suite(.enabled(if: Witness.isRunnable, Witness.absence))
struct LossyWitnessTests {
    struct Specimen: Sendable, CustomTestStringConvertible {
        var texture = TestImage.Texture.smooth
        var extent: Extent
        var bits = 12
        var isSigned = false
        var step: Double
        /// Of the side of a tile; small ones cut small images into many.
        var tileExponent = 10
        /// 1 gives one quantiser, 5 two in turn.
        var effort = 5
        /// Whether contexts are those of networks.
        var hasNetworks = false
        var testDescription: String {
            "\(texture) \(extent.frames)x\(extent.channels)x\(extent.rows)x\(extent.columns), \(bits) bits, "
                + "effort \(effort)\(hasNetworks ? ", networks" : "")"
        }

        static let networks = Result {
            try Model(bytes: PyramidModel.networks(seed: 23).bytes, name: "networks")
        }

        func archive() throws -> [UInt8] {
            let image = TestImage.make(
                texture, extent: extent, format: SampleFormat(bitsStored: bits, isSigned: isSigned),
                seed: UInt64(extent.rows + extent.columns))
            var options = EncodeOptions(effort: effort)
            options.pyramidTileExponent = tileExponent
            options.model = hasNetworks ? try Self.networks.get() : Model.builtIn.last { !$0.isForSignals }
            return try encodeLossy(image, target: .step(step), options: options)
        }
    }

    /// With both quantisers, and with networks and one of them.
    static let specimens = basic.enumerated().flatMap { place, specimen in
        [(1, false), (5, false), (place % 2 == 0 ? 5 : 1, true)].map { effort, hasNetworks in
            var specimen = specimen
            (specimen.effort, specimen.hasNetworks) = (effort, hasNetworks)
            return specimen
        }
    }

    private static let basic = [
        Specimen(extent: Extent(rows: 17, columns: 33), bits: 16, step: 4),
        Specimen(extent: Extent(rows: 100, columns: 130), step: 30),
        Specimen(texture: .noise, extent: Extent(rows: 64, columns: 64), bits: 8, step: 1.5),
        Specimen(
            texture: .limits, extent: Extent(rows: 21, columns: 40), bits: 16, isSigned: true, step: 500),
        Specimen(texture: .noise, extent: Extent(rows: 1, columns: 200), isSigned: true, step: 50),
        Specimen(texture: .noise, extent: Extent(frames: 3, rows: 20, columns: 35), bits: 10, step: 20),
        Specimen(extent: Extent(rows: 1100, columns: 70), isSigned: true, step: 12),
        Specimen(extent: Extent(rows: 200, columns: 150), step: 20, tileExponent: 6),
        Specimen(texture: .noise, extent: Extent(rows: 65, columns: 129), bits: 8, step: 9, tileExponent: 6),
        Specimen(extent: Extent(rows: 1, columns: 300), step: 15, tileExponent: 6),
        Specimen(extent: Extent(rows: 130, columns: 3), bits: 16, isSigned: true, step: 200, tileExponent: 6),
        Specimen(extent: Extent(frames: 3, rows: 90, columns: 100), step: 25, tileExponent: 6),
        Specimen(extent: Extent(channels: 3, rows: 70, columns: 80), bits: 8, step: 2, tileExponent: 6),
        Specimen(
            texture: .ramp, extent: Extent(frames: 2, channels: 2, rows: 66, columns: 40), step: 40,
            tileExponent: 6),
        // Quantised values of the low band would have more than 15 bits: it has a step of its own.
        Specimen(extent: Extent(rows: 40, columns: 50), bits: 16, step: 1),
        // Large enough that a frame is cut into groups, one of them across both channels.
        Specimen(
            texture: .steps, extent: Extent(channels: 2, rows: 400, columns: 400), step: 30, tileExponent: 6),
    ]

    @Test(arguments: specimens)
    func picturesOfEverySizeAgree(specimen: Specimen) throws {
        let bytes = try specimen.archive()
        let networks = try Specimen.networks.get()
        let archive = try Archive(bytes, options: DecodeOptions(models: [networks]))
        #expect(archive.container.parts[0].parameters[3] == (specimen.effort == 1 ? 0 : 5))
        #expect(
            (archive.container.parts[0].model?.identity == networks.identity) == specimen.hasNetworks)
        let levels = try #require(archive.container.groups.map(\.header.levels.upperBound).max())
        try withFolder { folder in
            let path = folder.appendingPathComponent("lossy.aec").path
            let output = folder.appendingPathComponent("lossy.raw")
            let model = folder.appendingPathComponent("networks.aem")
            try Data(#require(networks.pyramid).bytes).write(to: model)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            // All reductions of the usual archives, some of the others.
            let isUsual = specimen.effort == 5 && !specimen.hasNetworks
            for reduction in isUsual ? Array(0...levels) : [0, (levels + 1) / 2] {
                let run = try Witness.run([
                    path, "--reduce", "\(reduction)", "--out", output.path, "--model", model.path,
                ])
                #expect(run.status == 0, "\(run.text)")
                // The encoder may prefer a lossless archive, which would say nothing here.
                #expect(run.text.contains(", lossy, "))
                #expect(run.digests.count == (reduction == 0 ? 1 : 0))
                let samples = try archive.samples(
                    part: 0, SampleSelection(frames: 0..<specimen.extent.frames, reduction: reduction))
                let expected = samples.canonicalBytes(0..<samples.extent.sampleCount)
                #expect(try [UInt8](Data(contentsOf: output)) == expected, "reduced \(reduction) times")
            }
            let run = try Witness.run([path, "--reduce", "\(levels + 1)", "--model", model.path])
            #expect(run.status != 0)
        }
    }

    /// Archives with groups exchanged, missing or twice are refused by both decoders.
    @Test func otherOrdersAreRefused() throws {
        let specimen = Specimen(extent: Extent(frames: 2, rows: 150, columns: 170), step: 40, tileExponent: 6)
        let content = ContainerContent(try Container(specimen.archive()))
        // Of both frames a coarse and a fine one.
        try #require(content.groups.count == 4)
        var others: [ContainerContent] = []
        for place in content.groups.indices {
            var other = content
            other.groups.remove(at: place)
            others.append(other)
            other = content
            other.groups.insert(content.groups[place], at: place)
            others.append(other)
            guard place > 0 else { continue }
            other = content
            other.groups.swapAt(place - 1, place)
            others.append(other)
        }
        try withFolder { folder in
            let path = folder.appendingPathComponent("order.aec").path
            for other in others {
                let bytes = other.serialized()
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                let run = try Witness.run([path])
                #expect(run.status == 1 && run.text.hasPrefix("decode.py: Part 0"), "\(run.text)")
                #expect(throws: DecodeError.tileCoverage(part: 0)) { try Archive(bytes).samples() }
            }
        }
    }

    /// The specimens have what the text allows: groups of several frames and of pieces, ranges of levels, exceptions.
    @Test func theSpecimensHaveAllThatIsAllowed() throws {
        var headers: [(header: GroupHeader, channels: Int)] = []
        var exceptionCounts: [UInt8] = []
        for specimen in Self.specimens {
            let container = try Container(specimen.archive())
            headers += container.groups.map { ($0.header, specimen.extent.channels) }
            exceptionCounts.append(try #require(container.parts.first?.parameters)[6])
        }
        #expect(headers.contains { $0.header.frames.count > 1 })
        #expect(headers.contains { $0.header.levels.lowerBound > 0 })
        #expect(headers.contains { $0.header.tiles.lowerBound > 0 })
        #expect(headers.contains { $0.channels > 1 && $0.header.tiles.count > 1 })
        #expect(Set(headers.map(\.header.levels)).count > 3)
        #expect(exceptionCounts.contains { $0 > 0 }, "\(exceptionCounts)")
    }
}
