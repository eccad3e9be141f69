// SPDX-License-Identifier: Apache-2.0
import CAEKernels
import TestSupport
import Testing

/// Residuals and raw classes in coding order.
struct CodedTile: Equatable {
    var residuals: [Int16] = []
    var classes: [UInt8] = []
    var fractions: [Int16] = []
    var errors: [Int16] = []
}

/// What decoding left behind.
struct DecodedTile: Equatable {
    var status: Int32
    var codes: [UInt16]
    /// Residuals taken from every stream.
    var taken: [Int]
}

/// A tile with all that its prediction takes, made from a seed: values at their limits are common.
struct WavefrontCase {
    let rows: Int
    let columns: Int
    private(set) var prediction: ae_prediction
    private(set) var codes: [UInt16]
    private(set) var labels: [UInt8]
    private let initial: UInt16
    /// The base at the tile's places; empty if there is none.
    private let base: [UInt16]
    private let streamOfClass: [UInt8]

    init(rows: Int, columns: Int, pairs: Int, errorShift: Int, seed: UInt64, bound: Int = 0) {
        var random = SplitMix64(seed: seed)
        let greatest = [0, 1, 255, 4095, 65535][Int.random(in: 0..<5, using: &random)]
        self.rows = rows
        self.columns = columns
        let hasBase = Bool.random(using: &random)
        prediction = Self.prediction(
            pairs: pairs, hasBase: hasBase, errorShift: errorShift, greatest: greatest, &random)
        prediction.repeats = Bool.random(using: &random) ? 1 : 0
        prediction.signs = Bool.random(using: &random) ? 1 : 0
        let weight = Int32.random(in: 0...32767, using: &random)
        prediction.sign_weight = [0, weight / 512, 32767, weight][Int.random(in: 0..<4, using: &random)]
        prediction.textures = Bool.random(using: &random) ? 1 : 0
        // Without textures labels name the first eight sets only.
        prediction.wide = prediction.textures
        prediction.texture_limit =
            [0, 5, 32767, Int32.random(in: 0...20000, using: &random)][
                Int.random(in: 0..<4, using: &random)]
        labels = Self.labels(blocks: (rows + 31) / 32 * ((columns + 31) / 32), &random)
        let texture = Int.random(in: 0..<4, using: &random)
        codes = (0..<rows * columns).map { place in
            let value =
                switch texture {
                case 0: Int.random(in: 0...greatest, using: &random)
                case 1: Bool.random(using: &random) ? 0 : greatest
                case 2: (place / columns * 7 + place % columns * 3) % (greatest + 1)
                default: greatest / 2 + Int.random(in: 0...min(9, greatest - greatest / 2), using: &random)
                }
            return UInt16(value)
        }
        initial = UInt16(Int.random(in: 0...greatest, using: &random))
        let isNear = Bool.random(using: &random)
        base =
            hasBase
            ? codes.map { code in
                isNear
                    ? UInt16(max(0, min(greatest, Int(code) + Int.random(in: -9...9, using: &random))))
                    : UInt16(Int.random(in: 0...greatest, using: &random))
            } : []
        let streams = Int.random(in: 1...AE_RAW_CLASSES, using: &random)
        streamOfClass = (0..<AE_RAW_CLASSES).map { UInt8($0 * streams / AE_RAW_CLASSES) }
        flatten()
        prediction.bound = Int32(bound)
    }

    private static func labels(blocks: Int, _ random: inout SplitMix64) -> [UInt8] {
        let range: ClosedRange<UInt8> = [0...7, 0...8, 0...9, 7...9][Int.random(in: 0..<4, using: &random)]
        return (0..<blocks).map { _ in UInt8.random(in: range, using: &random) }
    }

    /// Makes the samples of flat blocks repeat what stands before them.
    private mutating func flatten() {
        let blocks = (columns + 31) / 32
        for row in 0..<rows {
            for column in 0..<columns where labels[row / 32 * blocks + column / 32] == AE_FLAT_LABEL {
                let place = row * columns + column
                codes[place] =
                    column > 0 ? codes[place - 1] : row > 0 ? codes[place - columns] : initial
            }
        }
    }

