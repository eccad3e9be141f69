// SPDX-License-Identifier: Apache-2.0

/// A model that every decoder has; it is read from its bytes when it is first asked for.
package struct BuiltInModel<Content: Sendable>: Sendable {
    /// For people.
    package let name: String
    /// For people.
    package let version: UInt32
    private let read: @Sendable () -> Content

    /// - Parameters:
    ///   - name: For people.
    ///   - version: For people.
    ///   - read: Gives the content of a constant, which is made once.
    init(_ name: String, _ version: UInt32, _ read: @escaping @Sendable () -> Content) {
        self.name = name
        self.version = version
        self.read = read
    }

    package var model: Content { read() }
}
