// SPDX-License-Identifier: Apache-2.0
import Foundation
import MedicalFormats
import Samples
import TestSupport
import Testing

/// What can be said without other readers; ``DerivedInstancePeerTests`` has those.
@Suite struct DerivedInstanceTests {
    static let derivation = Derivation(
        ratio: 8.53125, description: "aecodec lossy, step 14", seed: [1, 2, 3])

    /// Tags that a lossy step writes.
    static let written: Set<String> = [
        "(0008,0018)", "(0008,2111)", "(0008,2112)", "(0008,9215)", "(0028,2110)", "(0028,2112)",
        "(0028,2114)",
    ]

    @Test(arguments: DerivedSources.fixtures)
    func onlyAttributesOfDerivationChange(path: String) throws {
        let source = try DerivedSources.rebuilt(fixture: path)
        let derived = try derivedInstance(of: source, derivation: Self.derivation)
        let (before, after) = (try MedicalFile.read(source), try MedicalFile.read(derived))
        #expect(after.samples == before.samples)
        #expect(after.source.isByteExact && after.lossyHistory)
        let pixels = source.count - before.source.cuts[0].offset
        #expect(derived.suffix(pixels) == source.suffix(pixels))
        let changed = Set(try compareAttributes(source, derived).map(\.tag))
        // 01 stays 01 in instances that were lossy before; DERIVED stays DERIVED.
        let kept: Set<String> = before.lossyHistory ? ["(0028,2110)"] : []
        #expect(changed.subtracting(["(0008,0008)"]) == Self.written.subtracting(kept))
        #expect(try derivedInstance(of: source, derivation: Self.derivation) == derived)
    }

    @Test func identifierFollowsFromSourceAndSeed() throws {
        let source = DerivedSource().bytes
        let derived = try derivedInstance(of: source, derivation: Self.derivation)
        // The first 16 bytes of SHA-256("1.2.3.4" 01 02 03) as a number.
        let uid = "2.25.106699801104125849155151149573857485009"
        let text = String(decoding: derived, as: UTF8.self)
        #expect(text.components(separatedBy: uid).count == 3, "once in the meta group, once in the data set")
        var other = Self.derivation
        other.seed = [1, 2, 4]
        let sibling = try derivedInstance(of: source, derivation: other)
        #expect(!String(decoding: sibling, as: UTF8.self).contains(uid))
    }

    /// Signatures sign the source, and lengths of changed groups no longer hold.
    @Test(arguments: [DICOMBuilder.Syntax.implicit, .explicit])
    func whatNoLongerHoldsIsLeftOut(syntax: DICOMBuilder.Syntax) throws {
        let source = DerivedSource(syntax: syntax, hasSignatures: true, hasGroupLength: true).bytes
        let derived = try derivedInstance(of: source, derivation: Self.derivation)
        let removed = try compareAttributes(source, derived).filter { $0.what == .onlyInFirst }.map(\.tag)
        #expect(removed == ["(4ffe,0001)", "(fffa,fffa)"])
        // The data set begins with Image Type now.
        let start = try #require(Data(derived).range(of: Data([8, 0, 8, 0])))
        #expect(Data(derived).range(of: Data([8, 0, 0, 0]), in: 132..<start.lowerBound) == nil)
        #expect(derived.suffix(2) == [1, 2])
    }

    @Test(arguments: [Double.nan, .infinity, 0, -3, 1e-10, 1e10])
    func ratiosThatAreNoneAreRefused(ratio: Double) {
        var derivation = Self.derivation
        derivation.ratio = ratio
        #expect(throws: MedicalFileError.invalidAttribute(keyword: "LossyImageCompressionRatio", value: 0)) {
            try derivedInstance(of: DerivedSource().bytes, derivation: derivation)
        }
    }

    @Test(arguments: ["small-jpeg-ls.dcm", "small-rle.dcm", "small-big-endian.dcm", "small-deflated.dcm"])
    func filesThatAreNotNativeLittleEndianAreRefused(name: String) throws {
        let bytes = try DerivedSources.bytes("breast/" + name)
        let error = #expect(throws: MedicalFileError.self) {
            try derivedInstance(of: bytes, derivation: Self.derivation)
        }
        guard case .unsupportedTransferSyntax = error else {
            Issue.record("refused for another reason")
            return
        }
    }

    @Test func whatIsNoImageIsRefused() throws {
        for bytes in [[], Array("P5 1 1 255\n0".utf8), try DerivedSources.bytes("refused/no-pixels.dcm")] {
            #expect(throws: MedicalFileError.self) {
                try derivedInstance(of: bytes, derivation: Self.derivation)
            }
        }
    }

    /// Damage anywhere before the pixels gives an error or a file, never a trap.
    @Test(arguments: [UInt64](0..<4)) func damagedSourcesDoNotTrap(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for groups in [DerivedSource.Groups.sharedMacro, .perFrameMacro] {
            for syntax in [DICOMBuilder.Syntax.explicit, .implicit] {
                let good = DerivedSource(
                    syntax: syntax, description: "cropped", lossy: "01", ratio: "2.5", groups: groups,
                    hasUndefinedLengths: seed % 2 == 0, hasSignatures: true
                ).bytes
                for _ in 0..<200 {
                    var bad = good
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        bad[Int.random(in: 128..<bad.count, using: &random)] = UInt8.random(
                            in: 0...255, using: &random)
                    }
                    if Bool.random(using: &random) {
                        bad.removeLast(Int.random(in: 0..<bad.count - 128, using: &random))
                    }
                    _ = try? derivedInstance(of: bad, derivation: Self.derivation)
                }
            }
        }
    }
}
