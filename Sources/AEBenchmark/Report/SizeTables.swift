// SPDX-License-Identifier: Apache-2.0

/// Sizes where nothing, or a bounded error, is lost.
struct SizeTables {
    private let report: BenchmarkReport

    init(_ report: BenchmarkReport) { self.report = report }

    /// Codecs of a mode that gave a result on any image, in the order of the report.
    func codecs(_ mode: CodecDescription.Mode) -> [String] {
        report.codecs.filter { codec in
            codec.mode == mode && report.images.contains { best($0, codec.name, mode) != nil }
        }.map(\.name)
    }

    /// Bounds that were measured, rising.
    var bounds: [Double] {
        Set(
            report.images.flatMap(\.points).filter { $0.mode == .bounded && $0.failure == nil }
                .compactMap(\.setting)
        ).sorted()
    }

    /// The smaller result of a codec on an image: on stored samples, or behind our sample map.
    func best(
        _ image: ImageResult, _ codec: String, _ mode: CodecDescription.Mode, bound: Double? = nil
    ) -> Point? {
        image.points.filter {
            $0.codec == codec && $0.mode == mode && $0.failure == nil && $0.byteCount > 0
                && (bound == nil || $0.setting == bound)
        }.min { $0.byteCount < $1.byteCount }
    }

    /// Bytes of every codec over those of a reference, by group.
    func lossless(reference: String, isHidden: Bool) -> HTMLTable {
        var table = HTMLTable(
            caption: "Lossless: bytes over those of \(reference)",
            heads: ["codec", "images", "mean", "median", "worst", "bits a sample", "ratio"],
            attributes: "data-reference=\"\(HTMLText.escaped(reference))\"" + (isHidden ? " hidden" : ""))
        let codecs = self.codecs(.lossless)
        table.bodies = report.orderedGroups.map { group in
            let rows = codecs.compactMap { row($0, reference, group.images, .lossless) }
            return (title: "\(group.name) · \(HTMLText.images(group.images.count))", rows: rows)
        }
        return table
    }

    /// Bytes at each bound over those of a reference at the same bound, over all images that count.
    func bounded(reference: String) -> HTMLTable {
        var table = HTMLTable(
            caption: "Near-lossless: bytes over those of \(reference) at the same bound",
            heads: ["codec", "images", "mean", "median", "worst", "bits a sample", "ratio", "largest error"])
        let images = counted
        table.bodies = bounds.map { bound in
            let rows = codecs(.bounded).compactMap { codec -> HTMLTable.Row? in
                guard var row = row(codec, reference, images, .bounded, bound: bound) else { return nil }
                let errors = images.compactMap { best($0, codec, .bounded, bound: bound)?.maximumError }
                row.cells.append(errors.max().map(HTMLText.count) ?? "–")
                return row
            }
            return (title: "error of at most \(HTMLText.number(bound, 0))", rows: rows)
        }
        return table
    }

    /// Bytes of every codec on every image; the smallest are marked.
    func everyImage() -> HTMLTable {
        let codecs = self.codecs(.lossless)
        var table = HTMLTable(
            caption: "Lossless bytes of each image; m: behind our sample map",
            heads: ["image", "samples", "bits"] + codecs)
        let rows = report.images.compactMap { image -> HTMLTable.Row? in
            let points = codecs.map { best(image, $0, .lossless) }
            guard let least = points.compactMap({ $0?.byteCount }).min() else { return nil }
            var row = HTMLTable.Row(
                cells: [
                    image.name + (image.apart == nil ? "" : " (apart)"), HTMLText.count(image.sampleCount),
                    "\(image.bitsStored)",
                ])
            for point in points {
                if point?.byteCount == least { row.classes[row.cells.count] = "best" }
                row.cells.append(
                    point.map { HTMLText.count($0.byteCount) + ($0.isMapped ? " m" : "") } ?? "–")
            }
            return row
        }
        table.bodies = [(title: nil, rows: rows)]
        return table
    }

    /// Images that stand in the mean of all.
    private var counted: [ImageResult] { report.images.filter { $0.apart == nil } }

    private func row(
        _ codec: String, _ reference: String, _ images: [ImageResult], _ mode: CodecDescription.Mode,
        bound: Double? = nil
    ) -> HTMLTable.Row? {
        let points = images.compactMap { best($0, codec, mode, bound: bound) }
        guard !points.isEmpty else { return nil }
        let shares = images.compactMap { image -> Double? in
            guard let ours = best(image, codec, mode, bound: bound),
                let theirs = best(image, reference, mode, bound: bound)
            else { return nil }
            return Double(ours.byteCount) / Double(theirs.byteCount)
        }
        let summary = GroupSummary(shares)
        let rate = points.reduce(0) { $0 + $1.bitsPerSample } / Double(points.count)
        let ratio = points.reduce(0) { $0 + $1.ratio } / Double(points.count)
        var row = HTMLTable.Row(
            cells: [
                codec, "\(points.count)", HTMLText.percent(summary?.mean), HTMLText.percent(summary?.median),
                HTMLText.percent(summary?.worst), HTMLText.number(rate, 3), HTMLText.number(ratio, 2),
            ],
            isOurs: ReportSeries.isOurs(codec))
        if let mean = summary?.mean, codec != reference { row.classes[2] = mean < 1 ? "better" : "worse" }
        if points.count < images.count { row.classes[1] = "partial" }
        return row
    }
}
