// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import CAEKernels
import Samples

/// Encodes exact groups of signals one after the other; one serves one thread.
final class SignalGroupEncoder {
    private let level: ae_kernel_level
    /// The greatest error of a code; 0 is lossless.
    private let bound: Int
    private let packer: StreamPacker
    private let lanes = SignalLanes()
    /// What an adaptive body may be of the plain one; 0 where none is tried.
    private let adaptiveShare: Double
    private lazy var adaptive = AdaptiveCoder(level: level)
    private var residuals: [Int16] = []
    private var classes: [UInt8] = []

    init?(level: ae_kernel_level, effort: Effort, bound: Int, adaptiveShare: Double) {
        guard let packer = StreamPacker(effort: effort) else { return nil }
        self.packer = packer
        self.level = level
        self.bound = bound
        self.adaptiveShare = adaptiveShare
    }

    /// Encodes the body of one group.
    func encode(_ samples: SampleArray, tiles: [Tile], table: CodeTable, maximumCode: Int) -> [UInt8] {
        var low = BitWriter()
        let coded = tiles.map { tile in
            var codes: [UInt16] = []
            table.codes(samples, tile, into: &codes, low: &low)
            return CodedTile(tile: tile, codes: codes, decoded: codes)
        }
        let fit = SignalFit(coded, maximumCode: maximumCode)
        var parameters = SignalParameters(
            weightShift: fit.weightShift, errorShift: 0, scaleConstant: SignalScaleFit.startConstant,
            scaleWeights: SignalScaleFit.startWeights, rows: fit.rows, classStarts: [])
        var sample = predict(coded, parameters, maximumCode: maximumCode, isSampled: true)
        parameters.errorShift = ScaleFit.errorShift(sample.errors)
        if parameters.errorShift > 0 {
            sample = predict(coded, parameters, maximumCode: maximumCode, isSampled: true)
        }
        let scale = SignalScaleFit(sample)
        parameters.scaleWeights = scale.weights
        parameters.scaleConstant = scale.constant
        _ = predict(coded, parameters, maximumCode: maximumCode, isSampled: false)
        let count = coded.reduce(0) { $0 + $1.tile.sampleCount }
        let merging = ClassMerging(
            residuals: residuals, classes: classes, count: count,
            scaleBits: 8 + Int(log2(Double(2 * bound + 1))))
        parameters.classStarts = merging.classStarts
        let lowBits = low.finish()
        let plain = body(parameters, merging, count: count, low: lowBits)
        guard adaptiveShare > 0 else { return plain }
        parameters.isAdaptive = true
        parameters.classStarts = []
        let other = adaptiveBody(coded, parameters, maximumCode: maximumCode, low: lowBits)
        return Double(other.count) < adaptiveShare * Double(plain.count) ? other : plain
    }

    /// Predicts all tiles; residuals and classes are left in coding order.
    private func predict(
        _ tiles: [CodedTile], _ parameters: SignalParameters, maximumCode: Int, isSampled: Bool
    ) -> SignalScaleSample {
        let total = tiles.reduce(0) { $0 + $1.tile.sampleCount }
        if residuals.count < total {
            residuals = [Int16](repeating: 0, count: total)
            classes = [UInt8](repeating: 0, count: total)
        }
        let coder = SignalCoder(parameters, maximumCode: maximumCode, bound: bound)
        let every = max(1, total / SignalScaleSample.wantedCount)
        var sample = SignalScaleSample()
        var start = 0
        for tile in tiles {
            let (rows, columns) = (tile.tile.rows, tile.tile.columns)
            lanes.reserve(rows: rows, columns: columns)
            let wanted = isSampled ? rows * ((columns + every - 1) / every) : 0
            var terms = [Float](repeating: 0, count: wanted * Int(AE_SIGNAL_TERMS))
            var errors = [Float](repeating: 0, count: wanted)
            var settings = unsafe coder.coder
            var memory = unsafe lanes.lanes
            unsafe residuals.withUnsafeMutableBufferPointer { residuals in
                unsafe classes.withUnsafeMutableBufferPointer { classes in
                    unsafe terms.withUnsafeMutableBufferPointer { terms in
                        guard let residuals = residuals.baseAddress, let classes = classes.baseAddress else {
                            return
                        }
                        unsafe ae_encode_signals(
                            level, &settings, &memory, Int32(rows), Int32(columns), tile.codes, columns,
                            residuals + start, classes + start, Int32(every),
                            isSampled ? terms.baseAddress : nil, &errors, nil)
                    }
                }
            }
            sample.terms += terms
            sample.errors += errors
            start += tile.tile.sampleCount
        }
        withExtendedLifetime(coder) {}
        return sample
    }

    /// The body with the residuals that are there, coded by probabilities that learn.
    private func adaptiveBody(
        _ tiles: [CodedTile], _ parameters: SignalParameters, maximumCode: Int, low: [UInt8]
    ) -> [UInt8] {
        let coder = SignalCoder(parameters, maximumCode: maximumCode, bound: bound)
        let count = tiles.reduce(0) { $0 + $1.tile.sampleCount }
        let coded = adaptive.written(residualCount: count) {
            unsafe residuals.withUnsafeBufferPointer { residuals in
                var source = unsafe lanes.begin(adaptive, residuals: residuals.baseAddress)
                var settings = unsafe coder.coder
                for tile in tiles {
                    let (rows, columns) = (tile.tile.rows, tile.tile.columns)
                    lanes.reserve(rows: rows, columns: columns)
                    var memory = unsafe lanes.lanes
                    unsafe ae_code_signals(
                        &settings, &memory, Int32(rows), Int32(columns), &source, nil, columns)
                }
            }
        }
        withExtendedLifetime(coder) {}
        var writer = ByteWriter()
        writer.parameters(parameters.bytes)
        writer.varint(coded.count)
        writer.bytes(coded)
        writer.bytes(low)
        return writer.bytes
    }

    /// Sorts residuals into streams, packs them and puts the body together.
    private func body(
        _ parameters: SignalParameters, _ merging: ClassMerging, count: Int, low: [UInt8]
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.parameters(parameters.bytes)
        let sorted = sortedResiduals(residuals, classes, parameters.streamOfClass, counts: merging.counts)
        packer.write(sorted, counts: merging.counts, rawBits: merging.rawBits, to: &writer)
        writer.bytes(low)
        return writer.bytes
    }
}