    /// Parameters within the bounds of Spec/bitstream.md, section 5.1.
    private static func prediction(
        pairs: Int, hasBase: Bool, errorShift: Int, greatest: Int, _ random: inout SplitMix64
    ) -> ae_prediction {
        var made = ae_prediction()
        let shift = Int.random(in: 0...14, using: &random)
        var least = 0
        while greatest >> least >= AE_CURVE_ENTRIES { least += 1 }
        made.tap_pairs = Int32(pairs)
        made.shift = Int32(shift)
        made.error_shift = Int32(errorShift)
        made.curve_shift = Int32(Int.random(in: least...11, using: &random))
        made.max_code = UInt16(greatest)
        var words = [Int32](
            repeating: 0, count: (AE_MAX_TAP_PAIRS + AE_BASE_PAIRS) * AE_MAX_PREDICTORS)
        for set in 0..<AE_MAX_PREDICTORS {
            let weights = weights(2 * (pairs + (hasBase ? AE_BASE_PAIRS : 0)), &random)
            for pair in 0..<weights.count / 2 {
                let low = UInt32(UInt16(bitPattern: weights[2 * pair]))
                let high = UInt32(UInt16(bitPattern: weights[2 * pair + 1]))
                let place = pair < pairs ? pair : AE_MAX_TAP_PAIRS + pair - pairs
                words[place * AE_MAX_PREDICTORS + set] = Int32(bitPattern: low | high << 16)
            }
        }
        unsafe withUnsafeMutableBytes(of: &made.weights) { target in
            unsafe words.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        }
        unsafe withUnsafeMutableBytes(of: &made.bias) { raw in
            let bias = unsafe raw.assumingMemoryBound(to: Int32.self)
            let half: Int32 = shift > 0 ? 1 << Int32(shift - 1) : 0
            for set in 0..<AE_MAX_PREDICTORS {
                let limit: Int32 = 1 << 24
                let any = Int32.random(in: -limit...limit, using: &random)
                unsafe bias[set] = half + [0, limit, -limit, any][Int.random(in: 0..<4, using: &random)]
            }
        }
        unsafe withUnsafeMutableBytes(of: &made.scale) { raw in
            let scale = unsafe raw.assumingMemoryBound(to: Int16.self)
            for term in 0..<AE_SCALE_FEATURES {
                let any = Int16.random(in: 0...1023, using: &random)
                unsafe scale[term] = [0, 1023, any / 16, any][Int.random(in: 0..<4, using: &random)]
            }
        }
        unsafe withUnsafeMutableBytes(of: &made.curve) { raw in
            let curve = unsafe raw.assumingMemoryBound(to: Int32.self)
            let exponent = Int32.random(in: 0...8, using: &random)
            for entry in 0..<AE_CURVE_ENTRIES {
                let any = Int32.random(in: 0...65535, using: &random)
                unsafe curve[entry] = [0, 1, 65535, any][Int.random(in: 0..<4, using: &random)] << exponent
            }
        }
        return made
    }

    /// Weights whose magnitudes sum to at most 32,767: random, one great one, or all as great as can be.
    private static func weights(_ count: Int, _ random: inout SplitMix64) -> [Int16] {
        guard count > 0 else { return [] }
        let style = Int.random(in: 0..<3, using: &random), great = Int.random(in: 0..<count, using: &random)
        var left = 32767
        return (0..<count).map { tap in
            let share = 32767 / count
            let sign = Bool.random(using: &random) ? 1 : -1
            let weight =
                switch style {
                case 0: Int.random(in: -left...left, using: &random)
                case 1: tap == great ? sign * left : 0
                default: sign * share
                }
            left -= abs(weight)
            return Int16(weight)
        }
    }
}

extension WavefrontCase {
    /// Predicts all bands with one kernel; isolated bands know no errors of the bands before.
    func encode(_ level: ae_kernel_level, isolated: Bool = false) -> CodedTile {
        var prediction = prediction
        var coded = CodedTile()
        unsafe withTile { tile in
            for band in 0..<(rows + AE_LANES - 1) / AE_LANES {
                let room = AE_LANES * (columns + 1)
                var residuals = [Int16](repeating: 77, count: room + 16)
                var classes = [UInt8](repeating: 77, count: room + 16)
                var fractions = residuals, errors = residuals
                let count = unsafe fractions.withUnsafeMutableBufferPointer { fractions in
                    unsafe errors.withUnsafeMutableBufferPointer { errors in
                        var signs = unsafe ae_signs(
                            fractions: fractions.baseAddress, errors: errors.baseAddress)
                        return unsafe ae_encode_band(
                            level, &prediction, &tile, Int32(band), isolated ? 1 : 0, codes, columns,
                            &residuals, &classes, &signs)
                    }
                }
                for array in [residuals, fractions, errors] {
                    #expect(array[room...].allSatisfy { $0 == 77 })
                }
                #expect(classes[room...].allSatisfy { $0 == 77 })
                coded.residuals += residuals[..<count]
                coded.classes += classes[..<count]
                coded.fractions += fractions[..<count]
                coded.errors += errors[..<count]
            }
        }
        return coded
    }

