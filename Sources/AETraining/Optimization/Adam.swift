// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Adam (Kingma and Ba 2015) with clipping by the global norm and an average of the weights.
public struct Adam: Equatable, Sendable {
    /// How it steps.
    public struct Options: Equatable, Sendable {
        /// How slowly the mean of gradients follows.
        public var beta1: Float = 0.9
        /// How slowly the mean of their squares follows.
        public var beta2: Float = 0.99
        /// What keeps the division finite.
        public var epsilon: Float = 1e-8
        /// Longer gradients are shortened to this norm.
        public var greatestNorm: Float = .infinity
        /// How slowly the average follows at most; early on it follows faster, as the mean of all steps would.
        public var averaging: Float = 0.999

        /// The usual ones.
        public init() {}
    }

    /// How it steps.
    public var options: Options
    /// What is being trained.
    public internal(set) var parameters: [Float]
    /// The exponential average of ``parameters`` over the steps: the model to use.
    public internal(set) var average: [Float]
    /// Steps taken.
    public internal(set) var stepCount = 0
    var moment1: [Float]
    var moment2: [Float]

    /// Starts at some parameters.
    public init(parameters: [Float], options: Options = Options()) {
        self.options = options
        self.parameters = parameters
        average = parameters
        moment1 = [Float](repeating: 0, count: parameters.count)
        moment2 = moment1
    }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - gradient: Of the loss, as many as parameters.
    ///   - rate: The length of the step of each parameter, about.
    /// - Returns: Whether a step was taken: a gradient that is not finite is passed over.
    @discardableResult
    public mutating func step(_ gradient: [Float], rate: Float) -> Bool {
        precondition(gradient.count == parameters.count)
        let norm = Float(Kernels.sumOfSquares(gradient).squareRoot())
        guard norm.isFinite else { return false }
        stepCount += 1
        let count = Float(stepCount)
        let step = AdamStep(
            rate: rate, gradientScale: norm > options.greatestNorm ? options.greatestNorm / norm : 1,
            beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon,
            correction1: 1 - pow(options.beta1, count), correction2: 1 - pow(options.beta2, count),
            averaging: min(options.averaging, count / (count + 9)))
        Kernels.adam(
            step, gradient: gradient, values: &parameters, moment1: &moment1, moment2: &moment2,
            average: &average)
        return true
    }
}

/// The numbers of one step.
struct AdamStep {
    let rate, gradientScale, beta1, beta2, epsilon, correction1, correction2, averaging: Float
}

/// A rate that rises for a while and then falls to zero along a cosine.
public struct CosineSchedule: Equatable, Sendable {
    /// The greatest rate.
    public let peak: Float
    /// The part of the whole in which it rises, 0 to 1.
    public let warmUp: Double

    /// Takes the greatest rate, and the part of the time that leads up to it.
    public init(peak: Float, warmUp: Double = 0.02) {
        self.peak = peak
        self.warmUp = warmUp
    }

    /// The rate when a part of the whole, 0 to 1, has passed.
    public func rate(at progress: Double) -> Float {
        let progress = min(max(progress, 0), 1)
        if progress < warmUp { return peak * Float((progress + 1e-3) / (warmUp + 1e-3)) }
        return peak * Float(0.5 + 0.5 * cos(.pi * (progress - warmUp) / (1 - warmUp)))
    }
}
