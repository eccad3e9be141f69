// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AEMetrics

/// Expected values were computed by SciPy 1.17.1, `PchipInterpolator`.
@Suite struct MonotoneCubicTests {
    @Test func agreesWithSciPyWhereSlopesVanish() {
        let curve = MonotoneCubic([0, 1, 1.5, 4, 4.25], [3, 1, 1, 5, -2])
        let expected = [
            0.2: 2.365333333333333, 0.9: 1.0260000000000002, 1.2: 1, 2: 1.416, 3.9: 4.981311999999999,
            4.1: 3.2725818181818287, 4.25: -2,
        ]
        for (place, value) in expected { #expect(abs(curve(place) - value) < 1e-13) }
        #expect(abs(curve.mean(over: 0.5...4.1) - 2.511038692480359) < 1e-13)
    }

    @Test func agreesWithSciPyWhereEndSlopesAreClamped() {
        let curve = MonotoneCubic([0, 3, 3.5, 5], [0, 1, -9, -10])
        let expected = [
            0.5: 0.4212962962962963, 1: 0.7037037037037037, 2: 0.9629629629629628, 4.5: -9.910592120783203,
        ]
        for (place, value) in expected { #expect(abs(curve(place) - value) < 1e-13) }
    }

    @Test func staysBetweenItsPoints() {
        let ordinates = [0, 0.1, 5, 5.01, 5.02, 90]
        let curve = MonotoneCubic([0, 1, 2, 3, 4, 5], ordinates)
        var last = curve(0)
        for step in 1...500 {
            let value = curve(Double(step) / 100)
            #expect(value >= last)
            last = value
        }
        #expect(last == 90)
    }
}
