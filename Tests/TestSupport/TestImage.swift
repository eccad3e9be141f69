// SPDX-License-Identifier: Apache-2.0
public import Foundation
public import Samples

/// Images of every kind that a codec meets, made from a seed.
public enum TestImage {
    /// How values are distributed.
    public enum Texture: CaseIterable, Sendable {
        case noise, ramp, sparse, limits, constant, smooth, steps, grain
    }

    /// An image whose size, depth, sign and texture all follow from the seed.
    ///
    /// - Parameters:
    ///   - seed: Names the image.
    ///   - side: The longest side.
    /// - Returns: The image.
    public static func random(seed: UInt64, side: Int = 300) -> SampleArray {
        var random = SplitMix64(seed: seed)
        // Small sizes are where borders are; they come up often.
        let rows =
            Bool.random(using: &random)
            ? Int.random(in: 1...side, using: &random) : Int.random(in: 1...20, using: &random)
        let columns =
            Bool.random(using: &random)
            ? Int.random(in: 1...side, using: &random) : Int.random(in: 1...20, using: &random)
        let format = SampleFormat(
            bitsStored: Int.random(in: 1...16, using: &random), isSigned: Bool.random(using: &random))
        let frames = Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 2...4, using: &random) : 1
        let texture = Texture.allCases[Int.random(in: 0..<Texture.allCases.count, using: &random)]
        return make(
            texture, extent: Extent(frames: frames, rows: rows, columns: columns), format: format, seed: seed)
    }

    /// An image of a given kind.
    public static func make(_ texture: Texture, extent: Extent, format: SampleFormat, seed: UInt64)
        -> SampleArray
    {
        var random = SplitMix64(seed: seed ^ 0xA5A5)
        let range = format.range
        let span = range.upperBound - range.lowerBound
        let levels = (0..<5).map { _ in Int.random(in: range, using: &random) }
        var walk = range.lowerBound + span / 2
        let values = (0..<extent.sampleCount).map { index -> Int in
            let column = index % extent.columns
            let row = index / extent.columns
            switch texture {
            case .noise: return Int.random(in: range, using: &random)
            case .ramp: return range.lowerBound + (row * 7 + column * 3) % (span + 1)
            case .sparse: return levels[Int.random(in: 0..<5, using: &random)]
            case .limits: return Bool.random(using: &random) ? range.lowerBound : range.upperBound
            case .constant: return levels[0]
            case .smooth:
                let step = max(1, span / 400)
                walk = min(
                    range.upperBound,
                    max(range.lowerBound, walk + Int.random(in: -step...step, using: &random)))
                return walk
            case .steps:
                return levels[(row / 9 + column / 13) % 5]
            case .grain:
                // Edges between even areas with some noise.
                let noise = max(1, span / 300)
                let level =
                    levels[(row / 29 + column / 31) % 5] + Int.random(in: -noise...noise, using: &random)
                return min(range.upperBound, max(range.lowerBound, level))
            }
        }
        return SampleArray(extent: extent, format: format, values: values)
    }
}

/// Where the repository's files are.
public enum Repository {
    /// The folder that holds Package.swift.
    public static let root: String = {
        // This file is Tests/TestSupport/TestImage.swift.
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }()

    /// The project's collection of real images, which is no part of the repository: `$AECODEC_SHARED/data`, or
    /// `shared/data` beside the repository; nil if there is none.
    public static let sharedImages: String? = {
        var candidates = [root + "/../shared/data", root + "/../../shared/data"]
        if let override = ProcessInfo.processInfo.environment["AECODEC_SHARED"] {
            candidates = [override + "/data"]
        }
        return candidates.first { FileManager.default.isReadableFile(atPath: $0 + "/images.csv") }
    }()

    /// The files of a folder, sorted; none if there is no such folder.
    public static func files(in folder: String?) -> [URL] {
        guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return []
        }
        return names.filter { !$0.hasPrefix(".") }.sorted().map { URL(fileURLWithPath: folder + "/" + $0) }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true }
    }
}
