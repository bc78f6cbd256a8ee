/// Names that some file system takes for one and the same.
package enum PathFolding {
  /// Equal for names that differ in case, in composition (NFC, NFD) or in characters nobody sees.
  ///
  /// Coarser than any one file system on purpose: upper and then lower case also joins `ß`
  /// and `ss`. Swift compares the results by canonical equivalence.
  package static func fold(_ name: some Sequence<UInt8>) -> String {
    let visible = String(decoding: Array(name), as: UTF8.self).unicodeScalars
      .filter { !$0.isInvisible }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: visible)
    return String(text).uppercased().lowercased()
  }

  /// The first two of these paths that meet when folded, by any of their folders.
  package static func collision(among paths: [[UInt8]]) -> (one: [UInt8], other: [UInt8])? {
    var spelled: [String: [UInt8]] = [:]
    for path in paths {
      for end in path.indices where path[end] == UInt8(ascii: "/") || end == path.count - 1 {
        let prefix = Array(path[end] == UInt8(ascii: "/") ? path[..<end] : path[...end])
        let key = fold(prefix)
        if let known = spelled[key], known != prefix { return (known, prefix) }
        spelled[key] = prefix
      }
    }
    return nil
  }
}
