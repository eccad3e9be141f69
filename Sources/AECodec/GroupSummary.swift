// SPDX-License-Identifier: Apache-2.0
public import AEContainer

/// What the packer chose for one packing group; for people and for measurements.
public struct GroupSummary: Sendable {
    /// Which tiles of which part and layer.
    public let header: GroupHeader
    /// Samples of the group, or its latents: they are as many.
    public let sampleCount: Int
    /// Bytes of the body.
    public let byteCount: Int
    /// Bytes of prediction and class parameters as stored.
    public let parameterByteCount: Int
    /// Bytes of the block labels, header included.
    public let labelByteCount: Int
    /// Taps of a predictor; 0 for latents.
    public let tapCount: Int
    /// Predictors; 0 for latents.
    public let predictorCount: Int
    /// The class streams, or one of the form `adaptive`.
    public let streams: [Stream]

    /// One class stream.
    public struct Stream: Sendable {
        /// The symbol form in words, for instance `digits 6`.
        public let form: String
        /// Symbols.
        public let symbolCount: Int
        /// Low bits of a symbol that are stored as they are.
        public let rawBits: Int
        /// The preset table, 0 for none.
        public let preset: Int
        /// Bytes, raw bits and escapes included.
        public let byteCount: Int
    }

    init(_ group: Group, tiles: [Tile], packing: PackingGroup) {
        header = group.header
        sampleCount = tiles.reduce(0) { $0 + $1.sampleCount }
        byteCount = group.bodyRange.count
        parameterByteCount = packing.parameterByteCount
        labelByteCount = packing.labels?.data.count ?? 0
        tapCount = packing.parameters.tapCount
        predictorCount = packing.parameters.predictors.count
        streams =
            packing.parameters.isAdaptive
            ? [Stream(adaptive: packing.adaptive.count, symbolCount: sampleCount)]
            : packing.streams.map(Stream.init)
    }

    init(_ group: Group, tiles: [Tile], signals: SignalPackingGroup) {
        header = group.header
        sampleCount = tiles.reduce(0) { $0 + $1.sampleCount }
        byteCount = group.bodyRange.count
        parameterByteCount = signals.parameterByteCount
        labelByteCount = 0
        tapCount = signals.parameters.rows.map(\.weightCount).max() ?? 0
        predictorCount = signals.parameters.rows.reduce(0) { $0 + $1.sets.count }
        streams =
            signals.parameters.isAdaptive
            ? [Stream(adaptive: signals.adaptive.count, symbolCount: sampleCount)]
            : signals.streams.map(Stream.init)
    }

    init(_ group: Group, residuals: LatentResiduals, latentCount: Int) {
        switch residuals {
        case .streams(let latents):
            self.init(
                group, latentCount: latentCount, parameterByteCount: latents.parameterByteCount,
                streams: latents.streams.map(Stream.init))
        case .adaptive(let range, _):
            self.init(
                group, latentCount: latentCount, parameterByteCount: group.bodyRange.count - range.count,
                streams: [Stream(adaptive: range.count, symbolCount: latentCount)])
        }
    }

    private init(_ group: Group, latentCount: Int, parameterByteCount: Int, streams: [Stream]) {
        header = group.header
        sampleCount = latentCount
        byteCount = group.bodyRange.count
        self.parameterByteCount = parameterByteCount
        labelByteCount = 0
        tapCount = 0
        predictorCount = 0
        self.streams = streams
    }
}

extension GroupSummary.Stream {
    /// What an adaptive coder wrote, for as many samples or fewer.
    init(adaptive byteCount: Int, symbolCount: Int) {
        form = "adaptive"
        self.symbolCount = symbolCount
        rawBits = 0
        preset = 0
        self.byteCount = byteCount
    }

    init(_ stream: PackingGroup.Stream) {
        let words =
            switch stream.header.form {
            case .constant(let value): "constant \(value)"
            case .bytes: "bytes"
            case .digits(let radix): "digits \(radix)"
            case .runs: "runs"
            }
        let isStored = stream.header.packedByteCount == nil && stream.header.mainByteCount > 0
        form = isStored ? words + ", stored" : words
        symbolCount = stream.header.symbolCount
        rawBits = stream.header.rawBits
        preset = stream.header.preset
        byteCount = stream.data.count
    }
}
