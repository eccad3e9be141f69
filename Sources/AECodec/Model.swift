// SPDX-License-Identifier: Apache-2.0

/// A model that lossy archives are decoded with: the bytes of a model file. (Spec/model.md)
public struct Model: Sendable {
    /// For people: the name of a built-in model, or of the file without its ending.
    public let name: String
    /// For people: the version that its maker gave it, 0 if unknown.
    public let version: UInt32
    package let pyramid: PyramidModel

    /// The first 16 bytes of the SHA-256 of the file: what archives call it by.
    public var identity: [UInt8] { pyramid.identity }
    /// Bytes of the file.
    public var byteCount: Int { pyramid.bytes.count }

    /// No model file is longer.
    public static let longestFile = 1 << 20

    /// Reads a model file.
    ///
    /// - Throws: ``DecodeError`` if the bytes break the rules of Spec/model.md.
    public init(bytes: [UInt8], name: String) throws(DecodeError) {
        guard bytes.count <= Self.longestFile else {
            throw .fieldOutOfRange(field: "length of the model", value: bytes.count)
        }
        self.init(try PyramidModel(bytes: bytes), name: name, version: 0)
    }

    init(_ pyramid: PyramidModel, name: String, version: UInt32) {
        self.pyramid = pyramid
        self.name = name
        self.version = version
    }

    /// The models that every decoder has; encoders take the first.
    public static let builtIn: [Model] = PyramidModel.builtIn.map {
        Model($0.model, name: $0.name, version: $0.version)
    }
}
