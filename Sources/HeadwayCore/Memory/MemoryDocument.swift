/// Something worth keeping: Markdown with front matter, read as far as recall needs it.
///
/// Reading is tolerant: an unknown or broken field falls back to its default, since `check`
/// reports it and recall must not stop for it.
package struct MemoryDocument: Hashable, Sendable {
  package let path: FilePath
  package let blob: BlobID
  package let title: String
  package let kind: Kind
  package let isPinned: Bool
  package let tags: [String]
  /// 1…5, 3 where nothing is said.
  package let importance: Int
  package let validFrom: Instant?
  package let validTo: Instant?
  /// The whole text, front matter included.
  package let text: String

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case voice, fact, procedure, example, episode, decision, summary
  }

  package init(path: FilePath, blob: BlobID, text: String) {
    let markdown = MarkdownText(text)
    self.path = path
    self.blob = blob
    self.text = text
    let heading = markdown.blocks.first { $0.kind == .heading(1) }?.text
    title = markdown.frontMatterValue("title") ?? heading ?? path.name
    kind = markdown.frontMatterValue("kind").flatMap(Kind.init(rawValue:)) ?? .fact
    isPinned = markdown.frontMatterValue("pin") == "true"
    tags = markdown.frontMatterList("tags")
    let importance = markdown.frontMatterValue("importance").flatMap { Int($0) } ?? 3
    self.importance = max(1, min(5, importance))
    validFrom = markdown.frontMatterValue("validFrom").flatMap { Self.instant($0, endOfDay: false) }
    validTo = markdown.frontMatterValue("validTo").flatMap { Self.instant($0, endOfDay: true) }
  }

  /// A bare date means its first or last second, in UTC.
  private static func instant(_ text: String, endOfDay: Bool) -> Instant? {
    Instant(iso: text) ?? Instant(iso: text + (endOfDay ? "T23:59:59Z" : "T00:00:00Z"))
  }

  /// Sections under their headings, long ones cut into windows of whole paragraphs.
  package var passages: [String] {
    var (passages, current, words, heading): ([String], [String], Int, String?) = ([], [], 0, nil)
    func finish() {
      if words > 0 { passages.append(current.joined(separator: "\n\n")) }
      (current, words) = ([], 0)
    }
    for block in MarkdownText(text).blocks {
      if block.isHeading {
        finish()
        heading = block.text
        continue
      }
      guard block.kind != .verbatim else { continue }
      let count = Words.count(in: block.text)
      if words > 0, words + count > Self.windowWords { finish() }
      if current.isEmpty, let heading { current.append(heading) }
      current.append(block.text)
      words += count
    }
    finish()
    return passages
  }

  private static let windowWords = 220
}

/// A cautious guess at how many tokens a text has, for any vendor's tokenizer.
package enum TokenEstimate {
  package static func tokens(in text: String) -> Int {
    // English has about four bytes a token; scripts of several bytes a letter have more tokens.
    max((text.utf8.count + 3) / 4, Words.count(in: text) * 4 / 3)
  }
}
