// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A call of the operating system that failed.
struct SystemError: Error, CustomStringConvertible {
    /// What was tried, as in `cannot open`.
    let action: String
    /// The value of `errno`.
    let code: Int32

    /// The error of the call that has just failed.
    init(_ action: String, code: Int32 = errno) {
        self.action = action
        self.code = code
    }

    /// One line for a person.
    var description: String { "\(action): \(unsafe String(cString: strerror(code)))" }
}

/// An open file, closed when it goes.
struct Descriptor: ~Copyable {
    let number: Int32

    init(owning number: Int32) { self.number = number }

    /// Opens an existing file for reading.
    init(reading path: String) throws(SystemError) {
        number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("cannot open") }
    }

    /// Opens an existing device or pipe for writing.
    init(writing path: String) throws(SystemError) {
        number = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("cannot open") }
    }

    /// A second descriptor of an open file.
    init(copying original: Int32) throws(SystemError) {
        number = fcntl(original, F_DUPFD_CLOEXEC, 3)
        guard number >= 0 else { throw SystemError("cannot open") }
    }

    deinit { close(number) }

    /// The status of the open file.
    func status() throws(SystemError) -> FileStatus { try .of(number) }
}

/// What the file system says of a file.
struct FileStatus {
    /// Kinds that matter here.
    enum Kind { case regular, directory, link, other }

    private let buffer: stat

    var kind: Kind {
        switch buffer.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .directory
        case S_IFLNK: .link
        default: .other
        }
    }
    var byteCount: Int { Int(buffer.st_size) }
    var owner: uid_t { buffer.st_uid }
    var group: gid_t { buffer.st_gid }
    /// Permission bits, without set-user and the like.
    var permissions: mode_t { buffer.st_mode & 0o777 }
    /// Access and modification.
    var times: [timespec] { [buffer.st_atim, buffer.st_mtim] }

    /// Whether both are the same file, whatever its names.
    func isSameFile(as other: FileStatus) -> Bool {
        buffer.st_dev == other.buffer.st_dev && buffer.st_ino == other.buffer.st_ino
    }

    /// The status of a file by name; nil if there is none.
    static func of(_ path: String, followingLinks: Bool = true) throws(SystemError) -> FileStatus? {
        var buffer = stat()
        let result = unsafe followingLinks ? stat(path, &buffer) : lstat(path, &buffer)
        if result == 0 { return FileStatus(buffer: buffer) }
        guard errno == ENOENT else { throw SystemError("cannot look up") }
        return nil
    }

    /// The status of an open file.
    static func of(_ number: Int32) throws(SystemError) -> FileStatus {
        var buffer = stat()
        guard unsafe fstat(number, &buffer) == 0 else { throw SystemError("cannot look up") }
        return FileStatus(buffer: buffer)
    }
}

/// Reads and writes of whole files.
enum System {
    static let standardInput: Int32 = 0
    static let standardOutput: Int32 = 1
    static let standardError: Int32 = 2
    /// Most bytes that are read of one file; no image within the codec's limits has more.
    static let maximumByteCount = 1 << 33

    /// A variable of the environment; nil if it is not set.
    static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    static func isTerminal(_ number: Int32) -> Bool { isatty(number) == 1 }

    /// Reads up to `count` bytes at the start of a file and leaves its position there.
    static func prefix(_ number: Int32, count: Int) throws(SystemError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let got = unsafe pread(number, buffer.baseAddress, count, 0)
            if got < 0 { code = errno }
            filled = max(got, 0)
        }
        guard code == 0 else { throw SystemError("cannot read", code: code) }
        return bytes
    }

    /// Reads from the position of an open file to its end; a regular file goes into memory of its size
    /// at once.
    static func readAll(_ number: Int32) throws(SystemError) -> [UInt8] {
        let status = try FileStatus.of(number)
        let position = status.kind == .regular ? max(0, lseek(number, 0, SEEK_CUR)) : 0
        let expected = status.kind == .regular ? max(0, status.byteCount - position) : 0
        guard expected <= maximumByteCount else { throw SystemError("cannot read", code: EFBIG) }
        var bytes = expected > 0 ? try read(number, upTo: expected) : []
        if bytes.count < expected { return bytes }
        // A pipe, or a file that grows while it is read.
        var step = 1 << 16
        while true {
            let next = try read(number, upTo: step)
            if next.isEmpty { break }
            guard bytes.count + next.count <= maximumByteCount else {
                throw SystemError("cannot read", code: EFBIG)
            }
            bytes += next
            step = min(2 * step, 1 << 24)
        }
        return bytes
    }

    /// Reads `count` bytes, or fewer if the file ends before.
    static func read(_ number: Int32, upTo count: Int) throws(SystemError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = unsafe UnsafeMutableRawBufferPointer(buffer)[filled...]
                let got = unsafe Glibc.read(
                    number, UnsafeMutableRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if got == 0 { break }
                if got > 0 {
                    filled += got
                } else if errno != EINTR {
                    code = errno
                    break
                }
            }
        }
        guard code == 0 else { throw SystemError("cannot read", code: code) }
        return bytes
    }

    /// Prints text on standard output.
    static func print(_ text: String) throws(SystemError) {
        try write(Array(text.utf8)[...], to: standardOutput)
    }

    /// Writes all of `bytes` at the position of an open file.
    static func write(_ bytes: ArraySlice<UInt8>, to number: Int32) throws(SystemError) {
        var code: Int32 = 0
        unsafe bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                let put = unsafe Glibc.write(number, rest.baseAddress, rest.count)
                if put >= 0 {
                    done += put
                } else if errno != EINTR {
                    code = errno
                    break
                }
            }
        }
        guard code == 0 else { throw SystemError("cannot write", code: code) }
    }
}
