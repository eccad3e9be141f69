// SPDX-License-Identifier: Apache-2.0
package import AECodec

/// A part of lossy coding of images that measurements can do without, to see what it is worth.
package enum CodingPart: String, CaseIterable, Sendable {
    /// Contexts by networks; linear ones in their place.
    case networks
    /// Learned lifting steps; CDF 9/7 in their place, with linear contexts fitted to it.
    case lifting
    /// The means that networks predict; their scales stay. Neither is trained anew.
    case means
    /// The offsets of reconstructed values; values lie on the points of the quantisers.
    case centroids
    /// Two quantisers in turn; one in their place.
    case trellis
    /// Choosing latents by what they cost; the nearest in their place.
    case costs
    /// What the encoder knows of the shapes of distributions; those of Laplace in their place.
    case shapes
    /// Probabilities that learn; class streams in their place. Parts below are measured without it.
    case learning
    /// Context classes: all latents in one stream.
    case classes
    /// Joining classes: nearly every class has a stream of its own.
    case joining

    /// The model that codes without the part, if it is a matter of models.
    package var model: Model? {
        let linear = Model.builtIn.filter { $0.name == "linear" }
        let first = Model.ofImages
        switch self {
        case .networks: return linear.first
        case .lifting: return linear.last
        case .means:
            return first.pyramid?.withoutMeans.map { Model(.images($0), name: "without means", version: 0) }
        case .centroids:
            return first.pyramid.map {
                Model(.images($0.withoutCentroids), name: "without centroids", version: 0)
            }
        case .trellis, .costs, .shapes, .learning, .classes, .joining: return nil
        }
    }
}

extension PyramidModel {
    fileprivate var withoutCentroids: PyramidModel {
        PyramidModel(
            lifting: lifting, bandScales: bandScales, reducedScales: reducedScales, rule: rule, tree: tree)
    }

    /// The same scales for all means 0; nil without networks.
    fileprivate var withoutMeans: PyramidModel? {
        guard case .networks(let networks) = rule else { return nil }
        let kinds = networks.kinds.compactMap { kind in
            try? ContextNetwork(
                trunkWidth: kind.trunkWidth, headWidth: kind.headWidth,
                layers: try kind.layers.map { try $0.withoutMeans })
        }
        guard kinds.count == networks.kinds.count else { return nil }
        return PyramidModel(
            lifting: lifting, bandScales: bandScales, reducedScales: reducedScales,
            rule: .networks(ContextNetworks(kinds: kinds)), tree: tree, centroids: centroids)
    }
}

extension NetworkLayer {
    /// Outputs that are means give 0.
    fileprivate var withoutMeans: NetworkLayer {
        get throws {
            let meanCount =
                switch shape.kind {
                case .activations: 0
                case .numbers: shape.outputs / 2
                case .linear: shape.outputs
                }
            return try NetworkLayer(
                shape: shape, biases: biases.enumerated().map { $0.offset < meanCount ? 0 : $0.element },
                shifts: shifts,
                weights: weights.enumerated().map {
                    $0.offset < meanCount * shape.inputCount ? 0 : $0.element
                })
        }
    }
}
