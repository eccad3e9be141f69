// SPDX-License-Identifier: Apache-2.0
package import AECodec
import CAEKernels
package import Samples

/// Fits the scale rules and the classes of a model of signals to latents that the present model quantises.
package struct SignalModelFit: Sendable {
    private var terms: [[Float]]
    private var magnitudes: [[Float]]
    private var classFit = ClassFit(.signals)
    private let model: SignalModel

    private static let ruleCount = 2 * SignalModel.kindCount
    private static let termCount = SignalModel.termCount
    /// Observations of one rule that one signal gives at one step at most.
    private static let capacity = 4000
    /// Terms and magnitudes beyond this, in half steps, say no more.
    private static let limit: Float = 120

    package init(_ model: SignalModel) {
        self.model = model
        terms = [[Float]](repeating: [], count: Self.ruleCount)
        magnitudes = terms
    }

    /// Adds the latents of signals at some steps, in stored units.
    package mutating func add(
        _ samples: SampleArray, rate: Double, steps: [Double], options: EncodeOptions = EncodeOptions()
    ) throws(EncodeError) {
        var options = options
        options.model = Model(.signals(model), name: "fit", version: 0)
        let trials = try SignalTrials(
            samples, rate: rate, mixesRows: samples.extent.rows > 2, options: options)
        for step in steps { add(trials, step: step) }
    }

    private mutating func add(_ trials: SignalTrials, step: Double) {
        var terms = [Float](repeating: 0, count: Self.ruleCount * Self.capacity * Self.termCount)
        var magnitudes = [Float](repeating: 0, count: Self.ruleCount * Self.capacity)
        var counts = [Int32](repeating: 0, count: Self.ruleCount)
        var seen = counts
        let every = trials.observationIntervals(capacity: Self.capacity)
        unsafe every.withUnsafeBufferPointer { every in
            unsafe terms.withUnsafeMutableBufferPointer { terms in
                unsafe magnitudes.withUnsafeMutableBufferPointer { magnitudes in
                    unsafe counts.withUnsafeMutableBufferPointer { counts in
                        unsafe seen.withUnsafeMutableBufferPointer { seen in
                            var sampling = unsafe ae_line_sampling(
                                every: every.baseAddress, terms: terms.baseAddress,
                                magnitudes: magnitudes.baseAddress, counts: counts.baseAddress,
                                seen: seen.baseAddress, capacity: Int32(Self.capacity))
                            let outcomes = unsafe trials.outcomes(step: step, sampling: &sampling)
                            for outcome in outcomes {
                                classFit.add(
                                    residuals: outcome.residuals, classes: outcome.classes,
                                    count: outcome.residuals.count, statistics: outcome.statistics)
                            }
                        }
                    }
                }
            }
        }
        for rule in 0..<Self.ruleCount {
            let own = Self.capacity * rule..<Self.capacity * rule + Int(counts[rule])
            let ownTerms = Self.termCount * own.lowerBound..<Self.termCount * own.upperBound
            // Kernels count half steps.
            self.terms[rule] += terms[ownTerms].map { min($0, Self.limit) / 2 }
            self.magnitudes[rule] += magnitudes[own].map { min($0, Self.limit) / 2 }
        }
    }

    /// The fitted weights; rules without observations keep those of the model, or take those of the next coarser level.
    package var weights: [UInt16] {
        var weights = model.weights
        let width = Self.termCount + 1
        for rule in 0..<Self.ruleCount {
            let place = rule * width..<(rule + 1) * width
            if magnitudes[rule].count > 200 {
                weights.replaceSubrange(
                    place,
                    with: ScaleWeights.fit(
                        terms: terms[rule], magnitudes: magnitudes[rule], termCount: Self.termCount))
            } else if rule >= 2 {
                weights.replaceSubrange(place, with: weights[(rule - 2) * width..<(rule - 1) * width])
            }
        }
        return weights
    }

    /// How classes best join.
    package var tree: ClassTree { classFit.tree }
    /// Where residuals of classes lie.
    package var centroids: [Int8] { classFit.centroids }
}

extension SignalModel {
    /// A model with lifting steps of its own that knows nothing of any signal yet.
    package static func untrained(lifting: Lifting) -> SignalModel {
        SignalModel(lifting: lifting, weights: startWeights)
    }

    /// A model whose scales follow from its lifting.
    package init(
        lifting: Lifting, weights: [UInt16], tree: ClassTree? = nil, centroids: [Int8]? = nil
    ) {
        let scales = LineScales(lifting: lifting, levels: SignalModel.maximumLevels)
        self.init(
            lifting: lifting, bandScales: scales.low + scales.detail, reducedScales: scales.reductions,
            weights: weights, tree: tree, centroids: centroids)
    }

    /// A share of some terms, to start a fit from.
    private static let startWeights: [UInt16] = (0..<weightCount).map { index in
        [800, 400, 0, 0, 1500, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, 0, 80][index % (termCount + 1)]
    }
}
