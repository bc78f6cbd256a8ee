// swift-tools-version: 6.2
import PackageDescription

/// One list for every target, so that no part of the house is built by weaker rules.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
/// `Git` is the one place that talks to C; everywhere else an unsafe operation must say so.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "headway",
  products: [.executable(name: "headway", targets: ["headway"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .target(
      name: "Git", dependencies: ["CLibgit2", crypto, subprocess, systemPackage],
      swiftSettings: strict),
    .target(
      name: "HeadwayCore",
      dependencies: [
        crypto,
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: safe),
    .target(
      name: "HeadwayEngine",
      dependencies: [
        "Git", "HeadwayCore", crypto, subprocess, systemPackage,
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: safe),
    .target(
      name: "HeadwayExecutors",
      dependencies: [
        "HeadwayCore", crypto, subprocess, systemPackage,
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], swiftSettings: safe),
    .target(
      name: "HeadwayCLI",
      dependencies: [
        "HeadwayEngine", "HeadwayExecutors", argumentParser, subprocess, systemPackage,
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: safe, plugins: ["EmbedFolders"]),
    .executableTarget(name: "headway", dependencies: ["HeadwayCLI"], swiftSettings: safe),
    .plugin(name: "EmbedFolders", capability: .buildTool()),

    .target(
      name: "HeadwayTestSupport",
      dependencies: [
        "Git", "HeadwayCore", subprocess, systemPackage,
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      path: "Tests/HeadwayTestSupport", swiftSettings: strict),
    .testTarget(
      name: "GitTests", dependencies: ["Git", "HeadwayTestSupport"], swiftSettings: strict),
    .testTarget(
      name: "HeadwayCoreTests", dependencies: ["HeadwayCore", "HeadwayTestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "HeadwayExecutorsTests",
      dependencies: [
        "HeadwayExecutors", "HeadwayTestSupport", subprocess,
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ], swiftSettings: strict),
    .testTarget(
      name: "HeadwayEngineTests",
      dependencies: [
        "Git", "HeadwayCore", "HeadwayEngine", "HeadwayExecutors", "HeadwayTestSupport",
        "headway", "headway-crash", crypto, subprocess, systemPackage,
      ],
      swiftSettings: strict),
    // Whole histories of the real engine, made up from seeds.
    .testTarget(
      name: "HeadwaySimulationTests",
      dependencies: ["Git", "HeadwayCore", "HeadwayEngine", "HeadwayTestSupport", crypto],
      swiftSettings: strict),
    // The engine with a way to die at a chosen write point; tests only, never a product.
    .executableTarget(
      name: "headway-crash",
      dependencies: ["Git", "HeadwayCore", "HeadwayEngine", "HeadwayExecutors"],
      path: "Tests/HeadwayCrash", swiftSettings: safe),
    .testTarget(
      name: "HeadwayCLITests",
      dependencies: [
        "HeadwayCLI", "HeadwayEngine", "headway", "HeadwayTestSupport", argumentParser, subprocess,
        systemPackage,
      ],
      swiftSettings: strict),
  ]
)

// Nobody who builds the program needs them: `make bench`.
if Context.environment["HEADWAY_BENCHMARKS"] != nil {
  package.targets.append(
    .executableTarget(
      name: "headway-bench",
      dependencies: [
        "Git", "HeadwayCore", "HeadwayEngine", "HeadwayExecutors", "HeadwayTestSupport",
        argumentParser, subprocess, systemPackage,
      ],
      path: "Benchmarks", swiftSettings: safe))
}
