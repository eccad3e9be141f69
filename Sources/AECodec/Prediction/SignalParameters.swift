// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// The parameters of prediction and of context classes of one packing group of signals.
/// (Spec/bitstream.md, section 11)
package struct SignalParameters: Equatable, Sendable {
    /// How the samples of one row of a tile are predicted.
    package struct Row: Equatable, Sendable {
        /// The code that stands before the first column, and from which levels are counted.
        package var center: UInt16
        /// Differences of the row's own past, 0...63.
        package var ownCount: Int
        /// Rows above that it is predicted from, at most 3.
        package var references: [Reference]
        /// From which activity on each weight set but the first serves, rising.
        package var thresholds: [UInt32]
        /// The weight sets, 1...16.
        package var sets: [WeightSet]

        package init(
            center: UInt16, ownCount: Int, references: [Reference], thresholds: [UInt32], sets: [WeightSet]
        ) {
            self.center = center
            self.ownCount = ownCount
            self.references = references
            self.thresholds = thresholds
            self.sets = sets
        }

        /// Weights of a set: own differences, own level, and of every reference differences and level.
        package var weightCount: Int { references.reduce(ownCount + 1) { $0 + $1.differenceCount + 1 } }
    }

    /// A window of a row above.
    package struct Reference: Equatable, Sendable {
        /// The row of the tile.
        package var row: Int
        /// Columns before and behind that of the sample, 0...31.
        package var before: Int
        package var after: Int

        package init(row: Int, before: Int, after: Int) {
            self.row = row
            self.before = before
            self.after = after
        }

        /// Differences from the place one column before, which is none of them.
        package var differenceCount: Int { before + after + (before > 0 ? 0 : 1) }
    }

    /// One set of weights, in units of 2^-weightShift.
    package struct WeightSet: Equatable, Sendable {
        package var bias: Int32
        package var weights: [Int16]

        package init(bias: Int32, weights: [Int16]) {
            self.bias = bias
            self.weights = weights
        }
    }

    /// Fraction bits of the weights, 0...14.
    package var weightShift: Int
    /// Errors are counted in units of 2^errorShift, 0...8.
    package var errorShift: Int
    /// What a scale is at least, in 1/256.
    package var scaleConstant: UInt16
    /// Weights of the terms of the scale, in 1/256, each at most 1023.
    package var scaleWeights: [UInt16]
    /// The rows of a tile; those of a tile with fewer are the first.
    package var rows: [Row]
    /// The first raw class of every class stream but the first, rising.
    package var classStarts: [UInt8]
    /// Whether residuals are coded by probabilities that learn, and there are no class streams.
    package var isAdaptive = false

    package static let scaleTermCount = 10
    package static let maximumOwnCount = 63
    package static let maximumReach = 31
    package static let maximumReferences = 3
    package static let maximumSets = 16
    package static let maximumRows = 64
    /// What the magnitudes of the weights of a set sum to at most; keeps sums within 32 bits.
    package static let maximumWeightSum = 16_383
    package static let maximumByteCount = 1 << 20

    package init(
        weightShift: Int, errorShift: Int, scaleConstant: UInt16, scaleWeights: [UInt16], rows: [Row],
        classStarts: [UInt8]
    ) {
        self.weightShift = weightShift
        self.errorShift = errorShift
        self.scaleConstant = scaleConstant
        self.scaleWeights = scaleWeights
        self.rows = rows
        self.classStarts = classStarts
    }

    /// The number of class streams.
    package var streamCount: Int { isAdaptive ? 0 : classStarts.count + 1 }

    /// The class stream of every raw class.
    package var streamOfClass: [UInt8] {
        PredictionParameters.streamOfClass(starts: classStarts)
    }
}

