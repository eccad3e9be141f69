// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// What files of all models begin with: signature, version, lifting steps and scales. (Spec/model.md, Spec/signals.md)
struct ModelHead {
    let lifting: Lifting
    /// Units of 2^-16.
    let scales: [UInt32]

    static let signature: [UInt8] = [0x8A, 0x41, 0x45, 0x4D, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let scaleLimit: UInt32 = 1 << 20

    init(lifting: Lifting, scales: [UInt32]) {
        self.lifting = lifting
        self.scales = scales
    }

    /// Reads it; other versions are refused.
    init(_ reader: inout ByteReader, version: UInt16, scaleCount: Int) throws {
        let signature = Array(try reader.bytes(8))
        guard signature == Self.signature, try reader.u16() == version else {
            throw DecodeError.fieldOutOfRange(field: "signature of the model", value: Int(signature[0]))
        }
        lifting = try Self.lifting(&reader)
        var scales: [UInt32] = []
        for _ in 0..<scaleCount { scales.append(try reader.u32()) }
        for scale in scales where scale > Self.scaleLimit {
            throw DecodeError.fieldOutOfRange(field: "scale of a band", value: Int(scale))
        }
        self.scales = scales
    }

    /// The file as far as this.
    func writer(_ version: UInt16) -> ByteWriter {
        var writer = ByteWriter()
        writer.bytes(Self.signature)
        writer.u16(version)
        writer.u8(UInt8(lifting.pairCount))
        for coefficient in lifting.coefficients { writer.u32(UInt32(bitPattern: coefficient)) }
        for scale in scales { writer.u32(scale) }
        return writer
    }

    private static func lifting(_ reader: inout ByteReader) throws -> Lifting {
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
}
