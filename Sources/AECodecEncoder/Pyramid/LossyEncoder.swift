// SPDX-License-Identifier: Apache-2.0
package import AECodec
import CAEKernels
import AEContainer
package import Samples

/// One image on its way through analysis, quantisation and packing.
package struct LossyEncoder {
    private let samples: SampleArray
    private let map: SampleMap
    private let name: String
    private let version: UInt32
    private let model: PyramidModel
    private let planes: [PyramidPlane]
    private let table: StepTable
    /// The largest coefficient of every band, in the order of steps.
    private let largest: [Int]
    private let level: ae_kernel_level
    package static let fractionBits = 6

    /// The greatest code of the image.
    package var maximumCode: Double { Double(map.maximumCode) }

    package init(_ samples: SampleArray, options: EncodeOptions, model given: PyramidModel? = nil)
        throws(EncodeError)
    {
        guard let level = options.kernel.level else { throw .kernelUnavailable(options.kernel) }
        self.level = level
        guard samples.format.bitsStored <= 16 else { throw .tooDeep(bits: samples.format.bitsStored) }
        self.samples = samples
        let builtIn = PyramidModel.builtIn[0]
        (name, version) = (builtIn.name, builtIn.version)
        model = given ?? builtIn.model
        map = SampleMapFit.affineMap(samples)
        guard map.maximumCode <= 65_535 else { throw .tooLarge(samples: samples.extent.sampleCount) }
        let extent = samples.extent
        var levelCount = 1
        while levelCount < PyramidParameters.maximumLevels, max(extent.rows, extent.columns) >> levelCount > 8
        {
            levelCount += 1
        }
        table = StepTable(lifting: model.lifting, levelCount: levelCount)
        let parameters = PyramidParameters(
            tileExponent: 10, levelCount: levelCount, fractionBits: Self.fractionBits,
            steps: [UInt32](repeating: 1, count: 1 + 3 * levelCount))
        let codes = CodeTable(map, format: samples.format, lowBits: 0)
        let lifting = model.lifting
        var planes: [PyramidPlane] = []
        let maximumCode = map.maximumCode
        for number in 0..<extent.frames * extent.channels {
            let plane = PyramidPlane(rows: extent.rows, columns: extent.columns, parameters: parameters)
            var low = BitWriter()
            var values: [UInt16] = []
            let tile = Tile(
                rows: extent.rows, columns: extent.columns, start: number * extent.rows * extent.columns)
            codes.codes(samples, tile, into: &values, low: &low)
            unsafe values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                unsafe plane.analyze(
                    base, stride: extent.columns, maximumCode: maximumCode, lifting: lifting,
                    level: level)
            }
            planes.append(plane)
        }
        self.planes = planes
        largest = Self.largestMagnitudes(planes, levelCount: levelCount)
    }

    private static func largestMagnitudes(_ planes: [PyramidPlane], levelCount: Int) -> [Int] {
        var largest = [Int](repeating: 0, count: 1 + 3 * levelCount)
        for plane in planes {
            largest[0] = max(largest[0], plane.largestMagnitude(level: levelCount, band: 0))
            for level in 1...levelCount {
                for band in 0..<3 {
                    let place = 1 + 3 * (level - 1) + band
                    largest[place] = max(largest[place], plane.largestMagnitude(level: level, band: band + 1))
                }
            }
        }
        return largest
    }

    /// Quantises and packs everything at a common step.
    ///
    /// The content's mode and digest are not those of its samples yet: ``LossySearch`` decodes it for them.
    func encode(step: Double, passes: Int) throws(EncodeError) -> ContainerContent {
        guard let encoder = LatentEncoder(model: model, level: level) else { throw .outOfMemory }
        let levelCount = planes[0].parameters.levelCount
        let parameters = setSteps(step)
        var groups: [(header: GroupHeader, body: [UInt8])] = []
        for (number, plane) in planes.enumerated() {
            let body = encoder.encode(plane, tiles: 0..<plane.tileCount, passes: passes)
            let frame = number / samples.extent.channels
            let channel = number % samples.extent.channels
            groups.append(
                (
                    GroupHeader(
                        part: 0, layer: 0, levels: 0...levelCount, frames: frame..<frame + 1,
                        tiles: channel * plane.tileCount..<(channel + 1) * plane.tileCount), body
                ))
        }
        let part = Part(
            extent: samples.extent, format: samples.format,
            mode: CodingMode(kind: .lossy),
            model: ModelReference(version: version, identity: model.identity, name: name),
            sampleMap: SampleMapFit.payload(map), parameters: parameters.payload,
            digest: [UInt8](repeating: 0, count: 32))
        return ContainerContent(parts: [part], groups: groups)
    }

    /// Sets the steps of all bands from the common one.
    private func setSteps(_ step: Double) -> PyramidParameters {
        for plane in planes {
            plane.parameters.steps = table.steps(step, fractionBits: Self.fractionBits, largest: largest)
        }
        return planes[0].parameters
    }

    /// Adds the image's latents at a step to a fit.
    package func contribute(to fit: inout PyramidFit, step: Double) throws(EncodeError) {
        guard let encoder = LatentEncoder(model: model, level: level) else { throw .outOfMemory }
        _ = setSteps(step)
        for plane in planes { fit.add(plane, encoder: encoder, model: model) }
    }
}
