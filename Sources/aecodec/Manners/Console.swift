// SPDX-License-Identifier: Apache-2.0

/// What the program says, all of it on standard error.
struct Console {
    /// Errors only.
    var isQuiet = false
    /// Summaries even if nobody watches.
    var isVerbose = false
    /// Whether a line may be redrawn while work goes on.
    var showsProgress = false

    init(quiet: Bool = false, verbose: Bool = false, progress: Bool = true) {
        let isTerminal = System.isTerminal(System.standardError)
        isQuiet = quiet
        isVerbose = !quiet && (verbose || isTerminal)
        showsProgress = !quiet && progress && isTerminal
    }

    /// A file, and why it was not dealt with.
    func failure(_ file: String, _ sentence: String) { say("\(file): \(sentence)") }

    /// Something of a file that a person must know; the work is done.
    func note(_ file: String, _ sentence: String) {
        if !isQuiet { say("\(file): \(sentence)") }
    }

    /// What was done, for those who watch.
    func summary(_ line: String) {
        if isVerbose { say(line) }
    }

    /// A line about the whole run.
    func say(_ line: String) { write("aecodec: \(line)\n") }

    /// Shows which file is at work until the next line.
    func progress(_ file: String, _ number: Int, of count: Int) {
        guard showsProgress else { return }
        write((count > 1 ? "[\(number)/\(count)] " : "") + file)
    }

    /// Takes the line of the progress away before something is printed.
    func clearProgress() {
        if showsProgress { write("") }
    }

    /// Writes a line in the place of the progress.
    ///
    /// Paths may hold anything: a line stays a line, and terminals see no control characters.
    private func write(_ text: String) {
        var line = showsProgress ? "\r\u{1B}[K" : ""
        let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
        for scalar in body.unicodeScalars {
            line.unicodeScalars.append(scalar.isControl ? "?" : scalar)
        }
        if text.hasSuffix("\n") { line += "\n" }
        try? System.write(Array(line.utf8)[...], to: System.standardError)
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
