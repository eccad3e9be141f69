// SPDX-License-Identifier: Apache-2.0
import AEContainer
import Samples

/// A lossy signal whose map, parameters, model and groups have been checked. (Spec/signals.md)
struct PyramidSignal: Sendable {
    let extent: Extent
    let format: SampleFormat
    let map: SampleMap
    let parameters: SignalPyramidParameters
    let model: SignalModel
    /// The groups of every window with their numbers in the archive: one, or a coarse one and a fine one; the last ones may be
    /// missing in a truncated archive.
    let windows: [[(index: Int, group: Group)]]

    init(
        _ part: Part, number: Int, groups: [(index: Int, group: Group)], isTruncated: Bool,
        models: [SignalModel]
    ) throws(DecodeError) {
        model = try part.model(among: models, number: number)
        extent = part.extent
        format = part.format
        guard extent.frames == 1, extent.channels == 1 else {
            throw .fieldOutOfRange(field: "Frames", value: extent.frames * extent.channels)
        }
        guard extent.rows <= Self.mostRows else {
            throw .fieldOutOfRange(field: "Rows", value: extent.rows)
        }
        guard extent.columns <= PyramidLayout.longestSide else {
            throw .fieldOutOfRange(field: "Columns", value: extent.columns)
        }
        parameters = try SignalPyramidParameters(payload: part.parameters, rows: extent.rows)
        map = try SampleMap(payload: part.sampleMap, format: part.format)
        guard case .affine = map, map.maximumCode <= 65_535, format.bitsStored <= 16 else {
            throw .fieldOutOfRange(field: "Map_Kind", value: 1)
        }
        windows = try Self.windows(groups, parameters, extent, part: number)
        guard isTruncated || (windows.count == windowCount && windows.last.map { isWhole($0) } ?? false)
        else { throw .tileCoverage(part: number) }
    }

    /// Leads at most.
    static let mostRows = 256

    /// Lines that are coded.
    var channels: Int { parameters.mixing?.channels ?? extent.rows }

    var windowCount: Int { (extent.columns - 1) >> parameters.windowExponent + 1 }

    /// The instants of a window.
    func columns(of window: Int) -> Range<Int> {
        let first = window << parameters.windowExponent
        return first..<min(extent.columns, first + 1 << parameters.windowExponent)
    }

    /// Whether the groups of a window reach its finest level.
    func isWhole(_ groups: [(index: Int, group: Group)]) -> Bool {
        groups.last?.group.header.levels.lowerBound == 0
    }

    /// Proves that groups follow each other window by window, coarse before fine.
    private static func windows(
        _ groups: [(index: Int, group: Group)], _ parameters: SignalPyramidParameters, _ extent: Extent,
        part: Int
    ) throws(DecodeError) -> [[(index: Int, group: Group)]] {
        let levels = parameters.levelCount
        let boundary = parameters.predictedLevels
        var windows: [[(index: Int, group: Group)]] = []
        for group in groups {
            let header = group.group.header
            guard header.layer == 0 else { throw .unsupported(part: part, feature: .layer) }
            let isFine = windows.last?.last?.group.header.levels == boundary...levels && boundary > 0
            let number = isFine ? windows.count - 1 : windows.count
            let allowed = isFine ? [0...boundary] : [0...levels, boundary...levels]
            guard allowed.contains(header.levels), header.tiles == number..<number + 1 else {
                throw .tileCoverage(part: part)
            }
            if isFine { windows[number].append(group) } else { windows.append([group]) }
        }
        return windows
    }

    /// Latents of the levels of a group, of all channels of a window.
    func latentCount(window: Int, levels: ClosedRange<Int>) -> Int {
        let columns = columns(of: window).count
        let counts = SignalWindow.bands(columns: columns, levels: parameters.levelCount).counts
        let details = counts[(levels.lowerBound + 1)..<(levels.upperBound + 1)].reduce(0, +)
        return channels * (details + (levels.upperBound == parameters.levelCount ? counts[0] : 0))
    }

    /// A group taken apart.
    func signalGroup(
        window: Int, _ group: (index: Int, group: Group), in container: Container
    ) throws(DecodeError) -> SignalLatentGroup {
        let levels = group.group.header.levels
        return try SignalLatentGroup(
            body: container.body(of: group.group), tree: model.tree,
            latentCount: latentCount(window: window, levels: levels),
            predictedLevels: levels.lowerBound == 0 ? parameters.predictedLevels : 0,
            segmentCount: levels.lowerBound == 0
                ? parameters.segmentCount(columns: columns(of: window).count) : 0,
            eventLimit: columns(of: window).count, isAdaptive: parameters.isAdaptive, index: group.index)
    }

    /// What the packer chose, group by group.
    func summaries(_ container: Container) throws(DecodeError) -> [GroupSummary] {
        var summaries: [GroupSummary] = []
        for (window, groups) in windows.enumerated() {
            for group in groups {
                let signal = try signalGroup(window: window, group, in: container)
                summaries.append(
                    GroupSummary(
                        group.group, residuals: signal.residuals,
                        latentCount: latentCount(window: window, levels: group.group.header.levels)))
            }
        }
        return summaries
    }
}
