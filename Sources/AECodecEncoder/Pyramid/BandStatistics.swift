// SPDX-License-Identifier: Apache-2.0
import AECodec

extension PyramidPlane {
    /// The sum of log2(1 + |coefficient| / step) over all details, steps in the order of ``PyramidParameters``.
    func estimatedBits(steps: [UInt32]) -> Double {
        var sum = 0.0
        for level in 1...layout.levelCount {
            for band in 1...3 {
                let values = unsafe values(level: level, band: band)
                let inverse = 256 / Float(steps[3 * (level - 1) + band])
                // A product of some factors has the logarithm of them all.
                var product: Float = 1
                for index in values.indices {
                    unsafe product *= 1 + Float(values[index].magnitude) * inverse
                    if product > 1e18 {
                        sum += Double(product.exponent) + Double(product.significand) - 1
                        product = 1
                    }
                }
                sum += Double(product.exponent) + Double(product.significand) - 1
            }
        }
        return sum
    }

    /// The largest coefficient of a band (0 is the low band).
    func largestMagnitude(level: Int, band: Int) -> Int {
        let values = unsafe values(level: level, band: band)
        var largest: UInt32 = 0
        for index in values.indices { largest = unsafe max(largest, values[index].magnitude) }
        return Int(largest)
    }
}
