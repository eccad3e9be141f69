// SPDX-License-Identifier: Apache-2.0
import Foundation
public import Samples

/// An image for the viewer of the page: the original and what codecs made of it, windowed to 8 bits.
public struct ReportPicture: Equatable, Sendable {
    /// One decoded image.
    public struct Version: Equatable, Sendable {
        /// Codec and setting.
        public var label: String
        /// What it cost and gave, for instance "0.64 bits a sample, 25:1, 48.2 dB".
        public var detail: String
        /// The decoded samples; the extent is that of the original.
        public var samples: SampleArray

        /// Makes a version.
        public init(label: String, detail: String, samples: SampleArray) {
            self.label = label
            self.detail = detail
            self.samples = samples
        }
    }

    /// A version as files.
    struct Rendered: Equatable {
        var label: String
        var detail: String
        /// PNG files of the window and of the error.
        var decoded: [UInt8]
        var error: [UInt8]
    }

    /// As selectors name it.
    let name: String
    let rows: Int
    let columns: Int
    /// The stored values that are shown black and white.
    let window: ClosedRange<Int>
    /// By how much errors are multiplied; gray is none.
    let gain: Int
    let original: [UInt8]
    let versions: [Rendered]

    /// Renders the first frame of an image and of its versions.
    ///
    /// The window goes from the 0.5th to the 99.5th percentile of the original. Errors are shown around
    /// middle gray, multiplied by the greatest power of two at which 999 of 1000 samples of every version
    /// can be told apart. Samples are embedded as they are: cut large images before.
    ///
    /// - Parameters:
    ///   - name: The name of the image in the report.
    ///   - original: The image.
    ///   - versions: At least one decoded image.
    ///   - png: Writes one frame of 8 unsigned bits as a PNG file.
    /// - Throws: What `png` throws.
    public init<Failure: Error>(
        name: String, original: SampleArray, versions: [Version],
        png: (SampleArray) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        precondition(versions.allSatisfy { $0.samples.extent == original.extent })
        let count = original.extent.rows * original.extent.columns
        self.name = name
        rows = original.extent.rows
        columns = original.extent.columns
        let step = max(1, count >> 18)
        let sorted = stride(from: 0, to: count, by: step).map { original[$0] }.sorted()
        let tail = sorted.count / 200
        let window = sorted[tail]...max(sorted[tail] + 1, sorted[sorted.count - 1 - tail])
        let errors = versions.map { version in
            stride(from: 0, to: count, by: step).map { abs(version.samples[$0] - original[$0]) }.sorted()
        }
        let usual = errors.compactMap { $0.isEmpty ? nil : $0[$0.count - 1 - $0.count / 1000] }.max() ?? 0
        var gain = 1
        while gain < 64, 2 * gain * max(usual, 1) <= 127 { gain *= 2 }
        self.window = window
        self.gain = gain

        let extent = Extent(rows: rows, columns: columns)
        func picture(_ value: (Int) -> Int) throws(Failure) -> [UInt8] {
            let cells = (0..<count).map { UInt16(min(max(value($0), 0), 255)) }
            return try png(
                SampleArray(
                    extent: extent, format: SampleFormat(bitsStored: 8, isSigned: false),
                    storage: .narrow(cells)))
        }
        let span = window.upperBound - window.lowerBound
        func windowed(_ value: Int) -> Int { (255 * (value - window.lowerBound) + span / 2) / span }
        self.original = try picture { windowed(original[$0]) }
        var rendered: [Rendered] = []
        for version in versions {
            rendered.append(
                Rendered(
                    label: version.label, detail: version.detail,
                    decoded: try picture { windowed(version.samples[$0]) },
                    error: try picture { 128 + gain * (version.samples[$0] - original[$0]) }))
        }
        self.versions = rendered
    }

    /// What the script of the page reads.
    struct Entry: Encodable {
        struct Version: Encodable {
            var label: String
            var detail: String
            var decoded: String
            var error: String
        }

        var name: String
        var rows: Int
        var columns: Int
        var window: String
        var gain: Int
        var original: String
        var versions: [Version]
    }

    var entry: Entry {
        Entry(
            name: name, rows: rows, columns: columns, window: "\(window.lowerBound) to \(window.upperBound)",
            gain: gain, original: Self.url(original),
            versions: versions.map {
                Entry.Version(
                    label: $0.label, detail: $0.detail, decoded: Self.url($0.decoded),
                    error: Self.url($0.error))
            })
    }

    private static func url(_ png: [UInt8]) -> String {
        "data:image/png;base64," + Data(png).base64EncodedString()
    }
}
