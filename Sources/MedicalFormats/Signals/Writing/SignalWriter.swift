// SPDX-License-Identifier: Apache-2.0
public import Samples

/// Writes recordings in other formats than their own; their own files are rebuilt by ``RecordingMember/source``.
///
/// Patient data are never copied.
public enum SignalWriter {
    /// Files, and what a person should know of them.
    public struct Output: Sendable {
        /// The files by their names; the first is the one that names the recording.
        public var files: [(name: String, bytes: [UInt8])] = []
        /// Remarks, one sentence each.
        public var notes: [String] = []

        /// Makes a result of some files.
        public init(files: [(name: String, bytes: [UInt8])] = []) { self.files = files }
    }

    /// The stored values of a group as a NumPy array of signals and instants.
    ///
    /// - Parameter group: The signals.
    /// - Returns: The file.
    /// - Throws: ``MedicalFileError`` never at present.
    public static func npy(_ group: SignalGroup) throws(MedicalFileError) -> [UInt8] {
        try ImageWriter.npy(group.samples)
    }
}

extension SignalGroup {
    /// The columns of a range, each signal moved forward by its skew and changed by a closure.
    ///
    /// Where a late signal has no samples at the end, its last one stands.
    ///
    /// - Parameters:
    ///   - columns: The range.
    ///   - isAligned: Whether skew is undone.
    ///   - count: Columns of the result; the last one of the range is repeated.
    ///   - change: Makes a new value of a stored one; the signal's number comes first.
    /// - Returns: The values, row by row.
    /// - Throws: What the closure throws.
    func values(
        _ columns: Range<Int>, isAligned: Bool, count: Int, _ change: (Int, Int) throws(SignalError) -> Int
    ) throws(SignalError) -> [Int] {
        var values: [Int] = []
        values.reserveCapacity(signals.count * count)
        for (row, signal) in signals.enumerated() {
            let start = row * samples.extent.columns
            let skew = isAligned ? signal.skew : 0
            for column in 0..<count {
                let place = min(max(columns.lowerBound + column + skew, 0), columns.upperBound - 1)
                values.append(try change(row, samples[start + place]))
            }
        }
        return values
    }
}

/// A number in as few characters as give it back, without a point where it is whole.
func shortText(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
