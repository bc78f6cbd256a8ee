/// The tags of a template, found before Mustache sees it, so that only its plain part is used.
struct TemplateTags {
  private(set) var names: [String] = []
  private(set) var wholeName: String?

  private static let maximumDepth = 16

  init(_ text: String) throws(TemplateFault) {
    var rest = text[...]
    var depth = 0
    while let open = rest.firstRange(of: "{{") {
      let inside = rest[open.upperBound...]
      guard let close = inside.firstRange(of: "}}") else {
        throw TemplateFault(message: "`{{` has no closing `}}`")
      }
      let tag = inside[..<close.lowerBound]
      let sigil = tag.first
      if sigil == "#" || sigil == "^" { depth += 1 }
      if sigil == "/" { depth -= 1 }
      guard depth <= Self.maximumDepth else {
        throw TemplateFault(message: "sections nested deeper than \(Self.maximumDepth)")
      }
      if let name = try Self.name(in: tag), !names.contains(name) {
        names.append(name)
      }
      rest = inside[close.upperBound...]
    }
    if names.count == 1, let name = names.first, name != ".", Self.isWhole(text) {
      wholeName = name
    }
  }

  private static func isWhole(_ text: String) -> Bool {
    guard text.hasPrefix("{{"), text.hasSuffix("}}") else { return false }
    let inside = text.dropFirst(2).dropLast(2)
    return !inside.contains("{") && !inside.contains("}")
      && inside.first.map { !"#^/!".contains($0) } ?? false
  }

  /// The name that a tag uses; `nil` for comments.
  private static func name(in tag: Substring) throws(TemplateFault) -> String? {
    var inner = tag
    switch inner.first {
    case "!": return nil
    case "#", "^", "/": inner.removeFirst()
    case "{", "&":
      throw TemplateFault(
        message: "`{{\(tag.prefix(20))`: write `{{name}}`",
        hint: "nothing is escaped, so there is nothing to switch off")
    case ">", "<", "$": throw TemplateFault(message: "templates have no partials")
    case "=", "%": throw TemplateFault(message: "templates cannot change their own syntax")
    default: break
    }
    while inner.first == " " { inner.removeFirst() }
    while inner.last == " " { inner.removeLast() }
    let name = String(inner)
    guard name == "." || isName(name) else {
      throw TemplateFault(
        message: "`{{\(tag.prefix(40))}}` is not a name",
        hint: "names are letters, digits, `_` and `-`, with `.` between parts")
    }
    return name
  }

  private static func isName(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count <= 16
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
              || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
              || byte == UInt8(ascii: "-")
          }
      }
  }
}

extension Substring {
  fileprivate func firstRange(of mark: String) -> Range<Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(mark),
        let end = self.index(index, offsetBy: mark.count, limitedBy: endIndex)
      {
        return index..<end
      }
      index = self.index(after: index)
    }
    return nil
  }
}
