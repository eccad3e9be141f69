// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import ArgumentParser

/// Frames of an image as people count them: `3` or `3-7`, from 1, both ends included.
struct FrameSelection: ExpressibleByArgument {
    /// The same frames, counted from 0.
    let range: Range<Int>

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
            1 <= first, first <= last
        else { return nil }
        range = first - 1..<last
    }
}

/// A window of an image as people write it: `X,Y,W,H`, column and row counted from 0.
struct RegionSelection: ExpressibleByArgument {
    let region: SampleSelection.Region

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
            let height = numbers[3], x >= 0, y >= 0, width >= 1, height >= 1
        else { return nil }
        region = SampleSelection.Region(x: x, y: y, width: width, height: height)
    }
}

/// What of an archive is written; all of it unless one of them is given.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write only these frames, counted from 1: '3' or '3-7'.", valueName: "first-last"))
    var frame: FrameSelection?

    @Option(
        help: ArgumentHelp(
            "Write only this window: column and row of its first sample, from 0, columns and rows.",
            valueName: "x,y,w,h"))
    var region: RegionSelection?

    @Option(
        help: ArgumentHelp(
            "Write a picture whose sides are halved this often (lossy archives, and lossless ones with a base).",
            valueName: "level"))
    var reduce = 0

    @Option(
        help: ArgumentHelp(
            "Write the coarse picture that a lossless archive begins with ('base'), or all ('exact').",
            valueName: "layer"))
    var layer = LayerName.exact

    func validate() throws {
        guard (0...31).contains(reduce) else { throw ValidationError("'--reduce' must be 0 to 31.") }
    }

    /// The first option that asks for less than a whole picture; nil if everything is wanted.
    var given: String? {
        frame.map { _ in "--frame" } ?? region.map { _ in "--region" } ?? (reduce > 0 ? "--reduce" : nil)
    }

    /// What is written, if that is the base of a lossless archive, for people.
    func baseNote(_ container: Container) -> String? {
        guard layer == .base || reduce > 0, let part = container.parts.first, part.mode.kind == .lossless,
            let text = container.baseText
        else { return nil }
        return
            "the coarse picture of the base, which has lost much (\(text)); the archive holds the exact image"
    }

    /// The samples of an image of some frames.
    func selection(frames: Int) throws(DecodeError) -> SampleSelection {
        let range = frame?.range ?? 0..<frames
        guard range.upperBound <= frames else { throw .framesOutOfRange(asked: range, frames: frames) }
        var selection = SampleSelection(frames: range, region: region?.region, reduction: reduce)
        selection.layer = layer == .base ? .base : .exact
        return selection
    }
}

/// The layers of an archive, as the command line names them.
enum LayerName: String, ExpressibleByArgument, CaseIterable {
    case base, exact
}
