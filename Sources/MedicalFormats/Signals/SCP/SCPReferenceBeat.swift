// SPDX-License-Identifier: Apache-2.0

/// The beat that was subtracted wherever a beat of its type was found. (EN 1064, 5.7 and 5.8)
struct SCPReferenceBeat {
    /// Nanovolts of one unit of the sum: both units are multiples of it.
    let unit: Int
    private let beatFactor: Int32
    private let values: [[Int32]]
    /// Where the beat was subtracted: first and last sample and fiducial point, counted from 1.
    private let places: [(first: Int, fiducial: Int, last: Int)]
    /// The fiducial point of the beat itself, counted from 1.
    private let fiducial: Int

    init(
        _ file: SCPSections, _ content: Range<Int>, values: [[Int32]], beatUnit: Int, rhythmUnit: Int,
        sampleCount: Int
    ) throws(SignalError) {
        var (a, b) = (beatUnit, rhythmUnit)
        while b != 0 { (a, b) = (b, a % b) }
        unit = a
        beatFactor = Int32(beatUnit / a)
        self.values = values
        fiducial = file.uint16(content.lowerBound + 2)
        let count = file.uint16(content.lowerBound + 4)
        guard content.count >= 6 + 14 * count else {
            throw .truncated(.scp, structure: "section 4", needed: 6 + 14 * count, available: content.count)
        }
        places = (0..<count).compactMap { index in
            let at = content.lowerBound + 6 + 14 * index
            // Only beats of type 0 are like the reference.
            guard file.uint16(at) == 0 else { return nil }
            return (file.uint32(at + 2), file.uint32(at + 6), file.uint32(at + 10))
        }
        // Beats do not overlap: together they are no longer than what they were found in.
        let work = places.count * (values.map(\.count).max() ?? 0)
        guard work <= 4 * sampleCount else { throw .damagedSamples(.scp, structure: "beats overlap") }
    }

    /// Adds the beat to the rest that is stored, and brings the sum to ``unit``.
    func add(to samples: inout [Int32], _ lead: Int, firstSample: Int, rhythmUnit: Int) {
        let factor = Int32(truncatingIfNeeded: rhythmUnit / unit)
        for index in samples.indices { samples[index] &*= factor }
        let beat = values[lead]
        for place in places where place.last >= place.first {
            // Where the first sample of the beat comes to lie.
            let origin = place.fiducial - fiducial + 1
            let start = max(place.first, firstSample, origin)
            let end = min(place.last, firstSample + samples.count - 1, origin + beat.count - 1)
            guard start <= end else { continue }
            for sample in start...end {
                samples[sample - firstSample] &+= beat[sample - origin] &* beatFactor
            }
        }
    }
}
