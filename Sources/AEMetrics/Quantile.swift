// SPDX-License-Identifier: Apache-2.0

/// What a share of some figures does not exceed, interpolated between the two nearest.
///
/// - Parameters:
///   - share: 0...1.
///   - sorted: The figures, ascending, at least one.
/// - Returns: The quantile.
public func quantile(_ share: Double, ofSorted sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
