// SPDX-License-Identifier: Apache-2.0
import CFLACShim

/// The samples of a FLAC stream.
struct FLACSamples {
    var channels: Int
    var bits: Int
    /// Samples of each channel.
    var count: Int
    /// All samples, channel by channel.
    var values: [Int32]

    /// Decodes a stream; it is decoded once before memory for its samples is taken.
    init(_ bytes: [UInt8], limit: Int) throws(SignalError) {
        var shape = flac_shape()
        try Self.check(unsafe flac_shim_measure(bytes, bytes.count, UInt64(limit), &shape))
        channels = Int(shape.channels)
        bits = Int(shape.bits)
        count = Int(shape.frames)
        guard channels >= 1, count >= 1, count <= limit / channels else {
            throw .tooManySamples(count: count &* channels, limit: limit)
        }
        values = [Int32](repeating: 0, count: channels * count)
        try Self.check(unsafe flac_shim_decode(bytes, bytes.count, &shape, &values))
    }

    private static func check(_ status: flac_shim_status) throws(SignalError) {
        guard status == FLAC_SHIM_OK else { throw .damagedSamples(.wfdb, structure: "FLAC stream") }
    }
}
