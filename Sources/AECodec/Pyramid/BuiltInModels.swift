// SPDX-License-Identifier: Apache-2.0

extension PyramidModel {
    /// The models that every decoder has.
    package static let builtIn = [
        BuiltInModel("image", 3) { thirdImage }, BuiltInModel("linear", 2) { secondLinear },
        BuiltInModel("image", 2) { secondImage }, BuiltInModel("image", 1) { firstImage },
        BuiltInModel("linear", 1) { firstLinear },
    ]

    private static let thirdImage = PyramidModel(hexadecimal: image3)
    private static let secondImage = PyramidModel(hexadecimal: image2)
    private static let firstImage = PyramidModel(hexadecimal: image1)
    private static let secondLinear = PyramidModel(hexadecimal: linear2)
    private static let firstLinear = PyramidModel(hexadecimal: linear1)

    /// Scale rules to start a fit from: a share of every term.
    package static let startWeights: [UInt16] = (0..<ContextRule.weightCount).map { index in
        [500, 250, 60, 900, 90, 300, 60, 200, 20][index % 9]
    }

    private init(hexadecimal: StaticString) {
        do throws(DecodeError) {
            try self.init(bytes: PresetTables.bytes(hexadecimal))
        } catch { preconditionFailure("a built-in model is damaged: \(error)") }
    }
}
