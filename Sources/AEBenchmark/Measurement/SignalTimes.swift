// SPDX-License-Identifier: Apache-2.0

/// Times of all codecs on one recording, by whole processes that take turns.
///
/// FLAC is the `flac` command on a file of raw samples, the `aecodec` command works on the recording's own files;
/// every other codec is a worker that reads and writes raw samples. Codecs with loss are timed at the first PRDN target that is at most 5 %.
struct SignalTimes {
    private let recording: BenchmarkRecording
    private let shape: SignalShape
    private let catalog: SignalCatalog
    private let plan: SignalPlan

    init(
        _ recording: BenchmarkRecording, _ shape: SignalShape, catalog: SignalCatalog, plan: SignalPlan
    ) {
        self.recording = recording
        self.shape = shape
        self.catalog = catalog
        self.plan = plan
    }

    /// A codec at a setting, and where its times go.
    private struct Run {
        /// What runs: nil for the `aecodec` command.
        var codec: SignalCodec?
        var step: Double?
        var place: Int
        var encode: [Cost] = []
        var decode: [Cost] = []
        var failure: String?
    }

    /// Fills in the timings of a result.
    func fill(_ result: inout RecordingResult) throws(BenchmarkError) {
        let folder = try TemporaryFolder()
        try folder.write(SignalTask.bytes(recording.rows), "samples")
        var runs: [Run] = []
        for codec in catalog.codecs where codec.isInstalled {
            switch codec.mode {
            case .lossless:
                let place = result.lossless.firstIndex { $0.codec == codec.name && $0.failure == nil }
                if let place { runs.append(Run(codec: codec, place: place)) }
            case .lossy:
                let place = result.targets.firstIndex {
                    $0.codec == codec.name && $0.target.measure == .prdn && $0.target.percent <= 5
                }
                if let place {
                    runs.append(Run(codec: codec, step: result.targets[place].step, place: place))
                }
            case .bounded: break
            }
        }
        if let place = result.lossless.firstIndex(where: {
            $0.codec == SignalCommand.name && $0.failure == nil
        }) {
            runs.append(Run(place: place))
        }
        for _ in 0..<plan.repetitions {
            for index in runs.indices where runs[index].failure == nil {
                do throws(BenchmarkError) {
                    let (encode, decode) = try costs(runs[index], folder)
                    runs[index].encode.append(encode)
                    runs[index].decode.append(decode)
                } catch {
                    runs[index].failure = "\(error)"
                }
            }
        }
        for run in runs {
            if run.codec?.mode ?? .lossless == .lossless {
                result.lossless[run.place].encode = Timing(run.encode)
                result.lossless[run.place].decode = Timing(run.decode)
                result.lossless[run.place].failure = run.failure
            } else if run.failure == nil {
                result.targets[run.place].encode = Timing(run.encode)
                result.targets[run.place].decode = Timing(run.decode)
            }
        }
    }

    private func costs(
        _ run: Run, _ folder: TemporaryFolder
    ) throws(BenchmarkError) -> (encode: Cost, decode: Cost) {
        if let codec = run.codec {
            return codec.name == SignalCatalog.anchor ? try flac(folder) : try worker(codec, run.step, folder)
        }
        guard let command = catalog.command, let path = recording.path else { return (Cost(), Cost()) }
        let encode = try command.compress(path, folder)
        return (encode, try command.decompress(folder))
    }

    private func worker(
        _ codec: SignalCodec, _ step: Double?, _ folder: TemporaryFolder
    ) throws(BenchmarkError) -> (encode: Cost, decode: Cost) {
        var task = SignalTask(
            direction: .encode, codec: codec.id, mode: codec.mode, step: step, threads: 1,
            shape: shape, input: folder.path("samples"), output: folder.path("stream"))
        let encode = try task.performInProcess(plan.program, folder: folder)
        task.direction = .decode
        task.input = folder.path("stream")
        task.output = folder.path("decoded")
        return (encode, try task.performInProcess(plan.program, folder: folder))
    }

    /// The command alone; what is made before and behind it is not in its time.
    private func flac(_ folder: TemporaryFolder) throws(BenchmarkError) -> (encode: Cost, decode: Cost) {
        var sum = (encode: Cost(), decode: Cost())
        for channels in FLACCoding.files(recording.rows) {
            let depth = try FLACCoding.depth(recording.rows)
            try folder.write(FLACCoding.interleaved(channels, bytes: depth / 8), "raw")
            let words = ChildProcess.Stream.file(path: folder.path("words"), writes: true)
            let encoder = try ChildProcess(
                "flac",
                FLACCoding.arguments(channels: channels.count, depth: depth, rate: shape.rate) + [
                    "-o", folder.path("flac"), folder.path("raw"),
                ], errors: words)
            sum.encode = sum.encode + (try encoder.finish { folder.words("words") })
            let decoder = try ChildProcess(
                "flac", FLACCoding.decoding(folder.path("flac"), to: folder.path("back")), errors: words)
            sum.decode = sum.decode + (try decoder.finish { folder.words("words") })
        }
        return sum
    }
}
