// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
    name: "atelier",
    products: [
        .executable(name: "atelier", targets: ["atelier"]),
        .executable(name: "atelier-media", targets: ["atelier-media"]),
        .library(name: "Tensors", targets: ["Tensors"]),
        .library(name: "Language", targets: ["Language"]),
        .library(name: "Sketches", targets: ["Sketches"]),
        .library(name: "Painter", targets: ["Painter"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C and system libraries
        .target(name: "CKernels"),                                                       // kernels and the thread pool; run-time choice by CPU
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CGif", pkgConfig: "libgif", providers: [.apt(["libgif-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "Files", swiftSettings: strict),                                   // JSON read with places, output whole or not at all

        // The language-model engine, from the bottom up
        .target(name: "Tensors", dependencies: ["Files", "CKernels"], swiftSettings: strict),
        .target(name: "Language", dependencies: ["Tensors", "Files"], swiftSettings: strict),
        .target(name: "Speculation", dependencies: ["Language", "Tensors", "Files"], swiftSettings: strict),
        .target(name: "Training", dependencies: ["Tensors", "Files", .product(name: "Yams", package: "Yams")], swiftSettings: strict),
        .target(name: "Distillation", dependencies: ["Speculation", "Training", "Language", "Tensors", "Files"], swiftSettings: strict),

        // Pictures of pixels; drawings; scenes of objects with questions about them; none knows a model
        .target(name: "Pictures", dependencies: ["Files", "CCairo", "CTurboJPEG"], swiftSettings: strict),
        .target(name: "Sketches", dependencies: ["Pictures", "Files", "CCairo", "CGif", "CZlib"], swiftSettings: strict),
        .target(name: "Scenes", dependencies: ["Pictures", "Files", "CKernels", "CCairo"], swiftSettings: strict),

        .target(name: "Painter", dependencies: ["Sketches", "Distillation", "Speculation", "Training", "Language", "Tensors", "Files"], swiftSettings: strict),
        .target(name: "Reasoner", dependencies: ["Scenes", "Pictures", "Speculation", "Training", "Language", "Tensors", "Files"], swiftSettings: strict),
        .executableTarget(name: "atelier", dependencies: [
            "Painter", "Reasoner", "Distillation", "Speculation", "Sketches", "Scenes", "Pictures", "Files", "Training", "Language", "Tensors",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], swiftSettings: strict),

        // Videos, by the ffmpeg program; no library of it is needed, here or there
        .executableTarget(name: "atelier-media", dependencies: [
            "Sketches", "Files", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], swiftSettings: strict),

        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels"]),
        .testTarget(name: "LanguageTests", dependencies: ["Language", "Tensors"]),
        .testTarget(name: "SpeculationTests", dependencies: ["Speculation", "Language", "Tensors"]),
        .testTarget(name: "TrainingTests", dependencies: ["Training", "Tensors"]),
        .testTarget(name: "DistillationTests", dependencies: ["Distillation", "Speculation", "Training", "Language", "Tensors", "Files"]),
        .testTarget(name: "SketchesTests", dependencies: ["Sketches", "Pictures", "Files"]),
        .testTarget(name: "ScenesTests", dependencies: ["Scenes", "Pictures", "Files"]),
        .testTarget(name: "PainterTests", dependencies: ["Painter", "Sketches", "Distillation", "Training", "Language", "Tensors", "Files"]),
        .testTarget(name: "ReasonerTests", dependencies: ["Reasoner", "Scenes", "Pictures", "Speculation", "Training", "Language", "Tensors"]),
        .testTarget(name: "atelierTests", dependencies: ["Sketches"]),
        .testTarget(name: "MediaTests", dependencies: ["Sketches"]),
    ],
    swiftLanguageModes: [.v6]
)
