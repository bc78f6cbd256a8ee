/// What every path has to keep to; a case names the rule that was broken.
package enum PathRule: String, Hashable, Sendable, CaseIterable {
  case notEmpty
  case atMost1024Bytes
  case atMost32Deep
  case validUTF8
  case noEmptyComponent
  case noDotComponent
  case noBackslash
  case noControlCharacter
  /// `.git` however spelled: by case, with Windows' trailing dots, spaces or streams, as its short
  /// name `git~1`, or with characters that Apple's file system ignores.
  case noGitLookalike

  /// The first rule that `path` breaks, if any.
  static func broken(by path: [UInt8]) -> PathRule? {
    guard !path.isEmpty else { return .notEmpty }
    guard path.count <= RepositoryPath.maximumByteCount else { return .atMost1024Bytes }
    guard let text = String(validating: path, as: UTF8.self) else { return .validUTF8 }
    let components = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard components.count <= RepositoryPath.maximumDepth else { return .atMost32Deep }
    guard !path.contains(UInt8(ascii: "\\")) else { return .noBackslash }
    guard !text.unicodeScalars.contains(where: isControl) else { return .noControlCharacter }
    for component in components {
      if component.isEmpty { return .noEmptyComponent }
      if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
        return .noDotComponent
      }
      if isGitLookalike(component) { return .noGitLookalike }
    }
    return nil
  }

  /// Unicode's category of that name, whose members never change.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }

  private static func isGitLookalike(_ component: ArraySlice<UInt8>) -> Bool {
    // Unicode's tables are slow, and in ASCII only these letters can begin such a name.
    if let first = component.first, !Array(".gG".utf8).contains(first),
      component.allSatisfy({ $0 < 0x80 })
    {
      return false
    }
    let visible = String(decoding: component, as: UTF8.self).unicodeScalars
      .filter { !isIgnoredByHFS($0) }
      .map { $0.properties.lowercaseMapping }
      .joined()
    for name in [".git", "git~1"] where visible.hasPrefix(name) {
      let rest = visible.dropFirst(name.count)
      if rest.first == ":" || rest.allSatisfy({ $0 == "." || $0 == " " }) { return true }
      // Windows drops dots and spaces before a stream's name too.
      if rest.drop(while: { $0 == "." || $0 == " " }).first == ":" { return true }
    }
    return false
  }

  private static func isIgnoredByHFS(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
    default: false
    }
  }
}
