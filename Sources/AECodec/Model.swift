// SPDX-License-Identifier: Apache-2.0
import AEContainer

/// A model that lossy archives are decoded with: the bytes of a model file. (Spec/model.md)
public struct Model: Sendable {
    /// For people: the name of a built-in model, or of the file without its ending.
    public let name: String
    /// For people: the version that its maker gave it, 0 if unknown.
    public let version: UInt32
    package let content: Content

    /// What a model is for.
    package enum Content: Sendable {
        case images(PyramidModel)
        case signals(SignalModel)
    }

    /// The model of images; nil if it is one of signals.
    package var pyramid: PyramidModel? {
        if case .images(let model) = content { model } else { nil }
    }
    /// The model of signals; nil if it is one of images.
    package var signal: SignalModel? {
        if case .signals(let model) = content { model } else { nil }
    }
    /// Whether it is for signals, and not for images.
    public var isForSignals: Bool { signal != nil }

    private var bytes: [UInt8] {
        switch content {
        case .images(let model): model.bytes
        case .signals(let model): model.bytes
        }
    }

    /// The first 16 bytes of the SHA-256 of the file: what archives call it by.
    public var identity: [UInt8] {
        switch content {
        case .images(let model): model.identity
        case .signals(let model): model.identity
        }
    }
    /// Bytes of the file.
    public var byteCount: Int { bytes.count }

    /// No model file is longer.
    public static let longestFile = 1 << 20

    /// Reads a model file.
    ///
    /// - Throws: ``DecodeError`` if the bytes break the rules of Spec/model.md.
    public init(bytes: [UInt8], name: String) throws(DecodeError) {
        guard bytes.count <= Self.longestFile else {
            throw .fieldOutOfRange(field: "length of the model", value: bytes.count)
        }
        let content: Content =
            SignalModel.recognizes(bytes)
            ? .signals(try SignalModel(bytes: bytes)) : .images(try PyramidModel(bytes: bytes))
        self.init(content, name: name, version: 0)
    }

    package init(_ content: Content, name: String, version: UInt32) {
        self.content = content
        self.name = name
        self.version = version
    }

    /// The models that every decoder has; encoders of images take the first.
    public static let builtIn: [Model] =
        PyramidModel.builtIn.map(Model.init) + SignalModel.builtIn.map(Model.init)

    /// The model that images are encoded with.
    package static let ofImages = Model(PyramidModel.builtIn[0])

    /// The model that signals are encoded with.
    package static let ofSignals = SignalModel.builtIn.last.map(Model.init)

    /// The newest model of each name that images may be encoded with.
    package static let newestOfImages = PyramidModel.builtIn.enumerated().filter { place, known in
        !PyramidModel.builtIn[..<place].contains { $0.name == known.name }
    }.map { Model($0.element) }

    private init(_ known: BuiltInModel<PyramidModel>) {
        self.init(.images(known.model), name: known.name, version: known.version)
    }

    private init(_ known: BuiltInModel<SignalModel>) {
        self.init(.signals(known.model), name: known.name, version: known.version)
    }
}

/// What archives call by its identity.
protocol IdentifiedModel: Sendable {
    var identity: [UInt8] { get }
    /// Those that every decoder has.
    static var builtIn: [BuiltInModel<Self>] { get }
}

extension PyramidModel: IdentifiedModel {}
extension SignalModel: IdentifiedModel {}

extension Part {
    /// The model that the part names, of some or of those that are built in, which are read until it is found.
    ///
    /// - Parameters:
    ///   - models: Models of one kind.
    ///   - number: The number of the part, for the error.
    /// - Returns: The model.
    /// - Throws: ``DecodeError`` if it is none of these.
    func model<Known: IdentifiedModel>(among models: [Known], number: Int) throws(DecodeError) -> Known {
        let isNamed = { (known: Known) in known.identity == model?.identity }
        let found = models.first(where: isNamed) ?? Known.builtIn.lazy.map(\.model).first(where: isNamed)
        guard let found else {
            throw .unsupported(
                part: number, feature: .model(model?.name ?? "", identity: model?.identity ?? []))
        }
        return found
    }
}
