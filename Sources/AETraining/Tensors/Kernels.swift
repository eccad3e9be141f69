// SPDX-License-Identifier: Apache-2.0
import CTrainingKernels

/// The loops in C, on tensors; the one file that lends memory to them.
///
/// What ends in `Back` adds to gradients.
enum Kernels {
    /// An operation on each value by itself, and its derivative.
    @safe
    struct Unary {
        fileprivate let forward:
            @convention(c) (Int, Float, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
        fileprivate let back:
            @convention(c) (
                Int, Float, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
                UnsafeMutablePointer<Float>?
            ) -> Void

        static var relu: Unary { unsafe Unary(forward: tr_relu, back: tr_relu_back) }
        static var clip: Unary { unsafe Unary(forward: tr_clip, back: tr_clip_back) }
        static var abs: Unary { unsafe Unary(forward: tr_abs, back: tr_abs_back) }
        static var compand: Unary { unsafe Unary(forward: tr_compand, back: tr_compand_back) }
        static var exp: Unary { unsafe Unary(forward: tr_exp, back: tr_exp_back) }
        static var log: Unary { unsafe Unary(forward: tr_log, back: tr_log_back) }
        static var square: Unary { unsafe Unary(forward: tr_square, back: tr_square_back) }
        static var scale: Unary { unsafe Unary(forward: tr_scale, back: tr_scale_back) }
        static var offset: Unary { unsafe Unary(forward: tr_offset, back: tr_offset_back) }
        /// Rounds forward, and hands gradients on as if it had not.
        static var roundStraightThrough: Unary { unsafe Unary(forward: tr_round, back: tr_offset_back) }
    }

    static func apply(_ operation: Unary, _ parameter: Float, _ x: Tensor) -> Tensor {
        unsafe made(x.shape) { y in unsafe operation.forward(x.shape.count, parameter, x.values, y) }
    }

    static func applyBack(
        _ operation: Unary, _ parameter: Float, x: Tensor, y: Tensor, dy: Tensor, to dx: inout Tensor
    ) {
        unsafe operation.back(x.shape.count, parameter, x.values, y.values, dy.values, &dx.values)
    }

    static func add(_ a: Tensor, _ b: Tensor) -> Tensor {
        unsafe made(a.shape) { y in unsafe tr_add(a.shape.count, a.values, b.values, y) }
    }

    static func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
        unsafe made(a.shape) { y in unsafe tr_multiply(a.shape.count, a.values, b.values, y) }
    }

    static func multiplyBack(_ b: Tensor, dy: Tensor, to da: inout Tensor) {
        unsafe tr_multiply_back(b.shape.count, b.values, dy.values, &da.values)
    }

    /// Adds `scale * b` to `a`.
    static func accumulate(_ b: Tensor, scale: Float = 1, to a: inout Tensor) {
        unsafe tr_accumulate(b.shape.count, scale, b.values, &a.values)
    }

    static func accumulate(_ b: [Float], to a: inout [Float]) {
        precondition(a.count == b.count)
        unsafe tr_accumulate(b.count, 1, b, &a)
    }

    static func addBias(_ x: Tensor, _ bias: Tensor) -> Tensor {
        unsafe made(x.shape) { y in
            unsafe tr_add_bias(x.shape.positions, x.shape.channels, x.values, bias.values, y)
        }
    }

    static func addBiasBack(dy: Tensor, to dbias: inout Tensor) {
        unsafe tr_add_bias_back(dy.shape.positions, dy.shape.channels, dy.values, &dbias.values)
    }

    static func sum(_ x: [Float]) -> Double { unsafe tr_sum(x.count, x) }

    static func sumOfSquares(_ x: [Float]) -> Double { unsafe tr_sum_of_squares(x.count, x) }

    /// Elements of a tensor by example, row, column and channel: where the first is and how far apart they are.
    struct View {
        var offset, batch, row, column, channel: Int

        fileprivate var inC: tr_view {
            tr_view(offset: offset, batch: batch, row: row, column: column, channel: channel)
        }
    }

    /// Copies `extent` elements from one place to another, or adds them there.
    static func rearrange(
        _ extent: Shape, from: Tensor, _ fromView: View, to: inout Tensor, _ toView: View, adds: Bool
    ) {
        precondition(
            from.contains(extent, fromView) && to.contains(extent, toView), "outside of a tensor")
        let sizes = [extent.batch, extent.rows, extent.columns, extent.channels].map { Int32($0) }
        unsafe tr_rearrange(sizes, fromView.inC, from.values, toView.inC, &to.values, adds ? 1 : 0)
    }

    // MARK: Convolution

    static func convolve(_ x: Tensor, _ weights: Tensor, _ bias: Tensor?) -> Tensor {
        let shape = convolution(x.shape, weights.shape)
        return unsafe made(x.shape.with(channels: weights.shape.batch)) { y in
            unsafe withUnsafePointer(to: shape) { shape in
                if let bias {
                    unsafe succeed(tr_convolve(shape, x.values, weights.values, bias.values, y))
                } else {
                    unsafe succeed(tr_convolve(shape, x.values, weights.values, nil, y))
                }
            }
        }
    }

