// SPDX-License-Identifier: Apache-2.0
import AECodec
import Synchronization

/// Encodes all groups on several threads, each with its own encoder; bodies come back in the order of the
/// groups.
func encodeGroups<Encoder>(
    _ count: Int, threads: Int, encoder: @Sendable () -> Encoder?,
    _ encode: @Sendable (Encoder, Int) -> [UInt8]
) throws(EncodeError) -> [[UInt8]] {
    let bodies = Mutex([[UInt8]](repeating: [], count: count))
    try WorkQueue<EncodeError>.run(count, threads: threads) { queue throws(EncodeError) in
        guard let encoder = encoder() else { throw .outOfMemory }
        while let group = queue.take() {
            let body = encode(encoder, group)
            bodies.withLock { $0[group] = body }
        }
    }
    return bodies.withLock { $0 }
}
