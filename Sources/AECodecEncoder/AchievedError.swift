// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AEMetrics
import Samples

extension ContainerContent {
    /// Decodes the archive of one part that this makes; the part's digest and errors become those of what comes
    /// out.
    ///
    /// Its groups must not change from here on, so that what is stated holds for the finished bytes.
    ///
    /// - Parameters:
    ///   - samples: What was encoded.
    ///   - model: The model of the part, if it has one.
    ///   - options: Threads and kernels.
    /// - Returns: The errors.
    /// - Throws: ``EncodeError/internalFault(_:)`` if the archive does not decode to samples of that shape.
    mutating func stateErrors(
        of samples: SampleArray, model: Model?, options: EncodeOptions
    ) throws(EncodeError) -> SampleDifference {
        let decoded: SampleArray
        do throws(DecodeError) {
            decoded = try Archive.undigestedSamples(
                serialized(), threads: options.threads, kernel: options.kernel, model: model)
        } catch { throw .internalFault(error) }
        return try stateErrors(of: samples, decoded: decoded)
    }

    /// States the digest and the errors of what a decoder makes of this.
    ///
    /// - Parameters:
    ///   - samples: What was encoded.
    ///   - decoded: What comes out.
    /// - Returns: The errors.
    /// - Throws: ``EncodeError/internalFault(_:)`` if these have different shapes.
    mutating func stateErrors(
        of samples: SampleArray, decoded: SampleArray
    ) throws(EncodeError) -> SampleDifference {
        guard let difference = SampleDifference(samples, decoded) else {
            throw .internalFault(.damagedSource)
        }
        parts[0].digest = decoded.digest
        parts[0].mode.maximumError = UInt64(difference.maximumError)
        parts[0].mode.meanSquaredError = Float(difference.meanSquaredError)
        return difference
    }
}

extension ContainerContent {
    /// The groups of an archive of one part, as those of a part with a number.
    func groups(ofPart number: Int) -> [(header: GroupHeader, body: [UInt8])] {
        groups.map { group in
            var header = group.header
            header.part = number
            return (header: header, body: group.body)
        }
    }
}

extension CodingMode {
    /// What an archive states before its errors are known: none takes more bytes than the largest.
    static func unmeasured(bitsStored: Int, target: Target = .none, value: Float = 0) -> CodingMode {
        CodingMode(
            kind: .lossy, target: target, targetValue: value, maximumError: UInt64(1) << UInt64(bitsStored),
            meanSquaredError: 1)
    }
}
