// SPDX-License-Identifier: Apache-2.0
import AECodecEncoder

/// Every codec that the benchmark knows, installed or not.
package struct CodecCatalog: Sendable {
    /// In the order of tables.
    package let codecs: [Codec]
    /// What sessions are made with.
    package let options: CodecOptions

    /// The codec that BD-rates, sweeps and ratios of speed refer to unless another is named.
    package static let anchor = "OpenJPEG 9/7"
    /// The codec whose times lossless codecs are held against.
    package static let losslessAnchor = "OpenJPEG 5/3"

    /// Looks for all codecs.
    ///
    /// - Parameters:
    ///   - options: Paths of tools, threads, kernels.
    ///   - identifiers: Codecs that are asked for; the others are not looked for. All if nil.
    package init(_ options: CodecOptions, only identifiers: Set<String>? = nil) {
        self.options = options
        let all = Self.identifiers + Self.slowIdentifiers + Self.partIdentifiers
        let wanted = identifiers.map { all.filter($0.contains) } ?? Self.identifiers
        var helper: Result<[String: String], BenchmarkError>?
        if wanted.contains(where: { $0.hasPrefix("py-") }) {
            do throws(BenchmarkError) {
                helper = .success(try HelperCodec.versions(options))
            } catch {
                helper = .failure(error)
            }
        }
        codecs = wanted.flatMap { Self.entries($0, options, helper) }
    }

    /// What `--codecs` takes, in the order of tables.
    package static let identifiers = [
        "aecodec", "aecodec-single", "openjpeg-5/3", "openjpeg-9/7", "openjph-5/3", "openjph-9/7", "charls",
        "jxl-3", "jxl-7",
        "zstd", "xz", "py-jxl-3", "py-jxl-7", "py-openjpeg-5/3", "py-openjpeg-9/7", "py-openjph-5/3",
        "py-openjph-9/7",
    ]

    /// JPEG XL at its slowest, which `--codecs` takes too.
    package static let slowIdentifiers = ["jxl-9", "py-jxl-9"]

    /// aecodec without one of its parts, which `--codecs` takes too.
    package static let partIdentifiers = CodingPart.allCases.map(identifier)

    private static func identifier(without part: CodingPart) -> String { "aecodec-without-" + part.rawValue }

    /// aecodec with loss, without one of its parts.
    private static func reduced(_ id: String) -> [Codec] {
        CodingPart.allCases.filter { identifier(without: $0) == id }.map { part in
            Codec(
                id: id, name: "aecodec without \(part.rawValue)", mode: .lossy, setting: .step,
                version: "this version", note: nil, findsMap: true
            ) { (options, _) throws(BenchmarkError) in AECodecSession(.lossy, options, without: part) }
        }
    }

    private static func entries(
        _ id: String, _ options: CodecOptions, _ helper: Result<[String: String], BenchmarkError>?
    ) -> [Codec] {
        switch id {
        case "aecodec": aecodec(id)
        case "aecodec-single": [singleLayer(id)]
        case "openjpeg-5/3": openJPEG(id, "OpenJPEG 5/3", irreversible: false)
        case "openjpeg-9/7": openJPEG(id, "OpenJPEG 9/7", irreversible: true)
        case "charls": charLS(id)
        case "zstd": [bytes(id, "zstd -19", LibraryCodec.zstd)]
        case "xz": [bytes(id, "xz -6", LibraryCodec.xz)]
        case "openjph-5/3": [openJPH(id, "OpenJPH 5/3", isLossy: false)]
        case "openjph-9/7": [openJPH(id, "OpenJPH 9/7", isLossy: true)]
        case "jxl-3": jpegXL(id, effort: 3, options)
        case "jxl-7": jpegXL(id, effort: 7, options)
        case "jxl-9": jpegXL(id, effort: 9, options)
        case "py-jxl-9": python(id, "libjxl e9, Python", "jpegxl", 9, [.none, .distance], helper)
        case "py-jxl-3": python(id, "libjxl e3, Python", "jpegxl", 3, [.none, .distance], helper)
        case "py-jxl-7": python(id, "libjxl e7, Python", "jpegxl", 7, [.none, .distance], helper)
        case "py-openjpeg-5/3": python(id, "OpenJPEG 5/3, Python", "jpeg2k", nil, [.none], helper)
        case "py-openjpeg-9/7": python(id, "OpenJPEG 9/7, Python", "jpeg2k", nil, [.step], helper)
        case "py-openjph-5/3": python(id, "OpenJPH 5/3, Python", "htj2k", nil, [.none], helper)
        case "py-openjph-9/7": python(id, "OpenJPH 9/7, Python", "htj2k", nil, [.step], helper)
        default: reduced(id)
        }
    }

    /// Lossless archives without a base.
    private static func singleLayer(_ id: String) -> Codec {
        Codec(
            id: id, name: "aecodec, one layer", mode: .lossless, setting: .none, version: "this version",
            note: nil, findsMap: true
        ) { (options, _) throws(BenchmarkError) in AECodecSession(.lossless, options, isSingle: true) }
    }

    private static func aecodec(_ id: String) -> [Codec] {
        let modes: [(CodecDescription.Mode, SettingKind)] = [
            (.lossless, .none), (.bounded, .bound), (.lossy, .step),
        ]
        return modes.map { mode, kind in
            Codec(
                id: id, name: "aecodec", mode: mode, setting: kind, version: "this version", note: nil,
                findsMap: true
            ) { (options, _) throws(BenchmarkError) in AECodecSession(mode, options) }
        }
    }

    private static func openJPEG(_ id: String, _ name: String, irreversible: Bool) -> [Codec] {
        let kinds: [SettingKind] = irreversible ? [.bitsPerSample] : [.none, .bitsPerSample]
        return kinds.map { kind in
            frameCodec(
                id, name, kind, version: LibraryCodec.openJPEG(irreversible: irreversible, kind).version
            ) { (options) throws(BenchmarkError) in
                LibraryCodec.openJPEG(irreversible: irreversible, kind, threads: options.threads)
            }
        }
    }

    private static func charLS(_ id: String) -> [Codec] {
        [SettingKind.none, .bound].map { kind in
            frameCodec(
                id, "CharLS", kind, version: LibraryCodec.charLS(kind).version,
                reason: "libcharls.so.2 is not installed"
            ) { (_) throws(BenchmarkError) in LibraryCodec.charLS(kind) }
        }
    }

    private static func bytes(
        _ id: String, _ name: String, _ make: @escaping @Sendable () -> LibraryCodec
    ) -> Codec {
        frameCodec(
            id, name, .none, version: make().version, reason: "its library is not installed"
        ) { (_) throws(BenchmarkError) in make() }
    }

    private static func openJPH(_ id: String, _ name: String, isLossy: Bool) -> Codec {
        let commands = ToolCodec.openJPH(isLossy: isLossy)
        return frameCodec(
            id, name, isLossy ? .step : .none, version: ToolVersion.openJPH(commands),
            reason: "ojph_compress and ojph_expand are not on the PATH"
        ) { (_) throws(BenchmarkError) in try ToolCodec(commands) }
    }

    private static func jpegXL(_ id: String, effort: Int, _ options: CodecOptions) -> [Codec] {
        [false, true].map { isLossy in
            let commands = ToolCodec.jpegXL(options, effort: effort, isLossy: isLossy)
            return frameCodec(
                id, "JPEG XL e\(effort)", isLossy ? .distance : .none, version: ToolVersion.jpegXL(commands),
                reason: "\(options.cjxl) and \(options.djxl) do not run"
            ) { (_) throws(BenchmarkError) in try ToolCodec(commands) }
        }
    }

    private static func python(
        _ id: String, _ name: String, _ codec: String, _ effort: Int?, _ kinds: [SettingKind],
        _ helper: Result<[String: String], BenchmarkError>?
    ) -> [Codec] {
        var version: String?
        var reason = "imagecodecs has no \(codec)"
        switch helper {
        case .success(let versions): version = versions[codec]
        case .failure(let error): reason = "\(error)"
        case nil: break
        }
        return kinds.map { kind in
            frameCodec(id, name, kind, version: version, reason: reason) { (options) throws(BenchmarkError) in
                try HelperCodec(codec, effort: effort, isLossy: kind != .none, options)
            }
        }
    }

    private static func frameCodec(
        _ id: String, _ name: String, _ kind: SettingKind, version: String?, reason: String = "",
        _ make: @escaping @Sendable (CodecOptions) throws(BenchmarkError) -> any FrameCodec
    ) -> Codec {
        let mode: CodecDescription.Mode =
            switch kind {
            case .none: .lossless
            case .bound: .bounded
            case .bitsPerSample, .step, .distance: .lossy
            }
        return Codec(
            id: id, name: name, mode: mode, setting: kind, version: version,
            note: version == nil ? reason : nil, findsMap: false
        ) { (options, layout) throws(BenchmarkError) in
            FrameSession(try make(options), layout, kind)
        }
    }
}
