// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file that appears under its name as a whole or not at all.
///
/// Where the file system can (ext4, XFS, Btrfs, tmpfs), the bytes are written to a file without a name,
/// which the kernel drops if the program dies; it gets its name at the end. Elsewhere, and for the
/// instant in which an older file is replaced, it is named `.aecodec-PID-NUMBER.tmp`, and a signal to
/// stop removes it.
struct OutputFile: ~Copyable {
    /// The name it will have.
    let path: String
    private let descriptor: Descriptor
    private var temporaryPath: String?

    /// Opens a file for writing beside its final place.
    ///
    /// - Parameter path: The name that the file will have.
    /// - Throws: ``SystemError`` if the directory cannot be written to.
    init(_ path: String) throws(SystemError) {
        self.path = path
        let directory = Directories.parent(of: path)
        let unnamed = unsafe open(directory, Self.unnamedFile | O_RDWR | O_CLOEXEC, 0o600)
        if unnamed >= 0 {
            descriptor = Descriptor(owning: unnamed)
            return
        }
        let temporary = Self.temporaryPath(in: directory)
        TemporaryFiles.add(temporary)
        let named = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard named >= 0 else {
            let error = SystemError("cannot create")
            TemporaryFiles.remove(temporary)
            throw error
        }
        temporaryPath = temporary
        descriptor = Descriptor(owning: named)
    }

    deinit {
        if let temporaryPath {
            unsafe unlink(temporaryPath)
            TemporaryFiles.remove(temporaryPath)
        }
    }

    /// The descriptor, for writing.
    var number: Int32 { descriptor.number }

    /// Appends bytes.
    func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        try System.write(bytes, to: descriptor.number)
    }

    /// What the file holds now.
    func contents() throws(SystemError) -> [UInt8] {
        guard lseek(descriptor.number, 0, SEEK_SET) == 0 else { throw SystemError("cannot read back") }
        return try System.readAll(descriptor.number)
    }

    /// Gives the file the times and permissions of another, and its owner where that is allowed.
    func copyAttributes(of status: FileStatus) {
        let number = descriptor.number
        var permissions = status.permissions
        if fchown(number, status.owner, status.group) != 0, fchown(number, uid_t.max, status.group) != 0 {
            // What the group of the original may do is not for another group.
            permissions &= ~((~permissions & 0o7) << 3)
        }
        fchmod(number, permissions)
        unsafe futimens(number, status.times)
    }

    /// Gives the file the permissions of a new file of this user.
    func setDefaultPermissions() {
        let mask = umask(0)
        umask(mask)
        fchmod(descriptor.number, 0o666 & ~mask)
    }

    /// Puts the file in place, safe on disk.
    ///
    /// - Parameter replacing: Whether a file of this name may be replaced.
    /// - Throws: ``SystemError``; the file is gone then.
    consuming func commit(replacing: Bool) throws(SystemError) {
        guard fsync(descriptor.number) == 0 else { throw SystemError("cannot write to disk") }
        if temporaryPath == nil {
            if link(to: path) { return }
            guard errno == EEXIST, replacing else { throw SystemError("cannot create") }
            let temporary = Self.temporaryPath(in: Directories.parent(of: path))
            TemporaryFiles.add(temporary)
            guard link(to: temporary) else {
                let error = SystemError("cannot create")
                TemporaryFiles.remove(temporary)
                throw error
            }
            temporaryPath = temporary
        }
        guard let temporaryPath else { return }
        if !replacing {
            // A link fails where a file has turned up meanwhile; a rename would replace it.
            if unsafe Glibc.link(temporaryPath, path) == 0 { return }
            guard errno != EEXIST, try FileStatus.of(path, followingLinks: false) == nil else {
                throw SystemError("cannot create", code: EEXIST)
            }
        }
        guard unsafe rename(temporaryPath, path) == 0 else { throw SystemError("cannot rename into place") }
    }

    private func link(to name: String) -> Bool {
        unsafe linkat(AT_FDCWD, Self.processPath(descriptor.number), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
    }

    /// `O_TMPFILE` of x86-64 and AArch64, a macro that Swift does not import.
    private static let unnamedFile = O_DIRECTORY | 0o20_000_000

    private static func processPath(_ number: Int32) -> String { "/proc/self/fd/\(number)" }

    private static func temporaryPath(in directory: String) -> String {
        Directories.path(directory, ".aecodec-\(getpid())-\(TemporaryFiles.nextNumber()).tmp")
    }
}
