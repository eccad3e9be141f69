// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// SHA-256 over bytes that come in pieces (FIPS 180-4), computed by libcrypto.
///
/// ```swift
/// var hash = SHA256()
/// hash.update(head)
/// hash.update(tail)
/// let digest = hash.finalize()  // 32 bytes
/// ```
///
/// It owns a state of libcrypto, so it cannot be copied.
@safe
public struct SHA256: ~Copyable {
    /// Bytes of a digest.
    public static let byteCount = 32

    /// Freed by `deinit` and never handed out.
    private let context: OpaquePointer

    /// Starts an empty message.
    public init() {
        // libcrypto refuses only when there is no memory left, as Swift's own allocations do.
        guard let context = unsafe EVP_MD_CTX_new() else { fatalError("SHA-256: out of memory") }
        unsafe self.context = unsafe context
        start()
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Appends bytes to the message; contiguous bytes (arrays, slices, strings' UTF-8) are not copied.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            let status = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
            precondition(status == 1, "SHA-256: libcrypto failed")
        }
        if done == nil { update(Array(bytes)) }
    }

    /// The digest of the message, 32 bytes; a new, empty message starts.
    public mutating func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        let status = unsafe EVP_DigestFinal_ex(context, &digest, nil)
        precondition(status == 1, "SHA-256: libcrypto failed")
        start()
        return digest
    }

    /// The digest of one message, 32 bytes.
    public static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    private func start() {
        let status = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(status == 1, "SHA-256: libcrypto failed")
    }
}
