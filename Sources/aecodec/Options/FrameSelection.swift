// SPDX-License-Identifier: Apache-2.0
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
