// SPDX-License-Identifier: Apache-2.0
import AECodec
import AECodecEncoder
import Samples

/// Learns what a model knows of its classes: how they join into streams, and their centroids.
struct ClassTraining {
    private let images: [SampleArray]

    /// Common steps over the greatest code, from near-lossless to coarse.
    static let relativeSteps = [0.0015, 0.004, 0.01, 0.025]
    /// Centroids move what the quantiser chooses.
    private static let rounds = 2

    /// Takes images of a tile or less.
    init(_ images: [SampleArray]) { self.images = images }

    /// A model with what the images tell of its classes.
    func model(_ start: PyramidModel, note: (String) -> Void) throws -> PyramidModel {
        var model = start
        for round in 1...Self.rounds {
            let fit = try fit(model)
            model = PyramidModel(
                lifting: model.lifting, scales: BandScales(lifting: model.lifting), rule: model.rule,
                tree: fit.tree, centroids: fit.centroids)
            note("classes \(round) of \(Self.rounds)")
        }
        return model
    }

    /// What the residuals of a model tell.
    func fit(_ model: PyramidModel) throws -> ClassFit {
        var fit = ClassFit(model.rule.classSet)
        for image in images {
            let encoder = try LossyEncoder(image, options: EncodeOptions(), model: model)
            for step in Self.relativeSteps {
                try encoder.contribute(to: &fit, step: max(1, step * encoder.maximumCode))
            }
        }
        return fit
    }
}
