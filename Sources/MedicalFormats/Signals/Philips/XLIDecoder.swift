// SPDX-License-Identifier: Apache-2.0

/// Decodes the compressed leads of Philips XML: LZW codes of 10 bits over the high and low bytes of second
/// differences.
///
/// The scheme was learned from the description in sierra-ecg-tools (MIT).
struct XLIDecoder {
    /// Codes of a full table; the one behind ends the data.
    private static let codeLimit = 1023

    /// Decodes all leads of a stream.
    ///
    /// - Parameters:
    ///   - bytes: Chunks, each a header of 8 bytes and the codes of one lead.
    ///   - sampleCount: Samples of a lead; more end the decoding.
    ///   - leadCount: Leads to decode.
    /// - Returns: The samples of each lead.
    /// - Throws: ``SignalError`` for damaged codes.
    static func leads(_ bytes: [UInt8], sampleCount: Int, leadCount: Int) throws(SignalError) -> [[Int16]] {
        var leads: [[Int16]] = []
        var at = 0
        while leads.count < leadCount {
            guard bytes.count - at >= 8 else { throw truncated(8, bytes.count - at) }
            let size = (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
            let first = Int16(bitPattern: UInt16(bytes[at + 6]) | UInt16(bytes[at + 7]) << 8)
            at += 8
            guard size <= bytes.count - at else { throw truncated(size, bytes.count - at) }
            let data = try expand(bytes[at..<at + size], limit: 2 * sampleCount)
            leads.append(integrate(data, first: first))
            at += size
        }
        return leads
    }

    private static func truncated(_ needed: Int, _ available: Int) -> SignalError {
        .truncated(.philips, structure: "compressed lead", needed: needed, available: available)
    }

    /// LZW with codes of 10 bits, highest bit first, and a table that is never emptied.
    private static func expand(_ bytes: ArraySlice<UInt8>, limit: Int) throws(SignalError) -> [UInt8] {
        var prefixes = [Int](repeating: -1, count: 256)
        var lasts = (0...255).map { UInt8($0) }
        var firsts = lasts
        var output: [UInt8] = []
        var previous: Int?
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            guard count >= 10 else { continue }
            count -= 10
            let code = Int(bits >> UInt32(count) & 0x3FF)
            if code >= codeLimit { return output }
            guard code < lasts.count || code == lasts.count && previous != nil else {
                throw .damagedSamples(.philips, structure: "an unknown code")
            }
            if let previous, lasts.count < codeLimit {
                prefixes.append(previous)
                lasts.append(code < firsts.count ? firsts[code] : firsts[previous])
                firsts.append(firsts[previous])
            }
            guard code < lasts.count else {
                throw .damagedSamples(.philips, structure: "an unknown code")
            }
            let start = output.count
            var link = code
            while link >= 0 {
                output.append(lasts[link])
                link = prefixes[link]
            }
            output[start...].reverse()
            guard output.count <= limit else {
                throw .damagedSamples(.philips, structure: "a lead is longer than the document states")
            }
            previous = code
        }
        return output
    }

    /// Samples of second differences, whose high bytes stand before all low ones; each is 64 too large.
    private static func integrate(_ bytes: [UInt8], first: Int16) -> [Int16] {
        let count = bytes.count / 2
        var samples = (0..<count).map {
            Int16(bitPattern: UInt16(bytes[$0]) << 8 | UInt16(bytes[count + $0]))
        }
        guard count > 2 else { return samples }
        var correction = first
        for index in 2..<count {
            let stored = samples[index]
            samples[index] = 2 &* samples[index - 1] &- samples[index - 2] &- correction
            correction = stored &- 64
        }
        return samples
    }
}
