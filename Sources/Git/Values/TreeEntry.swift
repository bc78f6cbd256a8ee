/// One line of a tree.
package struct TreeEntry: Hashable, Sendable {
  /// Any bytes but NUL and `/`.
  package let name: [UInt8]
  package let mode: FileMode
  package let id: ObjectID

  package init(name: [UInt8], mode: FileMode, id: ObjectID) {
    (self.name, self.mode, self.id) = (name, mode, id)
  }

  /// Git sorts a folder as if its name ended in a slash.
  static func precedes(
    _ one: borrowing [UInt8], _ oneIsTree: Bool, _ other: borrowing [UInt8], _ otherIsTree: Bool
  ) -> Bool {
    let shared = min(one.count, other.count)
    for place in 0..<shared where one[place] != other[place] {
      return one[place] < other[place]
    }
    let slash = UInt8(ascii: "/")
    let next = one.count > shared ? one[shared] : (oneIsTree ? slash : 0)
    let otherNext = other.count > shared ? other[shared] : (otherIsTree ? slash : 0)
    return next < otherNext
  }

  static func precedes(_ one: TreeEntry, _ other: TreeEntry) -> Bool {
    precedes(one.name, one.mode == .tree, other.name, other.mode == .tree)
  }
}

/// The binary form of trees.
enum TreeFormat {
  /// Reads a tree, or returns `nil` when it is not one that git would have written: a tree out of
  /// order or with a name twice can show different content to different programs.
  static func entries(of bytes: borrowing [UInt8], idLength: Int = 20) -> [TreeEntry]? {
    var entries: [TreeEntry] = []
    entries.reserveCapacity(bytes.count / 36)
    var place = 0
    while place < bytes.count {
      var mode: UInt32 = 0
      let start = place
      while place < bytes.count, bytes[place] != UInt8(ascii: " ") {
        let digit = bytes[place] &- UInt8(ascii: "0")
        guard digit < 8, place - start < 6 else { return nil }
        mode = mode << 3 | UInt32(digit)
        place += 1
      }
      place += 1
      let nameStart = place
      while place < bytes.count, bytes[place] != 0 { place += 1 }
      guard place > nameStart, place + idLength < bytes.count, let kind = FileMode(stored: mode)
      else { return nil }
      let name = Array(bytes[nameStart..<place])
      guard !name.contains(UInt8(ascii: "/")),
        let id = ObjectID(raw: bytes[(place + 1)...(place + idLength)])
      else { return nil }
      place += 1 + idLength
      let entry = TreeEntry(name: name, mode: kind, id: id)
      if let last = entries.last, !TreeEntry.precedes(last, entry) { return nil }
      entries.append(entry)
    }
    return hasNameTwice(entries) ? nil : entries
  }

  static func bytes(of entries: [TreeEntry]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(0) { $0 + $1.name.count + 28 })
    for entry in entries {
      entry.mode.octal.withUTF8Buffer { bytes.append(contentsOf: $0) }
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: entry.name)
      bytes.append(0)
      entry.id.appendRaw(to: &bytes)
    }
    return bytes
  }

  /// Order alone does not forbid a file `a` beside a folder `a`: they may stand apart.
  private static func hasNameTwice(_ entries: [TreeEntry]) -> Bool {
    for entry in entries where entry.mode == .tree {
      if entries.place(of: entry.name, isTree: false).found { return true }
    }
    return false
  }
}

extension [TreeEntry] {
  /// Where an entry of this name and sort stands, or would stand.
  func place(of name: [UInt8], isTree: Bool) -> (index: Int, found: Bool) {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let entry = self[middle]
      if TreeEntry.precedes(entry.name, entry.mode == .tree, name, isTree) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    let found = low < count && self[low].name == name && (self[low].mode == .tree) == isTree
    return (low, found)
  }

  /// The entry of this name, file or folder.
  package func entry(named name: some Collection<UInt8>) -> TreeEntry? {
    let name = Array<UInt8>(name)
    for isTree in [false, true] {
      let (index, found) = place(of: name, isTree: isTree)
      if found { return self[index] }
    }
    return nil
  }
}
