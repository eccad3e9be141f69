// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The parameters of prediction and of context classes of one packing group.
/// (Spec/bitstream.md, sections 4 and 5)
package struct PredictionParameters: Equatable, Sendable {
    /// One set of weights: a value is W + (sum of weight * (tap - W) + bias + half) >> shift.
    package struct Predictor: Equatable, Sendable {
        /// One weight a tap, in units of 2^-weightShift.
        package var weights: [Int16]
        /// In units of 2^-weightShift.
        package var bias: Int32
        /// Likewise, one weight a tap of the base; empty if there is none.
        package var baseWeights: [Int16]

        package init(weights: [Int16], bias: Int32, baseWeights: [Int16] = []) {
            self.weights = weights
            self.bias = bias
            self.baseWeights = baseWeights
        }
    }

    /// Taps of every predictor, an even number up to 28.
    package var tapCount: Int
    /// Fraction bits of the weights, 0...14.
    package var weightShift: Int
    /// The weight sets, 1...8; with a texture limit an even number up to 16.
    package var predictors: [Predictor]
    /// Whether each block names its predictor: a weight set, ``medianLabel`` or ``flatLabel``.
    package var hasLabels: Bool
    /// If there is one, a label stands for two weight sets, the second for samples whose texture is above the limit,
    /// at most ``maximumTextureLimit``.
    package var textureLimit: Int?
    /// Whether W is the prediction, in class 0, where W, N, NW and NE are equal.
    package var repeats: Bool
    /// What signed errors around weigh in the sign that is expected of a residual, in units of 2^-weightShift, at
    /// most ``maximumSignWeight``; nil if none is expected.
    package var signWeight: Int?
    /// Whether residuals are decisions of a coder whose probabilities learn, in place of class streams.
    package var isAdaptive = false
    /// Errors and gradients are counted in units of 2^errorShift, 0...8.
    package var errorShift: Int
    /// Weights of the terms of the scale, in 1/256, each at most ``maximumScaleWeight``.
    package var scaleWeights: [UInt16]
    /// Predicted code >> curveShift is the index of the noise curve.
    package var curveShift: Int
    /// The noise curve is in units of 2^curveExponent / 256.
    package var curveExponent: Int
    /// The noise curve, 32 entries.
    package var curve: [UInt16]
    /// The first raw class of every class stream but the first, rising.
    package var classStarts: [UInt8]
    /// The code assumed before the first sample of each tile.
    package var initialCodes: [UInt16]

    /// The label of blocks predicted by the median of W, N and W + N - NW.
    package static let medianLabel: UInt8 = 8
    /// The label of blocks whose samples all repeat W and have no residuals.
    package static let flatLabel: UInt8 = 9
    package static let scaleTermCount = 10
    /// Taps of the base.
    package static let baseTapCount = 4
    package static let curveCount = 32
    package static let rawClassCount = 97
    package static let maximumScaleWeight = 1023
    package static let maximumBias: Int32 = 1 << 24
    package static let maximumSignWeight = 32_767
    package static let maximumTextureLimit = 32_767

    package init(
        tapCount: Int, weightShift: Int, predictors: [Predictor], hasLabels: Bool,
        textureLimit: Int? = nil, repeats: Bool, signWeight: Int? = nil, errorShift: Int,
        scaleWeights: [UInt16], curveShift: Int,
        curveExponent: Int, curve: [UInt16], classStarts: [UInt8], initialCodes: [UInt16]
    ) {
        self.tapCount = tapCount
        self.weightShift = weightShift
        self.predictors = predictors
        self.hasLabels = hasLabels
        self.textureLimit = textureLimit
        self.repeats = repeats
        self.signWeight = signWeight
        self.errorShift = errorShift
        self.scaleWeights = scaleWeights
        self.curveShift = curveShift
        self.curveExponent = curveExponent
        self.curve = curve
        self.classStarts = classStarts
        self.initialCodes = initialCodes
    }

    /// Weight sets that blocks choose among: labels below this.
    package var labelCount: Int { textureLimit == nil ? predictors.count : predictors.count / 2 }

    /// Class streams of the group; 1 stands for none where it is adaptive.
    package var streamCount: Int { classStarts.count + 1 }

    /// The stream of every raw class.
    package var streamOfClass: [UInt8] { Self.streamOfClass(starts: classStarts) }

    /// The stream of every raw class, by the first classes of all streams but the first.
    package static func streamOfClass(starts: [UInt8]) -> [UInt8] {
        var map = [UInt8](repeating: 0, count: rawClassCount)
        for start in starts { for raw in Int(start)..<rawClassCount { map[raw] += 1 } }
        return map
    }

    /// Reads the parameters of a group with `tileCount` tiles whose codes reach `maximumCode`.
    package init(bytes: [UInt8], tileCount: Int, maximumCode: Int, hasBase: Bool = false) throws(DecodeError)
    {
        var reader = ByteReader(bytes)
        do {
            tapCount = try Self.field(&reader, "Tap_Count", 0...28)
            guard tapCount % 2 == 0 else {
                throw DecodeError.fieldOutOfRange(field: "Tap_Count", value: tapCount)
            }
            weightShift = try Self.field(&reader, "Weight_Shift", 0...14)
            let predictorCount = try Self.field(&reader, "Predictor_Count", 1...16)
            let flags = try Self.field(&reader, "Prediction_Flags", 0...31)
            hasLabels = flags & 1 == 1
            repeats = flags & 2 == 2
            isAdaptive = flags & 16 == 16
            // An adaptive coder finds signs itself.
            guard flags & 20 != 20 else {
                throw DecodeError.fieldOutOfRange(field: "Prediction_Flags", value: flags)
            }
            let setsOfLabel = flags & 8 == 8 ? 2 : 1
            guard predictorCount % setsOfLabel == 0, predictorCount / setsOfLabel <= 8 else {
                throw DecodeError.fieldOutOfRange(field: "Predictor_Count", value: predictorCount)
            }
            guard hasLabels || predictorCount == setsOfLabel else {
                throw DecodeError.fieldOutOfRange(field: "Prediction_Flags", value: flags)
            }
            errorShift = try Self.field(&reader, "Error_Shift", 0...8)
            curveShift = try Self.field(&reader, "Curve_Shift", 0...11)
            guard maximumCode >> curveShift < Self.curveCount else {
                throw DecodeError.fieldOutOfRange(field: "Curve_Shift", value: curveShift)
            }
            let curveField = try Self.field(&reader, "Curve_Exponent", 0...9)
            let streamCount = try Self.field(
                &reader, "Stream_Count", 1...(isAdaptive ? 1 : Self.rawClassCount))
            scaleWeights = []
            for _ in 0..<Self.scaleTermCount { scaleWeights.append(try reader.u16()) }
            guard scaleWeights.allSatisfy({ $0 <= Self.maximumScaleWeight }) else {
                throw DecodeError.fieldOutOfRange(field: "Scale_Weight", value: Int(scaleWeights.max() ?? 0))
            }
            signWeight = flags & 4 == 4 ? Int(try reader.u16()) : nil
            if let signWeight, signWeight > Self.maximumSignWeight {
                throw DecodeError.fieldOutOfRange(field: "Sign_Weight", value: signWeight)
            }
            textureLimit = setsOfLabel == 2 ? Int(try reader.u16()) : nil
            if let textureLimit, textureLimit > Self.maximumTextureLimit {
                throw DecodeError.fieldOutOfRange(field: "Texture_Limit", value: textureLimit)
            }
            // 0 stands for a curve of zeros, which is not written.
            curveExponent = max(curveField - 1, 0)
            curve = []
            for _ in 0..<Self.curveCount { curve.append(curveField == 0 ? 0 : try reader.u16()) }
            predictors = []
            for _ in 0..<predictorCount {
                predictors.append(try Self.predictor(&reader, tapCount: tapCount, hasBase: hasBase))
            }
            classStarts = []
            for _ in 1..<streamCount {
                guard classStarts.last ?? 0 < UInt8(Self.rawClassCount - 1) else {
                    throw DecodeError.fieldOutOfRange(field: "Stream_Count", value: streamCount)
                }
                let start = try Self.field(
                    &reader, "Class_Start", Int(classStarts.last ?? 0) + 1...Self.rawClassCount - 1)
                classStarts.append(UInt8(start))
            }
            initialCodes = []
            guard reader.remaining == 2 * tileCount else {
                throw DecodeError.fieldOutOfRange(field: "length of the parameters", value: bytes.count)
            }
            for _ in 0..<tileCount { initialCodes.append(try reader.u16()) }
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError {
            throw error
        } catch { throw .damagedSource }
    }

    private static func field(_ reader: inout ByteReader, _ name: String, _ range: ClosedRange<Int>) throws
        -> Int
    {
        let value = Int(try reader.u8())
        guard range.contains(value) else { throw DecodeError.fieldOutOfRange(field: name, value: value) }
        return value
    }

    /// The bounds keep the sum of all products within 32 bits, whatever the samples are.
    private static func predictor(
        _ reader: inout ByteReader, tapCount: Int, hasBase: Bool
    ) throws -> Predictor {
        let bias = Int32(bitPattern: try reader.u32())
        guard bias.magnitude <= UInt32(maximumBias) else {
            throw DecodeError.fieldOutOfRange(field: "Bias", value: Int(bias))
        }
        var weights: [Int16] = []
        for _ in 0..<tapCount + (hasBase ? baseTapCount : 0) {
            weights.append(Int16(bitPattern: try reader.u16()))
        }
        let sum = weights.reduce(0) { $0 + Int($1.magnitude) }
        guard sum <= 32_767 else { throw DecodeError.fieldOutOfRange(field: "sum of weights", value: sum) }
        return Predictor(
            weights: Array(weights[..<tapCount]), bias: bias, baseWeights: Array(weights[tapCount...]))
    }

    /// The bytes of the parameters; the inverse of reading them.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        let hasCurve = curve.contains { $0 != 0 }
        for value in [
            tapCount, weightShift, predictors.count,
            (hasLabels ? 1 : 0) + (repeats ? 2 : 0) + (signWeight != nil ? 4 : 0)
                + (textureLimit != nil ? 8 : 0) + (isAdaptive ? 16 : 0), errorShift, curveShift,
            hasCurve ? curveExponent + 1 : 0, streamCount,
        ] { writer.u8(UInt8(value)) }
        for weight in scaleWeights { writer.u16(weight) }
        if let signWeight { writer.u16(UInt16(signWeight)) }
        if let textureLimit { writer.u16(UInt16(textureLimit)) }
        if hasCurve { for entry in curve { writer.u16(entry) } }
        for predictor in predictors {
            writer.u32(UInt32(bitPattern: predictor.bias))
            for weight in predictor.weights + predictor.baseWeights {
                writer.u16(UInt16(bitPattern: weight))
            }
        }
        writer.bytes(classStarts)
        for code in initialCodes { writer.u16(code) }
        return writer.bytes
    }
}
