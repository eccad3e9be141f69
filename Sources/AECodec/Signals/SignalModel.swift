// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import Digest

/// A model file of signals: lifting coefficients, scale rules by frequency, and what is known of the classes.
/// (Spec/signals.md, section 7)
package struct SignalModel: Sendable {
    /// The four lifting steps.
    package let lifting: Lifting
    /// What the common step is multiplied by for the low band of pyramids of 1 to 15 levels, then for the details of
    /// levels 1 to 15; units of 2^-16.
    package let bandScales: [UInt32]
    /// What values of planes 1 to 15 are multiplied by in reduced signals; units of 2^-16.
    package let reducedScales: [UInt32]
    /// Weights of the terms of a scale by level kind, first lead or other, and term, the constant last; units of 2^-12.
    package let weights: [UInt16]
    /// How classes join into streams.
    package let tree: ClassTree
    /// Reconstruction offsets of the classes of details, as those of ``PyramidModel``.
    package let centroids: [Int8]
    /// The bytes of the file.
    package let bytes: [UInt8]
    /// SHA-256 of the bytes.
    package let digest: [UInt8]
    /// What archives call it by. (Spec/container.md, section 4.3)
    package var identity: [UInt8] { ModelReference.identity(ofFileDigest: digest) }

    package static let maximumLevels = Int(AE_LINE_LEVELS)
    package static let kindCount = Int(AE_LINE_KINDS)
    package static let termCount = Int(AE_LINE_TERMS)
    package static let weightCount = 2 * kindCount * (termCount + 1)
    static let version: UInt16 = 4
    private static let classes = LatentClassSet.signals
    private static let centroidTotal = PyramidModel.centroidCount * classes.detailClassCount

    /// Makes a model; without `tree` and `centroids` it knows nothing of its classes.
    package init(
        lifting: Lifting, bandScales: [UInt32], reducedScales: [UInt32], weights: [UInt16],
        tree: ClassTree? = nil, centroids: [Int8]? = nil
    ) {
        let tree = tree ?? ClassTree(joiningNeighbors: Self.classes.classCount)
        let centroids = centroids ?? [Int8](repeating: 0, count: Self.centroidTotal)
        precondition(weights.count == Self.weightCount && centroids.count == Self.centroidTotal)
        precondition(tree.classCount == Self.classes.classCount)
        var writer = ModelHead(lifting: lifting, scales: bandScales + reducedScales).writer(Self.version)
        for weight in weights { writer.u16(weight) }
        tree.write(to: &writer)
        for centroid in centroids { writer.u8(UInt8(bitPattern: centroid)) }
        self.lifting = lifting
        self.bandScales = bandScales
        self.reducedScales = reducedScales
        self.weights = weights
        self.tree = tree
        self.centroids = centroids
        bytes = writer.bytes
        digest = SHA256.hash(bytes)
    }

    /// Whether bytes start as a model file of signals does.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 10 && bytes.starts(with: ModelHead.signature)
            && UInt16(bytes[8]) | UInt16(bytes[9]) << 8 == version
    }

    /// Reads a model file.
    package init(bytes: [UInt8]) throws(DecodeError) {
        var reader = ByteReader(bytes)
        do {
            let head = try ModelHead(
                &reader, version: Self.version, scaleCount: 3 * Self.maximumLevels)
            lifting = head.lifting
            bandScales = Array(head.scales.prefix(2 * Self.maximumLevels))
            reducedScales = Array(head.scales.suffix(Self.maximumLevels))
            var weights: [UInt16] = []
            for _ in 0..<Self.weightCount { weights.append(try reader.u16()) }
            self.weights = weights
            tree = try ClassTree(&reader, classCount: Self.classes.classCount)
            centroids = try PyramidModel.centroids(&reader, count: Self.centroidTotal)
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError { throw error } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of the model", value: bytes.count)
        }
        self.bytes = bytes
        digest = SHA256.hash(bytes)
    }
}
