// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// The parameters of a group of signals as the kernels take them.
///
/// Differences from the place before become weights of the places themselves, the oldest first.
@safe
package final class SignalCoder {
    /// The parameters; valid as long as this object.
    package private(set) var coder: ae_signal_coder
    private let rows: UnsafeMutablePointer<ae_signal_row>
    private var weights: [UnsafeMutablePointer<Int16>] = unsafe []
    private let scale: UnsafeMutablePointer<Int32>
    private var constants: [UnsafeMutablePointer<Int32>] = unsafe []
    private var thresholds: [UnsafeMutablePointer<UInt32>] = unsafe []

    /// - Parameters:
    ///   - parameters: Parameters that have passed the checks of reading them.
    ///   - maximumCode: The greatest code, at most 65,535.
    ///   - bound: The greatest error of a code; 0 if there is none.
    package init(_ parameters: SignalParameters, maximumCode: Int, bound: Int) {
        unsafe rows = .allocate(capacity: max(1, parameters.rows.count))
        unsafe scale = .allocate(capacity: Int(AE_SIGNAL_TERMS))
        for (term, weight) in parameters.scaleWeights.enumerated() { unsafe scale[term] = Int32(weight) }
        unsafe coder = ae_signal_coder(
            shift: Int32(parameters.weightShift), error_shift: Int32(parameters.errorShift),
            max_code: Int32(maximumCode), bound: Int32(bound),
            scale_constant: Int32(parameters.scaleConstant), scale: UnsafePointer(scale),
            rows: UnsafePointer(rows))
        let half = parameters.weightShift > 0 ? Int32(1) << Int32(parameters.weightShift - 1) : 0
        for (number, row) in parameters.rows.enumerated() {
            unsafe rows[number] = unsafe prepared(row, centers: parameters.rows.map(\.center), half: half)
        }
    }

    deinit {
        unsafe rows.deallocate()
        unsafe scale.deallocate()
        for index in unsafe weights.indices { unsafe weights[index].deallocate() }
        for index in unsafe constants.indices { unsafe constants[index].deallocate() }
        for index in unsafe thresholds.indices { unsafe thresholds[index].deallocate() }
    }

    private func prepared(_ row: SignalParameters.Row, centers: [UInt16], half: Int32) -> ae_signal_row {
        let ownCells = (row.ownCount + 1 + 15) / 16 * 16
        let windows = row.references.map { reference in
            let before = max(reference.before, 1)
            return (before: before, cells: (before + reference.after + 1 + 15) / 16 * 16)
        }
        let cells = windows.reduce(ownCells) { $0 + $1.cells }
        let weights = UnsafeMutablePointer<Int16>.allocate(capacity: cells * row.sets.count)
        unsafe weights.initialize(repeating: 0, count: cells * row.sets.count)
        unsafe self.weights.append(weights)
        let constants = UnsafeMutablePointer<Int32>.allocate(capacity: row.sets.count)
        unsafe self.constants.append(constants)
        for (number, set) in row.sets.enumerated() {
            let own = unsafe weights + number * cells
            var constant = set.bias + half
            var rest = set.weights[...]
            var base: Int16 = 0
            // x(t - k) is `k` places before the end of the own window.
            for k in 0..<row.ownCount {
                unsafe own[ownCells - 2 - k] = rest.removeFirst()
                unsafe base -= own[ownCells - 2 - k]
            }
            let level = rest.removeFirst()
            unsafe own[ownCells - 1] = base + level
            constant -= Int32(level) * (Int32(row.center) - 32_768)
            var start = ownCells
            for (reference, window) in zip(row.references, windows) {
                let cell = unsafe own + start
                var base: Int16 = 0
                for k in -reference.before...reference.after where k != -1 {
                    unsafe cell[window.before + k] = rest.removeFirst()
                    unsafe base -= cell[window.before + k]
                }
                let level = rest.removeFirst()
                unsafe cell[window.before - 1] = base + level
                constant -= Int32(level) * (Int32(centers[reference.row]) - 32_768)
                start += window.cells
            }
            unsafe constants[number] = constant
        }
        let thresholds = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, row.thresholds.count))
        for (number, threshold) in row.thresholds.enumerated() { unsafe thresholds[number] = threshold }
        unsafe self.thresholds.append(thresholds)
        var result = unsafe ae_signal_row()
        unsafe result.reference_count = Int32(row.references.count)
        unsafe result.own_cells = Int32(ownCells)
        unsafe withUnsafeMutableBytes(of: &result.reference) {
            unsafe Self.fill($0, row.references.map(\.row))
        }
        unsafe withUnsafeMutableBytes(of: &result.before) { unsafe Self.fill($0, windows.map(\.before)) }
        unsafe withUnsafeMutableBytes(of: &result.window_cells) { unsafe Self.fill($0, windows.map(\.cells)) }
        unsafe result.set_count = Int32(row.sets.count)
        unsafe result.center = Int32(row.center) - 32_768
        unsafe result.thresholds = UnsafePointer(thresholds)
        unsafe result.weights = UnsafePointer(weights)
        unsafe result.constants = UnsafePointer(constants)
        return unsafe result
    }

    private static func fill(_ bytes: UnsafeMutableRawBufferPointer, _ values: [Int]) {
        let numbers = unsafe bytes.assumingMemoryBound(to: Int32.self)
        for (place, value) in values.enumerated() { unsafe numbers[place] = Int32(value) }
    }
}

/// The work memory of one tile of signals; one serves one thread.
@safe
package final class SignalLanes {
    /// The memory, for tiles of the announced size.
    package private(set) var lanes: ae_signal_lanes
    private var capacity = 0
    /// Weights that residuals are guessed with in adaptive coding.
    private let guesses: UnsafeMutableBufferPointer<Int32>

    package init() {
        unsafe guesses = .allocate(capacity: Int(AE_SIGNAL_ROWS * AE_SIGNAL_GUESS_WEIGHTS))
        unsafe lanes = ae_signal_lanes()
    }

    /// Begins a group whose residuals `coder` reads, or writes if they are given. (Spec/bitstream.md, section 11.4)
    package func begin(_ coder: AdaptiveCoder, residuals: UnsafePointer<Int16>?) -> ae_signal_adaptive {
        unsafe guesses.update(repeating: 0)
        return unsafe ae_signal_adaptive(
            coder: coder.state, residuals: residuals, guesses: guesses.baseAddress)
    }

    /// Makes room for tiles of a size.
    package func reserve(rows: Int, columns: Int) {
        let stride = columns + 2 * Int(AE_SIGNAL_PAD)
        unsafe lanes.stride = stride
        guard rows * stride > capacity else { return }
        release()
        capacity = rows * stride
        unsafe lanes.samples = .allocate(capacity: capacity)
        unsafe lanes.errors = .allocate(capacity: capacity)
        unsafe lanes.activity = .allocate(capacity: capacity)
        unsafe lanes.samples.initialize(repeating: 0, count: capacity)
        unsafe lanes.errors.initialize(repeating: 0, count: capacity)
        unsafe lanes.activity.initialize(repeating: 0, count: capacity)
        unsafe lanes.residuals = .allocate(capacity: capacity)
        unsafe lanes.residuals.initialize(repeating: 0, count: capacity)
    }

    deinit {
        release()
        unsafe guesses.deallocate()
    }

    private func release() {
        guard capacity > 0 else { return }
        unsafe lanes.samples.deallocate()
        unsafe lanes.errors.deallocate()
        unsafe lanes.activity.deallocate()
        unsafe lanes.residuals.deallocate()
    }
}
