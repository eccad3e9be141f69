// swift-tools-version: 6.2
import PackageDescription

// The targets, level by level; a target imports lower levels only. `Scripts/check-layers` holds
// the same table and fails when a source file imports something its row does not name.

/// Debian's libraries, made importable by a module map each; no code.
let systemLibraries: [Target] = [
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "COpenJPEG", pkgConfig: "libopenjp2", providers: [.apt(["libopenjp2-7-dev"])]),
]

/// C and C++ behind a C header.
let nativeTargets: [Target] = [
    .target(name: "CAEKernels"),
    .target(name: "CPeers", dependencies: ["COpenJPEG", "CZstd"]),
    // Survives the assertions of Debian's codecs.
    .target(name: "CGuard"),
    .target(name: "CSystem"),
    .target(name: "COpenJPEGShim", dependencies: ["COpenJPEG", "CGuard"]),
    .target(
        name: "CDCMTKShim", dependencies: ["CGuard"],
        // Debian's dcmtk.pc asks for packages it does not install, so the libraries are named here.
        linkerSettings: ["dcmjpls", "dcmjpeg", "dcmdata", "oflog", "ofstd", "z"].map {
            .linkedLibrary($0)
        }),
    // libpng reports errors by longjmp, which must not cross Swift: a shim in C.
    .target(name: "CPNGShim", linkerSettings: [.linkedLibrary("png16")]),
    // libFLAC hands out samples through callbacks.
    .target(name: "CFLACShim", linkerSettings: [.linkedLibrary("FLAC")]),
    // oneDNN's convolutions, and other loops of training.
    .target(name: "CTrainingKernels", linkerSettings: [.linkedLibrary("dnnl")]),
]

let libraries: [Target] = [
    .target(name: "Samples"),
    .target(name: "Digest", dependencies: ["CCrypto", "CAEKernels"]),
    .target(name: "AEContainer", dependencies: ["Samples", "Digest"]),

    .target(
        name: "AECodec", dependencies: ["Samples", "Digest", "AEContainer", "CAEKernels", "CSystem", "CZstd"]),
    .target(
        name: "MedicalFormats",
        dependencies: ["Samples", "Digest", "CDCMTKShim", "COpenJPEGShim", "CPNGShim", "CFLACShim"]),
    .target(name: "AEMetrics", dependencies: ["Samples"]),

    .target(
        name: "AECodecEncoder",
        dependencies: ["AECodec", "AEContainer", "AEMetrics", "Samples", "Digest", "CAEKernels", "CZstd"]),
    .target(
        name: "AETraining",
        dependencies: ["AECodec", "AECodecEncoder", "AEContainer", "CAEKernels", "CTrainingKernels"]),
    // What aecodec-bench measures and says; a library so that tests reach it.
    .target(
        name: "AEBenchmark",
        dependencies: ["AECodec", "AECodecEncoder", "AEContainer", "AEMetrics", "Samples", "CAEKernels", "CPeers"]),
]

let programs: [Target] = [
    .executableTarget(
        name: "aecodec",
        dependencies: [
            "AECodec", "AECodecEncoder", "AEContainer", "AEMetrics", "MedicalFormats", "Samples", "Digest",
            "CSystem", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
    .executableTarget(
        name: "aecodec-train",
        dependencies: [
            "AECodec", "AECodecEncoder", "AEContainer", "AETraining", "MedicalFormats", "Samples",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
    .executableTarget(
        name: "aecodec-bench",
        dependencies: [
            "AEBenchmark", "AECodec", "AEContainer", "AEMetrics", "MedicalFormats", "Samples",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
]

let tests: [Target] = [
    .target(name: "TestSupport", dependencies: ["Samples", "AECodec"], path: "Tests/TestSupport"),
    .testTarget(name: "SamplesTests", dependencies: ["Samples", "TestSupport"]),
    .testTarget(name: "DigestTests", dependencies: ["Digest", "CAEKernels", "TestSupport"]),
    .testTarget(name: "KernelTests", dependencies: ["CAEKernels", "TestSupport"]),
    .testTarget(name: "AEContainerTests", dependencies: ["AEContainer", "Samples", "Digest", "TestSupport"]),
    .testTarget(
        name: "AECodecTests",
        dependencies: [
            "AECodec", "AECodecEncoder", "AEContainer", "AEMetrics", "Samples", "Digest", "CAEKernels", "TestSupport",
        ]),
    .testTarget(
        name: "MedicalFormatsTests", dependencies: ["MedicalFormats", "Samples", "Digest", "TestSupport"]),
    .testTarget(
        name: "AETrainingTests",
        dependencies: ["AETraining", "AECodec", "AECodecEncoder", "AEContainer", "Samples", "TestSupport"]),
    .testTarget(name: "AEMetricsTests", dependencies: ["AEMetrics", "Samples", "TestSupport"]),
    .testTarget(
        name: "BenchTests", dependencies: [
            "aecodec-bench", "AEBenchmark", "AECodec", "AECodecEncoder", "AEMetrics", "MedicalFormats", "Samples",
            "TestSupport",
        ]),
    .testTarget(
        name: "TrainTests",
        dependencies: [
            "aecodec-train", "AECodec", "AEContainer", "AETraining", "Samples", "TestSupport",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
    .testTarget(name: "CommandTests", dependencies: ["Samples", "Digest", "TestSupport"]),
    .testTarget(
        name: "WitnessTests",
        dependencies: ["AECodec", "AECodecEncoder", "AEContainer", "Samples", "Digest", "TestSupport"]),
]

let package = Package(
    name: "aecodec",
    products: [
        .library(name: "AECodec", targets: ["AECodec", "AEContainer", "Samples"]),
        .library(name: "AECodecEncoder", targets: ["AECodecEncoder"]),
        .library(name: "MedicalFormats", targets: ["MedicalFormats"]),
        .executable(name: "aecodec", targets: ["aecodec"]),
        .executable(name: "aecodec-bench", targets: ["aecodec-bench"]),
        .executable(name: "aecodec-train", targets: ["aecodec-train"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: systemLibraries + nativeTargets + libraries + programs + tests,
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17
)

for target in package.targets
where target.type != .system && !target.name.hasPrefix("C") || target.name == "CommandTests" {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .strictMemorySafety(),
    ]
}
