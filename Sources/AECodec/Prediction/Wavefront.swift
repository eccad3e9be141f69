// SPDX-License-Identifier: Apache-2.0
package import CAEKernels

extension KernelChoice {
    /// Whether this machine can run the variant.
    public var isAvailable: Bool { level != nil }

    /// The variant as the kernels number it; nil if this machine cannot run it.
    package var level: ae_kernel_level? {
        let level =
            switch self {
            case .automatic: ae_kernel_best()
            case .portable: AE_KERNEL_PORTABLE
            case .avx2: AE_KERNEL_AVX2
            case .avx512: AE_KERNEL_AVX512
            case .neon: AE_KERNEL_NEON
            }
        return ae_kernel_available(level) != 0 ? level : nil
    }
}

extension ae_prediction {
    /// The parameters as the kernels take them.
    ///
    /// - Parameters:
    ///   - parameters: Parameters that have passed the checks of reading them.
    ///   - maximumCode: The greatest code, at most 65,535.
    ///   - bound: The greatest error of a code; 0 if there is none.
    package init(_ parameters: PredictionParameters, maximumCode: Int, bound: Int) {
        self.init()
        tap_pairs = Int32(parameters.tapCount / 2)
        shift = Int32(parameters.weightShift)
        curve_shift = Int32(parameters.curveShift)
        error_shift = Int32(parameters.errorShift)
        max_code = UInt16(maximumCode)
        self.bound = Int32(bound)
        repeats = parameters.repeats ? 1 : 0
        textures = parameters.textureLimit == nil ? 0 : 1
        texture_limit = Int32(parameters.textureLimit ?? 0)
        wide = parameters.predictors.count > 8 ? 1 : 0
        // An adaptive coder looks at what signs are expected from.
        signs = parameters.signWeight == nil && !parameters.isAdaptive ? 0 : 1
        sign_weight = Int32(parameters.signWeight ?? 0)
        let half = parameters.weightShift > 0 ? Int32(1) << Int32(parameters.weightShift - 1) : 0
        unsafe withUnsafeMutableBytes(of: &weights) { raw in
            let weights = unsafe raw.assumingMemoryBound(to: Int32.self)
            for (set, predictor) in parameters.predictors.enumerated() {
                for (first, taps) in [(0, predictor.weights), (AE_MAX_TAP_PAIRS, predictor.baseWeights)] {
                    for pair in 0..<taps.count / 2 {
                        let low = UInt32(UInt16(bitPattern: taps[2 * pair]))
                        let high = UInt32(UInt16(bitPattern: taps[2 * pair + 1]))
                        unsafe weights[(first + pair) * AE_MAX_PREDICTORS + set] =
                            Int32(bitPattern: low | high << 16)
                    }
                }
            }
        }
        unsafe withUnsafeMutableBytes(of: &bias) { raw in
            let bias = unsafe raw.assumingMemoryBound(to: Int32.self)
            for (set, predictor) in parameters.predictors.enumerated() {
                unsafe bias[set] = predictor.bias + half
            }
        }
        unsafe withUnsafeMutableBytes(of: &scale) { raw in
            let scale = unsafe raw.assumingMemoryBound(to: Int16.self)
            for (term, weight) in parameters.scaleWeights.enumerated() { unsafe scale[term] = Int16(weight) }
        }
        unsafe withUnsafeMutableBytes(of: &curve) { raw in
            let curve = unsafe raw.assumingMemoryBound(to: Int32.self)
            for (entry, value) in parameters.curve.enumerated() {
                unsafe curve[entry] = Int32(value) << Int32(parameters.curveExponent)
            }
        }
    }
}

/// The workspace of one band of tiles up to a width; one serves one thread.
@safe
package final class WavefrontWorkspace {
    /// Records of the band, aligned for vectors.
    package private(set) var band: UnsafeMutablePointer<Int16>
    /// Records of the base, likewise; nil until a base is announced.
    package private(set) var baseBand: UnsafeMutablePointer<Int16>?
    private var columns: Int
    private var baseColumns = 0

    package init(columns: Int) {
        unsafe band = Self.allocate(ae_band_count(Int32(columns)))
        self.columns = columns
    }

    /// Makes room for tiles of `columns` columns.
    package func reserve(columns wanted: Int, hasBase: Bool) {
        if wanted > columns {
            unsafe band.deallocate()
            unsafe band = Self.allocate(ae_band_count(Int32(wanted)))
            columns = wanted
        }
        if hasBase, wanted > baseColumns {
            unsafe baseBand?.deallocate()
            unsafe baseBand = unsafe Self.allocate(ae_base_band_count(Int32(wanted)))
            baseColumns = wanted
        }
    }

    deinit {
        unsafe band.deallocate()
        unsafe baseBand?.deallocate()
    }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Int16> {
        let bytes = 2 * count
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        return unsafe raw.assumingMemoryBound(to: Int16.self)
    }
}
