import ArgumentParser
import HeadwayCore
import HeadwayEngine
import Testing

@testable import HeadwayCLI

/// Documents say nothing that the program does not do.
struct DocumentTests {
  private static let files = [
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/files.md",
    "docs/ledger.md", "docs/operations.md", "templates/content-ops/HEADWAY.md",
  ]

  @Test(arguments: files)
  func everyCommandAndOptionExists(_ file: String) throws {
    for words in try Document(file).commandLines {
      var command: any ParsableCommand.Type = Headway.self
      for word in words {
        if let option = Self.option(word) {
          let isKnown = Self.options(of: command).contains(option)
          #expect(isKnown, "\(file): `\(command._commandName)` has no \(option)")
        } else if let next = Self.subcommand(word, of: command) {
          command = next
        } else if command == Headway.self {
          Issue.record("\(file): there is no command `headway \(word)`")
        }
      }
    }
  }

  @Test(arguments: files)
  func everyOptionNamedAloneIsAnOptionOfSomeCommand(_ file: String) throws {
    let all = Self.leaves(of: Headway.self).reduce(into: Set<String>()) {
      $0.formUnion(Self.options(of: $1))
    }
    for span in try Document(file).codeSpans where span.hasPrefix("--") {
      guard let option = Self.option(String(span.prefix { $0 != " " })) else { continue }
      #expect(all.contains(option), "\(file): no command has \(option)")
    }
  }

  @Test func everyCommandIsNamedSomewhere() throws {
    let text = try Self.files.map { try Document($0).text }.joined()
    for command in Self.leaves(of: Headway.self) {
      let name = command._commandName
      #expect(
        text.contains("headway \(name)") || text.contains("`\(name)`")
          || text.contains("headway hooks \(name)"), "no document names \(name)")
    }
  }

  @Test func theLedgersTablesAreTheEnums() throws {
    let ledger = try Document("docs/ledger.md")
    #expect(ledger.rows(under: "Events") == LedgerEvent.allCases.map(\.rawValue))
    #expect(
      ledger.rows(under: "Trailers")
        == LedgerTrailer.Key.allCases.map { LedgerTrailer($0, "").name })
    #expect(ledger.rows(under: "States") == TaskState.allCases.map(\.rawValue))
    #expect(ledger.rows(under: "Reasons") == ReasonCode.allCases.map(\.rawValue))
    for kind in FailureClass.allCases {
      #expect(ledger.codeSpans.contains(kind.rawValue), "no word about \(kind)")
    }
  }

  @Test func theWritePointsAreAllThere() throws {
    let points = try Document("docs/architecture.md").rows(under: "Crash safety")
    #expect(points == WritePoint.allCases.map(\.rawValue))
  }

  @Test func exitCodesAreThoseInForce() throws {
    let rows = try Document("docs/operations.md").firstCells(under: "Exit codes").dropFirst()
    let codes = rows.compactMap { Int32($0) }
    #expect(codes.count == 8)
    for code in codes {
      #expect(ExitStatus(rawValue: code) != nil, "there is no exit code \(code)")
    }
  }

  @Test(arguments: files)
  func linksLeadSomewhere(_ file: String) throws {
    let root = try #require(Snapshot.root)
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    for link in try Document(file).links where !link.contains("://") {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let target = parts[0].isEmpty ? file : Self.plain("\(folder)/\(parts[0])")
      #expect(FileSystem.kind("\(root)/\(target)") != nil, "\(file): nothing at \(link)")
      if parts.count == 2, target.hasSuffix(".md") {
        let isThere = try Document(target).anchors.contains(String(parts[1]))
        #expect(isThere, "\(file): no heading for \(link)")
      }
    }
  }
}

extension DocumentTests {
  private static func subcommand(
    _ word: String, of command: any ParsableCommand.Type
  ) -> (any ParsableCommand.Type)? {
    command.configuration.subcommands.first { $0._commandName == word }
      ?? (command == Headway.self && word == "help" ? command : nil)
  }

