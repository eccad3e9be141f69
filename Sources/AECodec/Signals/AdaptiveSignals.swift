// SPDX-License-Identifier: Apache-2.0
import CAEKernels

extension SignalWindow {
    /// Whether planes reach up to the low band.
    func isCoarse(_ levels: ClosedRange<Int>) -> Bool {
        levels.upperBound == levelCount && levels.upperBound > 0
    }

    /// Codes events and latents of a group by probabilities that learn; shares and segments are those of the group.
    /// (Spec/signals.md, section 8)
    ///
    /// - Parameters:
    ///   - coder: Reads or writes.
    ///   - residuals: Encoding: those of events and latents, in coding order.
    ///   - centroids: Those of the model.
    ///   - eventCount: Events of the group.
    ///   - levels: The planes that it lies between.
    ///   - lines: Takes the coefficients, line by line.
    /// - Returns: False if an event makes no sense.
    package func code(
        by coder: AdaptiveCoder, residuals: UnsafePointer<Int16>?, centroids: [Int8], eventCount: Int,
        levels: ClosedRange<Int>, into lines: inout [Int32]
    ) -> Bool {
        unsafe centroids.withUnsafeBufferPointer { centroids in
            var source = unsafe ae_line_adaptive(
                coder: coder.state, residuals: residuals, centroids: centroids.baseAddress)
            return unsafe code(from: &source, eventCount: eventCount, levels: levels, into: &lines)
        }
    }

    private func code(
        from source: inout ae_line_adaptive, eventCount: Int, levels: ClosedRange<Int>,
        into lines: inout [Int32]
    ) -> Bool {
        let status = unsafe setEvents(room: eventCount) { events in
            let status = unsafe with { shape, _ in
                unsafe ae_code_events(
                    &source, shape.pointee.before, shape.pointee.columns, Int32(eventCount), events)
            }
            return (status == 0 ? eventCount : 0, status)
        }
        guard status == 0 else { return false }
        return unsafe with { shape, work in
            unsafe lines.withUnsafeMutableBufferPointer { lines in
                if isCoarse(levels) {
                    guard unsafe ae_code_coarse_lines(shape, &source, lines.baseAddress, work) == 0 else {
                        return false
                    }
                }
                guard levels.lowerBound == 0 else { return true }
                return unsafe ae_code_fine_lines(shape, &source, lines.baseAddress, work) == 0
            }
        }
    }
}
