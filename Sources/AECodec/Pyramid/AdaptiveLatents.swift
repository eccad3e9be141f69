// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// Reads or writes the latents of groups of images by probabilities that learn; one serves one thread.
/// (Spec/bitstream.md, section 9.1)
@safe
package final class AdaptiveLatents {
    private let coder: AdaptiveCoder
    private let source: UnsafeMutablePointer<ae_latent_adaptive>

    package init(level: ae_kernel_level) {
        coder = AdaptiveCoder(level: level)
        unsafe source = UnsafeMutablePointer<ae_latent_adaptive>.allocate(capacity: 1)
        unsafe source.initialize(to: ae_latent_adaptive())
        unsafe source.pointee.coder = unsafe coder.state
    }

    deinit { unsafe source.deallocate() }

    /// Reads a group from its place in the archive.
    ///
    /// - Parameters:
    ///   - bytes: The archive.
    ///   - range: Where the bytes of the residuals stand.
    ///   - rule: The rule of contexts.
    ///   - body: Codes the tiles of the group.
    /// - Returns: Whether all bytes were needed; if only the first tiles are coded, they are not.
    func reads(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, rule: inout ae_latent_rule,
        _ body: (UnsafeMutablePointer<ae_latent_adaptive>, inout ae_latent_rule) -> Void
    ) -> Bool {
        unsafe coder.reads(bytes, range) {
            unsafe ae_begin_latents(source, &rule, LatentPriors.logits)
            unsafe body(source, &rule)
            return true
        }
    }

    /// Writes a group.
    ///
    /// - Parameters:
    ///   - residuals: Of all latents in coding order.
    ///   - count: How many they are.
    ///   - rule: The rule of contexts.
    ///   - rebuilds: Whether what a decoder reconstructs takes the place of the coefficients.
    ///   - body: Codes all tiles of the group.
    /// - Returns: The bytes.
    package func written(
        _ residuals: [Int16], count: Int, rule: inout ae_latent_rule, rebuilds: Bool,
        _ body: (UnsafeMutablePointer<ae_latent_adaptive>, inout ae_latent_rule) -> Void
    ) -> [UInt8] {
        unsafe residuals.withUnsafeBufferPointer { residuals in
            coder.written(residualCount: count) {
                unsafe source.pointee.residuals = residuals.baseAddress
                unsafe source.pointee.rebuilds = rebuilds ? 1 : 0
                unsafe ae_begin_latents(source, &rule, LatentPriors.logits)
                unsafe body(source, &rule)
            }
        }
    }
}
