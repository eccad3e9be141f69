// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples

extension ArchiveReport {
    /// The report for people.
    ///
    /// - Parameter listsStreams: Whether every class stream has a line of its own.
    /// - Returns: Lines, the last one ended.
    func text(listsStreams: Bool) -> String {
        var lines = ["\(file): container \(container.version), \(byteCount) bytes"]
        for (number, part) in container.parts.enumerated() { lines += text(of: part, number) }
        if let recording { lines += recording.lines }
        let rates =
            container.parts.isEmpty
            ? []
            : [
                "\(fixed(container.bitsPerSample, 4)) bits per sample, ratio \(fixed(container.ratio, 3)):1"
            ]
        let ofFile = fileRatio.map { ["whole file \(fixed($0, 3)):1"] } ?? []
        lines.append("  rate      " + (rates + ofFile).joined(separator: "; "))
        lines.append(sourceText)
        if container.baseText != nil { lines.append(layerText) }
        lines.append(
            "  chunks    "
                + chunkTotals.map { "\($0.type)\($0.count > 1 ? " x \($0.count)" : "") \($0.byteCount)" }
                .joined(separator: ", "))
        lines.append(
            "  groups    \(container.groups.count)"
                + (missingModel == nil ? "" : ", which need the missing model to look into"))
        for (number, group) in groups.enumerated() {
            lines.append(text(of: group, number))
            if listsStreams { lines += group.streams.enumerated().map { text(of: $1, $0) } }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(of part: Part, _ number: Int) -> [String] {
        let name = part.kind == .image ? "image" : "signal"
        let label = container.parts.count > 1 ? "\(name) \(number)" : name
        var lines = [
            "  \(padded(label, 9)) \(describe(part.extent, part.format)), \(container.bitsAllocated(number)) allocated, "
                + "\(part.extent.sampleCount) samples",
            "  mode      \(modeText(of: part))",
        ]
        if let model = part.model {
            lines.append(
                "  model     \(model.name), version \(model.version), \(hexadecimal(model.identity))")
        }
        return lines
    }

    private func modeText(of part: Part) -> String {
        let mode = part.mode
        var text = mode.kind.name
        if mode.target != .none { text += ", asked for \(mode.target.name) \(mode.targetValue)" }
        if mode.kind != .lossless {
            text += ", \(part.errorText(digits: 2)), mean squared error \(mode.meanSquaredError)"
        }
        return text
    }

    /// What each layer takes.
    private var layerText: String {
        let sizes = [0, 1].map { container.byteCount(layer: $0) }
        let whole = Double(max(1, sizes[0] + sizes[1]))
        let words = zip(["base", "exact"], sizes).map { name, size in
            "\(name) \(size) bytes (\(fixed(100 * Double(size) / whole, 2)) %, "
                + "\(fixed(8 * Double(size) / Double(container.sampleCount), 4)) bits per sample)"
        }
        return "  layers    " + words.joined(separator: ", ")
    }

    private var sourceText: String {
        guard let source = container.source else { return "  source    none kept" }
        let restored =
            if container.parts.isEmpty {
                "\(source.byteCount) bytes, the whole file is kept, restored byte for byte"
            } else if !source.isRebuilt {
                "written anew"
            } else if container.lossyPart != nil {
                source.format == .dicom
                    ? "\(source.byteCount) bytes, becomes a derived object"
                    : "\(source.byteCount) bytes, rebuilt with the decoded samples"
            } else if source.isByteExact {
                "\(source.byteCount) bytes\(files(source)), restored byte for byte"
            } else if container.isRecording {
                "\(source.byteCount) bytes\(files(source)), restored with the same samples in another storage format"
            } else {
                "\(source.byteCount) bytes, restored as Explicit VR Little Endian"
            }
        return "  source    \(source.format.name), \(restored); "
            + "\(source.keptByteCount) bytes kept in \(source.packedKept.count)"
    }

    /// How many files there are, if several.
    private func files(_ source: PackedSource) -> String {
        source.members.count == 1 ? "" : " in \(source.members.count) files"
    }

    private func text(of group: GroupSummary, _ number: Int) -> String {
        let header = group.header
        let rate = Double(8 * group.byteCount) / Double(max(group.sampleCount, 1))
        let forms = group.forms.map { "\($0.form)\($0.count > 1 ? " x \($0.count)" : "")" }
        var place = "frame" + span(header.frames) + ", tile" + span(header.tiles)
        if container.parts.count > 1 { place = "part \(header.part), " + place }
        let isLatent = header.layer == 0
        if isLatent { place += ", levels \(header.levels.lowerBound)-\(header.levels.upperBound)" }
        let unit = isLatent ? "latent" : "sample"
        let parameters =
            isLatent
            ? "parameters \(group.parameterByteCount) bytes"
            : "\(group.predictorCount) predictors of \(group.tapCount) taps "
                + "(\(group.parameterByteCount) bytes, labels \(group.labelByteCount))"
        return "    \(number): \(place): \(group.sampleCount) \(unit)s, \(group.byteCount) bytes "
            + "(\(fixed(rate, 3)) bits per \(unit)), \(parameters); "
            + "\(group.streams.count) streams: \(forms.joined(separator: ", "))"
    }

    private func text(of stream: GroupSummary.Stream, _ number: Int) -> String {
        let rate = Double(8 * stream.byteCount) / Double(max(stream.symbolCount, 1))
        return
            "       stream \(number): \(stream.form), \(stream.symbolCount) symbols, \(stream.rawBits) raw bits, "
            + "preset \(stream.preset), \(stream.byteCount) bytes (\(fixed(rate, 3)) bits per symbol)"
    }

    /// Numbers of a range, counted from 1 as everywhere on the command line.
    private func span(_ range: Range<Int>) -> String {
        range.count == 1 ? " \(range.lowerBound + 1)" : "s \(range.lowerBound + 1)-\(range.upperBound)"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
