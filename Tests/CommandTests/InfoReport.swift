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

    /// Bytes of the archive without the payload of `SRCE`; nil if there is none.
    var codedByteCount: Int? {
        guard let size = object["fileBytes"] as? Int,
            let chunk = chunks.first(where: { $0["type"] as? String == "SRCE" })?["bytes"] as? Int
        else { return nil }
        // Type, checksum, and a length of seven bits a byte (Spec/container.md, 3.1).
        let frame = 8 + (chunk <= 9 + 0x7F ? 1 : chunk <= 10 + 0x3FFF ? 2 : 3)
        return size - chunk + frame
    }
}
