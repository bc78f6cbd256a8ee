/// A `/`-separated path below the root of a repository, safe to write there.
package struct FilePath: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  /// What is wrong with a path, as a phrase that follows its text.
  package enum Fault: String, Error, Hashable, Sendable {
    case empty = "is empty"
    case absolute = "starts with a slash"
    case emptyComponent = "has an empty component"
    case traversal = "climbs with `.` or `..`"
    case gitFolder = "looks like a `.git` folder to some file system"
    case controlCharacter = "has a control or invisible character"
    case backslash = "has a backslash or colon"
    case tooLong = "is longer than 1,024 bytes"
    case tooDeep = "is deeper than 32 folders"
    case trailingDot = "has a component that ends in a dot or space"
  }

  package init(_ text: String) throws(Fault) {
    if let fault = Self.fault(of: text) { throw fault }
    self.text = text
  }

  /// For text that was checked before.
  init(unchecked text: String) { self.text = text }

  package static func fault(of text: String) -> Fault? {
    if text.isEmpty { return .empty }
    if text.utf8.first == slash { return .absolute }
    if text.utf8.count > 1_024 { return .tooLong }
    let components = components(of: text)
    if components.count > 32 { return .tooDeep }
    for component in components {
      if let fault = fault(ofComponent: component) { return fault }
    }
    return nil
  }

  private static let slash = UInt8(ascii: "/")

  /// What lies between slashes as git sees them: by bytes, since a slash with a combining mark
  /// behind it is one character to Swift and still ends a folder's name.
  static func components(of text: String) -> [Substring] {
    text.utf8.split(separator: slash, omittingEmptySubsequences: false).map(Substring.init)
  }

  private static func fault(ofComponent component: Substring) -> Fault? {
    if component.isEmpty { return .emptyComponent }
    if component == "." || component == ".." { return .traversal }
    for scalar in component.unicodeScalars {
      if scalar == "\\" || scalar == ":" { return .backslash }
      if scalar.isInvisible { return .controlCharacter }
    }
    if let last = component.utf8.last, last == 0x2E || last == 0x20 { return .trailingDot }
    let folded = component.lowercased()
    return folded == ".git" || folded.hasPrefix("git~") ? .gitFolder : nil
  }

  /// By bytes: two spellings of one letter are two files to git.
  package static func == (left: FilePath, right: FilePath) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }

  package static func < (left: FilePath, right: FilePath) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  package var description: String { text }

  /// The last component.
  package var name: String { Self.components(of: text).last.map(String.init) ?? text }

  /// Whether this path lies below `folder`, which is written with or without its final slash.
  package func isUnder(_ folder: String) -> Bool {
    let isClosed = folder.utf8.last == Self.slash
    return text.utf8.starts(with: (isClosed ? folder : folder + "/").utf8)
  }

  /// This path with one more component or several behind it.
  package func appending(_ component: String) throws(Fault) -> FilePath {
    try FilePath(text + "/" + component)
  }
}

extension Unicode.Scalar {
  /// Control, format, bidirectional and zero-width characters: what a reader cannot see.
  package var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      true
    default: false
    }
  }
}
