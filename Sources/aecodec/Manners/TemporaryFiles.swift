// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Files to remove if a signal stops the program.
enum TemporaryFiles {
    private static let paths = Mutex<Set<String>>([])
    private static let counter = Atomic<Int>(0)

    /// A number that no other temporary file of this process has.
    static func nextNumber() -> Int { counter.wrappingAdd(1, ordering: .relaxed).newValue }

    static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }

    static func remove(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    /// From now on SIGINT, SIGTERM and SIGHUP remove the files before they end the program.
    ///
    /// A thread waits for them, so that no code runs inside a handler. Call it before other threads start:
    /// they inherit that these signals are held back.
    static func removeOnSignals() {
        setMask(SIG_BLOCK)
        let thread = UnsafeMutablePointer<pthread_t>.allocate(capacity: 1)
        if unsafe pthread_create(thread, nil, { _ in TemporaryFiles.waitForSignals() }, nil) != 0 {
            setMask(SIG_UNBLOCK)
        }
        unsafe thread.deallocate()
    }

    private static func setMask(_ change: Int32) {
        var signals = stoppingSignals()
        unsafe pthread_sigmask(change, &signals, nil)
    }

    private static func waitForSignals() -> Never {
        var signals = stoppingSignals()
        while true {
            var number: Int32 = 0
            if unsafe sigwait(&signals, &number) == 0, !isIgnored(number) { stop(by: number) }
        }
    }

    private static func stoppingSignals() -> sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
        return signals
    }

    /// Whether whoever started the program wants it to go on, as `nohup` does.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(number, nil, &action)
        let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        let ignoring = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        return handler == ignoring
    }

    private static func stop(by number: Int32) {
        // The lock stays taken: nothing gets a name from here on.
        paths.withLock { paths in
            for path in paths { unsafe unlink(path) }
            setMask(SIG_UNBLOCK)
            kill(getpid(), number)
            while true { pause() }
        }
    }
}
