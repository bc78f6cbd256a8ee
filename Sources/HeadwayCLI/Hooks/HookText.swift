/// A hook file's text, and Headway's part in it.
///
/// A hook that a shell reads gets our block below its first line, where no `exit` of its own can
/// skip it; it keeps its name, its input and its exit status. Any other hook (another language, a
/// binary, a link, one that is switched off) is moved aside as `<hook>.before-headway` and called
/// by ours in the end, with the same arguments and input, its exit status being ours.
struct HookText: Hashable, Sendable {
  let text: String

  private static let opening = "# >>> headway >>>"
  private static let closing = "# <<< headway <<<"
  static let asideSuffix = ".before-headway"

  /// `nil` unless a POSIX-like shell reads the file, so that our block can stand in it.
  init?(ofShell bytes: [UInt8]) {
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self),
      !text.contains("\r"), Self.isReadByShell(text)
    else { return nil }
    self.text = text
  }

  init(_ text: String) { self.text = text }

  private static let shells: Set<Substring> = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"]

  /// Git gives a file without `#!` to `sh`.
  private static func isReadByShell(_ text: String) -> Bool {
    guard text.hasPrefix("#!") else { return !text.hasPrefix("\u{7F}ELF") }
    let line = text.prefix { $0 != "\n" }.dropFirst(2)
    var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
    if words.first?.split(separator: "/").last == "env" {
      words = words.dropFirst()
      if words.first == "-S" { words = words.dropFirst() }
    }
    return words.first?.split(separator: "/").last.map { shells.contains($0) } ?? false
  }

  /// Where our block is, its marks and final newline included.
  private var block: Range<String.Index>? {
    guard let start = lineStart(of: Self.opening, from: text.startIndex),
      let end = lineStart(of: Self.closing, from: start)
    else { return nil }
    let newline = text[end...].firstIndex(of: "\n")
    return start..<(newline.map { text.index(after: $0) } ?? text.endIndex)
  }

  private func lineStart(of mark: String, from start: String.Index) -> String.Index? {
    var index = start
    while index < text.endIndex {
      if text[index...].hasPrefix(mark) { return index }
      guard let newline = text[index...].firstIndex(of: "\n") else { return nil }
      index = text.index(after: newline)
    }
    return nil
  }

  var hasBlock: Bool { block != nil }

  /// What is left without us.
  var withoutBlock: HookText {
    guard let block else { return self }
    return HookText(String(text[..<block.lowerBound] + text[block.upperBound...]))
  }

  /// Whether nobody but us has anything in it.
  var isOnlyOurs: Bool {
    let rest = withoutBlock.text
    return hasBlock
      && rest.split(separator: "\n").allSatisfy {
        $0 == "#!/bin/sh" || $0.allSatisfy(\.isWhitespace)
      }
  }

  /// The same text with the block of `ours` in it, once.
  func adding(_ ours: HookText) -> HookText {
    guard let theirs = ours.block else { return self }
    let rest = withoutBlock.text
    var place = rest.startIndex
    if rest.hasPrefix("#!") {
      guard let newline = rest.firstIndex(of: "\n") else {
        return HookText(rest + "\n" + ours.text[theirs])
      }
      place = rest.index(after: newline)
    }
    return HookText(String(rest[..<place] + ours.text[theirs] + rest[place...]))
  }

  /// Headway's own file for `hook`, which calls the one moved aside, if `hasAside`.
  init?(
    embedded hook: String, program: String, hasAside: Bool
  ) throws(CommandError) {
    guard let file = ProgramFiles.all.first(where: { $0.path == "hooks/\(hook)" }) else {
      return nil
    }
    guard !program.contains(where: \.isNewline) else { throw .unquotable(path: program) }
    var lines = String(decoding: file.bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.hasPrefix("@HEADWAY@")
          ? ShellWord.quoted(program) + line.dropFirst("@HEADWAY@".count) : String(line)
      }
    if hasAside, let end = lines.firstIndex(of: Self.closing) {
      let aside = "\"$0\(Self.asideSuffix)\""
      lines.insert("if [ -x \(aside) ]; then exec \(aside) \"$@\"; fi", at: end)
    }
    self.init(lines.joined(separator: "\n"))
  }
}
