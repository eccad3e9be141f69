// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels

/// A stream ready to be written.
struct PackedStream {
    var header: StreamHeader
    var data: [UInt8]

    func write(to writer: inout ByteWriter) {
        header.write(to: &writer)
        writer.bytes(data)
    }
}

/// Finds the shortest form of class streams by packing them; one serves one thread.
final class StreamPacker {
    private let compressor: ZstdCompressor
    private let triesAllForms: Bool
    private var folded: [UInt16] = []
    private var raw: [UInt8] = []
    private var main: [UInt8] = []
    private var escapes: [UInt16] = []
    private var escapeBytes: [UInt8] = []
    private var extra: [UInt8] = []

    init?(effort: Effort) {
        guard let compressor = ZstdCompressor() else { return nil }
        triesAllForms = effort.triesAllForms
        self.compressor = compressor
    }

    /// Packs residuals whose low `rawBits` bits are stored as they are.
    func pack(_ residuals: ArraySlice<Int16>, rawBits: Int) -> PackedStream {
        let count = residuals.count
        reserve(count, rawBits: rawBits)
        fold(residuals, rawBits: rawBits)
        let rawBytes = raw[0..<(count * rawBits + 7) / 8]
        let statistics = FoldedStatistics(folded[0..<count])
        if statistics.isConstant {
            let header = StreamHeader(
                form: .constant(folded.first ?? 0), rawBits: rawBits, symbolCount: count)
            return PackedStream(header: header, data: Array(rawBytes))
        }
        var stream = shortest(of: statistics.candidates(all: triesAllForms), count: count, rawBits: rawBits)
        stream.data += rawBytes
        return stream
    }

    /// Packs all of a stream in every form, or, if it is long, a piece of it to find the form.
    private func shortest(of forms: [SymbolForm], count: Int, rawBits: Int) -> PackedStream {
        let isLong = count >= 2 * Self.trialCount && forms.count > 1
        // The middle of a stream is more like all of it than its start.
        let trial = isLong ? count / 2 - Self.trialCount / 2..<count / 2 + Self.trialCount / 2 : 0..<count
        var best = pack(forms[0], trial, rawBits: rawBits)
        for form in forms.dropFirst() {
            let packed = pack(form, trial, rawBits: rawBits)
            if packed.data.count < best.data.count { best = packed }
        }
        return isLong ? pack(best.header.form, 0..<count, rawBits: rawBits) : best
    }

    /// Symbols that tell which form is shortest.
    private static let trialCount = 16_384

    private func reserve(_ count: Int, rawBits: Int) {
        if folded.count < count {
            folded = [UInt16](repeating: 0, count: count)
            main = [UInt8](repeating: 0, count: count + 8)
            escapes = folded
            escapeBytes = [UInt8](repeating: 0, count: 3 * count)
            extra = [UInt8](repeating: 0, count: 2 * count + 16)
        }
        let rawCount = (count * rawBits + 7) / 8 + 16
        if raw.count < rawCount { raw = [UInt8](repeating: 0, count: rawCount) }
    }

    private func fold(_ residuals: ArraySlice<Int16>, rawBits: Int) {
        unsafe residuals.withUnsafeBufferPointer { residuals in
            unsafe folded.withUnsafeMutableBufferPointer { folded in
                unsafe raw.withUnsafeMutableBufferPointer { raw in
                    if let from = residuals.baseAddress, let to = folded.baseAddress,
                        let raw = raw.baseAddress
                    {
                        unsafe ae_fold(from, residuals.count, Int32(rawBits), to, raw)
                    }
                }
            }
        }
    }

    private func pack(_ form: SymbolForm, _ range: Range<Int>, rawBits: Int) -> PackedStream {
        let count = range.count
        var sink = unsafe ae_symbol_sink()
        unsafe folded.withUnsafeBufferPointer { folded in
            unsafe main.withUnsafeMutableBufferPointer { main in
                unsafe escapes.withUnsafeMutableBufferPointer { escapes in
                    unsafe extra.withUnsafeMutableBufferPointer { extra in
                        unsafe sink.main = main.baseAddress
                        unsafe sink.escapes = escapes.baseAddress
                        unsafe sink.extra = extra.baseAddress
                        guard let first = folded.baseAddress else { return }
                        let from = unsafe first + range.lowerBound
                        switch form {
                        case .digits(let radix): unsafe ae_pack_digits(from, count, Int32(radix), &sink)
                        case .runs: unsafe ae_pack_runs(from, count, &sink)
                        default: unsafe ae_pack_bytes(from, count, &sink)
                        }
                    }
                }
            }
        }
        let (mainCount, escapeCount, extraBits) = unsafe (sink.main_count, sink.escape_count, sink.extra_bits)
        let packed = packMain(form, count: mainCount)
        let escapeByteCount = unsafe ae_write_escapes(escapes, escapeCount, &escapeBytes)
        let packedEscapes =
            escapeCount > 0 ? compressor.pack(escapeBytes, count: escapeByteCount, isWhole: true)?.bytes : nil
        var header = StreamHeader(
            form: form, rawBits: rawBits, preset: packed?.preset ?? 0, symbolCount: count,
            escapeCount: escapeCount, escapeByteCount: escapeByteCount,
            packedEscapeByteCount: packedEscapes?.count, extraBitCount: extraBits,
            packedByteCount: packed?.bytes.count, packing: packed?.packing ?? .frame)
        if case .runs = form { header.form = .runs(tokenCount: mainCount) }
        var data = packed?.bytes ?? Array(main[0..<mainCount])
        data += packedEscapes ?? Array(escapeBytes[0..<escapeByteCount])
        data += extra[0..<(extraBits + 7) / 8]
        return PackedStream(header: header, data: data)
    }
}

