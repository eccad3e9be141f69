// SPDX-License-Identifier: Apache-2.0

extension SignalModel {
    /// The models that every decoder has; encoders take the last one.
    package static let builtIn = [
        BuiltInModel("signal", 1) { first }, BuiltInModel("signal", 2) { second },
    ]

    private static let first = SignalModel(hexadecimal: signal1)
    private static let second = SignalModel(hexadecimal: signal2)

    private init(hexadecimal: StaticString) {
        do throws(DecodeError) {
            try self.init(bytes: PresetTables.bytes(hexadecimal))
        } catch { preconditionFailure("a built-in model is damaged: \(error)") }
    }
}
