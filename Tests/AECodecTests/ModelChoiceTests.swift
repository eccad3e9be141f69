// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import AEContainer
import Samples
import TestSupport
import Testing

/// Networks know pictures; what they do not know is never coded worse than with linear contexts.
@Suite struct ModelChoiceTests {
    /// Images that no network was trained on.
    enum Kind: String, CaseIterable {
        case checks, stripes, noise, page

        /// 192 x 256 samples of 8 bits.
        var image: SampleArray {
            var random = SplitMix64(seed: 5)
            let extent = Extent(rows: 192, columns: 256)
            var values: [Int] = []
            for row in 0..<extent.rows {
                for column in 0..<extent.columns {
                    switch self {
                    case .checks: values.append((row / 8 + column / 8) % 2 * 255)
                    case .stripes: values.append((row / 13 + column / 5) % 3 == 0 ? 200 : 40)
                    case .noise: values.append(Int.random(in: 0...255, using: &random))
                    case .page:
                        // Strokes in lines, and the grain of a scanner.
                        let isInk = row % 16 < 9 && (column * 7 + row / 16 * 31) % 11 < 3
                        values.append((isInk ? 30 : 225) + Int.random(in: -6...6, using: &random))
                    }
                }
            }
            return SampleArray(
                extent: extent, format: SampleFormat(bitsStored: 8, isSigned: false), values: values)
        }
    }

    @Test(arguments: Kind.allCases, [30.0, 40])
    func unknownImagesTakeNoMore(kind: Kind, psnr: Double) throws {
        let image = kind.image
        var options = EncodeOptions()
        let chosen = try encodeLossy(image, target: .psnr(psnr), options: options)
        options.model = Model.builtIn.first { $0.name == "linear" }
        let linear = try encodeLossy(image, target: .psnr(psnr), options: options)
        #expect(Double(chosen.count) <= 1.01 * Double(linear.count))
        _ = try LossyTests.difference(chosen, from: image)
    }

    /// A size is used for less error, whichever model makes it.
    @Test func drawingsOfASizeHaveTheLeastError() throws {
        let image = Kind.checks.image
        var options = EncodeOptions()
        let chosen = try encodeLossy(image, target: .bitsPerSample(0.2), options: options)
        options.model = Model.builtIn.first { $0.name == "linear" }
        let linear = try encodeLossy(image, target: .bitsPerSample(0.2), options: options)
        #expect(
            try Container(chosen).parts[0].mode.meanSquaredError
                <= Container(linear).parts[0].mode.meanSquaredError)
    }

    @Test func smoothImagesTakeNetworks() throws {
        let archive = try Archive(encodeLossy(LossyTests.smooth, target: .step(20)))
        #expect(archive.container.parts[0].model?.identity == Model.builtIn[0].identity)
    }
}
