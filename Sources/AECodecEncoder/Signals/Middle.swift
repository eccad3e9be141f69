// SPDX-License-Identifier: Apache-2.0

/// The value that would stand in the middle if some were sorted, the upper one of two; nil of nothing.
///
/// Values are parted around a pivot until the middle is found (Hoare 1961). Where that takes many rounds, as values
/// that rise and fall once would have it, what is left is sorted.
func middle<Value: Comparable>(_ given: [Value]) -> Value? {
    guard !given.isEmpty else { return nil }
    var values = given
    let wanted = values.count / 2
    var (low, high) = (0, values.count - 1)
    var rounds = 0
    while low < high {
        rounds += 1
        guard rounds <= mostRounds else { return values[low...high].sorted()[wanted - low] }
        let pivot = values[low + (high - low) / 2]
        var (left, right) = (low, high)
        while left <= right {
            while values[left] < pivot { left += 1 }
            while pivot < values[right] { right -= 1 }
            if left <= right {
                values.swapAt(left, right)
                left += 1
                right -= 1
            }
        }
        if wanted <= right {
            high = right
        } else if wanted >= left {
            low = left
        } else {
            break
        }
    }
    return values[wanted]
}

/// Random values of any number that occurs need fewer, but for the last few of them.
private let mostRounds = 24