    /// The gradient of the input.
    static func convolveInputGradient(_ input: Shape, _ weights: Tensor, dy: Tensor) -> Tensor {
        let shape = convolution(input, weights.shape)
        return unsafe made(input) { dx in
            unsafe withUnsafePointer(to: shape) { shape in
                unsafe succeed(tr_convolve_input_gradient(shape, weights.values, dy.values, dx))
            }
        }
    }

    /// The gradients of weights and, if asked, of biases.
    static func convolveWeightGradient(_ x: Tensor, _ weights: Shape, dy: Tensor, hasBias: Bool)
        -> (weights: Tensor, bias: Tensor?)
    {
        let shape = convolution(x.shape, weights)
        var bias = [Float](repeating: 0, count: hasBias ? weights.batch : 0)
        let gradient = unsafe made(weights) { dw in
            unsafe withUnsafePointer(to: shape) { shape in
                if hasBias {
                    unsafe succeed(
                        tr_convolve_weight_gradient(shape, x.values, dy.values, dw, &bias))
                } else {
                    unsafe succeed(tr_convolve_weight_gradient(shape, x.values, dy.values, dw, nil))
                }
            }
        }
        return (gradient, hasBias ? Tensor(Shape(channels: weights.batch), values: bias) : nil)
    }

    private static func convolution(_ input: Shape, _ weights: Shape) -> tr_convolution {
        tr_convolution(
            batch: Int32(input.batch), inputs: Int32(input.channels), outputs: Int32(weights.batch),
            rows: Int32(input.rows), columns: Int32(input.columns), side: Int32(weights.rows))
    }

    private static func succeed(_ status: Int32) {
        // As an array that finds no memory: nothing that training could go on from.
        precondition(status == 0, "oneDNN has failed (status \(status)); most likely memory has run out")
    }

    // MARK: Code length

    /// What an event costs, and the derivatives.
    struct CodeLength {
        var bits, center, logScale, lower, upper: Tensor
        /// Of mixtures alone.
        var tail, roundness: Tensor?
    }

    enum Distribution {
        case laplace, gaussian
        /// See the header.
        case mixture(tail: Tensor, roundness: Tensor)
    }

    static func codeLength(
        _ distribution: Distribution, center: Tensor, logScale: Tensor, lower: Tensor, upper: Tensor
    ) -> CodeLength {
        let empty = Tensor(center.shape)
        var result = CodeLength(bits: empty, center: empty, logScale: empty, lower: empty, upper: empty)
        var (tail, roundness) = (empty, empty)
        let count = center.shape.count
        unsafe withPlaces(for: &result, &tail, &roundness) { places in
            switch distribution {
            case .laplace:
                unsafe tr_laplace_code_length(
                    count, center.values, logScale.values, lower.values, upper.values, places)
            case .gaussian:
                unsafe tr_gaussian_code_length(
                    count, center.values, logScale.values, lower.values, upper.values, places)
            case .mixture(let tail, let roundness):
                unsafe tr_mixed_code_length(
                    count, center.values, logScale.values, tail.values, roundness.values, lower.values,
                    upper.values, places)
            }
        }
        if case .mixture = distribution { (result.tail, result.roundness) = (tail, roundness) }
        return result
    }

