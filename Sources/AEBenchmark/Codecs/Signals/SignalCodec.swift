// SPDX-License-Identifier: Apache-2.0
package import AECodec

/// The shape of signals, which a codec is told beside its stream where that does not hold it.
package struct SignalShape: Codable, Equatable, Sendable {
    /// How many signals.
    package var signals: Int
    /// Instants of each.
    package var length: Int
    /// Instants in a second.
    package var rate: Double
}

/// A codec of signals at work: stored values in, bytes out, and back from bytes alone.
protocol SignalCoding: Sendable {
    /// The stream of signals.
    ///
    /// - Parameters:
    ///   - rows: Stored values, one array for each signal.
    ///   - rate: Instants in a second.
    ///   - setting: The step of the quantiser in stored units; nil for lossless coding.
    /// - Returns: Everything that decoding needs but the shape.
    /// - Throws: ``BenchmarkError`` if the codec refuses.
    func encode(_ rows: [[Int32]], rate: Double, setting: Double?) throws(BenchmarkError) -> [UInt8]
    /// The signals of a stream.
    func decode(_ stream: [UInt8], shape: SignalShape) throws(BenchmarkError) -> [[Int32]]
}

/// One codec of signals in one of its modes.
package struct SignalCodec: Sendable {
    /// As the command line names it.
    package let id: String
    /// As tables name it.
    package let name: String
    /// What it keeps: every sample, or as much as the step allows.
    package let mode: CodecDescription.Mode
    /// Library or tool with its version; nil if it is not installed.
    package let version: String?
    /// Why there are no results, if so.
    package let note: String?
    let coding: any SignalCoding

    /// Whether it can be measured.
    package var isInstalled: Bool { version != nil && note == nil }
    /// What the report says of it.
    package var description: CodecDescription {
        CodecDescription(name: name, mode: mode, version: version, note: note)
    }
}

/// The codecs of signals there are.
package struct SignalCatalog: Sendable {
    /// The name of this package's codec.
    package static let ours = "aecodec"
    /// The codec that lossless sizes and times are held against.
    package static let anchor = "FLAC"
    /// What the command line may name.
    package static let identifiers = [
        "aecodec", "aecodec-plain", "command", "flac", "zstd", "xz", "dct-64", "cdf-9/7",
    ]

    /// Every codec in every mode.
    package let codecs: [SignalCodec]
    /// The `aecodec` command, which makes archives of whole files; nil if it is not measured.
    let command: SignalCommand?

    /// - Parameters:
    ///   - only: Identifiers; nil for all.
    ///   - threads: Threads that aecodec may use.
    ///   - command: The path of the `aecodec` command.
    ///   - model: The model of lossy coding; nil for the one that is built in.
    package init(
        only: Set<String>? = nil, threads: Int = 1, command: String? = nil, model: Model? = nil
    ) {
        self.command = only?.contains("command") ?? true ? command.map { SignalCommand(path: $0) } : nil
        let own = "of this benchmark"
        let flac = FLACCoding.version
        var all = [
            SignalCodec(
                id: "aecodec", name: Self.ours, mode: .lossless, version: "library", note: nil,
                coding: AECodecSignals(threads: threads)),
            SignalCodec(
                id: "flac", name: Self.anchor, mode: .lossless, version: flac,
                note: flac == nil ? "flac is not installed" : nil, coding: FLACCoding()),
            SignalCodec(
                id: "zstd", name: "zstd -19, differences", mode: .lossless,
                version: LibraryCodec.zstd().version, note: nil, coding: ByteCoding(.zstd)),
            SignalCodec(
                id: "xz", name: "xz -6", mode: .lossless, version: LibraryCodec.xz().version, note: nil,
                coding: ByteCoding(.xz)),
            SignalCodec(
                id: "dct-64", name: "DCT-64", mode: .lossy, version: own, note: nil,
                coding: TransformCoding { BlockCosine(length: $0) }),
            SignalCodec(
                id: "cdf-9/7", name: "CDF 9/7", mode: .lossy, version: own, note: nil,
                coding: TransformCoding { WaveletBands(length: $0, levels: 7) }),
        ]
        all.insert(contentsOf: AECodecSignals.lossy(threads: threads, model: model), at: 1)
        codecs = only.map { only in all.filter { only.contains($0.id) } } ?? all
    }

    /// What a report says of the codecs in some modes.
    package func descriptions(_ modes: Set<CodecDescription.Mode>) -> [CodecDescription] {
        var all = codecs.map(\.description)
        if let command { all.insert(command.description, at: min(1, all.count)) }
        return all.filter { modes.contains($0.mode) }
    }
}
