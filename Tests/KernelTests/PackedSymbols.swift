// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import Testing

/// How symbols become bytes.
enum Form: Hashable {
    case constant, bytes, runs
    case digits(Int32)
}

/// Residuals packed by the kernels, as an archive would hold them.
struct PackedSymbols {
    let form: Form
    let rawBits: Int
    var main: [UInt8]
    var escapes: [UInt16]
    var extra: [UInt8]
    var extraBits: Int
    var raw: [UInt8]
    /// The folded rest of the first residual: what a constant stream repeats.
    var first: UInt16

    init(_ residuals: [Int16], rawBits: Int, form: Form) {
        let count = residuals.count
        var folded = [UInt16](repeating: 0, count: count + 1)
        raw = [UInt8](repeating: 0xA5, count: (count * rawBits + 7) / 8 + 9)
        unsafe ae_fold(residuals, count, Int32(rawBits), &folded, &raw)
        #expect(raw.last == 0xA5 && folded.last == 0)
        raw.removeLast(9)
        self.form = form
        self.rawBits = rawBits
        first = folded[0]
        // Packers make no assumption about what the sink held.
        main = [UInt8](repeating: 0xA5, count: count + 2)
        escapes = [UInt16](repeating: 0xA5A5, count: count + 1)
        extra = [UInt8](repeating: 0xA5, count: 2 * count + 9)
        extraBits = 0
        let made = unsafe main.withUnsafeMutableBufferPointer { main in
            unsafe escapes.withUnsafeMutableBufferPointer { escapes in
                unsafe extra.withUnsafeMutableBufferPointer { extra in
                    var sink = unsafe ae_symbol_sink(
                        main: main.baseAddress, main_count: 0, escapes: escapes.baseAddress,
                        escape_count: 0, extra: extra.baseAddress, extra_bits: 0)
                    switch form {
                    case .constant: break
                    case .bytes: unsafe ae_pack_bytes(folded, count, &sink)
                    case .digits(let radix): unsafe ae_pack_digits(folded, count, radix, &sink)
                    case .runs: unsafe ae_pack_runs(folded, count, &sink)
                    }
                    return unsafe (sink.main_count, sink.escape_count, sink.extra_bits)
                }
            }
        }
        #expect(main.last == 0xA5 && escapes.last == 0xA5A5 && extra.last == 0xA5)
        main.removeSubrange(made.0...)
        escapes.removeSubrange(made.1...)
        extraBits = made.2
        extra.removeSubrange(((extraBits + 7) / 8)...)
    }

    /// The residuals, or nil if the kernel refuses them.
    func expand(count: Int) -> [Int16]? {
        // Eight readable bytes follow; what they hold must not matter.
        let slack = [UInt8](repeating: 0xFF, count: 8)
        let paddedMain = main + slack, paddedExtra = extra + slack, paddedRaw = raw + slack
        var residuals = [Int16](repeating: 4321, count: count + 1)
        let status = unsafe paddedMain.withUnsafeBufferPointer { main in
            unsafe paddedExtra.withUnsafeBufferPointer { extra in
                unsafe paddedRaw.withUnsafeBufferPointer { raw in
                    unsafe escapes.withUnsafeBufferPointer { escapes in
                        var source = unsafe ae_symbol_source(
                            main: main.baseAddress, main_count: self.main.count,
                            escapes: escapes.baseAddress,
                            escape_count: self.escapes.count, extra: extra.baseAddress,
                            extra_bits: extraBits, raw: raw.baseAddress, raw_bits: Int32(rawBits))
                        switch form {
                        case .constant: return unsafe ae_expand_constant(first, &source, count, &residuals)
                        case .bytes: return unsafe ae_expand_bytes(&source, count, &residuals)
                        case .digits(let radix):
                            return unsafe ae_expand_digits(&source, radix, count, &residuals)
                        case .runs: return unsafe ae_expand_runs(&source, count, &residuals)
                        }
                    }
                }
            }
        }
        #expect(residuals[count] == 4321)
        return status == 0 ? Array(residuals[..<count]) : nil
    }
}
