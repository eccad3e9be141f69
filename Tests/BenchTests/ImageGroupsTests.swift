// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AEBenchmark

@Suite struct ImageGroupsTests {
    static let list = """
        # a comment
        mammography/      mammograms
        mammography/b.dcm   maker two  # and one more
        c.png  apart: hard set
        films/ films
        broken
        """

    @Test(arguments: [
        ("/data/mammography/a.dcm", ["mammograms"]),
        ("/data/mammography/b.dcm", ["mammograms", "maker two"]),
        ("/data/other/b.dcm", ["other"]),
        ("/data/films/c.png", ["apart: hard set"]),
        ("/data/mammography/deeper/a.dcm", ["deeper"]),
        ("/data/xmammography/b.dcm", ["xmammography"]),
    ])
    func linesNameTheEndsOfPaths(_ path: String, _ groups: [String]) {
        #expect(ImageGroups(list: Self.list).groups(of: path) == groups)
    }

    @Test func withoutAListFoldersAreGroups() {
        #expect(ImageGroups().groups(of: "/data/films/c.png") == ["films"])
    }
}
