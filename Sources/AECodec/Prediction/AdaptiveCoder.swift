// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// The state of a coder whose probabilities learn; one serves one thread. (Spec/bitstream.md, section 4.7)
@safe
package final class AdaptiveCoder {
    /// What the kernels take.
    package let state: UnsafeMutablePointer<ae_adaptive>
    private let slots: UnsafeMutableRawPointer
    private var columns = 0

    /// Bytes that a coder takes for tiles of so many columns.
    package static func byteCount(columns: Int) -> Int {
        unsafe ae_adaptive_slot_count() * 4 + MemoryLayout<ae_adaptive>.size
            + ae_local_count(Int32(columns)) * MemoryLayout<ae_local>.stride
    }

    package init(level: ae_kernel_level) {
        // Contexts begin with lines of the cache.
        unsafe slots = UnsafeMutableRawPointer.allocate(
            byteCount: ae_adaptive_slot_count() * 4, alignment: 64)
        unsafe state = UnsafeMutablePointer<ae_adaptive>.allocate(capacity: 1)
        unsafe state.initialize(to: ae_adaptive())
        unsafe state.pointee.is_wide = level == AE_KERNEL_AVX2 || level == AE_KERNEL_AVX512 ? 1 : 0
        unsafe state.pointee.slots = unsafe slots.bindMemory(
            to: UInt32.self, capacity: ae_adaptive_slot_count())
    }

    /// Makes room for tiles of `columns` columns.
    package func reserve(columns wanted: Int) {
        guard wanted > columns else { return }
        unsafe state.pointee.locals?.deallocate()
        unsafe state.pointee.locals = UnsafeMutablePointer<ae_local>.allocate(
            capacity: ae_local_count(Int32(wanted)))
        columns = wanted
    }

    /// Reads a group from its place in the archive.
    ///
    /// - Parameters:
    ///   - bytes: The archive.
    ///   - range: Where the bytes of the residuals stand.
    ///   - body: Takes the residuals; false if they make no sense.
    /// - Returns: Whether they make sense and all bytes were needed.
    func reads(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ body: () -> Bool) -> Bool {
        let coded = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
        guard let start = unsafe coded.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        unsafe ae_begin_reading(state, start, coded.count)
        return unsafe body() && ae_is_read(state) != 0
    }

    /// Writes a group.
    ///
    /// - Parameters:
    ///   - capacity: Bytes at most.
    ///   - body: Gives the residuals.
    /// - Returns: The bytes; nil if they are more.
    package func written(capacity: Int, _ body: () -> Void) -> [UInt8]? {
        // Room that is not needed is never touched.
        let coded = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { coded, count in
            unsafe ae_begin_writing(state, coded.baseAddress, coded.count)
            body()
            count = unsafe Int(ae_end_writing(state))
        }
        return coded.isEmpty ? nil : coded
    }

    /// Writes a group of so many residuals; `body` may be asked for them twice.
    package func written(residualCount: Int, _ body: () -> Void) -> [UInt8] {
        // No residual takes more than 26 decisions of 12 bits and 28 plain bits.
        written(capacity: 4 * residualCount + 64, body) ?? written(capacity: 48 * residualCount + 64, body)
            ?? []
    }

    deinit {
        unsafe state.pointee.locals?.deallocate()
        unsafe state.deallocate()
        unsafe slots.deallocate()
    }
}
