import Testing

@testable import HeadwayCLI

extension Trial {
  /// The program that was built with these tests.
  static func builtProgram() throws -> String {
    let tests = try #require(FileSystem.realPath("/proc/self/exe"))
    let folder = tests.split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(folder)/headway"
    try #require(FileSystem.isExecutable(path))
    return path
  }
}
