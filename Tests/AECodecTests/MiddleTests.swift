// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

@testable import AECodecEncoder

/// The middle of some values is that of the sorted ones.
@Suite struct MiddleTests {
    @Test func nothingHasNoMiddle() {
        #expect(middle([Int]()) == nil)
    }

    @Test func theMiddleIsThatOfSortedValues() {
        var random = SplitMix64(seed: 41)
        for count in [1, 2, 3, 4, 7, 64, 1000, 1001] {
            for range in [1, 2, 10, 1_000_000] {
                let values = (0..<count).map { _ in Int(random.next() % UInt64(range)) }
                #expect(middle(values) == values.sorted()[count / 2])
            }
        }
    }

    /// Rising and falling once is the worst order there is; here it would take hours.
    @Test func anyOrderIsFast() {
        let count = 1 << 20
        let hump = (0..<count).map { min($0, count - $0) }
        for values in [hump, hump.map { -$0 }, Array(0..<count), Array((0..<count).reversed())] {
            #expect(middle(values) == values.sorted()[count / 2])
        }
    }
}
