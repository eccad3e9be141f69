// SPDX-License-Identifier: Apache-2.0

/// Crops of levels, of one size, as the float twin of the context networks takes them.
struct ContextBatch: Sendable {
    /// What the trunk sees: nine channels.
    private(set) var parents: Tensor
    /// What heads see of phases 0, 1 and 2: eighteen channels.
    private(set) var phases: Tensor
    /// What linear paths see: twelve channels.
    private(set) var linear: Tensor
    /// By phase what is to be predicted.
    private(set) var targets: [Target]

    /// The latents of a phase: three channels.
    struct Target: Sendable {
        /// Indices in their union quantisers.
        var indices: [Int16] = []
        var unions: [UInt8] = []
        /// How much each latent counts; 0 if it does not.
        var weights: Tensor
    }

    /// A place in a level, and what it counts.
    struct Crop: Sendable {
        let level: ContextLevel
        let row, column: Int
        let weight: Float
    }

    /// Companded values and activations of the integers are so many to one of the floats.
    static let activationUnit: Float = 16
    /// Doubled values of the linear path are so many to one.
    static let linearUnit: Float = 16

    /// Cuts crops out.
    ///
    /// Latents near a side that the crop has and the level has not do not count: networks cannot tell what is
    /// cut off from zeros.
    ///
    /// - Parameters:
    ///   - crops: Where; all inside their levels.
    ///   - rows: Of the phase grid.
    ///   - columns: Of the phase grid.
    ///   - margin: How near.
    init(_ crops: [Crop], rows: Int, columns: Int, margin: Int) {
        let shape = Shape(batch: crops.count, channels: 3, rows: rows, columns: columns)
        parents = Tensor(shape.with(channels: 9))
        phases = Tensor(shape.with(channels: 18))
        linear = Tensor(shape.with(channels: 12))
        targets = crops[0].level.indices.map { _ in Target(weights: Tensor(shape)) }
        for (number, crop) in crops.enumerated() {
            let level = crop.level
            let window = Kernels.Crop(
                row: crop.row, column: crop.column, rows: rows, columns: columns, stride: level.columns)
            let unit = 1 / Self.activationUnit
            Kernels.write(window, of: level.parents, scale: unit, to: &parents, example: number)
            Kernels.write(window, of: level.phases, scale: unit, to: &phases, example: number)
            Kernels.write(window, of: level.linear, scale: 1 / Self.linearUnit, to: &linear, example: number)
            for phase in targets.indices {
                Kernels.write(
                    window, of: level.exists[phase], scale: crop.weight, to: &targets[phase].weights,
                    example: number)
                for y in 0..<rows {
                    let first = 3 * ((crop.row + y) * level.columns + crop.column)
                    targets[phase].indices += level.indices[phase][first..<first + 3 * columns]
                    targets[phase].unions += level.unions[phase][first..<first + 3 * columns]
                }
                let innerRows = Self.counted(crop.row, rows, of: level.rows, margin: margin)
                let innerColumns = Self.counted(crop.column, columns, of: level.columns, margin: margin)
                let start = 3 * number * rows * columns
                for y in 0..<rows {
                    if innerRows.contains(y), innerColumns.count == columns { continue }
                    for x in 0..<columns where !(innerRows.contains(y) && innerColumns.contains(x)) {
                        for band in 0..<3 {
                            targets[phase].weights.values[start + 3 * (y * columns + x) + band] = 0
                        }
                    }
                }
            }
        }
    }

    /// All of a level.
    init(_ level: ContextLevel) {
        self.init(
            [Crop(level: level, row: 0, column: 0, weight: 1)], rows: level.rows, columns: level.columns,
            margin: 0)
    }

    /// Rows or columns of a crop that count.
    private static func counted(_ start: Int, _ count: Int, of whole: Int, margin: Int) -> Range<Int> {
        let first = start == 0 ? 0 : margin
        let last = start + count == whole ? count : count - margin
        return first..<max(first, last)
    }
}

extension ContextBatch.Target {
    /// Where the intervals of the latents begin, or end, in steps: half-way to the neighbors of their union
    /// quantiser, and moved outwards by what is learned for each scale bin, since encoders prefer small
    /// magnitudes, and the more the dearer others are.
    ///
    /// - Parameters:
    ///   - isUpper: Whether they end.
    ///   - bin: Scale bins.
    ///   - moves: By union quantiser, first for the edges of 0, then for all others, a value for each bin.
    /// - Returns: The edges.
    func edges(isUpper: Bool, bin: Variable, moves: Variable) -> Variable {
        let (indices, unions) = (indices, unions)
        let edges = Kernels.edges(
            indices: indices, unions: unions, isUpper: isUpper, at: bin.value, in: moves.value)
        return bin.tape.result(edges, of: [bin, moves]) { gradient in
            var (dbin, dmoves) = (Tensor(bin.shape), Tensor(moves.shape))
            Kernels.edgesBack(
                indices: indices, unions: unions, isUpper: isUpper, at: bin.value, in: moves.value,
                dy: gradient, to: &dbin, &dmoves)
            bin.accumulate(dbin)
            moves.accumulate(dmoves)
        }
    }
}
