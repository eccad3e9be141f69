// SPDX-License-Identifier: Apache-2.0

/// A piecewise cubic through points that is monotone wherever the points are ("PCHIP").
///
/// Inner slopes are the weighted harmonic means of F. N. Fritsch and J. Butland, "A method for
/// constructing local monotone piecewise cubic interpolants", SIAM J. Sci. Stat. Comput. 5 (1984)
/// 300-304. Slopes at the ends are the shape-preserving three-point formula of C. Moler, "Numerical
/// Computing with MATLAB" (2004), section 3.6. SciPy's `PchipInterpolator` computes the same curve.
package struct MonotoneCubic: Equatable, Sendable {
    private let abscissas: [Double]
    private let ordinates: [Double]
    private let slopes: [Double]

    /// Makes the curve.
    ///
    /// - Parameters:
    ///   - abscissas: At least three, strictly rising.
    ///   - ordinates: As many.
    package init(_ abscissas: [Double], _ ordinates: [Double]) {
        precondition(abscissas.count >= 3 && abscissas.count == ordinates.count)
        precondition(zip(abscissas, abscissas.dropFirst()).allSatisfy(<), "abscissas must rise")
        self.abscissas = abscissas
        self.ordinates = ordinates
        let last = abscissas.count - 1
        let widths = (0..<last).map { abscissas[$0 + 1] - abscissas[$0] }
        let secants = (0..<last).map { (ordinates[$0 + 1] - ordinates[$0]) / widths[$0] }
        let first = Self.endSlope(widths[0], widths[1], secants[0], secants[1])
        let inner = (1..<last).map { index in
            Self.innerSlope(widths[index - 1], widths[index], secants[index - 1], secants[index])
        }
        let final = Self.endSlope(widths[last - 1], widths[last - 2], secants[last - 1], secants[last - 2])
        slopes = [first] + inner + [final]
    }

    /// Where the curve is defined.
    package var domain: ClosedRange<Double> { abscissas[0]...abscissas[abscissas.count - 1] }

    /// The value at a place of the domain.
    package func callAsFunction(_ place: Double) -> Double {
        precondition(domain.contains(place))
        let next = abscissas.firstIndex { $0 > place } ?? abscissas.count - 1
        return value(at: place, piece: next - 1)
    }

    /// The mean over a part of the domain that is not a point.
    package func mean(over interval: ClosedRange<Double>) -> Double {
        precondition(interval.lowerBound < interval.upperBound)
        precondition(domain.contains(interval.lowerBound) && domain.contains(interval.upperBound))
        var sum = 0.0
        for piece in 0..<abscissas.count - 1 {
            let from = max(abscissas[piece], interval.lowerBound)
            let to = min(abscissas[piece + 1], interval.upperBound)
            guard from < to else { continue }
            // Simpson's rule is exact for a cubic.
            let ends = value(at: from, piece: piece) + value(at: to, piece: piece)
            sum += (to - from) / 6 * (ends + 4 * value(at: (from + to) / 2, piece: piece))
        }
        return sum / (interval.upperBound - interval.lowerBound)
    }

    /// Hermite's form of one piece.
    private func value(at place: Double, piece: Int) -> Double {
        let width = abscissas[piece + 1] - abscissas[piece]
        let t = (place - abscissas[piece]) / width
        let s = 1 - t
        return ordinates[piece] * s * s * (1 + 2 * t) + ordinates[piece + 1] * t * t * (3 - 2 * t)
            + width * (slopes[piece] * t * s * s - slopes[piece + 1] * t * t * s)
    }

    private static func innerSlope(
        _ widthBefore: Double, _ widthAfter: Double, _ before: Double, _ after: Double
    ) -> Double {
        guard before * after > 0 else { return 0 }
        let weightBefore = 2 * widthAfter + widthBefore
        let weightAfter = widthAfter + 2 * widthBefore
        return (weightBefore + weightAfter) / (weightBefore / before + weightAfter / after)
    }

    /// The slope at an end; `near` is the secant of the piece at the end, `far` of the one beside it.
    private static func endSlope(
        _ nearWidth: Double, _ farWidth: Double, _ near: Double, _ far: Double
    ) -> Double {
        let slope = ((2 * nearWidth + farWidth) * near - nearWidth * far) / (nearWidth + farWidth)
        guard slope * near > 0 else { return 0 }
        if near * far <= 0, abs(slope) > 3 * abs(near) { return 3 * near }
        return slope
    }
}