  private static func leaves(
    of command: any ParsableCommand.Type
  ) -> [any ParsableCommand.Type] {
    let subcommands = command.configuration.subcommands
    return subcommands.isEmpty ? [command] : subcommands.flatMap { leaves(of: $0) }
  }

  /// `--name` of a word such as `--name`, `--name=value` or `[--name`.
  private static func option(_ word: String) -> String? {
    guard let start = word.firstRange(of: "--"), word[..<start.lowerBound].allSatisfy({ $0 == "[" })
    else { return nil }
    let name = word[start.upperBound...].prefix { $0.isLetter || $0 == "-" }
    return name.first?.isLetter == true ? "--\(name)" : nil
  }

  private static func options(of command: any ParsableCommand.Type) -> Set<String> {
    let help = Headway.helpMessage(for: command, columns: 200)
    let words = help.split { $0.isWhitespace || $0 == "," || $0 == "]" || $0 == "[" }
    return Set(words.compactMap { option(String($0)) })
  }

  /// The path without `..`.
  private static func plain(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }
}

/// A Markdown file, as far as the tests read it.
private struct Document {
  let text: String
  private let prose: [Substring]
  private let code: [Substring]

  init(_ file: String) throws {
    let root = try #require(Snapshot.root)
    text = String(decoding: try FileSystem.read("\(root)/\(file)"), as: UTF8.self)
    var (prose, code, isFenced) = ([Substring](), [Substring](), false)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isFenced.toggle()
      } else if isFenced || line.hasPrefix("    ") {
        code.append(line)
      } else {
        prose.append(line)
      }
    }
    (self.prose, self.code) = (prose, code)
  }

  /// What stands between single backticks.
  var codeSpans: [String] {
    prose.flatMap { line in
      line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
  }

  /// The words after each `headway`, up to what a shell would take for the end of the command.
  var commandLines: [[String]] {
    (codeSpans + code.map(String.init)).flatMap { text in
      var lines: [[String]] = []
      var current: [String]?
      for word in text.split(separator: " ").map(String.init) {
        if word == "headway" || word.hasSuffix("/headway") {
          if let current { lines.append(current) }
          current = []
        } else if ["&&", "||", "|", ";", "#", "\\"].contains(word) {
          if let current { lines.append(current) }
          current = nil
        } else {
          current?.append(word)
        }
      }
      if let current { lines.append(current) }
      return lines.filter(Self.isCommand)
    }
  }

  /// `git clone … headway` and paths that end so are no commands of ours.
  private static func isCommand(_ words: [String]) -> Bool {
    guard let first = words.first else { return false }
    return first.hasPrefix("--")
      || first.allSatisfy { $0.isLowercase && $0.isASCII || $0 == "-" }
  }

  /// First cells of the tables of a section, the head of each table among them.
  func firstCells(under heading: String) -> [String] {
    guard let start = prose.firstIndex(where: { $0.drop { $0 == "#" } == " \(heading)" }) else {
      return []
    }
    let level = prose[start].prefix { $0 == "#" }.count
    let section = prose[(start + 1)...].prefix { line in
      let marks = line.prefix { $0 == "#" }.count
      return marks == 0 || marks > level
    }
    return section.filter { $0.hasPrefix("| ") }.map { line in
      String(line.dropFirst(2).prefix { $0 != "|" }).trimmed
    }
  }

  /// The code in those first cells.
  func rows(under heading: String) -> [String] {
    firstCells(under: heading).filter { $0.hasPrefix("`") }.map { $0.filter { $0 != "`" } }
  }

  var links: [String] {
    prose.flatMap { line in
      line.split(separator: "](").dropFirst().map { String($0.prefix { $0 != ")" }) }
    }
  }

  /// The names that web views of Markdown give to headings.
  var anchors: Set<String> {
    Set(
      prose.filter { $0.hasPrefix("#") }.map { line in
        line.drop { $0 == "#" }.dropFirst().lowercased()
          .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
          .map { $0 == " " ? "-" : String($0) }.joined()
      })
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