    private static func withPlaces(
        for result: inout CodeLength, _ tail: inout Tensor, _ roundness: inout Tensor,
        _ body: (tr_code_length) -> Void
    ) {
        unsafe result.bits.values.withUnsafeMutableBufferPointer { bits in
            unsafe result.center.values.withUnsafeMutableBufferPointer { dCenter in
                unsafe result.logScale.values.withUnsafeMutableBufferPointer { dLogScale in
                    unsafe result.lower.values.withUnsafeMutableBufferPointer { dLower in
                        unsafe result.upper.values.withUnsafeMutableBufferPointer { dUpper in
                            unsafe tail.values.withUnsafeMutableBufferPointer { dTail in
                                unsafe roundness.values.withUnsafeMutableBufferPointer { dRoundness in
                                    unsafe body(
                                        tr_code_length(
                                            bits: bits.baseAddress, d_center: dCenter.baseAddress,
                                            d_log_scale: dLogScale.baseAddress,
                                            d_lower: dLower.baseAddress, d_upper: dUpper.baseAddress,
                                            d_tail: dTail.baseAddress,
                                            d_roundness: dRoundness.baseAddress))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    static func interpolate(_ x: Tensor, in table: Tensor) -> Tensor {
        precondition(table.shape.count > 1)
        return unsafe made(x.shape) { y in
            unsafe tr_interpolate(x.shape.count, x.values, table.shape.count, table.values, y)
        }
    }

    static func interpolateBack(
        _ x: Tensor, in table: Tensor, dy: Tensor, to dx: inout Tensor, _ dtable: inout Tensor
    ) {
        unsafe tr_interpolate_back(
            x.shape.count, x.values, table.shape.count, table.values, dy.values, &dx.values, &dtable.values)
    }

    // MARK: Symbols

    /// A window of a grid.
    struct Crop {
        var row, column, rows, columns: Int
        /// Positions of a row of the grid.
        var stride: Int

        fileprivate func inC(channels: Int) -> tr_crop {
            tr_crop(
                rows: Int32(rows), columns: Int32(columns), channels: Int32(channels), row: row,
                column: column, stride: stride)
        }

        /// The positions of the grid up to the last one of the window.
        fileprivate var reach: Int { (row + rows - 1) * stride + column + columns }
    }

    /// Writes a window of a grid, times `scale`, as one example of a tensor.
    static func write(_ crop: Crop, of grid: [UInt8], scale: Float, to x: inout Tensor, example: Int) {
        let first = x.place(ofExample: example, crop)
        precondition(crop.reach * x.shape.channels <= grid.count)
        let inC = crop.inC(channels: x.shape.channels)
        unsafe x.values.withUnsafeMutableBufferPointer { values in
            unsafe tr_crop_bytes(inC, scale, grid, values.baseAddress.map { unsafe $0 + first })
        }
    }

    /// The same from numbers with a sign.
    static func write(_ crop: Crop, of grid: [Int16], scale: Float, to x: inout Tensor, example: Int) {
        let first = x.place(ofExample: example, crop)
        precondition(crop.reach * x.shape.channels <= grid.count)
        let inC = crop.inC(channels: x.shape.channels)
        unsafe x.values.withUnsafeMutableBufferPointer { values in
            unsafe tr_crop_shorts(inC, scale, grid, values.baseAddress.map { unsafe $0 + first })
        }
    }

    /// Where the intervals of symbols begin or end; see the header.
    static func edges(
        indices: [Int16], unions: [UInt8], isUpper: Bool, at x: Tensor, in tables: Tensor
    ) -> Tensor {
        let count = x.shape.count
        precondition(indices.count == count && unions.count == count && tables.shape.count % 4 == 0)
        return unsafe made(x.shape) { y in
            unsafe tr_symbol_edges(
                count, indices, unions, x.values, tables.shape.count / 4, tables.values, isUpper ? 1 : 0, y)
        }
    }

    static func edgesBack(
        indices: [Int16], unions: [UInt8], isUpper: Bool, at x: Tensor, in tables: Tensor, dy: Tensor,
        to dx: inout Tensor, _ dtables: inout Tensor
    ) {
        unsafe tr_symbol_edges_back(
            x.shape.count, indices, unions, x.values, tables.shape.count / 4, tables.values, isUpper ? 1 : 0,
            dy.values, &dx.values, &dtables.values)
    }

    // MARK: Optimization

    static func adam(
        _ step: AdamStep, gradient: [Float], values: inout [Float], moment1: inout [Float],
        moment2: inout [Float], average: inout [Float]
    ) {
        let inC = tr_adam(
            rate: step.rate, gradient_scale: step.gradientScale, beta1: step.beta1, beta2: step.beta2,
            epsilon: step.epsilon, correction1: step.correction1, correction2: step.correction2,
            averaging: step.averaging)
        unsafe tr_adam_step(gradient.count, inC, gradient, &values, &moment1, &moment2, &average)
    }

    /// Multiply-adds that one core has done in `turns` turns of a loop that does nothing else.
    static func multiplyAdds(turns: Int) -> Double {
        var result: Float = 0
        let count = unsafe tr_float_peak(Int64(turns), &result)
        precondition(result.isFinite)
        return count
    }

    /// A tensor that `body` fills.
    private static func made(_ shape: Shape, _ body: (UnsafeMutablePointer<Float>?) -> Void) -> Tensor {
        let values = unsafe [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
            unsafe body(buffer.baseAddress)
            count = shape.count
        }
        return Tensor(shape, values: values)
    }
}

extension Tensor {
    /// The first value of an example, which a window fills.
    fileprivate func place(ofExample example: Int, _ crop: Kernels.Crop) -> Int {
        precondition((0..<shape.batch).contains(example))
        precondition(crop.rows == shape.rows && crop.columns == shape.columns)
        return example * (shape.count / shape.batch)
    }

    /// Whether all elements of a view exist.
    fileprivate func contains(_ extent: Shape, _ view: Kernels.View) -> Bool {
        let spans = [
            (extent.batch - 1) * view.batch, (extent.rows - 1) * view.row,
            (extent.columns - 1) * view.column, (extent.channels - 1) * view.channel,
        ]
        return view.offset >= 0 && spans.allSatisfy { $0 >= 0 }
            && view.offset + spans.reduce(0, +) < shape.count
    }
}
