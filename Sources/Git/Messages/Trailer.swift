/// One `Key: value` line of a message's last paragraph.
package struct Trailer: Hashable, Sendable {
  /// Letters, digits and hyphens.
  package struct Key: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
      guard Self.isKey(text.utf8) else { return nil }
      self.text = text
    }

    package init(stringLiteral text: StaticString) {
      precondition(Self.isKey("\(text)".utf8), "a trailer's key has letters, digits and hyphens")
      self.text = "\(text)"
    }

    package var description: String { text }

    /// As git compares them: without case.
    package static func == (one: Key, other: Key) -> Bool {
      one.text.lowercased() == other.text.lowercased()
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(text.lowercased()) }

    private static func isKey(_ bytes: String.UTF8View) -> Bool {
      !bytes.isEmpty && bytes.allSatisfy(Trailer.isKeyByte)
    }
  }

  package let key: Key
  package let value: String

  /// `value` becomes one trimmed line in which nothing looks like another trailer of Headway.
  package init(_ key: Key, _ value: String) {
    self.key = key
    self.value = FreeText.line(value)
  }

  private init(read key: Key, value: String) { (self.key, self.value) = (key, value) }

  package var line: String { value.isEmpty ? "\(key):" : "\(key): \(value)" }

  static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension Trailer {
  /// The trailers of `message` as `git interpret-trailers --parse --no-divider` finds them, values
  /// unfolded; lines of the paragraph that are none are left out.
  package static func all(in message: String) -> [Trailer] {
    let lines = message.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Array($0) }
    guard let block = TrailerBlock(lines) else { return [] }
    var found: [Trailer] = []
    for line in block.lines {
      if line.first == UInt8(ascii: "#") { continue }
      if let first = line.first, TrailerBlock.isSpace(first), let last = found.last {
        let text = trimmed(line[...])
        let value = last.value.isEmpty ? text : last.value + " " + text
        found[found.count - 1] = Trailer(read: last.key, value: value)
      } else if let colon = TrailerBlock.separator(in: line),
        let key = Key(trimmed(line[..<colon]))
      {
        found.append(Trailer(read: key, value: trimmed(line[(colon + 1)...])))
      }
    }
    return found
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let start = bytes.drop(while: TrailerBlock.isSpace)
    let end = start.lastIndex { !TrailerBlock.isSpace($0) }.map { start[...$0] } ?? []
    return String(decoding: end, as: UTF8.self)
  }
}

/// The lines of a message that git takes for trailers.
private struct TrailerBlock {
  let lines: [[UInt8]]

  private static let gitsOwn = ["Signed-off-by: ", "(cherry picked from commit "]

  init?(_ all: [[UInt8]]) {
    let end = Self.end(of: all)
    // The first paragraph is the title, even where it is empty.
    let title = all.prefix(end).firstIndex { $0.first != UInt8(ascii: "#") && Self.isBlank($0) }
    guard let title else { return nil }
    guard let start = Self.start(in: all[..<end], after: title) else { return nil }
    lines = Array(all[start..<end])
  }

  /// Comments and blank lines after the last paragraph do not count.
  private static func end(of lines: [[UInt8]]) -> Int {
    var end = lines.count
    while end > 0, isBlank(lines[end - 1]) || lines[end - 1].first == UInt8(ascii: "#") { end -= 1 }
    return end
  }

  private static func start(in lines: ArraySlice<[UInt8]>, after title: Int) -> Int? {
    var (trailers, others, pending) = (0, 0, 0)
    var (hasGitsOwn, sawLine) = (false, false)
    for index in stride(from: lines.endIndex - 1, through: title, by: -1) {
      let line = lines[index]
      if line.first == UInt8(ascii: "#") {
        others += pending
        pending = 0
        continue
      }
      if isBlank(line) {
        if !sawLine { continue }
        others += pending
        let isBlock = (hasGitsOwn && trailers * 3 >= others) || (trailers > 0 && others == 0)
        return isBlock ? index + 1 : nil
      }
      sawLine = true
      if gitsOwn.contains(where: { line.starts(with: $0.utf8) }) {
        trailers += 1
        pending = 0
        hasGitsOwn = true
      } else if let first = line.first, !isSpace(first), separator(in: line) != nil {
        trailers += 1
        pending = 0
      } else if let first = line.first, isSpace(first) {
        pending += 1
      } else {
        others += 1 + pending
        pending = 0
      }
    }
    return nil
  }

  /// Where the colon after a key stands; spaces may stand before it, nothing else.
  static func separator(in line: [UInt8]) -> Int? {
    var sawSpace = false
    for (place, byte) in line.enumerated() {
      if byte == UInt8(ascii: ":") { return place >= 1 ? place : nil }
      if !sawSpace, Trailer.isKeyByte(byte) { continue }
      if place > 0, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        sawSpace = true
        continue
      }
      return nil
    }
    return nil
  }

  static func isBlank(_ line: [UInt8]) -> Bool { line.allSatisfy(isSpace) }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
