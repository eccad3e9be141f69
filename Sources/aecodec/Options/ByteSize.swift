// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// A number of bytes as people write it: `1048576`, `512M`, `2GiB`, `1.5 GB`.
///
/// K, M, G and T are powers of 1024, with or without `iB` or `B`, as in zstd and xz.
struct ByteSize: ExpressibleByArgument, CustomStringConvertible {
    let byteCount: Int

    init(_ byteCount: Int) { self.byteCount = byteCount }

    init?(argument: String) {
        var text = argument.lowercased().filter { $0 != " " }[...]
        for ending in ["ib", "b"] where text.hasSuffix(ending) {
            text = text.dropLast(ending.count)
            break
        }
        var shift = 0
        if let unit = text.last, let step = Array("kmgt").firstIndex(of: unit) {
            shift = 10 * (step + 1)
            text = text.dropLast()
        }
        guard let number = Double(text), number > 0, number * Double(1 << shift) < 0x1p62 else { return nil }
        byteCount = Int(number * Double(1 << shift))
    }

    var defaultValueDescription: String { description }

    /// The shortest way to write it exactly.
    var description: String {
        for (shift, unit) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")]
        where byteCount >= 1 << shift && byteCount % (1 << shift) == 0 {
            return "\(byteCount >> shift)\(unit)"
        }
        return "\(byteCount)"
    }
}
