// SPDX-License-Identifier: Apache-2.0
import CAEKernels

/// Residuals stream by stream, in coding order within each.
func sortedResiduals(
    _ residuals: [Int16], _ classes: [UInt8], _ streamOfClass: [UInt8], counts: [Int]
) -> [Int16] {
    unsafe sorted(counts: counts) { count, next in
        unsafe ae_scatter(residuals, classes, count, streamOfClass, next)
    }
}

/// As above, of latents.
func sortedResiduals(
    _ residuals: [Int16], _ classes: [UInt16], _ streamOfClass: [UInt8], counts: [Int]
) -> [Int16] {
    unsafe sorted(counts: counts) { count, next in
        unsafe ae_latent_scatter(residuals, classes, count, streamOfClass, next)
    }
}

/// Lets residuals be put one stream behind the other.
private func sorted(
    counts: [Int], _ scatter: (Int, UnsafeMutablePointer<UnsafeMutablePointer<Int16>?>) -> Void
) -> [Int16] {
    let count = counts.reduce(0, +)
    return unsafe [Int16](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = count
        guard let base = buffer.baseAddress else { return }
        var next: [UnsafeMutablePointer<Int16>?] = unsafe []
        var start = 0
        for count in counts {
            unsafe next.append(base + start)
            start += count
        }
        unsafe scatter(count, &next)
    }
}
