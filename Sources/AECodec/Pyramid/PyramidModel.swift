// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
import Digest

/// A model file of a pyramid: lifting coefficients, the rule of contexts, and what is known of its classes.
/// (Spec/model.md)
package struct PyramidModel: Sendable {
    /// The four lifting steps.
    package let lifting: Lifting
    /// What the common step is multiplied by for the bands of every level (low, horizontal, vertical,
    /// diagonal), in units of 2^-16.
    package let bandScales: [UInt32]
    /// What values of planes 1 to 6 are multiplied by in reduced pictures, in units of 2^-16.
    package let reducedScales: [UInt32]
    /// How classes follow from contexts.
    package let rule: ContextRule
    /// How classes join into streams.
    package let tree: ClassTree
    /// Reconstruction offsets of the classes of details for residuals 0, 1, 2 and more, -1, -2 and less, in 1/64 of a
    /// step.
    package let centroids: [Int8]
    /// The bytes of the file.
    package let bytes: [UInt8]
    /// SHA-256 of the bytes: the identity of the model.
    package let digest: [UInt8]
    /// What archives call it by. (Spec/container.md, section 4.3)
    package var identity: [UInt8] { ModelReference.identity(ofFileDigest: digest) }
    /// The rule as the kernels take it.
    package let kernelRule: KernelRule

    /// Centroids of a class.
    package static let centroidCount = Int(AE_CENTROIDS)
    /// Centroids and their changes are at most this far from zero.
    package static let centroidLimit = 63
    private static let version: UInt16 = 3

    /// Makes a model; without `tree` and `centroids` it knows nothing of its classes.
    package init(
        lifting: Lifting, bandScales: [UInt32], reducedScales: [UInt32], rule: ContextRule,
        tree: ClassTree? = nil, centroids: [Int8]? = nil
    ) {
        let tree = tree ?? ClassTree(joiningNeighbors: rule.classSet.classCount)
        let centroids =
            centroids ?? [Int8](repeating: 0, count: Self.centroidCount * rule.classSet.detailClassCount)
        precondition(tree.classCount == rule.classSet.classCount)
        precondition(centroids.count == Self.centroidCount * rule.classSet.detailClassCount)
        var writer = ModelHead(lifting: lifting, scales: bandScales + reducedScales).writer(Self.version)
        switch rule {
        case .linear(let weights):
            precondition(weights.count == ContextRule.weightCount)
            writer.u8(0)
            for weight in weights { writer.u16(weight) }
        case .networks(let networks):
            writer.u8(1)
            networks.write(to: &writer)
        }
        tree.write(to: &writer)
        for centroid in centroids { writer.u8(UInt8(bitPattern: centroid)) }
        self.lifting = lifting
        self.bandScales = bandScales
        self.reducedScales = reducedScales
        self.rule = rule
        self.tree = tree
        self.centroids = centroids
        kernelRule = KernelRule(rule)
        bytes = writer.bytes
        digest = SHA256.hash(bytes)
    }

    /// Reads a model file.
    package init(bytes: [UInt8]) throws(DecodeError) {
        var reader = ByteReader(bytes)
        do {
            let head = try ModelHead(
                &reader, version: Self.version, scaleCount: 5 * PyramidParameters.maximumLevels)
            lifting = head.lifting
            bandScales = Array(head.scales.prefix(4 * PyramidParameters.maximumLevels))
            reducedScales = Array(head.scales.suffix(PyramidParameters.maximumLevels))
            rule = try Self.rule(&reader)
            tree = try ClassTree(&reader, classCount: rule.classSet.classCount)
            centroids = try Self.centroids(
                &reader, count: Self.centroidCount * rule.classSet.detailClassCount)
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError { throw error } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of the model", value: bytes.count)
        }
        kernelRule = KernelRule(rule)
        self.bytes = bytes
        digest = SHA256.hash(bytes)
    }

    static func centroids(_ reader: inout ByteReader, count: Int) throws -> [Int8] {
        var centroids: [Int8] = []
        for _ in 0..<count {
            let centroid = Int8(bitPattern: try reader.u8())
            guard abs(Int(centroid)) <= Self.centroidLimit else {
                throw DecodeError.fieldOutOfRange(field: "Centroid of the model", value: Int(centroid))
            }
            centroids.append(centroid)
        }
        return centroids
    }

    private static func rule(_ reader: inout ByteReader) throws -> ContextRule {
        switch try reader.u8() {
        case 0:
            var weights: [UInt16] = []
            for _ in 0..<ContextRule.weightCount { weights.append(try reader.u16()) }
            return .linear(weights)
        case 1: return .networks(try ContextNetworks(reader: &reader))
        case let other: throw DecodeError.fieldOutOfRange(field: "Rule of the model", value: Int(other))
        }
    }
}
