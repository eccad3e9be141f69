// SPDX-License-Identifier: Apache-2.0
import Samples

extension SamplePacking {
    /// The number of text, whose layout is written behind it. (Spec 4.8)
    static let textKind: UInt8 = 12
    private static let bigEndianFlag: UInt8 = 1 << 4

    /// The packing as an archive writes it. (Spec 4.8, `Cut_Packing`)
    var kind: UInt8 {
        switch self {
        case .integers(let count, let isBigEndian): UInt8(count) | (isBigEndian ? Self.bigEndianFlag : 0)
        case .offsetBinary(let count): UInt8(4 + count)
        case .pairs12: 8
        case .triples10InWords: 9
        case .triples10: 10
        case .differences8: 11
        case .text: Self.textKind
        }
    }

    /// The inverse of ``kind``; nil for numbers that have no meaning, and for text.
    init?(kind: UInt8) {
        switch kind & ~Self.bigEndianFlag {
        case 1...4:
            self = .integers(
                byteCount: Int(kind & ~Self.bigEndianFlag), isBigEndian: kind & Self.bigEndianFlag != 0)
            return
        case 5, 6: self = .offsetBinary(byteCount: Int(kind) - 4)
        case 8: self = .pairs12
        case 9: self = .triples10InWords
        case 10: self = .triples10
        case 11: self = .differences8
        default: return nil
        }
        guard kind & Self.bigEndianFlag == 0 else { return nil }
    }
}
