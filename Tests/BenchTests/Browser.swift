// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A headless Chromium, which opens pages as a reader's browser does.
enum Browser {
    /// The program; nil if there is none on the search path.
    static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let candidates = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in
            folders.map { "\($0)/\(name)" }
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static let isPresent = path != nil
    static let absence: Comment = "SKIPPED: Chromium is absent (Scripts/setup --bench); it opens the report"

    /// What came of opening a page.
    struct Visit {
        /// The document after its scripts ran.
        var document: String
        /// Lines that the page, its scripts or its policy wrote to the console.
        var console: [String]
    }

    struct Failed: Error {
        var status: Int32
        var words: String
    }

    /// Opens a page and waits for its scripts.
    ///
    /// - Parameters:
    ///   - page: The HTML.
    ///   - fragment: What stands behind the hash sign of the address.
    /// - Returns: The document and the console.
    /// - Throws: ``Failed`` if the browser ends otherwise than well.
    static func visit(_ page: String, fragment: String = "") throws -> Visit {
        let folder = try Folder()
        let file = folder.url.appendingPathComponent("page.html")
        try Data(page.utf8).write(to: file)
        let address = file.absoluteString + (fragment.isEmpty ? "" : "#" + fragment)
        let (output, log) = try run(["--dump-dom", "--window-size=1280,1000", address], folder)
        return Visit(document: output, console: log.split(separator: "\n").map(String.init).filter(isOfPage))
    }

    /// Takes a picture of a page as PNG.
    static func screenshot(_ page: String, width: Int, height: Int, isDark: Bool, to target: URL) throws {
        let folder = try Folder()
        let file = folder.url.appendingPathComponent("page.html")
        try Data(page.utf8).write(to: file)
        _ = try run(
            [
                "--screenshot=\(target.path)", "--window-size=\(width),\(height)", "--hide-scrollbars",
                "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)", file.absoluteString,
            ], folder)
    }

    private static func isOfPage(_ line: String) -> Bool { line.contains("CONSOLE") }

    private static func run(_ arguments: [String], _ folder: Folder) throws -> (output: String, log: String) {
        let output = folder.url.appendingPathComponent("output")
        let log = folder.url.appendingPathComponent("log")
        try Data().write(to: output)
        try Data().write(to: log)
        let process = Process()
        process.executableURL = URL(filePath: path ?? "chromium")
        // Root has no sandbox, and containers little shared memory.
        process.arguments =
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run",
                "--enable-logging=stderr", "--virtual-time-budget=4000",
                "--user-data-dir=\(folder.url.appendingPathComponent("profile").path)",
            ] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        process.waitUntilExit()
        let words = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failed(status: process.terminationStatus, words: words)
        }
        return (String(decoding: try Data(contentsOf: output), as: UTF8.self), words)
    }

    /// A folder that goes with the visit.
    private final class Folder {
        let url: URL

        init() throws {
            url = FileManager.default.temporaryDirectory.appendingPathComponent(
                "browser-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: url) }
    }
}
