// SPDX-License-Identifier: Apache-2.0
import CPeers
import Foundation
import Glibc

/// Another program at work: started with `posix_spawn`, waited for with `wait4`.
final class ChildProcess {
    /// Where a standard stream of the child leads.
    enum Stream {
        case nowhere
        case file(path: String, writes: Bool)
        /// A pipe of which this process holds the other end.
        case pipe
    }

    private let program: String
    private let identifier: pid_t
    private let start = ContinuousClock.now
    private var isRunning = true
    /// The end to write to the child's standard input, if that is a pipe.
    let toChild: FileHandle?
    /// The end to read its standard output, if that is a pipe.
    let fromChild: FileHandle?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Its path; without a slash it is looked for on the PATH.
    ///   - arguments: What follows the name of the program.
    ///   - input: Where standard input comes from.
    ///   - output: Where standard output goes.
    ///   - errors: Where standard error goes.
    /// - Throws: ``BenchmarkError/start(program:words:)``.
    init(
        _ program: String, _ arguments: [String], input: Stream = .nowhere, output: Stream = .nowhere,
        errors: Stream = .nowhere
    ) throws(BenchmarkError) {
        self.program = program
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let inputPipe = unsafe Self.direct(input, descriptor: 0, writes: false, &actions)
        let outputPipe = unsafe Self.direct(output, descriptor: 1, writes: true, &actions)
        _ = unsafe Self.direct(errors, descriptor: 2, writes: true, &actions)
        toChild = inputPipe?.ours
        fromChild = outputPipe?.ours

        var words = unsafe ([program] + arguments).map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        var child: pid_t = 0
        let code = unsafe posix_spawnp(&child, program, &actions, nil, words, environ)
        guard code == 0 else {
            throw .start(program: program, words: unsafe String(cString: strerror(code)))
        }
        identifier = child
        try? inputPipe?.theirs.close()
        try? outputPipe?.theirs.close()
    }

    /// Waits for the end and says what the process took.
    ///
    /// The peak of memory is never below that of this process when it started the child.
    ///
    /// - Parameter words: What the child said, for the error.
    /// - Returns: CPU and wall time from its start to its end, and its peak of memory.
    /// - Throws: ``BenchmarkError/ended(program:status:words:)`` unless it ended with status 0.
    func finish(words: () -> String = { "" }) throws(BenchmarkError) -> Cost {
        try? toChild?.close()
        var status: Int32 = 0
        var usage = rusage()
        var result: pid_t
        repeat {
            result = unsafe wait4(identifier, &status, 0, &usage)
        } while result < 0 && errno == EINTR
        isRunning = false
        let duration = (ContinuousClock.now - start).components
        guard result == identifier, status == 0 else {
            // The low seven bits are the signal, the byte above them the exit status. (wait(2))
            let signal = status & 0x7F
            throw .ended(
                program: program, status: signal == 0 ? "status \(status >> 8)" : "signal \(signal)",
                words: words())
        }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return Cost(
            cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            wall: Double(duration.seconds) + Double(duration.attoseconds) * 1e-18,
            peakBytes: 1024 * usage.ru_maxrss)
    }

    deinit {
        guard isRunning else { return }
        try? toChild?.close()
        kill(identifier, SIGTERM)
        var status: Int32 = 0
        unsafe waitpid(identifier, &status, 0)
    }

    /// Both ends of a pipe to the child.
    private struct Ends {
        let theirs: FileHandle
        let ours: FileHandle
    }

    private static func direct(
        _ stream: Stream, descriptor: Int32, writes: Bool, _ actions: inout posix_spawn_file_actions_t
    ) -> Ends? {
        switch stream {
        case .nowhere:
            unsafe posix_spawn_file_actions_addopen(
                &actions, descriptor, "/dev/null", writes ? O_WRONLY : O_RDONLY, 0)
        case .file(let path, let writes):
            unsafe posix_spawn_file_actions_addopen(
                &actions, descriptor, path, writes ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0o600)
        case .pipe:
            // Closed in every child that is started, at once: a child that held the ends of another's pipe
            // would keep it from ever seeing the end of its input.
            var numbers: [Int32] = [-1, -1]
            guard unsafe peer_pipe(&numbers) == 0 else { return nil }
            let handles = numbers.map { FileHandle(fileDescriptor: $0, closeOnDealloc: true) }
            let ends =
                writes
                ? Ends(theirs: handles[1], ours: handles[0]) : Ends(theirs: handles[0], ours: handles[1])
            unsafe posix_spawn_file_actions_adddup2(&actions, ends.theirs.fileDescriptor, descriptor)
            return ends
        }
        return nil
    }
}