extension SignalParameters {
    /// Reads and checks the parameters; the inverse of ``bytes``.
    ///
    /// - Parameters:
    ///   - bytes: The parameters, unpacked.
    ///   - rowCount: The rows of the largest tile of the group.
    ///   - maximumCode: The greatest predicted code.
    /// - Throws: ``DecodeError`` if a field is out of range.
    package init(bytes: [UInt8], rowCount: Int, maximumCode: Int) throws(DecodeError) {
        var reader = ByteReader(bytes)
        do {
            weightShift = try reader.field("Weight_Shift", 0...14)
            errorShift = try reader.field("Error_Shift", 0...8)
            scaleConstant = UInt16(try reader.field("Scale_Constant", 0...65_535))
            scaleWeights = []
            for _ in 0..<Self.scaleTermCount {
                let limit = PredictionParameters.maximumScaleWeight
                scaleWeights.append(UInt16(try reader.field("Scale_Weight", 0...limit)))
            }
            rows = []
            for row in 0..<rowCount {
                rows.append(try Self.row(&reader, number: row, maximumCode: maximumCode))
            }
            let streamCount = try reader.field("Stream_Count", 0...PredictionParameters.rawClassCount)
            classStarts = []
            isAdaptive = streamCount == 0
            for _ in 1..<max(1, streamCount) {
                let least = Int(classStarts.last ?? 0) + 1
                guard least < PredictionParameters.rawClassCount else {
                    throw DecodeError.fieldOutOfRange(field: "Stream_Count", value: streamCount)
                }
                classStarts.append(
                    UInt8(try reader.field("Class_Start", least...PredictionParameters.rawClassCount - 1)))
            }
        } catch let error as ContainerError {
            throw .container(error)
        } catch let error as DecodeError {
            throw error
        } catch { throw .damagedSource }
        guard reader.remaining == 0 else {
            throw .fieldOutOfRange(field: "length of the parameters", value: bytes.count)
        }
    }

    private static func row(_ reader: inout ByteReader, number: Int, maximumCode: Int) throws -> Row {
        let center = UInt16(try reader.field("Center", 0...maximumCode))
        let ownCount = try reader.field("Own_Count", 0...maximumOwnCount)
        var references: [Reference] = []
        for _ in 0..<(try reader.field("Reference_Count", 0...min(number, maximumReferences))) {
            references.append(
                Reference(
                    row: try reader.field("Reference_Row", 0...number - 1),
                    before: try reader.field("Before", 0...maximumReach),
                    after: try reader.field("After", 0...maximumReach)))
        }
        let setCount = try reader.field("Set_Count", 1...maximumSets)
        var thresholds: [UInt32] = []
        for _ in 1..<setCount {
            let step = try reader.field("Threshold", 1...1 << 24)
            thresholds.append((thresholds.last ?? 0) + UInt32(step))
        }
        var row = Row(
            center: center, ownCount: ownCount, references: references, thresholds: thresholds, sets: [])
        for _ in 0..<setCount {
            let bias = try reader.folded("Bias", 1 << 24)
            var weights: [Int16] = []
            var sum = 0
            for _ in 0..<row.weightCount {
                let weight = try reader.folded("Weight", maximumWeightSum)
                sum += abs(weight)
                weights.append(Int16(weight))
            }
            guard sum <= maximumWeightSum else {
                throw DecodeError.fieldOutOfRange(field: "sum of weights", value: sum)
            }
            row.sets.append(WeightSet(bias: Int32(bias), weights: weights))
        }
        return row
    }

    /// The bytes of the parameters; the inverse of reading them.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        for value in [weightShift, errorShift, Int(scaleConstant)] { writer.varint(value) }
        for weight in scaleWeights { writer.varint(weight) }
        for row in rows {
            writer.varint(row.center)
            writer.varint(row.ownCount)
            writer.varint(row.references.count)
            for reference in row.references {
                for value in [reference.row, reference.before, reference.after] { writer.varint(value) }
            }
            writer.varint(row.sets.count)
            var last: UInt32 = 0
            for threshold in row.thresholds {
                writer.varint(threshold - last)
                last = threshold
            }
            for set in row.sets {
                writer.folded(Int(set.bias))
                for weight in set.weights { writer.folded(Int(weight)) }
            }
        }
        writer.varint(streamCount)
        for start in classStarts { writer.varint(start) }
        return writer.bytes
    }
}

extension ByteReader {
    /// The next number of variable length, which must be in a range.
    fileprivate mutating func field(_ name: String, _ range: ClosedRange<Int>) throws -> Int {
        let value = try varint()
        guard let number = Int(exactly: value), range.contains(number) else {
            throw DecodeError.fieldOutOfRange(field: name, value: Int(clamping: value))
        }
        return number
    }

    /// The next number with a sign: twice its magnitude, less one if it is below 0.
    fileprivate mutating func folded(_ name: String, _ limit: Int) throws -> Int {
        let value = try field(name, 0...2 * limit)
        return value & 1 == 0 ? value / 2 : -(value + 1) / 2
    }
}

extension ByteWriter {
    fileprivate mutating func folded(_ value: Int) { varint(value < 0 ? -2 * value - 1 : 2 * value) }
}
