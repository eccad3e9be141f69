// SPDX-License-Identifier: Apache-2.0
import AECodec
import Testing

@testable import aecodec_train

@Suite struct LiftingSearchTests {
    /// The two dependent coefficients of CDF 9/7 follow from its zeros.
    @Test(arguments: 1...4) func theStartIsCDF97(pairs: Int) throws {
        let lifting = try #require(LiftingParameters(pairCount: pairs).lifting)
        #expect(lifting.pairCount == pairs)
        for step in 0..<Lifting.stepCount {
            let own = lifting.coefficients[step * pairs..<(step + 1) * pairs]
            let difference = try #require(own.first) - Lifting.cdf97.coefficients[step]
            #expect(abs(difference) <= 1)
            #expect(own.dropFirst().allSatisfy { $0 == 0 })
        }
    }

    /// Whatever the free numbers are, the high pass takes no constant and the low pass no alternation.
    @Test func zerosStayWhereTheyAre() throws {
        let values = [-1.5, 0.07, -0.02, -0.08, 0.03, -0.001, 0.03, 0.01, -0.11, 0.005]
        let lifting = try #require(LiftingParameters(pairCount: 3, values).lifting)
        for (odd, even) in [(1.0, 1.0), (-1.0, 1.0)] {
            var value = [even, odd]
            for step in 0..<Lifting.stepCount {
                let sum = lifting.coefficients[3 * step..<3 * step + 3].reduce(0) { $0 + Double($1) } / 65_536
                value[1 - step % 2] += 2 * sum * value[step % 2]
            }
            #expect(abs(odd > 0 ? value[1] : value[0]) < 1e-3)
        }
    }

    @Test func stepsThatAreTooSteepGiveNothing() {
        #expect(LiftingParameters(pairCount: 2, [3, 0, 0, 0, 0, 0]).lifting == nil)
        #expect(LiftingParameters(pairCount: 2, [-1.9, 1.9, 0, 0, 0, 0]).lifting == nil)
        // The other numbers follow with a division by zero.
        #expect(LiftingParameters(pairCount: 1, [0.5, -0.25]).lifting == nil)
    }
}

@Suite struct CovarianceSearchTests {
    /// A bent valley, which steps along the axes do not descend: Rosenbrock's function, least at (1, 1, 1).
    private static func valley(_ x: [Double]) -> Double {
        zip(x, x.dropFirst()).reduce(0) { sum, pair in
            let (a, b) = pair
            return sum + 100 * (b - a * a) * (b - a * a) + (1 - a) * (1 - a)
        }
    }

    private static func found(seed: UInt64) -> [Double] {
        var search = CovarianceSearch(
            start: [-1, 0.5, 2], scales: [0.3, 0.3, 0.3], sampleCount: 10, seed: seed)
        for _ in 0..<400 { search.update(search.samples().map(valley)) }
        return search.mean
    }

    @Test(arguments: 1...5) func theLeastPointIsFound(seed: UInt64) {
        #expect(Self.found(seed: seed).allSatisfy { abs($0 - 1) < 1e-3 })
    }

    @Test func theSameSeedGivesTheSameSearch() {
        #expect(Self.found(seed: 7) == Self.found(seed: 7))
        #expect(Self.found(seed: 7) != Self.found(seed: 8))
    }
}
