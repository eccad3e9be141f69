// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What `info --json` prints of one archive, read by Foundation.
struct InfoReport {
    let object: [String: Any]

    init(_ output: Data) throws {
        let all = try #require(JSONSerialization.jsonObject(with: output) as? [[String: Any]])
        object = try #require(all.first)
    }

    var parts: [[String: Any]] { object["parts"] as? [[String: Any]] ?? [] }
    var groups: [[String: Any]] { object["groups"] as? [[String: Any]] ?? [] }
    var chunks: [[String: Any]] { object["chunks"] as? [[String: Any]] ?? [] }
    var source: [String: Any]? { object["source"] as? [String: Any] }
}
