// SPDX-License-Identifier: Apache-2.0

extension PresetTables {
    /// Tables of sequences: first for symbols, in bytes or in digits of radix 16, then for runs.
    // swift-format-ignore
    static let sequences: [Preset] = [
        Preset(1, 0, isOfSequences: true, """
            37a430ec0f0000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00ff49f\
            031480ff1c000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec100000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f547e\
            b6031480f2b31d000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec110000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f041b\
            f649071400d8b04f3a000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec120000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00fa436\
            8b733a1400b5599cd301000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec130000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00fb491\
            8ecc5292a43914808d7464969224cd01000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec140000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f44af\
            98953649da0c14007ac5acb449d266000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec150000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00fe42c\
            d24da334499a03140067916e1aa549d21c000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec160000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00fc426\
            b38945274992c6140036994d2c3a49923406000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec170000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f2409\
            929ccc5c38495a0314004990e464e6c249d21a000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec180000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f24aa\
            d3e86751c86892e41400519d463f8b4246932407000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec190000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00fc40a\
            5aa8b53c0551c988e801140056d042ade529884a46440f000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec1a0000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f644a\
            e615822d574c927414005332af106cb96292a403000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec1b0000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f6407\
            ee0b68b6550b8b263914003b705f40b3ad5a5834c901000002000000020000000200
            """),
        Preset(1, 0, isOfSequences: true, """
            37a430ec1c0000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f7428\
            30e907e21e870ed14c0f14804381493f10f7387488667a000002000000020000000200
            """),
        Preset(3, 0, isOfSequences: true, """
            37a430ec1d0000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f2420\
            e63c4d920c731480162339556c61bd7b3a000002000000020000000200
            """),
        Preset(3, 0, isOfSequences: true, """
            37a430ec1e0000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f2440\
            a6b93a4992a4311400475e746372cf01000002000000020000000200
            """),
        Preset(3, 0, isOfSequences: true, """
            37a430ec1f0000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f24a0\
            a4bb9124495a031480293e5e7161f2ab03000002000000020000000200
            """),
        Preset(3, 0, isOfSequences: true, """
            37a430ec200000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f24a0\
            a8f9c19a24cd0114000705080b121d293e4d46bed557c50f000002000000020000000200
            """),
        Preset(3, 0, isOfSequences: true, """
            37a430ec210000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f24a0\
            25be24e914800a101b2c475c68cef59a0e000002000000020000000200
            """),
        Preset(3, 0, isOfSequences: true, """
            37a430ec220000001f10c85290a403ffffffffffffffffffffff9fa3f2ffffd6b6d6c8265b4a9902e00f24c0\
            a4c141180804028140104010e01f1400f0bb3a000002000000020000000200
            """),
    ]
}
