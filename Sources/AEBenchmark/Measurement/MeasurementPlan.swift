// SPDX-License-Identifier: Apache-2.0

/// What a run measures.
package struct MeasurementPlan: Sendable {
    /// How much of the metrics is computed.
    package enum Metrics: String, Sendable, CaseIterable {
        /// All.
        case full
        /// Mean squared error, PSNR, maximum error.
        case fast
    }

    /// The modes to measure.
    package var modes: Set<CodecDescription.Mode> = [.lossless, .lossy]
    /// Bits a sample of every curve.
    package var rates: [Double] = RateSweep.defaultRates
    /// Bounds of bounded error, in stored units.
    package var bounds: [Int] = []
    /// The rates at which lossy codecs are timed: bits a sample.
    package var timedRates: [Double] = [16.0 / 15, 16.0 / 40]
    /// Runs of each timed setting; 0 for none.
    package var repetitions = 5
    /// The metrics of lossy points.
    package var metrics = Metrics.full
    /// The program that workers are started from.
    package var program: String

    /// A plan of the default size.
    ///
    /// - Parameter program: Path of aecodec-bench.
    package init(program: String) { self.program = program }
}
