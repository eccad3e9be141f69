// SPDX-License-Identifier: Apache-2.0
import AEContainer
import CAEKernels

/// Decodes the latents of a window of signals into the bands of its lines.
enum SignalPyramidDecoder {
    /// - Parameters:
    ///   - signal: A group of the window, taken apart.
    ///   - levels: The planes that it lies between.
    ///   - model: The model of the part.
    ///   - window: The window; keeps what a fine group needs of the coarse one before.
    ///   - slack: Residuals that a stream may run past its end before that is noticed.
    ///   - index: The number of the group, for errors.
    ///   - container: The archive.
    ///   - group: Where the group stands.
    ///   - lines: Takes the coefficients, line by line.
    /// - Throws: ``DecodeError`` if streams and latents do not fit together.
    static func decode(
        _ signal: SignalLatentGroup, levels: ClosedRange<Int>, model: SignalModel, window: SignalWindow,
        slack: Int, index: Int, container: Container, group: Group, into lines: inout [Int32]
    ) throws(DecodeError) {
        window.setShares(signal.shares)
        window.setSegments(signal.segments)
        switch signal.residuals {
        case .streams(let latents):
            try decode(
                latents, eventCount: signal.eventCount, levels: levels, model: model, window: window,
                slack: slack, index: index, container: container, group: group, into: &lines)
        case .adaptive(let range, _):
            let coder = AdaptiveCoder(level: window.kernels)
            let isWhole = unsafe container.bytes.withUnsafeBytes { bytes in
                unsafe coder.reads(bytes, range) {
                    unsafe window.code(
                        by: coder, residuals: nil, centroids: model.centroids, eventCount: signal.eventCount,
                        levels: levels, into: &lines)
                }
            }
            guard isWhole else { throw .groupLength(group: index) }
        }
    }

    private static func decode(
        _ latents: LatentGroup, eventCount: Int, levels: ClosedRange<Int>, model: SignalModel,
        window: SignalWindow, slack: Int, index: Int, container: Container, group: Group,
        into lines: inout [Int32]
    ) throws(DecodeError) {
        guard let streams = UnpackedStreams() else { throw .memoryLimit(needed: 0, limit: 0) }
        let centroids = latents.centroids(model.centroids)
        let streamOfClass = latents.streamOfClass
        let isCoarse = window.isCoarse(levels)
        let isFine = levels.lowerBound == 0
        try unsafe container.withBytes(behind: group) { bytes throws(DecodeError) in
            try unsafe streams.withStreams(
                latents.streams, map: [], slack: slack, index: index, bytes: bytes
            ) { streams in
                let status = unsafe withSource(&streams, streamOfClass, centroids) { source in
                    unsafe window.setEvents(room: eventCount) { events in
                        let status = unsafe window.with { shape, _ in
                            unsafe ae_decode_events(
                                source, shape.pointee.before, shape.pointee.columns,
                                Int32(eventCount), events)
                        }
                        return (status == 0 ? eventCount : 0, status)
                    }
                }
                guard status == 0 else { return .ranOut }
                let decoded = unsafe withSource(&streams, streamOfClass, centroids) { source in
                    unsafe window.with { shape, work in
                        unsafe lines.withUnsafeMutableBufferPointer { lines in
                            var status: Int32 = 0
                            if isCoarse {
                                status = unsafe ae_decode_coarse_lines(
                                    shape, source, lines.baseAddress, work)
                            }
                            if status == 0, isFine {
                                status = unsafe ae_decode_fine_lines(shape, source, lines.baseAddress, work)
                            }
                            return status
                        }
                    }
                }
                return decoded == 0 ? .usedUp : .ranOut
            }
        }
    }

    /// Lends streams to the kernels.
    private static func withSource<Result>(
        _ streams: inout ae_streams, _ streamOfClass: [UInt8], _ centroids: [Int8],
        _ body: (UnsafePointer<ae_line_source>) -> Result
    ) -> Result {
        unsafe withUnsafeMutablePointer(to: &streams) { streams in
            unsafe streamOfClass.withUnsafeBufferPointer { streamOfClass in
                unsafe centroids.withUnsafeBufferPointer { centroids in
                    var source = unsafe ae_line_source(
                        streams: streams, stream_of_class: streamOfClass.baseAddress,
                        centroids: centroids.baseAddress)
                    return unsafe body(&source)
                }
            }
        }
    }
}
