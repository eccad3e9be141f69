// SPDX-License-Identifier: Apache-2.0
package import AECodec
import CAEKernels
package import Samples

/// One small image that a training tries models on: rate and distortion without packing.
package struct RateTrial: Sendable {
    private let samples: SampleArray
    private let codeTable: CodeTable
    /// The code of every sample.
    private let codes: [UInt16]
    private let level: ae_kernel_level
    /// The greatest code of the image.
    package let maximumCode: Int
    /// One tile holds the image.
    private static let tileExponent = 12

    /// What a model makes of the image at one step.
    package struct Outcome: Sendable {
        /// Bits a sample of residuals coded at the entropy of their class.
        package var rate: Double
        /// Mean squared error in codes.
        package var distortion: Double

        /// The Lagrangian that the quantiser minimises, in squared codes.
        package func cost(step: Double) -> Double {
            distortion + Double(LatentEncoder.lambda) * step * step * rate
        }
    }

    /// Takes the first frame of an image.
    package init(_ samples: SampleArray, options: EncodeOptions = EncodeOptions()) throws(EncodeError) {
        guard let level = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
        guard samples.format.bitsStored <= 16 else { throw .tooDeep(bits: samples.format.bitsStored) }
        self.level = level
        self.samples = samples
        let map = SampleMapFit.affineMap(samples)
        guard map.maximumCode <= 65_535,
            max(samples.extent.rows, samples.extent.columns) <= 1 << Self.tileExponent
        else { throw .tooLarge(samples: samples.extent.sampleCount) }
        maximumCode = map.maximumCode
        codeTable = CodeTable(map, format: samples.format, lowBits: 0)
        var codes: [UInt16] = []
        var low = BitWriter()
        let whole = Tile(rows: samples.extent.rows, columns: samples.extent.columns, start: 0)
        codeTable.codes(samples, whole, into: &codes, low: &low)
        self.codes = codes
    }

    /// Quantises the image as an encoder does, and decodes it.
    ///
    /// - Parameters:
    ///   - model: The model to try.
    ///   - step: The common step in codes.
    /// - Returns: Rate and distortion.
    /// - Throws: ``EncodeError`` if memory runs out.
    package func outcome(_ model: PyramidModel, step: Double) throws(EncodeError) -> Outcome {
        guard let encoder = LatentEncoder(model: model, level: level, effort: Effort(level: 1)) else {
            throw .outOfMemory
        }
        let extent = samples.extent
        let levelCount = LossyEncoder.levelCount(rows: extent.rows, columns: extent.columns)
        let parameters = PyramidParameters(
            tileExponent: Self.tileExponent, levelCount: levelCount, fractionBits: LossyEncoder.fractionBits,
            commonStep: 1, model: model)
        let layout = PyramidLayout(rows: extent.rows, columns: extent.columns, parameters: parameters)
        let plane = PyramidPlane(
            PyramidWindow(layout, margin: model.lifting.margin), parameters: parameters, kept: [])
        let analysis = PyramidAnalysis(
            model: model, kernels: level, threads: 1, codes: codeTable, maximumCode: maximumCode)
        analysis.run(samples, first: 0, into: plane)
        plane.parameters = LossyEncoder.parameters(
            step: step, tileExponent: Self.tileExponent, levelCount: levelCount, quantizer: .scalar,
            model: model,
            largest: LossyEncoder.largestMagnitudes([plane], levelCount: levelCount))
        let (statistics, count) = encoder.quantized([(plane, 0)], levels: 0...levelCount)
        encoder.reconstruct(plane, statistics, count: count)
        return Outcome(
            rate: encoder.entropy(of: 0..<count) / Double(codes.count),
            distortion: squaredError(plane, model: model) / Double(codes.count))
    }

    /// The sum of squared differences between the codes and those that a plane's bands give.
    private func squaredError(_ plane: PyramidPlane, model: PyramidModel) -> Double {
        let synthesis = PyramidSynthesis(
            model: model, kernels: level, threads: 1,
            map: .affine(origin: 0, step: 1, maximumCode: maximumCode),
            fractionBits: LossyEncoder.fractionBits)
        var decoded = [UInt16](repeating: 0, count: codes.count)
        unsafe decoded.withUnsafeMutableBufferPointer { decoded in
            guard let base = decoded.baseAddress else { return }
            let target = unsafe PyramidSynthesis.Target(values: base, stride: samples.extent.columns)
            synthesis.run(plane, into: target)
        }
        var squares = 0
        for (before, after) in zip(codes, decoded) {
            let error = Int(before) - Int(after)
            squares += error * error
        }
        return Double(squares)
    }
}

extension LatentEncoder {
    /// Bits of some residuals of the last pass, each coded at the entropy of its class.
    func entropy(of range: Range<Int>) -> Double {
        // Magnitudes from 32 on are counted by octave; their lower bits are raw.
        let symbols = 48
        var histogram = [Int](repeating: 0, count: model.rule.classSet.classCount * symbols)
        var bits = 0.0
        for index in range {
            let magnitude = Int(residuals[index].magnitude)
            let octave = Int.bitWidth - 1 - max(1, magnitude).leadingZeroBitCount
            let symbol = magnitude < 32 ? magnitude : 27 + octave
            histogram[symbols * Int(classes[index]) + symbol] += 1
            bits += Double((magnitude < 32 ? 0 : octave) + (magnitude > 0 ? 1 : 0))
        }
        for start in stride(from: 0, to: histogram.count, by: symbols) {
            let own = histogram[start..<start + symbols]
            let total = Double(own.reduce(0, +))
            for occurrences in own where occurrences > 0 {
                bits -= Double(occurrences) * log2(Double(occurrences) / total)
            }
        }
        return bits
    }

    /// Puts what a decoder would make of the last pass into the bands of a plane of one tile; every class has centroids
    /// of its own.
    func reconstruct(_ plane: PyramidPlane, _ statistics: LatentStatistics, count: Int) {
        let cut = ClassCut(
            residuals: residuals, classes: classes, count: count, set: model.rule.classSet, tree: model.tree)
        let centroids = (0..<model.rule.classSet.detailClassCount).flatMap { statistics.centroids(of: [$0]) }
        let sorted = sortedResiduals(residuals, classes, cut.streamOfClass, counts: cut.counts)
        unsafe sorted.withUnsafeBufferPointer { sorted in
            guard let base = sorted.baseAddress else { return }
            let starts = cut.counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
            var streams = unsafe ae_streams(base, starts: starts, map: [])
            unsafe withWorkspace(plane) { work, _ in
                var latents = unsafe plane.latentTile(0, levels: 0...plane.layout.levelCount, work: work)
                unsafe model.kernelRule.with { rule in
                    _ = unsafe ae_decode_latents(
                        level, &rule, &latents, &streams, cut.streamOfClass, centroids)
                }
            }
        }
    }
}
