// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer

/// How a signal is divided, by its sampling rate: bands of about the same frequencies have the same level kind.
struct SignalShape {
    let levelCount: Int
    let predictedLevels: Int
    let chunkExponent: Int
    let windowExponent: Int
    let before: Int
    let after: Int

    static let fractionBits = 6
    /// Where steps vary, they may change every 2^this chunks.
    static let segmentExponent = 1
    /// Hertz below which the low band lies, and above which waveforms are predicted.
    private static let lowest = 0.044
    private static let predictedFrom = 0.7
    /// Windows are as long as memory of some hundred megabytes allows; every window starts without known waveforms.
    private static let windowExponent = 20

    /// - Parameters:
    ///   - rate: Instants in a second.
    ///   - columns: Instants.
    ///   - windowExponent: The longest window, if it is not the usual one.
    init(rate: Double, columns: Int, windowExponent: Int? = nil) {
        let longest = Int.bitWidth - 1 - max(columns, 2).leadingZeroBitCount
        let octaves = { (hertz: Double) in Int(log2(max(rate, 1) / 2 / hertz).rounded()) }
        let window = max(10, windowExponent ?? Self.windowExponent)
        let levels = max(1, min(SignalModel.maximumLevels, octaves(Self.lowest), longest, window))
        levelCount = levels
        predictedLevels = max(0, min(levels, 12, octaves(Self.predictedFrom)))
        chunkExponent = min(16, predictedLevels + 2)
        self.windowExponent = window
        before = min(4096, Int((rate / 3).rounded()))
        after = min(8192, Int((0.722 * rate).rounded()))
    }

    func parameters(
        quantizer: PyramidParameters.Quantizer, commonStep: UInt32, lowStep: UInt32, mixing: RowMixing?,
        variesSteps: Bool = false
    ) -> SignalPyramidParameters {
        SignalPyramidParameters(
            windowExponent: windowExponent, levelCount: levelCount, predictedLevels: predictedLevels,
            chunkExponent: chunkExponent, fractionBits: Self.fractionBits, quantizer: quantizer,
            commonStep: commonStep, lowStep: lowStep, before: before, after: after,
            segmentExponent: variesSteps ? Self.segmentExponent : nil, mixing: mixing)
    }
}
