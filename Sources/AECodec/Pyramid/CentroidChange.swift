// SPDX-License-Identifier: Apache-2.0
package import AEContainer

/// What a group adds to the centroids of the model.
package enum CentroidChange {
    /// Sets of classes that an adaptive group changes together: eighths of the scales, for each quantiser.
    package static let setCount = 16

    /// The set of a class of details.
    package static func set(of c: Int, classCount: Int) -> Int {
        2 * (8 * (c / 2) / (classCount / 2)) + c % 2
    }

    /// Reads the change of the five centroids of a class.
    package static func read(_ reader: inout ByteReader) throws -> [Int8] {
        var change: [Int8] = []
        for _ in 0..<PyramidModel.centroidCount { change.append(Int8(bitPattern: try reader.u8())) }
        if let other = change.first(where: { abs(Int($0)) > PyramidModel.centroidLimit }) {
            throw DecodeError.fieldOutOfRange(field: "Centroid_Change", value: Int(other))
        }
        return change
    }

    /// The centroids of all classes of details in an adaptive group.
    ///
    /// - Parameters:
    ///   - model: Whose centroids are changed.
    ///   - changes: What is added, by set; nothing where empty.
    /// - Returns: The centroids, by class.
    package static func centroids(of model: PyramidModel, changedBySets changes: [[Int8]]) -> [Int8] {
        centroids(model.centroids, changedBy: changes) {
            set(of: $0, classCount: model.rule.classSet.detailClassCount)
        }
    }

    /// The centroids of all classes of details.
    ///
    /// - Parameters:
    ///   - known: Those of the model.
    ///   - changes: What is added; nothing where empty.
    ///   - place: Which change is that of a class.
    /// - Returns: The centroids, by class.
    static func centroids(_ known: [Int8], changedBy changes: [[Int8]], _ place: (Int) -> Int) -> [Int8] {
        var centroids = known
        let limit = Int8(PyramidModel.centroidLimit)
        for c in 0..<known.count / PyramidModel.centroidCount {
            let number = place(c)
            guard number < changes.count else { continue }
            for (k, change) in changes[number].enumerated() {
                let place = PyramidModel.centroidCount * c + k
                centroids[place] = max(-limit, min(limit, centroids[place] + change))
            }
        }
        return centroids
    }
}
