// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Hands out the bytes of the other files of a recording, by name without folders; nil if there is none.
public typealias MemberLookup = (_ name: String) -> [UInt8]?

extension Recording {
    /// What a reader is told beside the file.
    public struct ReadingOptions: Sendable {
        /// WFDB annotators whose files are members, such as "atr".
        public var annotators: [String] = []
        /// Samples of a table in a second, such as "360"; needed for CSV that does not state it.
        public var csvRate: String?

        /// Makes options with their defaults.
        public init() {}
    }

    /// Reads a recording, recognized by its content.
    ///
    /// - Parameters:
    ///   - name: The file's name without folders.
    ///   - bytes: The whole file.
    ///   - options: What the file does not say.
    ///   - lookup: Hands out files that lie beside it, for WFDB records; their names are plain.
    /// - Returns: The recording.
    /// - Throws: ``SignalError``, whose description is a sentence for a person.
    public static func read(
        name: String, _ bytes: [UInt8], options: ReadingOptions = ReadingOptions(),
        lookup: @escaping MemberLookup
    ) throws(SignalError) -> Recording {
        guard let format = SignalFormat.recognizes(bytes, name: name) else { throw .unrecognizedFormat }
        var recording = try read(format, name: name, bytes, options, lookup)
        recording.format = format.record
        return recording
    }

    private static func read(
        _ format: SignalFormat, name: String, _ bytes: [UInt8], _ options: ReadingOptions,
        _ lookup: @escaping MemberLookup
    ) throws(SignalError) -> Recording {
        switch format {
        case .wfdb:
            var reader = WFDBReader(lookup: lookup, annotators: options.annotators)
            return try reader.read(name: name, bytes)
        case .edf, .bdf:
            var reader = try EDFReader(bytes, format: EDFHeader.recognizes(bytes) ?? .edf)
            return try reader.read(name: name)
        case .dicom: return try WaveformReader.read(name: name, bytes)
        case .scp: return try SCPReader(bytes).read(name: name)
        case .annotatedECG: return try AnnotatedECGReader(bytes).read(name: name)
        case .philips: return try PhilipsReader(bytes).read(name: name)
        case .csv: return try TableReader(bytes).read(name: name, rate: options.csvRate)
        }
    }
}

extension SignalFormat {
    /// The format of a file, by its first bytes; nil for any other content.
    ///
    /// A table of numbers has no signature: it needs a name that ends in `.csv`, `.tsv` or `.txt`.
    public static func recognizes(_ bytes: [UInt8], name: String) -> SignalFormat? {
        if let format = EDFHeader.recognizes(bytes) { return format }
        if WaveformReader.recognizes(bytes) { return .dicom }
        if SCPSections.recognizes(bytes) || name.lowercased().hasSuffix(".scp") { return .scp }
        if AnnotatedECGDocument.recognizes(bytes) { return .annotatedECG }
        if PhilipsReader.recognizes(bytes) { return .philips }
        if TableReader.recognizes(name: name) { return .csv }
        if WFDBHeader.recognizes(bytes) { return .wfdb }
        return nil
    }
}

/// Whether a name can be that of a file in the same folder, and of nothing else.
func isPlainFileName(_ name: String) -> Bool { SourceFiles.isPlainName(name) }

extension SignalFormat {
    /// The format as archives write it.
    public var record: SourceRecord.Format {
        switch self {
        case .wfdb: .wfdb
        case .edf: .edf
        case .bdf: .bdf
        case .dicom: .dicom
        case .scp: .scp
        case .annotatedECG: .annotatedECG
        case .philips: .philips
        case .csv: .csv
        }
    }
}
