/// What the brand's voice asks of every text: phrases to avoid and a limit on sentences.
///
/// The rules stand in the front matter of memory documents of kind `voice`, as `avoid` and
/// `longestSentence`; quotations are exempt, since people speak in their own words.
package struct StyleRules: Hashable, Sendable {
  package var avoided: [String]
  /// In words.
  package var longestSentence: Int

  package static let usualLongestSentence = 45

  package init(avoided: [String], longestSentence: Int = Self.usualLongestSentence) {
    self.avoided = avoided
    self.longestSentence = longestSentence
  }

  /// Gathers the rules of all documents of kind `voice`; the strictest limit holds.
  package init(voices documents: [[UInt8]]) {
    let voices = documents.map { MarkdownText($0) }.filter {
      $0.frontMatterValue("kind") == "voice"
    }
    avoided = Array(Set(voices.flatMap { $0.frontMatterList("avoid") })).sorted()
    longestSentence =
      voices.compactMap { $0.frontMatterValue("longestSentence").flatMap { Int($0) } }
      .filter { $0 > 0 }.min() ?? Self.usualLongestSentence
  }

  package func check(_ output: [UInt8]) -> CheckResult {
    var findings: [String] = []
    let phrases = avoided.map { (phrase: $0, words: Words.folded($0)) }.filter { !$0.words.isEmpty }
    for block in MarkdownText(output).blocks {
      guard block.kind != .verbatim, block.kind != .definition, block.kind != .quotation,
        let first = block.lines.first
      else { continue }
      let text = Quotations.spans(block.text).filter { !$0.isEmpty }
        .reduce(block.text) { $0.replacing($1, with: "") }
      let words = Words.folded(text)
      for phrase in phrases where words.containsRun(phrase.words) {
        findings.append("says “\(phrase.phrase)” (line \(first.number))")
      }
      for sentence in Sentences.split(text) {
        let count = Words.count(in: sentence)
        guard count > longestSentence else { continue }
        findings.append(
          "has a sentence of \(count) words (line \(first.number), the limit is \(longestSentence))"
        )
      }
    }
    guard !findings.isEmpty else { return CheckResult(check: "style") }
    let rest = findings.count > 5 ? " and \(findings.count - 5) more" : ""
    return CheckResult(check: "style", finding: findings.prefix(5).joined(separator: ", ") + rest)
  }
}

extension [String] {
  /// Whether `run` occurs as consecutive words.
  package func containsRun(_ run: [String]) -> Bool {
    guard let first = run.first, run.count <= count else { return false }
    return indices.contains { index in
      self[index] == first && index + run.count <= count
        && self[index..<(index + run.count)].elementsEqual(run)
    }
  }
}
