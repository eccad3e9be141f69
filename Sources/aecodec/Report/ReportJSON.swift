// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import Samples

extension ArchiveReport {
    /// The report for programs.
    ///
    /// Keys are stable: later versions add keys and change none. Sizes are in bytes; ranges are pairs
    /// `[first, count]`, counted from 0; what is absent is `null`.
    ///
    /// - `file`, `fileBytes`: the archive; `containerVersion`: text, such as `"0.4"`
    /// - `samples`: of all parts
    /// - `bitsPerSample`: the rate, that is the archive without the payload of `SRCE`, over samples
    /// - `ratio`: samples x Bits Allocated over the bits of that rate; both `null` if a file is kept whole
    /// - `fileRatio`: bytes of the original file over bytes of the archive
    /// - `parts`: `part`, `kind`, `frames`, `channels`, `rows`, `columns`, `bitsStored`, `bitsAllocated`,
    ///   `signed`, `samples`, `mode`, `target`, `targetValue`, `maximumError`, `meanSquaredError`,
    ///   `psnr` (in decibels, `null` if nothing was lost), `model` (`name`, `version`, `identity`: the start of the SHA-256 of its file), `sampleMapBytes`, `parameterBytes`, `sha256` (of the samples)
    /// - `chunks`, in the order of the file: `type`, `count`, `bytes`
    /// - `source`: `format`, `byteExact`, `keptWhole`, `fileBytes`, `sha256`, `sampleRuns`, `keptBytes`,
    ///   `packedBytes`, `files` (of several: `name`, `bytes`)
    /// - `recording`, `null` for images: `seconds`, `pieces`, `signals` (`name`, `units`, `gain`, `baseline`, `rate`,
    ///   `part`, `row`)
    /// - `layers`: bytes of the groups of each: `base` (all groups of a lossy archive), `exact`
    /// - `groups`: `part`, `layer`, `levels`, `frames`, `tiles`, `samples`, `bytes`, `parameterBytes`,
    ///   `labelBytes`, `predictors`, `taps`, and `streams`: `form`, `symbols`, `rawBits`, `preset`, `bytes`
    var json: JSON {
        .object([
            ("file", .string(file)),
            ("fileBytes", .integer(byteCount)),
            ("containerVersion", .string("\(container.version)")),
            ("samples", .integer(container.sampleCount)),
            ("bitsPerSample", container.parts.isEmpty ? .null : .real(container.bitsPerSample)),
            ("ratio", container.parts.isEmpty ? .null : .real(container.ratio)),
            ("fileRatio", fileRatio.map { .real($0) } ?? .null),
            ("parts", .array(container.parts.indices.map { json(part: $0) })),
            (
                "chunks",
                .array(
                    chunkTotals.map {
                        .object([
                            ("type", .string("\($0.type)")), ("count", .integer($0.count)),
                            ("bytes", .integer($0.byteCount)),
                        ])
                    })
            ),
            ("source", container.source.map(json) ?? .null),
            ("recording", recording?.json ?? .null),
            (
                "layers",
                .object([
                    ("base", .integer(container.byteCount(layer: 0))),
                    ("exact", .integer(container.byteCount(layer: 1))),
                ])
            ),
            ("groups", .array(groups.map(json))),
        ])
    }

    private func json(part number: Int) -> JSON {
        let part = container.parts[number]
        return .object([
            ("part", .integer(number)),
            ("kind", .string(part.kind == .image ? "image" : "signal")),
            ("frames", .integer(part.extent.frames)),
            ("channels", .integer(part.extent.channels)),
            ("rows", .integer(part.extent.rows)),
            ("columns", .integer(part.extent.columns)),
            ("bitsStored", .integer(part.format.bitsStored)),
            ("bitsAllocated", .integer(container.bitsAllocated(number))),
            ("signed", .bool(part.format.isSigned)),
            ("samples", .integer(part.extent.sampleCount)),
            ("mode", .string(part.mode.kind.name)),
            ("target", part.mode.target == .none ? .null : .string(part.mode.target.name)),
            ("targetValue", part.mode.target == .none ? .null : .real(part.mode.shortTargetValue)),
            ("maximumError", .integer(Int(clamping: part.mode.maximumError))),
            ("meanSquaredError", .real(Double(part.mode.meanSquaredError))),
            ("psnr", part.psnr.map { .real($0) } ?? .null),
            ("model", part.model.map(json) ?? .null),
            ("sampleMapBytes", .integer(part.sampleMap.count)),
            ("parameterBytes", .integer(part.parameters.count)),
            ("sha256", .string(hexadecimal(part.digest))),
        ])
    }

    private func json(_ model: ModelReference) -> JSON {
        .object([
            ("name", .string(model.name)), ("version", .integer(Int(model.version))),
            ("identity", .string(hexadecimal(model.identity))),
        ])
    }

    private func json(_ source: PackedSource) -> JSON {
        .object([
            ("format", .string(source.format.name)),
            ("byteExact", .bool(source.isByteExact && container.lossyPart == nil)),
            ("keptWhole", .bool(container.parts.isEmpty)),
            ("fileBytes", source.isRebuilt ? .integer(source.byteCount) : .null),
            ("sha256", source.isRebuilt ? .string(hexadecimal(source.digest)) : .null),
            ("sampleRuns", .integer(source.members.reduce(0) { $0 + $1.cuts.count })),
            ("keptBytes", .integer(source.keptByteCount)),
            ("packedBytes", .integer(source.packedKept.count)),
            (
                "files",
                .array(
                    source.members.compactMap { member in
                        member.name.map {
                            .object([("name", .string($0)), ("bytes", .integer(member.byteCount))])
                        }
                    })
            ),
        ])
    }

    private func json(_ group: GroupSummary) -> JSON {
        let header = group.header
        return .object([
            ("part", .integer(header.part)),
            ("layer", .integer(header.layer)),
            ("levels", .array([.integer(header.levels.lowerBound), .integer(header.levels.count)])),
            ("frames", .array([.integer(header.frames.lowerBound), .integer(header.frames.count)])),
            ("tiles", .array([.integer(header.tiles.lowerBound), .integer(header.tiles.count)])),
            ("samples", .integer(group.sampleCount)),
            ("bytes", .integer(group.byteCount)),
            ("parameterBytes", .integer(group.parameterByteCount)),
            ("labelBytes", .integer(group.labelByteCount)),
            ("predictors", .integer(group.predictorCount)),
            ("taps", .integer(group.tapCount)),
            (
                "streams",
                .array(
                    group.streams.map {
                        .object([
                            ("form", .string($0.form)), ("symbols", .integer($0.symbolCount)),
                            ("rawBits", .integer($0.rawBits)), ("preset", .integer($0.preset)),
                            ("bytes", .integer($0.byteCount)),
                        ])
                    })
            ),
        ])
    }
}
