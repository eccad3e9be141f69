// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import Samples

/// Encodes packing groups one after the other; one serves one thread.
final class GroupEncoder {
    private let level: ae_kernel_level
    private let effort: Effort
    /// The greatest error of a code; 0 is lossless.
    private let bound: Int
    /// What an adaptive body may be of the plain one.
    private let adaptiveShare: Double
    /// Whether all groups are coded adaptively too, not only those of uneven texture.
    private let isSmall: Bool
    private let packer: StreamPacker
    private let workspace = WavefrontWorkspace(columns: 1)
    private var residuals: [Int16] = []
    private var classes: [UInt8] = []
    private var signs = SignFit()
    private lazy var coder = AdaptiveCoder(level: level)

    init?(level: ae_kernel_level, effort: Effort, bound: Int, adaptiveShare: Double, isSmall: Bool) {
        guard let packer = StreamPacker(effort: effort) else { return nil }
        self.effort = effort
        self.packer = packer
        self.level = level
        self.bound = bound
        self.adaptiveShare = adaptiveShare
        self.isSmall = isSmall
    }

    /// Encodes the body of one group.
    func encode(
        _ samples: SampleArray, tiles: [Tile], table: CodeTable, maximumCode: Int, base: PlacedBase?
    ) -> [UInt8] {
        var low = BitWriter()
        var coded = tiles.map { tile in
            var codes: [UInt16] = []
            table.codes(samples, tile, into: &codes, low: &low)
            return CodedTile(
                tile: tile, codes: codes, decoded: codes, base: base.map { Self.base($0, of: tile) } ?? [])
        }
        guard bound > 0 else {
            return encode(coded, PredictorFit(coded, effort: effort), maximumCode: maximumCode, low.finish())
        }
        // What is predicted from follows from the predictors. Fitted to the original they know of the errors
        // only how great these are, fitted to what they made they fit something else than they then make, and
        // where little is left they may lead astray; so all are tried.
        let steps = Double(2 * bound + 1)
        let noisy = PredictorFit(coded, effort: effort, noise: steps * steps / 12)
        let plain = PredictorFit(medianOf: noisy)
        let bodies = [noisy, plain].map { encode(coded, $0, maximumCode: maximumCode, []) }
        decode(
            &coded, parameters(noisy, coded, maximumCode: maximumCode), noisy.labels, maximumCode: maximumCode
        )
        let refined = PredictorFit(coded, effort: effort)
        let last = encode(coded, refined, maximumCode: maximumCode, [])
        return (bodies + [last]).min { $0.count < $1.count } ?? last
    }

    private static func base(_ base: PlacedBase, of tile: Tile) -> [UInt16] {
        unsafe [UInt16](unsafeUninitializedCapacity: tile.sampleCount) { buffer, count in
            count = tile.sampleCount
            guard let out = buffer.baseAddress else { return }
            unsafe base.enlarge(tile, into: out, stride: tile.columns)
        }
    }

    /// Groups of more samples are not tried if these take more bits: measured on mammograms of one megasample, which take
    /// 5 to 7, where others take 4 or less.
    private static let fewSamples = 1 << 19
    private static let noisyBits = 5

    /// The body of a group with some predictors.
    private func encode(
        _ coded: [CodedTile], _ fit: PredictorFit, maximumCode: Int, _ low: [UInt8]
    ) -> [UInt8] {
        var parameters = parameters(fit, coded, maximumCode: maximumCode)
        parameters.errorShift = errorShift(coded, parameters, fit.labels, maximumCode: maximumCode)
        if let limit = parameters.textureLimit { parameters.textureLimit = limit >> parameters.errorShift }
        let sample = scaleSample(coded, parameters, fit.labels, maximumCode: maximumCode)
        let scale = ScaleFit(sample, maximumCode: maximumCode)
        parameters.scaleWeights = scale.weights
        parameters.curve = scale.curve
        parameters.curveExponent = scale.curveExponent
        parameters.curveShift = scale.curveShift

        let count = predictAll(coded, parameters, fit.labels, maximumCode: maximumCode)
        parameters.signWeight = signs.weight(
            residuals, classes, count: count, unit: 1 << parameters.weightShift)
        if let weight = parameters.signWeight { signs.apply(weight, to: &residuals, count: count) }
        let merging = ClassMerging(
            residuals: residuals, classes: classes, count: count,
            scaleBits: 8 + Int(log2(Double(2 * bound + 1))))
        parameters.classStarts = merging.classStarts
        let plain = body(parameters, merging, labels: fit.labels, count: count, low: low)
        let isUneven = fit.isUneven && count > BlockSums.alwaysParted
        // Of noise there is nothing to learn; small groups learn even then what classes know only roughly.
        let isNoise =
            adaptiveShare < 1 && count > Self.fewSamples && 8 * plain.count > Self.noisyBits * count
        guard adaptiveShare > 0, count > 0, isSmall && !isNoise || isUneven else { return plain }
        let body = adaptiveBody(
            coded, parameters, fit.labels, maximumCode: maximumCode, low: low, atMost: plain.count)
        return body ?? plain
    }

