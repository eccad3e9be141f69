// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

/// The doubled values of a level of a tile and of the levels above, all known: what contexts are computed from.
package struct LevelValues: Equatable, Sendable {
    /// Size of the phase grid.
    package let rows: Int
    package let columns: Int
    /// Three bands of the phase grid's size, row by row; none where there is no coarser level.
    package let parents: [[Int16]]
    /// Three bands of half its size, rounded up; or none.
    package let grandparents: [[Int16]]
    /// By phase three bands of its size.
    package let phases: [[[Int16]]]

    /// Takes planes whose values are -255...255; other sizes are a mistake of the program.
    package init(rows: Int, columns: Int, parents: [[Int16]], grandparents: [[Int16]], phases: [[[Int16]]]) {
        let half = (rows + 1) / 2 * ((columns + 1) / 2)
        precondition(rows > 0 && columns > 0 && phases.count == Int(AE_PHASES))
        for planes in phases + (parents.isEmpty ? [] : [parents]) {
            precondition(planes.count == Int(AE_BANDS) && planes.allSatisfy { $0.count == rows * columns })
        }
        precondition(grandparents.allSatisfy { $0.count == half })
        precondition(grandparents.isEmpty || grandparents.count == Int(AE_BANDS))
        self.rows = rows
        self.columns = columns
        self.parents = parents
        self.grandparents = grandparents
        self.phases = phases
    }
}

/// Classes and means of one phase, row by row.
package struct PhaseContexts: Equatable, Sendable {
    /// By band: scale bin x 16 + bucket of the mean x 2.
    package var classes: [[UInt16]]
    /// By band: rounded magnitude x 2, plus 1 if negative.
    package var means: [[Int16]]

    package init(classes: [[UInt16]], means: [[Int16]]) {
        self.classes = classes
        self.means = means
    }
}

extension ContextNetwork {
    /// Classes and means of all phases of a level whose values are known, as a decoder finds them one phase
    /// after the other.
    package func contexts(of values: LevelValues, kernels: ae_kernel_level) -> [PhaseContexts] {
        unsafe withLevel(values) { network, level in
            unsafe ae_begin_contexts(kernels, &network, &level)
            var result: [PhaseContexts] = []
            for phase in 0..<Self.phaseCount {
                result.append(
                    Self.withPhase(size: values.rows * values.columns, stride: values.columns) {
                        unsafe ae_phase_contexts(kernels, &network, &level, Int32(phase), &$0)
                    })
            }
            return result
        }
    }

    /// Seconds that ``contexts(of:kernels:)`` spends in the kernels.
    package func duration(of values: LevelValues, kernels: ae_kernel_level) -> Double {
        let clock = ContinuousClock()
        return unsafe withLevel(values) { network, level in
            let start = clock.now
            unsafe ae_begin_contexts(kernels, &network, &level)
            var duration = clock.now - start
            for phase in 0..<Self.phaseCount {
                Self.withPhase(size: values.rows * values.columns, stride: values.columns) { contexts in
                    let start = clock.now
                    unsafe ae_phase_contexts(kernels, &network, &level, Int32(phase), &contexts)
                    duration += clock.now - start
                }
            }
            let parts = duration.components
            return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
        }
    }

    private func withLevel<Result>(
        _ values: LevelValues, _ body: (inout ae_context_network, inout ae_context_level) -> Result
    ) -> Result {
        let size = values.rows * values.columns
        let parents = values.parents.flatMap { $0 }
        let grandparents = values.grandparents.flatMap { $0 }
        let phases = values.phases.flatMap { $0.flatMap { $0 } }
        return unsafe withKernel { network in
            let byteCount = unsafe ae_context_work_bytes(
                &network, Int32(values.rows), Int32(values.columns))
            let work = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
            defer { unsafe work.deallocate() }
            return unsafe parents.withUnsafeBufferPointer { parents in
                unsafe grandparents.withUnsafeBufferPointer { grandparents in
                    unsafe phases.withUnsafeBufferPointer { phases in
                        let half = (values.columns + 1) / 2
                        var level = unsafe ae_context_level(
                            rows: Int32(values.rows), columns: Int32(values.columns),
                            parents: threePlanes(parents, 0, size: size), parent_stride: values.columns,
                            grandparents: threePlanes(
                                grandparents, 0, size: (values.rows + 1) / 2 * half),
                            grandparent_stride: half,
                            phases: (
                                threePlanes(phases, 0, size: size), threePlanes(phases, 3, size: size),
                                threePlanes(phases, 6, size: size), threePlanes(phases, 9, size: size)
                            ), phase_stride: values.columns, work: work)
                        return unsafe body(&network, &level)
                    }
                }
            }
        }
    }

    /// Lends places for the classes and means of a phase; gives what was left in them.
    @discardableResult
    private static func withPhase(size: Int, stride: Int, _ body: (inout ae_contexts) -> Void)
        -> PhaseContexts
    {
        var classes = [UInt16](repeating: 0, count: 3 * size)
        var means = [Int16](repeating: 0, count: 3 * size)
        unsafe classes.withUnsafeMutableBufferPointer { classes in
            unsafe means.withUnsafeMutableBufferPointer { means in
                var contexts = unsafe ae_contexts(
                    classes: (
                        classes.baseAddress, classes.baseAddress.map { unsafe $0 + size },
                        classes.baseAddress.map { unsafe $0 + 2 * size }
                    ),
                    means: (
                        means.baseAddress, means.baseAddress.map { unsafe $0 + size },
                        means.baseAddress.map { unsafe $0 + 2 * size }
                    ), stride: stride)
                body(&contexts)
            }
        }
        return PhaseContexts(
            classes: (0..<3).map { Array(classes[$0 * size..<($0 + 1) * size]) },
            means: (0..<3).map { Array(means[$0 * size..<($0 + 1) * size]) })
    }
}

/// Three planes from the `first` on, or none if there are none.
private func threePlanes(_ values: UnsafeBufferPointer<Int16>, _ first: Int, size: Int) -> (
    UnsafePointer<Int16>?, UnsafePointer<Int16>?, UnsafePointer<Int16>?
) {
    guard !values.isEmpty, let base = values.baseAddress else { return (nil, nil, nil) }
    return unsafe (base + first * size, base + (first + 1) * size, base + (first + 2) * size)
}
