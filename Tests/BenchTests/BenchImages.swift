// SPDX-License-Identifier: Apache-2.0
import Samples
import TestSupport

@testable import AEBenchmark

/// Images that every codec can work on.
enum BenchImages {
    /// Smooth, with noise of a few units, so that every rate has something to leave out.
    static func noisy(
        _ bits: Int, signed: Bool = false, frames: Int = 1, step: Int = 1, offset: Int = 0
    ) -> SampleArray {
        let smooth = TestImage.make(
            .smooth, extent: Extent(frames: frames, rows: 160, columns: 192),
            format: SampleFormat(bitsStored: bits, isSigned: signed), seed: 7)
        var random = SplitMix64(seed: 3)
        let range = smooth.format.range
        let span = (range.count - offset) / step
        return SampleArray(
            extent: smooth.extent, format: smooth.format,
            values: smooth.values.map { value in
                let noisy = value - range.lowerBound + Int.random(in: -9...9, using: &random)
                return range.lowerBound + offset + step * min(max(noisy / step, 0), span - 1)
            })
    }

    /// The image as a run takes it.
    static func image(_ samples: SampleArray) -> BenchmarkImage {
        BenchmarkImage(name: "tests/noisy", groups: ["tests"], samples: samples, bitsAllocated: 16)
    }

    /// A plan without times.
    static func plan(_ modes: Set<CodecDescription.Mode>, program: String = "") -> MeasurementPlan {
        var plan = MeasurementPlan(program: program)
        plan.modes = modes
        plan.repetitions = 0
        plan.metrics = .fast
        return plan
    }
}

/// Options with the helper that stands in this package.
func testOptions() -> CodecOptions {
    var options = CodecOptions()
    options.helper = BenchProgram.fixtures + "/../Scripts/imagecodecs-peer"
    return options
}