extension StreamPacker {
    /// Main bytes from which on a table of their own is never the longer way.
    private static let presetLimit = 20_000

    /// The shortest way to pack the main bytes; none where all are longer.
    private func packMain(_ form: SymbolForm, count: Int) -> ZstdPacked? {
        var best = compressor.pack(main, count: count)
        func consider(_ packed: ZstdPacked?) {
            guard let packed else { return }
            let cost = { (some: ZstdPacked) in some.bytes.count + (some.preset > 0 ? 1 : 0) }
            if cost(packed) < best.map(cost) ?? count { best = packed }
        }
        var ofSequences: [Int] = []
        for (index, candidate) in PresetTables.all.enumerated() where candidate.suits(form) {
            if candidate.isOfSequences {
                ofSequences.append(index + 1)
            } else if count <= Self.presetLimit {
                consider(compressor.pack(main, count: count, preset: index + 1))
            }
        }
        if !ofSequences.isEmpty {
            var histogram = [UInt32](repeating: 0, count: 256)
            for byte in main[0..<count] { histogram[Int(byte)] += 1 }
            if let preset = SequenceTables.all.best(for: histogram, among: ofSequences) {
                consider(compressor.packSequences(main, count: count, preset: preset))
            }
        }
        return best
    }
}

extension PresetTables.Preset {
    /// Whether the table was made for main bytes of a form.
    fileprivate func suits(_ form: SymbolForm) -> Bool {
        switch form {
        case .digits(let radix):
            // Halves of main bytes are symbols too.
            return isOfSequences ? self.form == 1 && radix == 16 : self.form == 2 && self.radix == radix
        default: return self.form == form.number
        }
    }
}

/// What decides which forms are worth trying.
private struct FoldedStatistics {
    let isConstant: Bool
    /// Bits per symbol if symbols were coded ideally.
    let entropy: Double
    let count: Int
    let zeroShare: Double

    init(_ folded: ArraySlice<UInt16>) {
        var histogram = [Int](repeating: 0, count: 512)
        for value in folded { histogram[min(Int(value), 511)] += 1 }
        count = folded.count
        isConstant = folded.allSatisfy { $0 == folded.first }
        entropy = count > 0 ? Entropy.bits(histogram) / Double(count) : 0
        zeroShare = count > 0 ? Double(histogram[0]) / Double(count) : 0
    }

    /// Forms by measured entropy (Spec/bitstream.md, section 6); short streams try their neighbours too.
    func candidates(all: Bool) -> [SymbolForm] {
        let runs = SymbolForm.runs(tokenCount: 0)
        let digits = { (radices: [Int]) in radices.map { SymbolForm.digits(radix: $0) } }
        // Runs of zeros gain from neighbours that are alike, which an entropy does not see.
        let forms: [SymbolForm] =
            switch entropy {
            case ..<0.35: [runs]
            case ..<0.8: [runs, .bytes] + digits([16])
            case ..<1.3: [runs, .bytes] + digits([5, 16])
            case ..<1.9: [runs, .bytes] + digits([6, 16])
            case ..<2.8: [runs, .bytes] + digits([9, 16])
            case ..<3.3: digits([9, 12, 16, 32]) + [.bytes]
            case ..<3.7: digits([12, 16, 32]) + [.bytes]
            case ..<4.5: digits([48]) + [.bytes]
            default: [.bytes]
            }
        // Short streams are mostly tables; which form has the shortest is found by trying.
        if all, count < 16_384, entropy < 4.5 {
            return [runs, .bytes] + digits([3, 5, 6, 9, 12, 15, 16, 32, 48, 96])
        }
        return forms
    }
}

/// Empirical code lengths.
enum Entropy {
    /// The sum of -log2 of the relative frequencies of all symbols.
    static func bits(_ histogram: [Int]) -> Double {
        var total = 0
        var sum = 0.0
        for count in histogram where count > 0 {
            total += count
            sum += Double(count) * log2(Double(count))
        }
        return total > 0 ? Double(total) * log2(Double(total)) - sum : 0
    }
}
