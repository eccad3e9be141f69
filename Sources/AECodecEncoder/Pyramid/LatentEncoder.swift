// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels

/// A tile of a plane.
typealias PlaneTile = (plane: PyramidPlane, tile: Int)

/// Quantises the latents of groups and packs them.
@safe
final class LatentEncoder {
    private let packer: StreamPacker
    let model: PyramidModel
    let level: ae_kernel_level
    /// Passes of quantisation, each with the costs that the one before tells.
    private let passes: Int
    private let withheld: CodingPart?
    let quantizer: PyramidParameters.Quantizer
    /// Whether residuals are coded by probabilities that learn.
    private let isAdaptive: Bool
    private lazy var adaptive = AdaptiveLatents(level: level)
    /// What is known of costs before a group is seen.
    let costs: LatentCosts
    /// What ``lambda`` is multiplied by.
    var lambdaShare: Float = 1
    private var work = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 64)
    /// Residuals and classes of the last pass in coding order.
    private(set) var residuals: [Int16] = []
    private(set) var classes: [UInt16] = []
    /// Doubled values of the last pass, limited to 16 bits, where ``keepsDoubled`` asks for them; 0 for the low band.
    private(set) var doubled: [Int16] = []
    var keepsDoubled = false
    /// Whether what a decoder reconstructs takes the place of the coefficients when a group has been coded by
    /// probabilities that learn.
    var rebuilds = false

    deinit { unsafe work.deallocate() }

    /// `costs` are those of the model and the quantiser of the effort, if they are known.
    init?(model: PyramidModel, level: ae_kernel_level, effort: Effort, costs: LatentCosts? = nil) {
        isAdaptive = effort.learns
        guard let packer = StreamPacker(effort: effort) else { return nil }
        passes = effort.quantizationPasses
        withheld = effort.withheld
        quantizer = effort.quantizer
        self.costs = costs ?? LatentCosts(model, quantizer: effort.quantizer)
        self.packer = packer
        self.model = model
        self.level = level
    }

    /// Squared steps of the one quantiser that a bit is worth; measured flat around these values.
    static let lambda: Float = 0.13
    /// The same of two in turn: with linear contexts, and with networks, where costs are known better.
    private static let dependentLambdas: (linear: Float, networks: Float) = (0.06, 0.075)

    /// Squared steps of the one quantiser that a bit takes from the error of an archive when the step changes: more than
    /// quantisers take it for, as zeros spoil contexts.
    private static let slope = 0.19

    /// Bits of an archive, and those that its mean squared error is worth at a step of one quantiser.
    static func cost(byteCount: Int, sampleCount: Int, error: Double, step: Double) -> Double {
        Double(8 * byteCount) + Double(sampleCount) * error / (slope * step * step)
    }

    /// Squared steps that a bit is worth.
    var lambda: Float {
        if withheld == .costs { return 0 }
        guard quantizer == .dependent else { return Self.lambda * lambdaShare }
        if case .networks = model.rule { return Self.dependentLambdas.networks * lambdaShare }
        return Self.dependentLambdas.linear * lambdaShare
    }

    /// Quantises and packs the latents of a group into its body.
    ///
    /// - Parameters:
    ///   - tiles: Planes and tiles in order; coefficients are kept, what finer groups look at is left for them.
    ///   - levels: What of them the group holds.
    /// - Returns: The body.
    func encode(_ tiles: [PlaneTile], levels: ClosedRange<Int>) -> [UInt8] {
        let (statistics, count) = quantized(tiles, levels: levels)
        guard !isAdaptive else { return adaptiveBody(tiles, levels, statistics, count: count) }
        let fineness: ClassCut.Fineness =
            switch withheld {
            case .classes: .coarsest
            case .joining: .finest
            default: .best
            }
        var writer = ByteWriter()
        LatentPacking.write(
            residuals: residuals, classes: classes, count: count,
            statistics: withheld == .centroids ? nil : statistics, fineness: fineness,
            set: model.rule.classSet, tree: model.tree, centroids: model.centroids, lambda: lambda,
            packer: packer, to: &writer)
        return writer.bytes
    }

    /// The body with the residuals that are there, coded by probabilities that learn.
    private func adaptiveBody(
        _ tiles: [PlaneTile], _ levels: ClosedRange<Int>, _ statistics: LatentStatistics, count: Int
    ) -> [UInt8] {
        guard let first = tiles.first?.plane else { return [] }
        let classCount = model.rule.classSet.detailClassCount
        var sets = [[Int]](repeating: [], count: CentroidChange.setCount)
        for c in 0..<classCount { sets[CentroidChange.set(of: c, classCount: classCount)].append(c) }
        let changes = sets.map { set in
            withheld == .centroids
                ? [] : statistics.changes(of: set, known: model.centroids, lambda: lambda)
        }
        var writer = ByteWriter()
        writer.u16(changes.enumerated().reduce(0) { $0 | ($1.element.isEmpty ? 0 : 1 << UInt16($1.offset)) })
        for change in changes.joined() { writer.u8(UInt8(bitPattern: change)) }
        let centroids = CentroidChange.centroids(of: model, changedBySets: changes)
        let coded = unsafe withWorkspace(first) { work, _ in
            unsafe model.kernelRule.with { rule in
                unsafe adaptive.written(residuals, count: count, rule: &rule, rebuilds: rebuilds) {
                    source, rule in
                    for (plane, tile) in tiles {
                        var latents = unsafe plane.latentTile(tile, levels: levels, work: work)
                        unsafe ae_code_latents(level, &rule, &latents, source, centroids)
                    }
                }
            }
        }
        writer.bytes(coded ?? [])
        return writer.bytes
    }

    /// Runs all passes; residuals and classes of the last one are left in coding order.
    func quantized(_ tiles: [PlaneTile], levels: ClosedRange<Int>) -> (
        statistics: LatentStatistics, count: Int
    ) {
        let count = tiles.reduce(0) { $0 + $1.plane.layout.latentCount(tile: $1.tile, levels: levels) }
        if residuals.count < count {
            residuals = [Int16](repeating: 0, count: count)
            classes = [UInt16](repeating: 0, count: count)
        }
        if keepsDoubled, doubled.count < count { doubled = [Int16](repeating: 0, count: count) }
        var costs = costs
        var statistics = LatentStatistics(model.rule.classSet)
        for pass in 1...passes {
            if pass > 1 { costs.learn(residuals: residuals, classes: classes, count: count) }
            statistics = LatentStatistics(model.rule.classSet)
            quantize(tiles, levels, costs: costs, into: &statistics)
        }
        return (statistics, count)
    }

    /// Lends a workspace: that of tiles, and of the trellis.
    func withWorkspace<Result>(
        _ plane: PyramidPlane,
        _ body: (_ work: UnsafeMutableRawPointer, _ trellis: UnsafeMutableRawPointer) -> Result
    ) -> Result? {
        let forTile = plane.workByteCount(model)
        let (rows, columns) = plane.layout.largestPart(level: 1)
        let byteCount = forTile + ae_trellis_bytes(Int32(rows), Int32(columns))
        // One block serves all passes and groups: new memory is slow memory.
        if unsafe work.count < byteCount {
            unsafe work.deallocate()
            unsafe work = .allocate(byteCount: byteCount, alignment: 64)
        }
        guard let base = unsafe work.baseAddress else { return nil }
        return unsafe body(base, base + forTile)
    }

    private func quantize(
        _ tiles: [PlaneTile], _ levels: ClosedRange<Int>, costs: LatentCosts,
        into statistics: inout LatentStatistics
    ) {
        guard let first = tiles.first?.plane else { return }
        unsafe withWorkspace(first) { work, trellis in
            unsafe costs.with(lambda: lambda, trellis: trellis) { costs in
                unsafe model.kernelRule.with { rule in
                    var done = 0
                    for (plane, tile) in tiles {
                        var latents = unsafe plane.latentTile(tile, levels: levels, work: work)
                        unsafe done += withOutput(from: done, &statistics) { output in
                            unsafe ae_quantize_latents(level, &rule, &latents, &costs, &output)
                        }
                    }
                }
            }
        }
    }

    private func withOutput(
        from start: Int, _ statistics: inout LatentStatistics, _ body: (inout ae_latent_output) -> Int
    ) -> Int {
        unsafe residuals.withUnsafeMutableBufferPointer { residuals in
            unsafe classes.withUnsafeMutableBufferPointer { classes in
                unsafe doubled.withUnsafeMutableBufferPointer { doubled in
                    unsafe statistics.offsets.withUnsafeMutableBufferPointer { offsets in
                        let doubled = keepsDoubled ? doubled.baseAddress : nil
                        var output = unsafe ae_latent_output(
                            residuals: residuals.baseAddress.map { unsafe $0 + start },
                            classes: classes.baseAddress.map { unsafe $0 + start },
                            doubled: doubled.map { unsafe $0 + start }, offsets: offsets.baseAddress)
                        return unsafe body(&output)
                    }
                }
            }
        }
    }
}
