import Glibc
import Testing

@testable import HeadwayCLI

/// A text that is kept beside the tests.
///
/// `RECORD_SNAPSHOTS=1` rewrites it and fails the test, so
/// that nobody takes a recording for a pass.
struct Snapshot {
  private let path: String

  init(_ name: String) throws {
    path = try #require(Self.root) + "/Tests/HeadwayCLITests/Snapshots/" + name
  }

  /// The repository's top: the nearest folder above the test program with a manifest.
  static var root: String? {
    var folder = FileSystem.realPath("/proc/self/exe") ?? "/"
    while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
      folder = String(folder[..<slash])
      if FileSystem.kind(folder + "/Package.swift") != nil { return folder }
    }
    return nil
  }

  func expect(_ text: String) throws {
    if getenv("RECORD_SNAPSHOTS") != nil {
      try FileSystem.replace(path, Array(text.utf8), mode: 0o644)
      Issue.record("recorded \(path)")
      return
    }
    let kept = String(decoding: try FileSystem.read(path), as: UTF8.self)
    #expect(kept == text, "RECORD_SNAPSHOTS=1 swift test rewrites it")
  }
}
