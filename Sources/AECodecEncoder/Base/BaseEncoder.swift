// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import Samples

/// The base of a lossless part, encoded: a lossy pyramid of the means of square blocks.
struct EncodedBase {
    let parameters: BaseParameters
    let model: ModelReference?
    let groups: [(header: GroupHeader, body: [UInt8])]
    /// What a decoder makes of it.
    let codes: BaseCodes

    /// Bytes that it adds to the archive.
    var byteCount: Int {
        groups.reduce(Self.modelByteCount + parameters.pyramid.count) {
            $0 + $1.body.count + Self.groupByteCount
        }
    }

    /// About the bytes of the chunk that names the model.
    private static let modelByteCount = 36
    /// About the bytes of a group besides its body.
    private static let groupByteCount = 18
}

/// Makes the base of an image.
struct BaseEncoder {
    private let small: SampleArray
    private let exponent: Int
    private let maximumCode: Int
    private let options: EncodeOptions

    /// Archives of the small picture that are made at most.
    private static let attempts = 4
    /// Shares of the bytes wanted that will do.
    private static let enough = 0.65...1.15
    /// How the bytes of a pyramid fall with its step: about as its power.
    private static let slope = -1.2

    /// - Parameters:
    ///   - samples: The image.
    ///   - table: Its codes, of at most 16 bits.
    ///   - maximumCode: The greatest of them.
    ///   - byteCount: Bytes of the base, about.
    ///   - options: Threads, kernels, effort and model.
    init(
        _ samples: SampleArray, table: CodeTable, maximumCode: Int, byteCount: Int, options: EncodeOptions
    ) {
        let bits = Double(8 * byteCount) / Double(samples.extent.sampleCount)
        exponent = bits > 0.15 ? 1 : bits > 0.006 ? 2 : 3
        self.maximumCode = maximumCode
        self.options = options
        small = Self.means(samples, table: table, exponent: exponent)
    }

    /// The codes of blocks of 2^exponent samples squared, each the mean of those that are there.
    private static func means(_ samples: SampleArray, table: CodeTable, exponent: Int) -> SampleArray {
        let extent = samples.extent
        let shape = BaseCodes.extent(extent, exponent: exponent)
        var result: [UInt16] = []
        result.reserveCapacity(shape.sampleCount)
        let side = 1 << exponent
        var codes: [UInt16] = []
        var low = BitWriter()
        var sums = [UInt32](repeating: 0, count: shape.columns)
        for strip in 0..<extent.frames * extent.channels * shape.rows {
            let (plane, down) = strip.quotientAndRemainder(dividingBy: shape.rows)
            let rows = min(side, extent.rows - down * side)
            let start = (plane * extent.rows + down * side) * extent.columns
            table.codes(
                samples, Tile(rows: rows, columns: extent.columns, start: start), into: &codes, low: &low)
            for column in sums.indices { sums[column] = 0 }
            for row in 0..<rows {
                unsafe codes.withUnsafeBufferPointer { codes in
                    guard let first = codes.baseAddress else { return }
                    unsafe ae_add_blocks(
                        first + row * extent.columns, extent.columns, Int32(exponent), &sums)
                }
            }
            for (column, sum) in sums.enumerated() {
                let count = UInt32(rows * min(side, extent.columns - column * side))
                result.append(UInt16((sum + count / 2) / count))
            }
        }
        return SampleArray(
            extent: shape, format: SampleFormat(bitsStored: 16, isSigned: false), storage: .narrow(result))
    }

    /// The base of about `byteCount` bytes, or the smallest that there is.
    func encode(part: Int, byteCount: Int) throws(EncodeError) -> EncodedBase {
        var options = options
        // Comparing models takes longer than what is won on so few bytes is worth.
        if options.model == nil { options.model = .ofImages }
        // What more effort gains here is lost in the archive.
        options.effort = 1
        let map = SampleMap.affine(origin: 0, step: 1, maximumCode: maximumCode)
        let encoder = try LossyEncoder(small, map: map, options: options)
        let bits = min(8, Double(8 * byteCount) / Double(small.extent.sampleCount))
        var at = log2(NoiseEstimate.standardDeviation(of: small)) + 3 - bits
        var best = try encoder.encode(step: exp2(at))
        var miss = Self.miss(best, byteCount)
        for _ in 1..<Self.attempts {
            guard !Self.enough.contains(exp2(miss)) else { break }
            at -= Self.miss(best, byteCount) / Self.slope
            guard (-4.0...20.0).contains(at) else { break }
            let content = try encoder.encode(step: exp2(at))
            guard abs(Self.miss(content, byteCount)) < abs(miss) else { break }
            best = content
            miss = Self.miss(content, byteCount)
        }
        return try finished(best, part: part, model: options.model)
    }

    /// The logarithm of the bytes of groups over those wanted.
    private static func miss(_ content: ContainerContent, _ byteCount: Int) -> Double {
        log2(Double(max(1, content.groups.reduce(0) { $0 + $1.body.count })) / Double(byteCount))
    }

    /// Decodes the small picture and moves its groups to the part.
    private func finished(
        _ content: ContainerContent, part: Int, model: Model?
    ) throws(EncodeError) -> EncodedBase {
        var content = content
        content.parts[0].mode = CodingMode(kind: .lossy, maximumError: 1, meanSquaredError: 1)
        let decoded: SampleArray
        do throws(DecodeError) {
            decoded = try Archive.undigestedSamples(
                content.serialized(), threads: options.threads, kernel: options.kernel, model: model)
        } catch { throw .internalFault(error) }
        return EncodedBase(
            parameters: BaseParameters(exponent: exponent, pyramid: content.parts[0].parameters),
            model: content.parts[0].model, groups: content.groups(ofPart: part),
            codes: BaseCodes(decoded, exponent: exponent, maximumCode: maximumCode))
    }
}
