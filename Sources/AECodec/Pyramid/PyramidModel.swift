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
    static let signature: [UInt8] = [0x8A, 0x41, 0x45, 0x4D, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let version: UInt16 = 3
    static let scaleLimit: UInt32 = 1 << 20

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
        var writer = ByteWriter()
        writer.bytes(Self.signature)
        writer.u16(Self.version)
        writer.u8(UInt8(lifting.pairCount))
        for coefficient in lifting.coefficients { writer.u32(UInt32(bitPattern: coefficient)) }
        for scale in bandScales + reducedScales { writer.u32(scale) }
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
            guard try Array(reader.bytes(8)) == Self.signature, try reader.u16() == Self.version else {
                throw DecodeError.fieldOutOfRange(
                    field: "signature of the model", value: Int(bytes.first ?? 0))
            }
            lifting = try Self.lifting(&reader)
            var scales: [UInt32] = []
            for _ in 0..<5 * PyramidParameters.maximumLevels { scales.append(try reader.u32()) }
            for scale in scales where scale > Self.scaleLimit {
                throw DecodeError.fieldOutOfRange(field: "scale of a band", value: Int(scale))
            }
            bandScales = Array(scales.prefix(4 * PyramidParameters.maximumLevels))
            reducedScales = Array(scales.suffix(PyramidParameters.maximumLevels))
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

    static func lifting(_ reader: inout ByteReader) throws -> Lifting {
        let pairCount = Int(try reader.u8())
        guard (1...Lifting.maximumPairs).contains(pairCount) else {
            throw DecodeError.fieldOutOfRange(field: "Pair_Count of the model", value: pairCount)
        }
        var coefficients: [Int32] = []
        for _ in 0..<Lifting.stepCount * pairCount {
            coefficients.append(Int32(bitPattern: try reader.u32()))
        }
        guard let lifting = Lifting(pairCount: pairCount, coefficients: coefficients) else {
            let greatest = coefficients.map { Int($0.magnitude) }.max() ?? 0
            throw DecodeError.fieldOutOfRange(field: "Lifting of the model", value: greatest)
        }
        return lifting
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
