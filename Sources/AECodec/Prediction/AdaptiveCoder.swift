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

    package init() {
        // Contexts begin with lines of the cache.
        unsafe slots = UnsafeMutableRawPointer.allocate(
            byteCount: ae_adaptive_slot_count() * 4, alignment: 64)
        unsafe state = UnsafeMutablePointer<ae_adaptive>.allocate(capacity: 1)
        unsafe state.initialize(to: ae_adaptive())
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

    deinit {
        unsafe state.pointee.locals?.deallocate()
        unsafe state.deallocate()
        unsafe slots.deallocate()
    }
}
