// SPDX-License-Identifier: Apache-2.0

extension PyramidModel {
    /// The models that every decoder has.
    package static let builtIn: [(name: String, version: UInt32, model: PyramidModel)] = [
        ("image", 3, PyramidModel(hexadecimal: image3)),
        ("linear", 2, PyramidModel(hexadecimal: linear2)),
        ("image", 2, PyramidModel(hexadecimal: image2)),
        ("image", 1, PyramidModel(hexadecimal: image1)),
        ("linear", 1, PyramidModel(hexadecimal: linear1)),
    ]

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
