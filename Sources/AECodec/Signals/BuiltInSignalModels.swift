// SPDX-License-Identifier: Apache-2.0

extension SignalModel {
    /// The models that every decoder has; encoders take the last one.
    package static let builtIn: [(name: String, version: UInt32, model: SignalModel)] = [
        ("signal", 1, SignalModel(hexadecimal: signal1)), ("signal", 2, SignalModel(hexadecimal: signal2)),
    ]

    private init(hexadecimal: StaticString) {
        do throws(DecodeError) {
            try self.init(bytes: PresetTables.bytes(hexadecimal))
        } catch { preconditionFailure("a built-in model is damaged: \(error)") }
    }
}
