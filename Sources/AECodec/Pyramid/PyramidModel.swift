// SPDX-License-Identifier: Apache-2.0
import AEContainer
package import CAEKernels
import Digest

/// A model file of a linear pyramid: lifting coefficients and scale rules. (Spec/model.md)
package struct PyramidModel: Sendable {
    /// The four lifting steps.
    package let lifting: Lifting
    /// What the common step is multiplied by for the bands of every level (low, horizontal, vertical,
    /// diagonal), in units of 2^-16.
    package let bandScales: [UInt32]
    /// What values of planes 1 to 6 are multiplied by in reduced pictures, in units of 2^-16.
    package let reducedScales: [UInt32]
    /// Weights by level kind, band, phase and term.
    package let weights: [UInt16]
    /// The bytes of the file.
    package let bytes: [UInt8]
    /// SHA-256 of the bytes: the identity of the model.
    package let digest: [UInt8]
    /// What archives call it by. (Spec/container.md, section 4.3)
    package var identity: [UInt8] { ModelReference.identity(ofFileDigest: digest) }

    package static let weightCount =
        AE_LEVEL_KINDS * AE_BANDS * AE_PHASES * (AE_LATENT_TERMS + 1)
    private static let signature: [UInt8] = [0x8A, 0x41, 0x45, 0x4D, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let version: UInt16 = 2
    private static let scaleLimit: UInt32 = 1 << 20

    package init(lifting: Lifting, bandScales: [UInt32], reducedScales: [UInt32], weights: [UInt16]) {
        precondition(weights.count == Self.weightCount)
        var writer = ByteWriter()
        writer.bytes(Self.signature)
        writer.u16(Self.version)
        writer.u8(UInt8(lifting.pairCount))
        for coefficient in lifting.coefficients { writer.u32(UInt32(bitPattern: coefficient)) }
        for scale in bandScales + reducedScales { writer.u32(scale) }
        for weight in weights { writer.u16(weight) }
        self.lifting = lifting
        self.bandScales = bandScales
        self.reducedScales = reducedScales
        self.weights = weights
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
            var scales: [UInt32] = []
            for _ in 0..<5 * PyramidParameters.maximumLevels { scales.append(try reader.u32()) }
            for scale in scales where scale > Self.scaleLimit {
                throw DecodeError.fieldOutOfRange(field: "scale of a band", value: Int(scale))
            }
            bandScales = Array(scales.prefix(4 * PyramidParameters.maximumLevels))
            reducedScales = Array(scales.suffix(PyramidParameters.maximumLevels))
            var weights: [UInt16] = []
            for _ in 0..<Self.weightCount { weights.append(try reader.u16()) }
            self.lifting = lifting
            self.weights = weights
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError { throw error } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of the model", value: bytes.count)
        }
        self.bytes = bytes
        digest = SHA256.hash(bytes)
    }

    /// The scale rules as the kernels take them.
    package var rules: ae_latent_model {
        var rules = ae_latent_model()
        unsafe withUnsafeMutableBytes(of: &rules.weights) { target in
            unsafe weights.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        }
        return rules
    }
}