    /// The body with residuals coded by learning probabilities, if it is clearly smaller.
    private func adaptiveBody(
        _ coded: [CodedTile], _ fitted: PredictionParameters, _ labels: [UInt8], maximumCode: Int,
        low: [UInt8], atMost limit: Int
    ) -> [UInt8]? {
        var parameters = fitted
        parameters.isAdaptive = true
        parameters.signWeight = nil
        parameters.classStarts = []
        let room = Int(min(4, adaptiveShare) * Double(limit)) + 64
        coder.reserve(columns: coded.reduce(1) { max($0, $1.tile.columns) })
        let adaptive = coder.written(capacity: room) {
            _ = predictAll(coded, parameters, labels, maximumCode: maximumCode)
        }
        guard let adaptive else { return nil }
        var writer = head(parameters, labels: labels)
        writer.varint(adaptive.count)
        writer.bytes(adaptive)
        writer.bytes(low)
        return Double(writer.bytes.count) < adaptiveShare * Double(limit) ? writer.bytes : nil
    }

    /// Parameters that predict; their scale rule is the one used before anything is known.
    private func parameters(
        _ fit: PredictorFit, _ tiles: [CodedTile], maximumCode: Int
    ) -> PredictionParameters {
        PredictionParameters(
            tapCount: fit.tapCount, weightShift: fit.weightShift, predictors: fit.predictors,
            hasLabels: fit.labels.contains { $0 != 0 }, textureLimit: fit.textureLimit,
            repeats: Self.repeats(tiles, fit.labels),
            errorShift: 0,
            scaleWeights: ScaleFit.startWeights, curveShift: ScaleFit.curveShift(maximumCode: maximumCode),
            curveExponent: 0,
            curve: [UInt16](repeating: 0, count: PredictionParameters.curveCount), classStarts: [],
            initialCodes: tiles.map { $0.codes.first ?? 0 })
    }

    /// The share of samples that must repeat equal neighbours for that to be what is predicted.
    private static let repeatedShare = 0.9

    /// Whether samples mostly repeat neighbours that are equal.
    private static func repeats(_ tiles: [CodedTile], _ labels: [UInt8]) -> Bool {
        var count = 0
        var kept = 0
        var labelOffset = 0
        for tile in tiles {
            let blocks = PackingGroup.blockCount(tile.tile)
            let own = Array(labels[labelOffset..<labelOffset + blocks])
            let found = unsafe ae_count_repeats(
                tile.codes, tile.tile.columns, Int32(tile.tile.rows), Int32(tile.tile.columns), own)
            count += found.count
            kept += found.kept
            labelOffset += blocks
        }
        return Double(kept) > repeatedShare * Double(count)
    }

    /// The unit of errors.
    private func errorShift(
        _ tiles: [CodedTile], _ parameters: PredictionParameters, _ labels: [UInt8], maximumCode: Int
    ) -> Int {
        guard maximumCode > 4095 else { return 0 }
        return ScaleFit.errorShift(
            scaleSample(tiles, parameters, labels, maximumCode: maximumCode).errors)
    }

    /// Features and errors of some samples, from every fourth band and every eighth step.
    private func scaleSample(
        _ tiles: [CodedTile], _ parameters: PredictionParameters, _ labels: [UInt8], maximumCode: Int
    ) -> ScaleSample {
        let total = tiles.reduce(0) { $0 + $1.tile.sampleCount }
        let bandEvery = total >= 1 << 17 ? 8 : 1
        let stepEvery = total >= 1 << 17 ? 8 : total >= 1 << 14 ? 4 : 1
        var sample = ScaleSample()
        unsafe forEachTile(tiles, parameters, labels, maximumCode: maximumCode) {
            tile, prediction, description in
            let bands = (tile.tile.rows + AE_LANES - 1) / AE_LANES
            let capacity = AE_LANES * (tile.tile.columns / stepEvery + AE_LANES)
            var features = [Float](repeating: 0, count: 10 * capacity)
            var codes = [UInt16](repeating: 0, count: capacity)
            var errors = [Float](repeating: 0, count: capacity)
            for band in stride(from: 0, to: bands, by: bandEvery) {
                reserve(AE_LANES * (tile.tile.columns + 1))
                _ = unsafe encodeBand(band, isolated: bandEvery > 1, tile, &prediction, &description, at: 0)
                let count = unsafe ae_band_features(
                    &prediction, &description, Int32(band), Int32(stepEvery), &features, &codes, &errors,
                    capacity)
                sample.features += features[0..<10 * count]
                sample.codes += codes[0..<count]
                sample.errors += errors[0..<count]
            }
        }
        return sample
    }

