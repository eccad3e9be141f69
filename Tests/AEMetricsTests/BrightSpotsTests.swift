// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Glibc
import Samples
import TestSupport
import Testing

@Suite struct BrightSpotsTests {
    /// Grain of a deviation of about 12, with `count` spots of 250 units and three samples' width in rows of
    /// eight.
    static func phantom(count: Int = 40, amplitude: Double = 250) -> SampleArray {
        var random = SplitMix64(seed: 11)
        return MetricImages.made(rows: 320, columns: 320) { row, column in
            var value =
                1800 + Double(row)
                + Double(
                    (0..<4).reduce(0) { sum, _ in
                        sum + Int.random(in: -10...10, using: &random)
                    })
            for spot in 0..<count {
                let down = Double(row - 40 - 36 * (spot / 8))
                let across = Double(column - 40 - 34 * (spot % 8))
                value += amplitude * exp(-(down * down + across * across) / (2 * 1.3 * 1.3))
            }
            return Int(value.rounded())
        }
    }

    static func find(_ image: SampleArray, _ polarity: BrightSpots.Polarity = .automatic) -> BrightSpots {
        BrightSpots(image, foreground: Foreground(image), polarity: polarity)
    }

    @Test func findsTheSpotsAndNothingElse() {
        #expect(Self.find(Self.phantom()).count == 40)
        #expect(Self.find(Self.phantom(count: 0)).count == 0)
    }

    @Test func equalImagesKeepAll() throws {
        let image = Self.phantom()
        #expect(Self.find(image).kept(image) == Self.find(image).kept(image))
        let kept = try #require(Self.find(image).kept(image))
        #expect(kept.mean == 1)
        #expect(kept.worst == 1)
    }

    @Test func breastViewAgreesWithSciPy() throws {
        // Tests/Reference/metrics.py
        let spots = Self.find(MetricImages.view)
        #expect(spots.count == 3)
        let expected = [
            (MetricImages.coarse, 0.9865095979978218, 0.9778256288509545),
            (MetricImages.smooth, 0.825117362830548, 0.815260749392468),
            (MetricImages.grainy, 0.9827297957375732, 0.9626944202463389),
        ]
        for (change, mean, worst) in expected {
            let kept = try #require(spots.kept(change(MetricImages.view)))
            #expect(abs(kept.mean - mean) < 1e-11)
            #expect(abs(kept.worst - worst) < 1e-11)
        }
    }

    @Test func blurLowersContrastMoreTheStrongerItIs() throws {
        let image = Self.phantom()
        let spots = Self.find(image)
        var decoded = image
        var last = 1.0
        for _ in 0..<4 {
            decoded = MetricImages.smooth(decoded)
            let kept = try #require(spots.kept(decoded))
            #expect(kept.mean < last - 0.05)
            #expect(kept.worst <= kept.mean)
            last = kept.mean
        }
        #expect(last < 0.6)
    }

    @Test func halfTheContrastIsHalf() throws {
        let kept = try #require(Self.find(Self.phantom()).kept(Self.phantom(amplitude: 125)))
        #expect(abs(kept.mean - 0.5) < 0.03)
    }

    @Test func noiseIsNoGain() throws {
        let image = Self.phantom()
        let kept = try #require(Self.find(image).kept(MetricImages.grainy(image)))
        #expect(kept.mean < 1)
        #expect(kept.mean > 0.9)
        // A blurred image with noise on top stays where the blur put it.
        let blurred = MetricImages.smooth(MetricImages.smooth(image))
        let plain = try #require(Self.find(image).kept(blurred))
        let noisy = try #require(Self.find(image).kept(MetricImages.grainy(blurred)))
        #expect(abs(noisy.mean - plain.mean) < 0.03)
    }

    @Test func exaggerationDoesNotMakeUpForLoss() throws {
        let image = Self.phantom()
        #expect(try #require(Self.find(image).kept(Self.phantom(amplitude: 400))).mean == 1)
    }

    @Test func lossOfOneInFiveShowsInTheWorst() throws {
        let kept = try #require(Self.find(Self.phantom()).kept(Self.phantom(count: 32)))
        #expect(abs(kept.mean - 0.8) < 0.02)
        #expect(kept.worst < 0.1)
    }

    @Test func darkSpotsAreFoundWhereAskedFor() throws {
        let image = Self.phantom()
        let inverted = MetricImages.changed(image) { 4095 - image[$0] }
        #expect(Self.find(inverted, .dark).count == 40)
        // Of dark spots only their bright surroundings can be taken for structures.
        #expect(Self.find(inverted, .bright).count < 10)
        let blurred = MetricImages.smooth(image)
        let expected = try #require(Self.find(image, .bright).kept(blurred))
        let dark = try #require(
            Self.find(inverted, .dark).kept(MetricImages.changed(blurred) { 4095 - blurred[$0] }))
        #expect(abs(dark.mean - expected.mean) < 1e-12)
    }

    @Test func polarityFollowsTheBackground() {
        let image = Self.phantom()
        // A frame of air around tissue, brighter or darker than it.
        func framed(_ air: Int, _ tissue: (Int) -> Int) -> SampleArray {
            MetricImages.made(rows: 360, columns: 360) { row, column in
                guard 20..<340 ~= row, 20..<340 ~= column else { return air }
                return tissue(image[(row - 20) * 320 + column - 20])
            }
        }
        #expect(Self.find(framed(0) { $0 }).count == 40)
        #expect(Self.find(framed(4095) { 4095 - $0 }).count == 40)
        #expect(Self.find(framed(4095) { $0 }).count < 10)
    }

    @Test func signedSamplesAndFramesGiveTheSame() throws {
        let image = Self.phantom()
        let blurred = MetricImages.smooth(image)
        let expected = try #require(Self.find(image).kept(blurred))
        let signed = Self.find(MetricImages.signed(image)).kept(MetricImages.signed(blurred))
        #expect(abs(try #require(signed).mean - expected.mean) < 1e-12)
        let twice = Self.find(MetricImages.frames([image, image]))
        #expect(twice.count == 80)
        let mixed = try #require(twice.kept(MetricImages.frames([image, blurred])))
        #expect(abs(mixed.mean - (1 + expected.mean) / 2) < 1e-12)
    }

    @Test func atMostTheStrongestOfAPlaneCount() {
        let dense = MetricImages.made(rows: 400, columns: 400) { row, column in
            700 + 3 * row + 2 * column + (row % 20 == 8 && column % 20 == 8 ? 900 : 0)
        }
        #expect(Self.find(dense).count == 256)
    }

    @Test func imageWithoutSpotsHasNoResult() {
        let image = Self.phantom(count: 0)
        #expect(Self.find(image).kept(image) == nil)
        let tiny = MetricImages.made(rows: 5, columns: 9) { $0 * 100 + $1 }
        #expect(Self.find(tiny).kept(tiny) == nil)
    }
}
