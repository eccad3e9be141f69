// SPDX-License-Identifier: Apache-2.0

/// Tables known beforehand.
///
/// Preset tables are zstd dictionaries (RFC 8878, section 5) that spare short streams the description of
/// their tables. Made by `Scripts/make-presets.c`, listed in `Spec/presets.md`; never changed,
/// only added to.
package enum PresetTables {
    /// One preset: the streams it is meant for, and its dictionary.
    package struct Preset: Sendable {
        /// The form whose main bytes it describes: 1 bytes, 2 digits, 3 runs.
        package let form: UInt8
        /// The radix of digits, 0 for other forms.
        package let radix: Int
        /// Whether it describes the sequences of main bytes, not their Huffman table.
        package let isOfSequences: Bool
        /// The dictionary; of sequences, without its content, `AE_RUN_BYTES` zeros.
        package let dictionary: [UInt8]

        init(_ form: UInt8, _ radix: Int, isOfSequences: Bool = false, _ hexadecimal: StaticString) {
            self.form = form
            self.radix = radix
            self.isOfSequences = isOfSequences
            dictionary = PresetTables.bytes(hexadecimal)
        }
    }

    /// The bytes that hexadecimal digits stand for.
    package static func bytes(_ hexadecimal: StaticString) -> [UInt8] {
        let value = { (digit: UInt8) in digit > 57 ? digit - 87 : digit - 48 }
        return hexadecimal.withUTF8Buffer { digits in
            (0..<digits.count / 2).map { unsafe value(digits[2 * $0]) << 4 | value(digits[2 * $0 + 1]) }
        }
    }

    /// Preset number n of a stream header is entry n - 1.
    package static let all: [Preset] = literals + sequences

    // swift-format-ignore
    private static let literals: [Preset] = [
        Preset(1, 0, """
            37a430ec010000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a990233f1783c\
            1e8fc7e3f1783ccff3bcf7d44241414141414141414141414141414141414141414141414141a15028140a85\
            42a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7e3f178\
            9ee779ef010100000004000000080000000000000000000000
            """),
        Preset(1, 0, """
            37a430ec020000002210c09224e93330033330033330033330033304176344e87ffbad6d8d90bdf796320533\
            f1783c1e8fc7e3f1783ccff3bcf7d44241414141414141414141414141414141414141414141414141a15028\
            140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7\
            e3f1789ee779ef010100000004000000080000000000000000000000
            """),
        Preset(1, 0, """
            37a430ec030000002710c892241dffffffffffffffffffffff08104208fdffbfb5d6dad65a238410b2f7de52\
            4a99520a33f1783c1e8fc7e3f1783ccff3bcf7d4424141414141414141414141414141414141414141414141\
            4141a15028140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1f1\
            783c1e8fc7e3f1789ee779ef010100000004000000080000000000000000000000
            """),
        Preset(2, 15, """
            37a430ec040000003510b0a34d1a03300cc3300cc3300cb0110eab077e83dc0caeb733b8945ae3ad583683d8\
            d66614bfd99d53e1d1b6ad041a6fedde52a633f1783c1e8fc7e3f1783ccff3bcf7d442414141414141414141\
            41414141414141414141414141414141a15028140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1\
            e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7e3f1789ee779ef010100000004000000080000000000000000\
            000000
            """),
        Preset(2, 15, """
            37a430ec050000003d10b0b3493a300cc3005b54290832e8c419a81c172e452831e29f83510cfba419f13f19\
            98510cfbc9c060d84fda4ee42886fd84eca59a11ff13b2b7942933f1783c1e8fc7e3f1783ccff3bcf7d44241\
            414141414141414141414141414141414141414141414141a15028140a8542a15028140a85a2288aa2284a29\
            7d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7e3f1789ee779ef01010000000400000008\
            0000000000000000000000
            """),
        Preset(2, 12, """
            37a430ec060000002b10b89a24e9fcffffffffffffffff7f5c5c2fec30a6011d2deb62b42c83f4b7adae18ed\
            6f6921642d2172a733f1783c1e8fc7e3f1783ccff3bcf7d44241414141414141414141414141414141414141\
            414141414141a15028140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1\
            e1e1e1f1783c1e8fc7e3f1789ee779ef010100000004000000080000000000000000000000
            """),
        Preset(2, 12, """
            37a430ec070000003e10a0439b3406c3300cc3300cc3300cc33086d28635434f53bb396471aa1f8da9f3e087\
            fe5bb1232b7eb35d1bc56f96ac54d50c626b646513f8cd6e22650a33f1783c1e8fc7e3f1783ccff3bcf7d442\
            41414141414141414141414141414141414141414141414141a15028140a8542a15028140a85a2288aa2284a\
            297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7e3f1789ee779ef010100000004000000\
            080000000000000000000000
            """),
        Preset(2, 9, """
            37a430ec080000002c10b89324e9fcffffffffffffffffffffc78688c47138001dbfe73afe4c51ffdf068df1\
            ffd604e9ff5b93320533f1783c1e8fc7e3f1783ccff3bcf7d442414141414141414141414141414141414141\
            41414141414141a15028140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1\
            e1e1e1e1f1783c1e8fc7e3f1789ee779ef010100000004000000080000000000000000000000
            """),
        Preset(2, 9, """
            37a430ec090000002d10b89a24e9fcffffffffffffffffffff87153fa21443dea168b98ac83242f1ffd6aa46\
            642d21fbe3ff84c89d0233f1783c1e8fc7e3f1783ccff3bcf7d4424141414141414141414141414141414141\
            4141414141414141a15028140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1\
            e1e1e1e1e1f1783c1e8fc7e3f1789ee779ef010100000004000000080000000000000000000000
            """),
        Preset(2, 6, """
            37a430ec0a0000003510a852d2340630333333334157f7ccecb1d00899e1f2e2112e2f9aea281111fa7ccd83\
            98113143e41b6275f08344096d6dbf35b95333f1783c1e8fc7e3f1783ccff3bcf7d442414141414141414141\
            41414141414141414141414141414141a15028140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1\
            e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7e3f1789ee779ef010100000004000000080000000000000000\
            000000
            """),
        Preset(2, 6, """
            37a430ec0b0000003d10a0539a3406c3300cc330ecf0adb1f0331300a2f38c19d354dfe38abb9fa389f115d2\
            44c52da2b54e63f38340cdb99daf1c480e6adc746c4bdb26650a33f1783c1e8fc7e3f1783ccff3bcf7d44241\
            414141414141414141414141414141414141414141414141a15028140a8542a15028140a85a2288aa2284a29\
            7d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7e3f1789ee779ef01010000000400000008\
            0000000000000000000000
            """),
        Preset(2, 5, """
            37a430ec0c0000003210a8254d5a033033333333333333333333b3e833ac4e12d5e4e6c05ebc0e6b7fa019a6\
            34477367a559875bc5d14cac253b0533f1783c1e8fc7e3f1783ccff3bcf7d442414141414141414141414141\
            41414141414141414141414141a15028140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1\
            e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7e3f1789ee779ef010100000004000000080000000000000000000000
            """),
        Preset(3, 0, """
            37a430ec0d0000002010d85249070cc3300c730e390b1ff2066b593b63d8266b5958b63ee75f0a610133f178\
            3c1e8fc7e3f1783ccff3bcf7d44241414141414141414141414141414141414141414141414141a15028140a\
            8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7e3f1\
            789ee779ef010100000004000000080000000000000000000000
            """),
        Preset(3, 0, """
            37a430ec0e0000002210c892241dffffffffffffff9f33f4fe6d6982b583716b83b1b570081fb568febf4d33\
            f1783c1e8fc7e3f1783ccff3bcf7d44241414141414141414141414141414141414141414141414141a15028\
            140a8542a15028140a85a2288aa2284a297d74e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1f1783c1e8fc7\
            e3f1789ee779ef010100000004000000080000000000000000000000
            """),
    ]
}
