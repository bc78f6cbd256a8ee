internal import HeadwayCore

/// What one output is asked to be.
struct Assignment: Sendable {
  let genre: Genre
  let title: String
  /// The length to aim at, in words.
  let words: Int
  /// Terms that the work is about, with their weights.
  let query: [String: Double]
  let feedback: Feedback
  let avoided: [[String]]

  enum Genre: Hashable, Sendable { case notes, outline, article, edit, summary, posts, record }

  init(_ order: WorkOrder, output: WorkOrder.DeclaredOutput, material: Material, most: Int) {
    let feedback = Feedback(
      order.inputs.filter { $0.name == "feedback.md" || $0.name.hasSuffix("/feedback.md") }
        .sorted { $0.name < $1.name }
        .map { String(decoding: $0.bytes.prefix(20_000), as: UTF8.self) }
        .joined(separator: "\n"))
    let genre = Self.genre(order, output, material)
    self.feedback = feedback
    self.genre = genre
    title = order.title.isEmpty ? material.title ?? "Untitled" : order.title
    let asked = Self.words(order, genre)
    let wanted = feedback.words ?? Int(Double(asked) * feedback.lengthFactor)
    words = max(30, min(wanted, most, 6_000))
    query = Self.query(order, feedback)
    avoided = material.avoided.map { Words.folded($0) }.filter { !$0.isEmpty }
  }

  /// The output's name says what it is; failing that the task's, then the intent's first verb.
  private static func genre(
    _ order: WorkOrder, _ output: WorkOrder.DeclaredOutput, _ material: Material
  ) -> Genre {
    if output.name.lowercased().hasSuffix(".json") { return .record }
    let stem = output.name.split(separator: ".").first.map(String.init) ?? output.name
    let task = order.attempt.task.task.text
    let intent = Words.folded(order.intent).prefix(6)
    let isEditing = ["edit", "editor", "polish", "proofread", "revise", "copyedit"]
    if Words.folded(task).contains(where: isEditing.contains)
      || isEditing.contains(intent.first ?? "")
    {
      if material.passages.contains(where: \.isFixed), !material.headings.isEmpty { return .edit }
    }
    let kinds: [(Genre, Set<String>)] = [
      (.notes, ["notes", "research", "findings", "quotes", "evidence"]),
      (.outline, ["outline", "structure", "plan"]),
      (.posts, ["social", "snippets", "posts", "tweets", "teasers", "posting"]),
      (.summary, ["summary", "abstract", "digest", "tldr", "teaser", "summarise", "summarize"]),
      (.article, ["article", "draft", "post", "essay", "story", "text"]),
    ]
    for words in [Words.folded(stem), Words.folded(task), Array(intent)] {
      for (genre, names) in kinds where words.contains(where: names.contains) { return genre }
    }
    return .article
  }

  private static func words(_ order: WorkOrder, _ genre: Genre) -> Int {
    let stated = Self.wordCount(in: order.intent)
    let parameter = order.parameters["words"]?.integer.map { Int(clamping: $0) }
    switch genre {
    case .summary: return stated ?? 120
    case .notes: return (stated ?? parameter ?? Self.wordCount(in: order.brief) ?? 700) * 22 / 10
    default: return stated ?? parameter ?? Self.wordCount(in: order.brief) ?? 700
    }
  }

  /// Reads `a 900-word article`, `about 1,200 words`.
  static func wordCount(in text: String) -> Int? {
    let tokens = text.prefix(20_000).split { $0.isWhitespace || $0 == "-" || $0 == "\u{2011}" }
    for (index, token) in tokens.enumerated() where index > 0 {
      guard token.lowercased().hasPrefix("word") else { continue }
      let number = tokens[index - 1].filter { $0 != "," }
      if let count = Int(number), (20...20_000).contains(count) { return count }
    }
    return nil
  }

  private static let furniture = Set(
    Words.contentTerms(
      of: """
        write article words collect sources source interviews interview draft outline edit notes \
        brief argue argument reader readers audience founders text title summary summarise use \
        quote quotes cite citing citation tone voice people person section paragraph
        """))

  private static func query(_ order: WorkOrder, _ feedback: Feedback) -> [String: Double] {
    var query: [String: Double] = [:]
    for (text, weight) in [(order.title, 3.0), (order.brief, 1.0), (order.intent, 0.6)] {
      for term in Set(Words.contentTerms(of: String(text.prefix(20_000)))) {
        guard !furniture.contains(term), term.utf8.first?.isDigit != true else { continue }
        query[term] = max(query[term] ?? 0, weight)
      }
    }
    for term in feedback.wanted { query[term] = 4 }
    return query
  }

  /// Whether a sentence has words that the brand's voice or a reviewer does not want.
  func refuses(_ sentence: String) -> Bool {
    let words = Words.folded(sentence)
    if avoided.contains(where: words.containsRun) { return true }
    let terms = Set(words.map(EnglishStemmer.stem))
    return feedback.unwanted.contains(where: terms.isSuperset)
  }
}
