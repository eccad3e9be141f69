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
    }

    enum Distribution { case laplace, gaussian }

    static func codeLength(
        _ distribution: Distribution, center: Tensor, logScale: Tensor, lower: Tensor, upper: Tensor
    ) -> CodeLength {
        let empty = Tensor(center.shape)
        var result = CodeLength(bits: empty, center: empty, logScale: empty, lower: empty, upper: empty)
        let function = unsafe distribution == .laplace ? tr_laplace_code_length : tr_gaussian_code_length
        unsafe result.bits.values.withUnsafeMutableBufferPointer { bits in
            unsafe result.center.values.withUnsafeMutableBufferPointer { dCenter in
                unsafe result.logScale.values.withUnsafeMutableBufferPointer { dLogScale in
                    unsafe result.lower.values.withUnsafeMutableBufferPointer { dLower in
                        unsafe result.upper.values.withUnsafeMutableBufferPointer { dUpper in
                            let places = unsafe tr_code_length(
                                bits: bits.baseAddress, d_center: dCenter.baseAddress,
                                d_log_scale: dLogScale.baseAddress, d_lower: dLower.baseAddress,
                                d_upper: dUpper.baseAddress)
                            unsafe function(
                                bits.count, center.values, logScale.values, lower.values, upper.values,
                                places)
                        }
                    }
                }
            }
        }
        return result
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
