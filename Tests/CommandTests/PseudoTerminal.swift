// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A terminal for the program to see.
final class PseudoTerminal {
    /// The side that a program has.
    let handle: FileHandle
    private let control: Int32

    init?() {
        // Swift imports neither posix_openpt nor the requests TIOCSPTLCK and TIOCGPTN.
        control = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var lock: Int32 = 0
        var number: Int32 = 0
        guard control >= 0, unsafe ioctl(control, 0x4004_5431, &lock) == 0,
            unsafe ioctl(control, 0x8004_5430, &number) == 0,
            case let terminal = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), terminal >= 0
        else { return nil }
        handle = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
    }

    deinit { close(control) }
}
