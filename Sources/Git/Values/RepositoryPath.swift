/// A path below a tree that is safe to write on every platform, kept as its exact UTF-8 bytes.
package struct RepositoryPath: Hashable, Sendable {
  package static let maximumByteCount = 1024
  package static let maximumDepth = 32

  package let bytes: [UInt8]

  package init(_ text: String) throws(PathError) { try self.init(bytes: Array(text.utf8)) }

  package init(bytes: some Collection<UInt8>) throws(PathError) {
    let bytes = Array(bytes)
    if let rule = PathRule.broken(by: bytes) {
      throw PathError(path: TreePath(bytes: bytes), rule: rule)
    }
    self.bytes = bytes
  }

  private init(valid bytes: some Collection<UInt8>) { self.bytes = Array(bytes) }

  /// The path as text; validation made sure that no byte is lost.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Never empty.
  package var components: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "/")) }

  /// The last component.
  package var name: String {
    let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return String(decoding: bytes[start...], as: UTF8.self)
  }

  /// The folder that holds this path, or `nil` at the top.
  package var parent: RepositoryPath? {
    bytes.lastIndex(of: UInt8(ascii: "/")).map { RepositoryPath(valid: bytes[..<$0]) }
  }

  package func appending(_ relative: String) throws(PathError) -> RepositoryPath {
    try RepositoryPath(bytes: bytes + [UInt8(ascii: "/")] + Array(relative.utf8))
  }

  /// Whether this is `folder` or lies below it.
  package func lies(in folder: RepositoryPath) -> Bool {
    bytes == folder.bytes || bytes.starts(with: folder.bytes + [UInt8(ascii: "/")])
  }
}

extension RepositoryPath: Comparable, CustomStringConvertible {
  package static func < (one: RepositoryPath, other: RepositoryPath) -> Bool {
    one.bytes.lexicographicallyPrecedes(other.bytes)
  }

  package var description: String { text }
}

/// A path as some tree spells it: any bytes, trusted in nothing.
package struct TreePath: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  package init(_ path: RepositoryPath) { bytes = path.bytes }

  /// The same path, if it is one that Headway may use.
  package func validated() throws(PathError) -> RepositoryPath { try RepositoryPath(bytes: bytes) }

  package static func < (one: TreePath, other: TreePath) -> Bool {
    one.bytes.lexicographicallyPrecedes(other.bytes)
  }

  /// For people only: invalid UTF-8 and control characters are shown, never sent to a terminal.
  package var description: String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard !bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return text }
    return text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control
        ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }.joined()
  }
}

/// Why a path was refused.
package struct PathError: Error, Hashable, Sendable {
  package let path: TreePath
  package let rule: PathRule

  package init(path: TreePath, rule: PathRule) { (self.path, self.rule) = (path, rule) }
}
