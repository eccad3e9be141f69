// SPDX-License-Identifier: Apache-2.0

/// A reason why a recording cannot be read or written.
///
/// Cases carry values; wording lives in ``description``. No case carries patient data.
public enum SignalError: Error, Equatable, Sendable {
    /// The bytes are in no signal format of this module.
    case unrecognizedFormat
    /// A file that the recording names is not there or cannot be read.
    case missingFile(name: String)
    /// A header names a file by a path, or by something that is no name of a file.
    case unsafeName
    /// Something in a header does not have the form that its format prescribes; `line` counts from 1,
    /// 0 where there are no lines.
    case invalidHeader(SignalFormat, field: String, line: Int)
    /// A structure of a file is shorter than the file says.
    case truncated(SignalFormat, structure: String, needed: Int, available: Int)
    /// The recording has no signals, or none with samples.
    case noSignals(SignalFormat)
    /// The recording has more samples than the limit.
    case tooManySamples(count: Int, limit: Int)
    /// The format knows it, this module does not.
    case unsupported(SignalFormat, feature: String)
    /// A number in a text is missing, not finite, or does not fit; `line` and `column` count from 1.
    case invalidNumber(line: Int, column: Int)
    /// Compressed samples cannot be decoded.
    case damagedSamples(SignalFormat, structure: String)
    /// The samples do not fit the format that shall be written.
    case cannotWrite(SignalFormat, reason: String)
    /// The DICOM data set that holds the signals cannot be read.
    case dataset(MedicalFileError)
}

/// A file format of signals.
public enum SignalFormat: String, Sendable, CaseIterable {
    /// A WaveForm DataBase record, named by its header.
    case wfdb = "WFDB"
    /// European Data Format, and EDF+.
    case edf = "EDF"
    /// BioSemi's 24-bit variant of EDF, and BDF+.
    case bdf = "BDF"
    /// A DICOM waveform.
    case dicom = "DICOM"
    /// SCP-ECG, EN 1064.
    case scp = "SCP-ECG"
    /// HL7 annotated ECG.
    case annotatedECG = "HL7 aECG"
    /// A resting ECG document of Philips.
    case philips = "Philips XML"
    /// A table of numbers.
    case csv = "CSV"
}

extension SignalError: CustomStringConvertible {
    /// One sentence for a person.
    public var description: String {
        switch self {
        case .unrecognizedFormat:
            "not a recording this program reads (WFDB header, EDF, BDF, DICOM, SCP-ECG, HL7 aECG, Philips XML, CSV)"
        case .missingFile(let name): "the recording needs the file \(name), which cannot be read"
        case .unsafeName: "the header names a file by something that is no plain file name"
        case .invalidHeader(let format, let field, let line):
            "the \(format.rawValue) header is invalid\(line > 0 ? " in line \(line)" : ""): \(field)"
        case .truncated(let format, let structure, let needed, let available):
            "the \(format.rawValue) file is truncated: \(structure) needs \(needed) bytes, \(available) present"
        case .noSignals(let format): "the \(format.rawValue) file holds no signals"
        case .tooManySamples(let count, let limit):
            "the recording has \(count) samples; the limit is \(limit)"
        case .unsupported(let format, let feature): "\(format.rawValue): \(feature) is not supported"
        case .invalidNumber(let line, let column):
            "line \(line), column \(column) holds no number that fits"
        case .damagedSamples(let format, let structure):
            "the \(format.rawValue) samples cannot be decoded: \(structure)"
        case .cannotWrite(let format, let reason):
            "\(format.rawValue) cannot hold these signals: \(reason)"
        case .dataset(let error): error.description
        }
    }
}
