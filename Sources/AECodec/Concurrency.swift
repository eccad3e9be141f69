// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Hands out the numbers 0..<count to several threads and keeps the first error.
@safe
package final class WorkQueue<Failure: Error>: Sendable {
    private let count: Int
    private let next = Atomic<Int>(0)
    private let failure = Mutex<Failure?>(nil)

    private init(count: Int) { self.count = count }

    /// The next number; nil when all are handed out or something has failed.
    package func take() -> Int? {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return number < count ? number : nil
    }

    /// Runs `work` on up to `threads` threads, each with its own scratch memory; 0 means one a core.
    package static func run(
        _ count: Int, threads: Int, _ work: @Sendable (WorkQueue<Failure>) throws(Failure) -> Void
    ) throws(Failure) {
        let queue = WorkQueue(count: count)
        let workers = min(count, threads == 0 ? processorCount : threads)
        if workers <= 1 {
            try work(queue)
            return
        }
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            do throws(Failure) {
                try work(queue)
            } catch {
                queue.next.store(count, ordering: .relaxed)
                queue.failure.withLock { if $0 == nil { $0 = error } }
            }
        }
        if let failure = queue.failure.withLock({ $0 }) { throw failure }
    }
}

/// Cores that are on line.
package var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
