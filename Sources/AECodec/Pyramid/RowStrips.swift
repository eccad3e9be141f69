// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Rows of a plane in strips that several threads share; margins above and below are computed twice.
package enum RowStrips {
    /// Rows of a strip at most.
    static let rows = 512

    /// Runs `work` on strips of even height, the last one aside, each thread with its own scratch memory.
    package static func run(
        _ rows: Range<Int>, threads: Int, _ work: @Sendable (Range<Int>, StripScratch) -> Void
    ) {
        let count = (rows.count + Self.rows - 1) / Self.rows
        // Strips of one height, rounded up to even.
        let height = count > 0 ? ((rows.count + count - 1) / count + 1) & ~1 : 2
        WorkQueue<Never>.run(count, threads: threads) { queue in
            let scratch = StripScratch()
            while let number = queue.take() {
                let first = rows.lowerBound + number * height
                let last = min(rows.upperBound, first + height)
                if first < last { work(first..<last, scratch) }
            }
        }
    }
}

extension Range<Int> {
    /// The range with a margin on both sides, its start even, as far as `limits` go.
    package func grown(by margin: Int, within limits: Range<Int>) -> Range<Int> {
        Swift.max(
            limits.lowerBound, (lowerBound - margin) & ~1)..<Swift.min(
                limits.upperBound, upperBound + margin)
    }
}

/// Memory of one thread for the values of a strip and for one of its rows.
@safe
package final class StripScratch {
    private var values = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 0)
    private var row = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 0)

    deinit {
        unsafe values.deallocate()
        unsafe row.deallocate()
    }

    /// Room for so many values; what it held before is lost.
    package func reserve(_ count: Int) -> UnsafeMutablePointer<Int32> {
        unsafe Self.grown(&values, count)
    }

    /// Room for a row of so many columns, as the kernels ask for it.
    package func line(_ count: Int) -> UnsafeMutablePointer<Int32> {
        unsafe Self.grown(&row, ae_wavelet_scratch_count(Int32(count)))
    }

    private static func grown(
        _ buffer: inout UnsafeMutableBufferPointer<Int32>, _ count: Int
    ) -> UnsafeMutablePointer<Int32> {
        if buffer.count < max(count, 1) {
            unsafe buffer.deallocate()
            unsafe buffer = UnsafeMutableBufferPointer.allocate(capacity: max(count, 1))
        }
        guard let base = buffer.baseAddress else { preconditionFailure("memory was asked for") }
        return unsafe base
    }
}
