// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels

/// A tile of a plane.
typealias PlaneTile = (plane: PyramidPlane, tile: Int)

/// Quantises the latents of groups and packs them: each pass takes the costs of the pass before.
@safe
final class LatentEncoder {
    private let packer: StreamPacker
    private let model: PyramidModel
    let level: ae_kernel_level
    /// Passes of rate-distortion optimised quantisation.
    private let passes: Int
    /// What ``lambda`` is multiplied by.
    var lambdaShare: Float = 1
    private var work = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 64)
    /// Residuals and raw classes of the last pass in coding order.
    private(set) var residuals: [Int16] = []
    private(set) var classes: [UInt8] = []
    /// The scale rules of the model.
    var rules: ae_latent_model { model.rules }

    deinit { unsafe work.deallocate() }

    init?(model: PyramidModel, level: ae_kernel_level, effort: Effort) {
        guard let packer = StreamPacker(effort: effort) else { return nil }
        passes = effort.quantizationPasses
        self.packer = packer
        self.model = model
        self.level = level
    }

    /// Squared steps that a bit is worth; measured flat between 0.1 and 0.16 (FINDINGS of the prototype).
    static let lambda: Float = 0.13
    /// What is added before rounding down in the first pass.
    static let firstRounding: Float = 0.65

    /// Quantises and packs the latents of a group into its body.
    ///
    /// - Parameters:
    ///   - tiles: Planes and tiles in order; coefficients are kept, magnitudes are left for finer groups.
    ///   - levels: What of them the group holds.
    /// - Returns: The body.
    func encode(_ tiles: [PlaneTile], levels: ClosedRange<Int>) -> [UInt8] {
        let (_, statistics, count) = quantized(tiles, levels: levels)
        let merging = ClassMerging(residuals: residuals, classes: classes, count: count, scaleBits: 12)
        return body(merging, statistics, count: count)
    }

    /// Runs all passes; residuals and classes of the last one are left in coding order.
    func quantized(
        _ tiles: [PlaneTile], levels: ClosedRange<Int>
    ) -> (costs: ae_latent_costs, statistics: LatentStatistics, count: Int) {
        let count = tiles.reduce(0) { $0 + $1.plane.layout.latentCount(tile: $1.tile, levels: levels) }
        if residuals.count < count {
            residuals = [Int16](repeating: 0, count: count)
            classes = [UInt8](repeating: 0, count: count)
        }
        var statistics = LatentStatistics()
        var costs = ae_latent_costs()
        costs.rounding = Self.firstRounding - 0.3
        quantize(tiles, levels, costs: &costs, into: &statistics)
        for _ in 0..<passes {
            statistics.fill(&costs, residuals: residuals, classes: classes, count: count)
            costs.lambda = Self.lambda * lambdaShare
            statistics = LatentStatistics()
            quantize(tiles, levels, costs: &costs, into: &statistics)
        }
        return (costs, statistics, count)
    }

    private func quantize(
        _ tiles: [PlaneTile], _ levels: ClosedRange<Int>, costs: inout ae_latent_costs,
        into statistics: inout LatentStatistics
    ) {
        guard let first = tiles.first?.plane else { return }
        // One block serves all passes and groups: new memory is slow memory.
        if unsafe work.count < first.workByteCount {
            unsafe work.deallocate()
            unsafe work = .allocate(byteCount: first.workByteCount, alignment: 64)
        }
        guard let work = unsafe work.baseAddress else { return }
        var rules = model.rules
        var done = 0
        for (plane, tile) in tiles {
            var latents = unsafe plane.latentTile(tile, levels: levels, work: work)
            unsafe residuals.withUnsafeMutableBufferPointer { residuals in
                unsafe classes.withUnsafeMutableBufferPointer { classes in
                    unsafe statistics.offsets.withUnsafeMutableBytes { offsets in
                        guard let residuals = residuals.baseAddress, let classes = classes.baseAddress else {
                            return
                        }
                        unsafe done += ae_quantize_latents(
                            level, &rules, &latents, &costs, residuals + done, classes + done,
                            offsets.baseAddress?.assumingMemoryBound(
                                to: ((Double, Double), (Double, Double), (Double, Double)).self))
                    }
                }
            }
        }
    }

    private func body(_ merging: ClassMerging, _ statistics: LatentStatistics, count: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(UInt8(merging.counts.count))
        writer.bytes(merging.classStarts)
        let map = PredictionParameters.streamOfClass(starts: merging.classStarts)
        for stream in merging.counts.indices {
            for centroid in statistics.centroids(of: map.indices.filter { Int(map[$0]) == stream }) {
                writer.u8(UInt8(bitPattern: centroid))
            }
        }
        let sorted = sortedResiduals(residuals, classes, map, counts: merging.counts)
        var start = 0
        for (stream, symbolCount) in merging.counts.enumerated() {
            packer.pack(sorted[start..<start + symbolCount], rawBits: merging.rawBits[stream]).write(
                to: &writer)
            start += symbolCount
        }
        return writer.bytes
    }
}

/// What one pass of quantisation tells the next.
struct LatentStatistics {
    /// By raw class and magnitude 1, 2, 3 and above: the sum of |value| - magnitude in steps, and how many.
    var offsets = [Double](repeating: 0, count: AE_RAW_CLASSES * AE_CENTROIDS * 2)

    /// Mean offsets of some classes in 1/64 of a step.
    func centroids(of classes: [Int]) -> [Int8] {
        (0..<AE_CENTROIDS).map { magnitude in
            var sum = 0.0
            var count = 0.0
            for c in classes {
                sum += offsets[2 * (AE_CENTROIDS * c + magnitude)]
                count += offsets[2 * (AE_CENTROIDS * c + magnitude) + 1]
            }
            return count > 0 ? Int8(max(-32, min(32, (64 * sum / count).rounded()))) : 0
        }
    }

    /// Code lengths and centroids by raw class, from the symbols of the pass.
    func fill(_ costs: inout ae_latent_costs, residuals: [Int16], classes: [UInt8], count: Int) {
        var histogram = [Double](repeating: 0, count: AE_RAW_CLASSES * 18)
        for index in 0..<count {
            histogram[18 * Int(classes[index]) + min(17, Int(residuals[index].magnitude))] += 1
        }
        unsafe withUnsafeMutableBytes(of: &costs.bits) { raw in
            let bits = unsafe raw.assumingMemoryBound(to: Float.self)
            for c in 0..<AE_RAW_CLASSES {
                // A little of the neighbouring classes steadies rare symbols.
                var smooth = [Double](repeating: 0, count: 18)
                for (d, share) in [(-1, 0.05), (0, 1.0), (1, 0.05)] where (0..<AE_RAW_CLASSES).contains(c + d)
                {
                    for m in 0..<18 { smooth[m] += share * histogram[18 * (c + d) + m] }
                }
                let total = smooth.reduce(0, +)
                for m in 0..<18 {
                    let probability = (smooth[m] + 0.02) / (total + 0.36)
                    unsafe bits[18 * c + m] = Float(-log2(probability) + (m > 0 ? 1 : 0))
                }
            }
        }
        unsafe withUnsafeMutableBytes(of: &costs.centroids) { raw in
            let values = unsafe raw.assumingMemoryBound(to: Float.self)
            for c in 0..<AE_RAW_CLASSES {
                for (k, centroid) in centroids(of: [c]).enumerated() {
                    unsafe values[AE_CENTROIDS * c + k] = Float(centroid) / 64
                }
            }
        }
    }
}
