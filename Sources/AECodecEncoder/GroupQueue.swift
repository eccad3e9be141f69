// SPDX-License-Identifier: Apache-2.0
import AECodec
import CAEKernels
import Synchronization

/// Encodes all groups on several threads; bodies come back in the order of the groups.
func encodeGroups(
    _ count: Int, options: EncodeOptions, level: ae_kernel_level,
    _ encode: @Sendable (GroupEncoder, Int) -> [UInt8]
) throws(EncodeError) -> [[UInt8]] {
    let bodies = Mutex([[UInt8]](repeating: [], count: count))
    try WorkQueue<EncodeError>.run(count, threads: options.threads) { queue throws(EncodeError) in
        guard let encoder = GroupEncoder(level: level) else { throw .outOfMemory }
        while let group = queue.take() {
            let body = encode(encoder, group)
            bodies.withLock { $0[group] = body }
        }
    }
    return bodies.withLock { $0 }
}
