// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels
package import Samples

/// The base of a lossless part: a lossy pyramid of a smaller picture of its codes, which is enlarged again.
/// (Spec/bitstream.md, section 10)
struct BaseLayer: Sendable {
    /// Both sides of the part are those of the base times 2 to this power.
    let exponent: Int
    /// The greatest code of the part.
    let maximumCode: Int
    private let pyramid: PyramidPart

    /// Codes as samples.
    private static let codeFormat = SampleFormat(bitsStored: 16, isSigned: false)

    /// - Parameters:
    ///   - part: The whole part.
    ///   - number: Its number.
    ///   - parameters: What its `PARM` says of the base.
    ///   - maximumCode: The greatest code of the part, at most 65,535.
    ///   - groups: Those of layer 0.
    ///   - isTruncated: Whether the last groups may be missing.
    ///   - models: Models to choose from.
    /// - Throws: ``DecodeError`` if parameters or groups break the rules, or the model is missing.
    init(
        _ part: Part, number: Int, parameters: BaseParameters, maximumCode: Int,
        groups: [(index: Int, group: Group)], isTruncated: Bool, models: [PyramidModel]
    ) throws(DecodeError) {
        var small = part
        small.extent = BaseCodes.extent(part.extent, exponent: parameters.exponent)
        small.format = Self.codeFormat
        small.sampleMap = SampleMap.affine(origin: 0, step: 1, maximumCode: maximumCode).payload()
        small.parameters = parameters.pyramid
        pyramid = try PyramidPart(
            small, number: number, groups: groups, isTruncated: isTruncated, models: models)
        exponent = parameters.exponent
        self.maximumCode = maximumCode
    }

    /// The greatest reduction of the part that its base holds.
    var reductionCount: Int { exponent + pyramid.layout.levelCount }

    /// Whether there are groups of all frames, whole or not.
    var hasAllFrames: Bool { pyramid.sets.last?.frames.upperBound == pyramid.extent.frames }

    /// The base of some frames, to be enlarged.
    func codes(
        _ container: Container, frames: Range<Int>, options: DecodeOptions
    ) throws(DecodeError) -> BaseCodes {
        let small = try pyramid.decode(container, SampleSelection(frames: frames), options: options)
        return BaseCodes(small, exponent: exponent, maximumCode: maximumCode)
    }

    /// The codes of a picture of the part that the base alone gives.
    ///
    /// - Parameters:
    ///   - container: The archive.
    ///   - selection: Frames, window and reduction of the part.
    ///   - extent: The shape of the part.
    ///   - options: Memory, threads and kernels.
    ///   - decoded: The base of these frames, if it is decoded already.
    /// - Returns: Codes, in the shape of the window.
    /// - Throws: ``DecodeError`` if there is no such picture, or groups are damaged.
    func picture(
        _ container: Container, _ selection: SampleSelection, of extent: Extent, options: DecodeOptions,
        decoded: BaseCodes? = nil
    ) throws(DecodeError) -> SampleArray {
        guard (0...reductionCount).contains(selection.reduction) else {
            throw .noSuchReduction(asked: selection.reduction, levels: reductionCount)
        }
        let window = selection.window(of: extent)
        if selection.reduction >= exponent {
            let small = try pyramid.decode(
                container,
                SampleSelection(
                    frames: selection.frames, reduction: selection.reduction - exponent),
                options: options)
            return selection.region == nil ? small : small.window(rows: window.rows, columns: window.columns)
        }
        let whole: BaseCodes
        if let decoded {
            whole = decoded
        } else {
            whole = try codes(container, frames: selection.frames, options: options)
        }
        let codes = whole.reduced(by: selection.reduction)
        var shape = extent
        shape.frames = selection.frames.count
        shape.rows = window.rows.count
        shape.columns = window.columns.count
        let values = unsafe [UInt16](unsafeUninitializedCapacity: shape.sampleCount) { buffer, count in
            count = shape.sampleCount
            guard let out = buffer.baseAddress else { return }
            for plane in 0..<shape.frames * shape.channels {
                unsafe codes.enlarge(
                    plane: plane, window, into: out + plane * window.count, stride: shape.columns)
            }
        }
        return SampleArray(extent: shape, format: Self.codeFormat, storage: .narrow(values))
    }

    /// What the packer chose, group by group.
    func summaries(_ container: Container) throws(DecodeError) -> [GroupSummary] {
        try pyramid.summaries(container)
    }
}

/// The decoded base of some frames.
package struct BaseCodes: Sendable {
    private let codes: [UInt16]
    private let rows: Int
    private let columns: Int
    private let exponent: Int
    private let maximumCode: Int

    /// - Parameters:
    ///   - small: The codes of the base, of at most 16 bits.
    ///   - exponent: How often both sides are to be doubled, 0 to 3.
    ///   - maximumCode: The greatest code.
    package init(_ small: SampleArray, exponent: Int, maximumCode: Int) {
        if case .narrow(let values) = small.storage { codes = values } else { codes = [] }
        rows = small.extent.rows
        columns = small.extent.columns
        self.exponent = exponent
        self.maximumCode = maximumCode
    }

    private init(_ other: BaseCodes, exponent: Int) {
        codes = other.codes
        rows = other.rows
        columns = other.columns
        maximumCode = other.maximumCode
        self.exponent = exponent
    }

    /// The shape of the base of a part.
    package static func extent(_ extent: Extent, exponent: Int) -> Extent {
        var small = extent
        small.rows = (extent.rows - 1) >> exponent + 1
        small.columns = (extent.columns - 1) >> exponent + 1
        return small
    }

    /// The same, enlarged less.
    func reduced(by reduction: Int) -> BaseCodes { BaseCodes(self, exponent: exponent - reduction) }

    /// Writes a window of a plane, enlarged.
    ///
    /// - Parameters:
    ///   - plane: Which one, from the first of the frames on.
    ///   - window: Rows and columns of the enlarged plane.
    ///   - out: Its first code.
    ///   - stride: Codes between two rows of it.
    package func enlarge(
        plane: Int, _ window: PlaneWindow, into out: UnsafeMutablePointer<UInt16>, stride: Int
    ) {
        let columnCount = Int32(window.columns.count)
        unsafe codes.withUnsafeBufferPointer { codes in
            guard let base = codes.baseAddress else { return }
            var source = unsafe ae_base_plane(
                codes: base + plane * rows * columns, stride: columns, rows: Int32(rows),
                columns: Int32(columns), max_code: UInt16(maximumCode))
            unsafe withUnsafeTemporaryAllocation(
                byteCount: ae_upsample_work_bytes(columnCount), alignment: 64
            ) { work in
                unsafe ae_upsample(
                    &source, Int32(exponent), Int32(window.rows.lowerBound),
                    Int32(window.columns.lowerBound), Int32(window.rows.count), columnCount, out, stride,
                    work.baseAddress)
            }
        }
    }
}
