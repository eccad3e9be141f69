// SPDX-License-Identifier: Apache-2.0

extension SourceRecord {
    /// A stretch of a file that is written from samples: a pattern of slots, repeated.
    ///
    /// An image is one slot, once. A file of interleaved signals repeats a pattern with a slot for every row;
    /// the n-th repetition takes the n-th samples of each.
    public struct Cut: Equatable, Sendable {
        /// What stands in one place of the pattern.
        public enum Slot: Equatable, Sendable {
            /// `count` samples of a part; repetition r takes those from `first + r * count` on, in the flat
            /// order. `origin` is what the very first one is a difference from, where differences are packed.
            case samples(part: Int, first: Int, count: Int, origin: Int32 = 0)
            /// Bytes that are kept.
            case kept(byteCount: Int)
        }

        /// Where the stretch starts, in bytes from the start of the rebuilt file.
        public var offset: Int
        /// Bytes of the stretch in the file.
        public var byteCount: Int
        /// How samples become bytes.
        public var packing: SamplePacking
        /// How often the pattern comes.
        public var repeats: Int
        /// The pattern.
        public var slots: [Slot]

        /// Makes a cut of a repeated pattern.
        ///
        /// - Parameters:
        ///   - offset: Where it starts in the file.
        ///   - packing: How samples become bytes.
        ///   - repeats: How often the pattern comes.
        ///   - slots: The pattern.
        ///   - byteCount: Bytes of the stretch; needed for text only.
        public init(
            offset: Int, packing: SamplePacking, repeats: Int, slots: [Slot], byteCount: Int? = nil
        ) {
            self.offset = offset
            self.packing = packing
            self.repeats = repeats
            self.slots = slots
            self.byteCount = 0
            self.byteCount = byteCount ?? statedByteCount ?? 0
        }

        /// Makes a cut of one run of samples in cells of 1, 2 or 4 bytes.
        public init(
            offset: Int, part: Int, firstSample: Int, sampleCount: Int, cellBytes: Int,
            isBigEndian: Bool = false
        ) {
            self.init(
                offset: offset, packing: .integers(byteCount: cellBytes, isBigEndian: isBigEndian),
                repeats: 1, slots: [.samples(part: part, first: firstSample, count: sampleCount)])
        }

        /// Bytes of one sample in the file; nil if samples share bytes or are text.
        public var cellBytes: Int? {
            if case .integers(let count, _) = packing { count } else { nil }
        }

        /// Whether samples of a part stand in the cut.
        public func holds(part: Int) -> Bool {
            slots.contains { slot in
                if case .samples(part, _, _, _) = slot { true } else { false }
            }
        }

        /// Samples of one repetition.
        public var samplesPerRepeat: Int {
            slots.reduce(0) { sum, slot in
                if case .samples(_, _, let count, _) = slot { sum + count } else { sum }
            }
        }

        /// Kept bytes of one repetition.
        public var keptBytesPerRepeat: Int {
            slots.reduce(0) { sum, slot in
                if case .kept(let count) = slot { sum + count } else { sum }
            }
        }

        /// Bytes of the stretch that are made of samples; the others are kept.
        public var sampleByteCount: Int { byteCount - keptBytesPerRepeat * repeats }

        /// Whether ``byteCount`` is what slots and packing say; false for text.
        public var hasStatedByteCount: Bool { statedByteCount == byteCount }

        /// What slots and packing say of ``byteCount``; nil for text, and where the numbers run over.
        var statedByteCount: Int? {
            let (samples, manySamples) = samplesPerRepeat.multipliedReportingOverflow(by: repeats)
            let (kept, manyKept) = keptBytesPerRepeat.multipliedReportingOverflow(by: repeats)
            // Four bytes a sample at most.
            guard !manySamples, !manyKept, samples >= 0, samples <= Int.max / 8, kept <= Int.max / 2 else {
                return nil
            }
            return packing.byteCount(of: samples).map { $0 + kept }
        }

        /// The run of samples in cells of a fixed size that the whole cut is; nil if it is anything else.
        public var plainRun: PlainRun? {
            guard repeats == 1, slots.count == 1, case .samples(let part, let first, let count, _) = slots[0],
                case .integers(let cellBytes, let isBigEndian) = packing, cellBytes != 3
            else { return nil }
            return PlainRun(
                part: part, firstSample: first, sampleCount: count, cellBytes: cellBytes,
                isBigEndian: isBigEndian)
        }
    }

    /// A run of samples that stands in a file at one place, in cells of a fixed size.
    public struct PlainRun: Equatable, Sendable {
        /// The part of the archive that holds the samples.
        public var part: Int
        /// The first sample of the run in the flat order of its part.
        public var firstSample: Int
        /// Samples of the run.
        public var sampleCount: Int
        /// Bytes of one cell in the file: 1, 2 or 4; values are sign- or zero-extended to it.
        public var cellBytes: Int
        /// Whether cells have their most significant byte first.
        public var isBigEndian: Bool
    }
}

extension SourceRecord.Cut {
    /// Whether the cut names existing samples that its packing holds, and its byte count is right.
    func fits(_ parts: [SampleArray]) -> Bool {
        guard repeats >= 0, byteCount >= 0 else { return false }
        var kept = false
        for slot in slots {
            switch slot {
            case .samples(let part, let first, let count, _):
                guard parts.indices.contains(part), first >= 0, count >= 0,
                    packing.holds(parts[part].format), first <= parts[part].extent.sampleCount
                else { return false }
                let (needed, overflow) = count.multipliedReportingOverflow(by: repeats)
                guard !overflow, needed <= parts[part].extent.sampleCount - first else { return false }
            case .kept(let count):
                guard (0...Int(Int32.max)).contains(count) else { return false }
                kept = kept || count > 0
            }
        }
        guard !kept || packing.isByteAligned else { return false }
        if case .text = packing { return true }
        return statedByteCount == byteCount
    }
}

extension Sequence<SourceRecord.Cut> {
    /// Bytes of a sample of a part in its file; nil if there is none, or samples share bytes.
    public func cellBytes(part: Int) -> Int? { first { $0.holds(part: part) }?.cellBytes }
}
