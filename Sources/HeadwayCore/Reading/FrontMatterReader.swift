internal import Yams

/// A Markdown file with YAML between two lines `---` at its top.
package struct FrontMatter: Hashable, Sendable {
  /// The fields of the YAML, marked by the lines of the whole file.
  package let node: Node
  /// What follows the closing line, with line ends as `\n`.
  package let body: String
  /// The line of the file on which the body starts.
  package let bodyLine: Int
}

/// Reads front matter without letting YAML guess types, share nodes or run in circles.
package enum FrontMatterReader {
  package static let maximumFrontMatter = 64 << 10
  package static let maximumSize = 4 << 20

  package static func read(_ bytes: [UInt8]) throws(ReadFault) -> FrontMatter {
    guard bytes.count <= maximumSize else {
      throw ReadFault("the file is larger than \(ByteCount(maximumSize))", at: nil)
    }
    try SourceText.requireUTF8(bytes)
    let (yaml, body, bodyLine) = try split(bytes)
    try refuseSharing(in: yaml)
    return FrontMatter(node: try compose(yaml), body: body, bodyLine: bodyLine)
  }

  private static func split(_ bytes: [UInt8]) throws(ReadFault) -> (String, String, Int) {
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    var lines = content.split(separator: 0x0A, omittingEmptySubsequences: false)
    for index in lines.indices where lines[index].last == 0x0D { lines[index].removeLast() }
    guard lines.first.map(isFence) == true else {
      throw ReadFault(
        "front matter is missing", at: .start,
        hint: "start the file with a line `---`, the fields, and another line `---`")
    }
    guard let end = lines.dropFirst().firstIndex(where: isFence) else {
      throw ReadFault("the front matter has no closing `---`", at: .start)
    }
    let yaml = lines[1..<end].joined(separator: [0x0A])
    let size = yaml.reduce(0) { count, _ in count + 1 }
    guard size <= maximumFrontMatter else {
      throw ReadFault(
        "the front matter is larger than \(ByteCount(maximumFrontMatter))", at: .start)
    }
    let body = lines[(end + 1)...].joined(separator: [0x0A])
    return (
      String(decoding: Array(yaml), as: UTF8.self), String(decoding: Array(body), as: UTF8.self),
      end + 2
    )
  }

  private static func isFence(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "---".utf8) && line.dropFirst(3).allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// Composing shares the nodes behind aliases and hashes them as keys, which a few lines can
  /// make exponential; so text that may hold both anchors and aliases never gets there.
  private static func refuseSharing(in yaml: String) throws(ReadFault) {
    var found: (anchor: Mark?, alias: Mark?)
    var (line, column) = (2, 0)
    var (beforeLast, last): (Unicode.Scalar, Unicode.Scalar) = ("\n", "\n")
    for scalar in yaml.unicodeScalars {
      let mayStart = beforeLast.isYAMLSpace || "[{,:".unicodeScalars.contains(beforeLast)
      if mayStart, !scalar.isYAMLSpace {
        let mark = Mark(line: line, column: column)
        if last == "&" { found.anchor = found.anchor ?? mark }
        if last == "*" { found.alias = found.alias ?? mark }
      }
      if scalar == "\n" { (line, column) = (line + 1, 0) } else { column += 1 }
      (beforeLast, last) = (last, scalar)
    }
    if let anchor = found.anchor, found.alias != nil { throw sharingFault(at: anchor) }
  }

  private static func sharingFault(at mark: Mark) -> ReadFault {
    ReadFault(
      "YAML anchors and aliases are not allowed", at: mark,
      hint: "write the value out; text that starts with `&` or `*` needs quotes")
  }

  private static func compose(_ yaml: String) throws(ReadFault) -> Node {
    do {
      let parser = try Parser(yaml: yaml, resolver: .basic, encoding: .utf8)
      // The parser owns the anchors that its nodes point at weakly.
      return try withExtendedLifetime(parser) {
        guard let root = try parser.singleRoot() else { return Node(.fields([]), at: .start) }
        return try convert(root, depth: 0)
      }
    } catch let fault as ReadFault {
      throw fault
    } catch let error as YamlError {
      throw fault(error)
    } catch {
      throw ReadFault("the front matter could not be read: \(error)", at: .start)
    }
  }

  private static func convert(_ node: Yams.Node, depth: Int) throws(ReadFault) -> Node {
    let mark = node.mark.map(shifted) ?? .start
    guard depth < JSONReader.maximumDepth else {
      throw ReadFault("nested deeper than \(JSONReader.maximumDepth) levels", at: mark)
    }
    if node.anchor != nil { throw sharingFault(at: mark) }
    switch node {
    case .alias: throw sharingFault(at: mark)
    case .scalar(let scalar):
      try refuseTag(node.tag, besides: .str, at: mark)
      return Node(scalar.style == .plain ? .plain(scalar.string) : .text(scalar.string), at: mark)
    case .sequence(let sequence):
      try refuseTag(node.tag, besides: .seq, at: mark)
      var elements: [Node] = []
      for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
      return Node(.list(elements), at: mark)
    case .mapping(let mapping):
      try refuseTag(node.tag, besides: .map, at: mark)
      return Node(.fields(try fields(of: mapping, depth: depth)), at: mark)
    }
  }

  private static func fields(
    of mapping: Yams.Node.Mapping, depth: Int
  ) throws(ReadFault) -> [Node.Field] {
    var fields: [Node.Field] = []
    var seen: Set<String> = []
    for (key, value) in mapping {
      let name = try convert(key, depth: depth + 1)
      guard let text = name.text else {
        throw ReadFault("a key must be text, not \(name.kind)", at: name.mark)
      }
      guard text != "<<" else {
        throw ReadFault("YAML merge keys are not allowed", at: name.mark)
      }
      guard seen.insert(text).inserted else {
        throw ReadFault("`\(text)` is given twice", at: name.mark)
      }
      fields.append(
        Node.Field(key: text, mark: name.mark, value: try convert(value, depth: depth + 1)))
    }
    return fields
  }

  private static func refuseTag(
    _ tag: Tag, besides expected: Tag.Name, at mark: Mark
  ) throws(ReadFault) {
    guard tag != Tag(expected) else { return }
    throw ReadFault(
      "YAML tags such as `\(tag)` are not allowed", at: mark,
      hint: "text that starts with `!` needs quotes")
  }

  /// The YAML starts on the second line of the file.
  private static func shifted(_ mark: Yams.Mark) -> Mark {
    Mark(line: mark.line + 1, column: mark.column)
  }

  private static func fault(_ error: YamlError) -> ReadFault {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      if problem.contains("alias") { return sharingFault(at: shifted(mark)) }
      return ReadFault("front matter: \(problem)", at: shifted(mark), hint: hint(for: problem))
    case .reader(let problem, _, _, _):
      return ReadFault("front matter: \(problem)", at: .start)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let name = duplicates.first ?? ""
      return ReadFault("`\(name)` is given twice", at: shifted(context.mark))
    default:
      return ReadFault("the front matter could not be read", at: .start)
    }
  }

  private static func hint(for problem: String) -> String? {
    if problem.contains("cannot start any token") { return "YAML indents with spaces, not tabs" }
    if problem.contains("mapping values are not allowed") {
      return "text with a colon and a space needs quotes"
    }
    return nil
  }
}

extension Unicode.Scalar {
  fileprivate var isYAMLSpace: Bool { self == " " || self == "\t" || self == "\n" || self == "\r" }
}