    /// The residuals of every class stream, negated where a negative one is expected.
    func streams(_ coded: CodedTile) -> [[Int16]] {
        var streams = [[Int16]](repeating: [], count: AE_RAW_CLASSES)
        for place in coded.residuals.indices {
            var residual = coded.residuals[place]
            if prediction.signs != 0,
                Int32(coded.fractions[place]) + prediction.sign_weight * Int32(coded.errors[place]) < 0
            {
                residual = 0 &- residual
            }
            streams[Int(streamOfClass[Int(coded.classes[place])])].append(residual)
        }
        return streams
    }

    /// Decodes with one kernel from streams that stand one behind the other, and slack.
    func decode(_ level: ae_kernel_level, _ streams: [[Int16]]) -> DecodedTile {
        let residuals = streams.joined() + [Int16](repeating: 0, count: AE_LANES * (columns + 1))
        var prediction = prediction
        var decoded = DecodedTile(status: -1, codes: [], taken: [])
        // Rows stand apart, and nothing between or around them may change.
        let margin = 16
        let stride = columns + 3
        var image = [UInt16](repeating: 0xA5A5, count: rows * stride + 2 * margin)
        unsafe withTile { tile in
            unsafe residuals.withUnsafeBufferPointer { buffer in
                guard var at = buffer.baseAddress else { return }
                var starts: [UnsafePointer<Int16>] = unsafe []
                for stream in streams {
                    unsafe starts.append(at)
                    unsafe at += stream.count
                }
                let ends = unsafe starts.dropFirst() + [at]
                var sources = ae_streams()
                unsafe withUnsafeMutableBytes(of: &sources.next) { next in
                    unsafe starts.withUnsafeBytes { unsafe next.copyMemory(from: $0) }
                }
                unsafe withUnsafeMutableBytes(of: &sources.end) { end in
                    unsafe Array(ends).withUnsafeBytes { unsafe end.copyMemory(from: $0) }
                }
                unsafe withUnsafeMutableBytes(of: &sources.stream_of_class) {
                    unsafe $0.copyBytes(from: streamOfClass)
                }
                decoded.status = unsafe image.withUnsafeMutableBufferPointer { image in
                    guard let start = image.baseAddress else { return -1 }
                    let out = unsafe start + margin
                    if !base.isEmpty {
                        // The base stands where the codes go.
                        for row in 0..<rows {
                            for column in 0..<columns {
                                unsafe out[row * stride + column] = base[row * columns + column]
                            }
                        }
                        unsafe tile.base = UnsafePointer(out)
                        unsafe tile.base_stride = stride
                    }
                    return unsafe ae_decode_tile(level, &prediction, &tile, &sources, out, stride)
                }
                unsafe withUnsafeBytes(of: &sources.next) { next in
                    let next = unsafe next.assumingMemoryBound(to: UnsafePointer<Int16>.self)
                    decoded.taken = unsafe starts.indices.map { unsafe next[$0] - starts[$0] }
                }
            }
        }
        for row in 0..<rows {
            let start = margin + row * stride
            decoded.codes += image[start..<start + columns]
            #expect(image[start + columns..<start + stride].allSatisfy { $0 == 0xA5A5 }, "row \(row)")
        }
        #expect(image.prefix(margin).allSatisfy { $0 == 0xA5A5 })
        #expect(image.suffix(margin).allSatisfy { $0 == 0xA5A5 })
        return decoded
    }

    private func withTile(_ body: (inout ae_tile) -> Void) {
        // Vectors want their records aligned; what a workspace held before must not matter.
        let count = ae_band_count(Int32(columns)), margin = 64
        let raw = UnsafeMutableRawPointer.allocate(byteCount: 2 * (count + 2 * margin), alignment: 64)
        defer { unsafe raw.deallocate() }
        let whole = unsafe raw.initializeMemory(as: Int16.self, repeating: 1234, count: count + 2 * margin)
        let band = unsafe whole + margin
        defer {
            let isContained = (0..<margin).allSatisfy { unsafe whole[$0] == 1234 && band[count + $0] == 1234 }
            #expect(isContained)
        }
        let baseCount = ae_base_band_count(Int32(columns))
        var baseBand = [Int16](repeating: 1234, count: baseCount + margin)
        unsafe labels.withUnsafeBufferPointer { labels in
            unsafe base.withUnsafeBufferPointer { base in
                unsafe baseBand.withUnsafeMutableBufferPointer { baseBand in
                    var tile = unsafe ae_tile(
                        rows: Int32(rows), columns: Int32(columns), initial: initial,
                        labels: labels.baseAddress, band: band,
                        base: base.isEmpty ? nil : base.baseAddress, base_stride: columns,
                        base_band: baseBand.baseAddress, coder: nil)
                    unsafe body(&tile)
                }
            }
        }
        #expect(baseBand[baseCount...].allSatisfy { $0 == 1234 })
    }
}
