// SPDX-License-Identifier: Apache-2.0
import Samples

/// What a run of `compress` has done so far, and how it is told.
struct Tally {
    var skipped = 0
    private var files = 0
    private var inputByteCount = 0
    private var archiveByteCount = 0

    /// Counts a file.
    ///
    /// - Returns: Its summary.
    mutating func add(
        _ name: String, _ facts: Compression.Facts, archiveByteCount: Int, duration: Duration,
        isVerified: Bool
    ) -> String {
        files += 1
        inputByteCount += facts.inputByteCount
        self.archiveByteCount += archiveByteCount
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        return "\(name): \(facts.content), "
            + sizes(facts.inputByteCount, archiveByteCount)
            + ", \(fixed(seconds, 2)) s\(isVerified ? ", verified" : "")"
    }

    /// The sum of all files.
    var total: String {
        var text = "\(files) file\(files == 1 ? "" : "s") compressed"
        if files > 0 { text += ", " + sizes(inputByteCount, archiveByteCount) }
        if skipped > 0 { text += "; \(skipped) skipped" }
        return text
    }

    private func sizes(_ before: Int, _ after: Int) -> String {
        "\(before) -> \(after) bytes (\(fixed(Double(before) / Double(max(after, 1)), 2)):1)"
    }
}

/// Shape and depth of a part, for people.
func describe(_ extent: Extent, _ format: SampleFormat) -> String {
    var text = "\(extent.columns) x \(extent.rows)"
    if extent.channels > 1 { text += " x \(extent.channels) channels" }
    if extent.frames > 1 { text += ", \(extent.frames) frames" }
    return text
        + ", \(format.bitsStored) bit\(format.bitsStored == 1 ? "" : "s")\(format.isSigned ? " signed" : "")"
}

/// A number with a fixed number of digits behind the point.
func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + "\(scaled)" }
    let fraction = "\(scaled % scale)"
    return sign + "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
