// SPDX-License-Identifier: Apache-2.0

/// One codec at one setting whose times are taken.
struct TimedRun {
    /// Index of the point in the result.
    var place: Int
    var codec: Codec
    var input: SampleInput
    var point: Point
}

/// Times of all codecs on one image.
///
/// Every call is a ``WorkerTask`` in a process of its own. The codecs take turns, so that whatever else
/// the machine does meets all alike; medians are taken over the rounds.
struct TimedRuns {
    private let inputs: [SampleInput: PlainSamples]
    private let catalog: CodecCatalog
    private let plan: MeasurementPlan

    /// A rate that is so far from the one where times are wanted does not serve.
    private static let farthest = 0.1

    static func isNear(_ rate: Double, _ wanted: Double) -> Bool { abs(rate / wanted - 1) <= farthest }

    init(inputs: [SampleInput: PlainSamples], catalog: CodecCatalog, plan: MeasurementPlan) {
        self.inputs = inputs
        self.catalog = catalog
        self.plan = plan
    }

    /// Fills in the timings of the points of all runs; a codec that fails has its failure in the point.
    func perform(_ runs: inout [TimedRun]) throws(BenchmarkError) {
        let folder = try TemporaryFolder()
        for (input, samples) in inputs { try ExchangeFiles.write(samples, folder.path(input.rawValue)) }
        var encodeCosts = [[Cost]](repeating: [], count: runs.count)
        var decodeCosts = encodeCosts
        for _ in 0..<plan.repetitions {
            for index in runs.indices where runs[index].point.failure == nil {
                do throws(BenchmarkError) {
                    let (encode, decode) = try perform(runs[index], folder)
                    encodeCosts[index].append(encode)
                    decodeCosts[index].append(decode)
                } catch {
                    runs[index].point.failure = "\(error)"
                }
            }
        }
        for index in runs.indices where runs[index].point.failure == nil {
            runs[index].point.encode = Timing(encodeCosts[index])
            runs[index].point.decode = Timing(decodeCosts[index])
        }
    }

    private func perform(
        _ run: TimedRun, _ folder: TemporaryFolder
    ) throws(BenchmarkError) -> (encode: Cost, decode: Cost) {
        var task = WorkerTask(
            direction: .encode, codec: run.codec.id, mode: run.codec.mode, setting: run.point.setting,
            options: catalog.options, samples: folder.path(run.input.rawValue),
            streams: folder.path("streams"))
        let encoded = try task.performInProcess(plan.program, folder: folder)
        task.direction = .decode
        let decoded = try task.performInProcess(plan.program, folder: folder)
        let map = inputs[run.input]?.layout.mapByteCount ?? 0
        guard encoded.byteCount + map == run.point.byteCount,
            decoded.maximumError == run.point.maximumError
        else {
            throw .codec(
                name: run.codec.name, task: "give the same result twice",
                words: "\(encoded.byteCount + map) bytes, error up to \(decoded.maximumError)")
        }
        return (encoded.cost, decoded.cost)
    }
}

extension Timing {
    /// Medians of the costs of rounds; nil without any.
    init?(_ costs: [Cost]) {
        guard !costs.isEmpty else { return nil }
        self.init(
            wall: median(costs.map(\.wall)), cpu: median(costs.map(\.cpu)),
            cpuSpread: halfInterquartileRange(costs.map(\.cpu)),
            peakBytes: costs.compactMap(\.peakBytes).max() ?? 0, repetitions: costs.count)
    }
}
