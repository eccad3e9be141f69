// SPDX-License-Identifier: Apache-2.0
import AECodec
import AEContainer
import AETraining

/// The networks of all level kinds, trained in turn.
struct TrainingSession {
    private(set) var kinds: [ContextTraining]
    private var material: TrainingMaterial
    private var levels: [[ContextLevel]] = []
    /// What the rate begins with.
    private let rate: Float

    /// The part of the time that each level kind gets, about as its latents take bits.
    private static let shares = [0.45, 0.3, 0.15, 0.1]
    /// Steps in which one piece of material is replaced, and how many are at a time: one a core.
    private static let stepsPerPiece = 100
    private static let piecesAtOnce = 2
    /// Steps that tell how long one takes.
    private static let trialSteps = 30

    init(kinds: [ContextTraining], material: TrainingMaterial, rate: Float) {
        self.rate = rate
        self.kinds = kinds
        self.material = material
    }

    /// Steps taken, all kinds together.
    var steps: Int { kinds.reduce(0) { $0 + $1.state.steps } }

    /// Takes steps until there are `target`, of `total` that the rate falls over.
    mutating func run(to target: Int, of total: Int) throws {
        let parts = Self.stepParts(kinds)
        while steps < target {
            try renew()
            // The kind that is farthest behind its part.
            let kind = kinds.indices.min {
                Double(kinds[$0].state.steps) / parts[$0] < Double(kinds[$1].state.steps) / parts[$1]
            }
            guard let kind else { return }
            let progress = Double(kinds[kind].state.steps) / (parts[kind] * Double(total))
            kinds[kind].step(levels: levels[kind], rate: rate, progress: progress, threads: 0)
        }
    }

    /// How many steps take so many minutes.
    func stepCount(minutes: Double) throws -> Int {
        // A copy trains for a moment; the first steps prepare things and do not count.
        var trial = self
        try trial.run(to: steps + Self.trialSteps, of: Int.max / 2)
        let clock = ContinuousClock()
        let start = clock.now
        try trial.run(to: steps + 2 * Self.trialSteps, of: Int.max / 2)
        let step = (clock.now - start) / .seconds(1) / Double(Self.trialSteps)
        let renewStart = clock.now
        try trial.material.advance(to: trial.material.number + Self.piecesAtOnce)
        let renewal = (clock.now - renewStart) / .seconds(1)
        let whole = step + renewal / Double(Self.piecesAtOnce * Self.stepsPerPiece)
        return max(Self.trialSteps, Int(60 * minutes / whole))
    }

    /// The networks as they are written.
    func networks() throws -> ContextNetworks { ContextNetworks(kinds: try kinds.map { try $0.network() }) }

    /// What ``resume(_:)`` goes on from.
    var checkpoint: [UInt8] {
        var writer = ByteWriter()
        for kind in kinds { kind.state.write(to: &writer) }
        return writer.bytes
    }

    /// Goes on from a checkpoint.
    ///
    /// - Throws: ``TrainingError`` if it is damaged or of other networks.
    mutating func resume(_ bytes: [UInt8]) throws {
        var reader = ByteReader(bytes)
        for (number, kind) in kinds.enumerated() {
            let state = try Checkpoint(
                reader: &reader, parameterCount: kind.model.layout.count, options: ContextTraining.options)
            kinds[number] = ContextTraining(model: kind.model, state: state)
        }
    }

    private mutating func renew() throws {
        let number = steps / (Self.stepsPerPiece * Self.piecesAtOnce) * Self.piecesAtOnce
        guard levels.isEmpty || number != material.number else { return }
        try material.advance(to: number)
        levels = kinds.indices.map { material.levels(kind: $0) }
        if let kind = levels.firstIndex(where: \.isEmpty) { throw TrainingError.noLevel(kind + 1) }
    }

    /// The part of all steps that each kind gets: its part of the time over what a step of it takes.
    private static func stepParts(_ kinds: [ContextTraining]) -> [Double] {
        let parts = zip(shares, kinds).map { $0 / Double($1.model.layout.count) }
        return parts.map { $0 / parts.reduce(0, +) }
    }
}
