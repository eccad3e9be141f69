// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A program of others that a test asks for its opinion.
public struct PeerProgram: Sendable {
    private let file: URL

    /// Finds it on the search path; nil where it is absent.
    public init?(_ name: String) {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let files = path.split(separator: ":").map { URL(fileURLWithPath: "\($0)/\(name)") }
        guard let file = files.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
        else { return nil }
        self.file = file
    }

    /// Runs it to its end; standard error is joined to the output.
    public func run(_ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = file
        process.arguments = arguments
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    /// A Python that has pydicom.
    public static let pydicom: PeerProgram? = {
        guard let python = PeerProgram("python3"), (try? python.run(["-c", "import pydicom"]))?.status == 0
        else { return nil }
        return python
    }()

    /// The validator of dicom3tools.
    public static let dciodvfy = PeerProgram("dciodvfy")

    /// Lines of the output that tell of errors.
    public func errors(in file: String) throws -> Set<String> {
        let output = String(decoding: try run([file]).output, as: UTF8.self)
        return Set(output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("Error") })
    }
}