    /// Predicts all tiles; residuals and classes are left in coding order.
    private func predictAll(
        _ tiles: [CodedTile], _ parameters: PredictionParameters, _ labels: [UInt8], maximumCode: Int
    ) -> Int {
        let room = tiles.reduce(0) { $0 + $1.tile.sampleCount } + AE_LANES
        reserve(room)
        signs.reserve(room)
        var count = 0
        unsafe forEachTile(tiles, parameters, labels, maximumCode: maximumCode) {
            tile, prediction, description in
            prediction.signs = 1
            for band in 0..<(tile.tile.rows + AE_LANES - 1) / AE_LANES {
                count += unsafe encodeBand(band, isolated: false, tile, &prediction, &description, at: count)
            }
        }
        return count
    }

    /// Leaves in the tiles what a decoder has.
    private func decode(
        _ tiles: inout [CodedTile], _ parameters: PredictionParameters, _ labels: [UInt8], maximumCode: Int
    ) {
        var decoded: [[UInt16]] = []
        unsafe forEachTile(tiles, parameters, labels, maximumCode: maximumCode) {
            tile, prediction, description in
            reserve(AE_LANES * (tile.tile.columns + 1))
            var codes = tile.codes
            for band in 0..<(tile.tile.rows + AE_LANES - 1) / AE_LANES {
                _ = unsafe encodeBand(band, isolated: false, tile, &prediction, &description, at: 0)
                unsafe ae_decoded_band(&description, Int32(band), &codes, tile.tile.columns)
            }
            decoded.append(codes)
        }
        for number in tiles.indices { tiles[number].decoded = decoded[number] }
    }

    private func reserve(_ count: Int) {
        guard residuals.count < count else { return }
        residuals = [Int16](repeating: 0, count: count)
        classes = [UInt8](repeating: 0, count: count)
    }

    private func encodeBand(
        _ band: Int, isolated: Bool, _ tile: CodedTile, _ prediction: inout ae_prediction,
        _ description: inout ae_tile, at offset: Int
    ) -> Int {
        unsafe tile.codes.withUnsafeBufferPointer { codes in
            unsafe residuals.withUnsafeMutableBufferPointer { residuals in
                unsafe classes.withUnsafeMutableBufferPointer { classes in
                    guard let codes = codes.baseAddress, let residuals = residuals.baseAddress,
                        let classes = classes.baseAddress
                    else { return 0 }
                    return unsafe signs.withRoom(at: offset) { signs in
                        unsafe ae_encode_band(
                            level, &prediction, &description, Int32(band), isolated ? 1 : 0, codes,
                            tile.tile.columns, residuals + offset, classes + offset, signs)
                    }
                }
            }
        }
    }

    private func forEachTile(
        _ tiles: [CodedTile], _ parameters: PredictionParameters, _ labels: [UInt8], maximumCode: Int,
        _ body: (CodedTile, inout ae_prediction, inout ae_tile) -> Void
    ) {
        var prediction = ae_prediction(parameters, maximumCode: maximumCode, bound: bound)
        workspace.reserve(
            columns: tiles.reduce(1) { max($0, $1.tile.columns) },
            hasBase: tiles.contains { !$0.base.isEmpty })
        var labelOffset = 0
        for (number, tile) in tiles.enumerated() {
            let blocks = PackingGroup.blockCount(tile.tile)
            unsafe labels.withUnsafeBufferPointer { labels in
                guard let own = labels.baseAddress else { return }
                unsafe tile.base.withUnsafeBufferPointer { base in
                    var description = unsafe ae_tile(
                        rows: Int32(tile.tile.rows), columns: Int32(tile.tile.columns),
                        initial: parameters.initialCodes[number], labels: own + labelOffset,
                        band: workspace.band, base: base.isEmpty ? nil : base.baseAddress,
                        base_stride: tile.tile.columns, base_band: workspace.baseBand,
                        coder: parameters.isAdaptive ? coder.state : nil)
                    unsafe body(tile, &prediction, &description)
                }
            }
            labelOffset += blocks
        }
    }

    /// Parameters and labels.
    private func head(_ parameters: PredictionParameters, labels: [UInt8]) -> ByteWriter {
        var writer = ByteWriter()
        writer.parameters(parameters.bytes)
        if parameters.hasLabels {
            packer.pack(labels.map { Int16($0) }[...], rawBits: 0).write(to: &writer)
        }
        return writer
    }

    /// Sorts residuals into streams, packs them and puts the body together.
    private func body(
        _ parameters: PredictionParameters, _ merging: ClassMerging, labels: [UInt8], count: Int, low: [UInt8]
    ) -> [UInt8] {
        var writer = head(parameters, labels: labels)
        let sorted = sortedResiduals(residuals, classes, parameters.streamOfClass, counts: merging.counts)
        packer.write(sorted, counts: merging.counts, rawBits: merging.rawBits, to: &writer)
        writer.bytes(low)
        return writer.bytes
    }
}
