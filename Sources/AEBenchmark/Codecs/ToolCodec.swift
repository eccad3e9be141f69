// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A codec whose encoder and decoder are commands that read and write PGM files.
///
/// Its time is that of the whole command, start and files included.
final class ToolCodec: FrameCodec {
    /// The two commands and what they are told.
    struct Commands {
        /// As tables name the codec.
        var name: String
        var encoder: String
        var decoder: String
        /// The end of the names of its files, with the point.
        var suffix: String
        /// Depth of the PGM file: values are stretched to it, or kept.
        var depth: Depth
        /// Arguments of the encoder.
        var encode:
            @Sendable (_ input: String, _ output: String, _ shape: FrameShape, _ setting: Double) -> [String]
        /// Arguments of the decoder.
        var decode: @Sendable (_ input: String, _ output: String) -> [String]
    }

    /// How samples become those of a PGM file.
    enum Depth {
        /// The greatest value of the file is that of the depth of the samples.
        case own
        /// The file has 16 bits (8 for up to 8 bits), samples are as they are.
        case whole
        /// The same, samples stretched over its range.
        case stretched
    }

    private let commands: Commands
    private let folder: TemporaryFolder

    init(_ commands: Commands) throws(BenchmarkError) {
        self.commands = commands
        folder = try TemporaryFolder()
    }

    func encode(
        _ frame: [UInt8], shape: FrameShape, setting: Double
    ) throws(BenchmarkError) -> (stream: [UInt8], cost: Cost) {
        try folder.write(pgm(frame, shape), "in.pgm")
        let output = "stream" + commands.suffix
        let cost = try run(
            commands.encoder,
            commands.encode(folder.path("in.pgm"), folder.path(output), shape, setting))
        return (try folder.read(output), cost)
    }

    func decode(
        _ stream: [UInt8], shape: FrameShape
    ) throws(BenchmarkError) -> (frame: [UInt8], cost: Cost) {
        let input = "stream" + commands.suffix
        try folder.write(stream, input)
        let cost = try run(
            commands.decoder, commands.decode(folder.path(input), folder.path("out.pgm")))
        return (try frame(try folder.read("out.pgm"), shape), cost)
    }

    private func run(_ program: String, _ arguments: [String]) throws(BenchmarkError) -> Cost {
        let child = try ChildProcess(
            program, arguments, errors: .file(path: folder.path("words"), writes: true))
        return try child.finish { folder.words("words") }
    }

    private func largest(_ shape: FrameShape) -> Int {
        commands.depth == .own ? (1 << shape.bits) - 1 : shape.cellBytes == 2 ? 65535 : 255
    }

    /// A PGM file of a frame: two bytes of a sample stand most significant first. (netpbm, pgm(5))
    private func pgm(_ frame: [UInt8], _ shape: FrameShape) -> [UInt8] {
        let largest = largest(shape)
        let own = (1 << shape.bits) - 1
        var bytes = Array("P5\n\(shape.columns) \(shape.rows)\n\(largest)\n".utf8)
        bytes.reserveCapacity(bytes.count + frame.count)
        for position in stride(from: 0, to: frame.count, by: shape.cellBytes) {
            var value = Int(frame[position])
            if shape.cellBytes == 2 { value |= Int(frame[position + 1]) << 8 }
            if commands.depth == .stretched { value = (value * largest + own / 2) / own }
            if shape.cellBytes == 2 { bytes.append(UInt8(truncatingIfNeeded: value >> 8)) }
            bytes.append(UInt8(truncatingIfNeeded: value))
        }
        return bytes
    }

    private func frame(_ file: [UInt8], _ shape: FrameShape) throws(BenchmarkError) -> [UInt8] {
        // "P5", columns, rows, largest value, and one white space.
        var fields: [Int] = []
        var position = 2
        while fields.count < 3, position < file.count {
            let digits = file[position...].prefix { (0x30...0x39).contains($0) }
            if digits.isEmpty {
                position += 1
            } else {
                fields.append(Int(String(decoding: digits, as: UTF8.self)) ?? 0)
                position += digits.count
            }
        }
        position += 1
        let largest = largest(shape)
        guard file.starts(with: Array("P5".utf8)), fields == [shape.columns, shape.rows, largest],
            file.count - position == shape.byteCount
        else {
            throw .codec(name: commands.name, task: "decode", words: "its picture has another shape")
        }
        let own = (1 << shape.bits) - 1
        var frame: [UInt8] = []
        frame.reserveCapacity(shape.byteCount)
        for position in stride(from: position, to: file.count, by: shape.cellBytes) {
            var value = Int(file[position])
            if shape.cellBytes == 2 { value = value << 8 | Int(file[position + 1]) }
            if commands.depth == .stretched { value = (value * own + largest / 2) / largest }
            frame.append(UInt8(truncatingIfNeeded: value))
            if shape.cellBytes == 2 { frame.append(UInt8(truncatingIfNeeded: value >> 8)) }
        }
        return frame
    }
}

extension ToolCodec {
    /// JPEG XL by `cjxl` and `djxl`.
    ///
    /// Version 0.7 keeps eight bits of PGM files whose depth is between 8 and 16, so they get 16: as they
    /// are without loss, and stretched with loss, where the distance refers to the whole range.
    static func jpegXL(_ options: CodecOptions, effort: Int, isLossy: Bool) -> Commands {
        // cjxl takes 0 for "no threads beside this one".
        let threads = "--num_threads=\(options.threads == 1 ? 0 : options.threads)"
        return Commands(
            name: "JPEG XL", encoder: options.cjxl, decoder: options.djxl, suffix: ".jxl",
            depth: isLossy ? .stretched : .whole,
            encode: { [$0, $1, "-d", isLossy ? "\($3)" : "0", "-e", "\(effort)", threads] },
            decode: { [$0, $1, threads] })
    }

    /// HTJ2K by `ojph_compress` and `ojph_expand`; the setting is the step in units of the samples.
    static func openJPH(isLossy: Bool) -> Commands {
        Commands(
            name: "OpenJPH", encoder: "ojph_compress", decoder: "ojph_expand", suffix: ".j2c", depth: .own,
            encode: { input, output, shape, setting in
                // Its steps are shares of the range, 0.00001 to 0.5.
                let step = min(max(setting / Double(1 << shape.bits), 1e-5), 0.5)
                return ["-i", input, "-o", output]
                    + (isLossy
                        ? ["-qstep", String(format: "%.8f", step)] : ["-reversible", "true"])
            },
            decode: { ["-i", $0, "-o", $1] })
    }
}
