// SPDX-License-Identifier: Apache-2.0
import AECodec
import Synchronization

/// Results of independent pieces of work in their order, made on several threads, each with its own worker.
func concurrently<Worker, Result: Sendable>(
    _ count: Int, threads: Int, worker: @Sendable () throws(EncodeError) -> Worker,
    _ work: @Sendable (Worker, Int) throws(EncodeError) -> Result
) throws(EncodeError) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    try WorkQueue<EncodeError>.run(count, threads: threads) { queue throws(EncodeError) in
        let worker = try worker()
        while let number = queue.take() {
            let result = try work(worker, number)
            results.withLock { $0[number] = result }
        }
    }
    return results.withLock { $0.compactMap { $0 } }
}
