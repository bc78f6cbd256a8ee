/// A full reference name (`refs/…` or `HEAD` and its like) that git accepts.
package struct ReferenceName: Sendable {
  package let rawValue: String

  package init(_ name: String) throws(GitError) {
    guard Self.isWellFormed(name) else {
      throw GitError(
        .nameReference, .invalidName(name), "`\(name)` is no name that git accepts for a reference")
    }
    rawValue = name
  }

  /// The reference of a local branch.
  package init(branch: String) throws(GitError) { try self.init("refs/heads/" + branch) }

  private init(wellFormed name: String) { rawValue = name }

  package static let head = ReferenceName(wellFormed: "HEAD")

  /// The branch's short name, or `nil` when this is not a local branch.
  package var branch: String? {
    rawValue.hasPrefix("refs/heads/") ? String(rawValue.dropFirst("refs/heads/".count)) : nil
  }

  /// Whether the name is `prefix` itself or lies in it as in a folder.
  package func lies(in prefix: String) -> Bool {
    let folder = prefix.hasSuffix("/") ? prefix : prefix + "/"
    return rawValue == prefix || rawValue.utf8.starts(with: folder.utf8)
  }

  private static func isWellFormed(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count <= 1024, !bytes.contains(where: isForbidden) else { return false }
    guard bytes.last != UInt8(ascii: "."), !name.contains(".."), !name.contains("@{") else {
      return false
    }
    let components = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard components.allSatisfy(isComponent) else { return false }
    if components.count == 1 {
      // Git keeps its own single-level names in capitals: HEAD, ORIG_HEAD, MERGE_HEAD.
      return bytes.allSatisfy { (65...90).contains($0) || $0 == UInt8(ascii: "_") }
    }
    return components[0].elementsEqual("refs".utf8)
  }

  private static func isComponent(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.first != UInt8(ascii: ".")
      && !bytes.suffix(5).elementsEqual(".lock".utf8)
  }

  private static func isForbidden(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7F || "~^:?*[\\".utf8.contains(byte)
  }
}

/// By bytes: Swift's own text equality would take two spellings of `é` for one name.
extension ReferenceName: Hashable, Comparable {
  package static func == (one: ReferenceName, other: ReferenceName) -> Bool {
    one.rawValue.utf8.elementsEqual(other.rawValue.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in rawValue.utf8 { hasher.combine(byte) }
  }

  package static func < (one: ReferenceName, other: ReferenceName) -> Bool {
    one.rawValue.utf8.lexicographicallyPrecedes(other.rawValue.utf8)
  }
}

extension ReferenceName: CustomStringConvertible {
  package var description: String { rawValue }
}
