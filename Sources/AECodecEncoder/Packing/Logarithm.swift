// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The binary logarithm of the C library.
func log2(_ value: Double) -> Double {
    #if canImport(Glibc)
    Glibc.log2(value)
    #elseif canImport(Musl)
    Musl.log2(value)
    #else
    Darwin.log2(value)
    #endif
}

/// Two to a power, from the C library.
func exp2(_ value: Double) -> Double {
    #if canImport(Glibc)
    Glibc.exp2(value)
    #elseif canImport(Musl)
    Musl.exp2(value)
    #else
    Darwin.exp2(value)
    #endif
}

/// The natural exponential of the C library.
func exp(_ value: Double) -> Double {
    #if canImport(Glibc)
    Glibc.exp(value)
    #elseif canImport(Musl)
    Musl.exp(value)
    #else
    Darwin.exp(value)
    #endif
}
