internal import HeadwayCore

/// Sentences that stand together in one place of one source; what extraction picks from.
struct Passage: Hashable, Sendable {
  var sentences: [String]
  /// Who said it, when it is speech; speech is only ever shown as a quotation.
  var speaker: Speaker?
  /// What the footnote says: the source and the place in it.
  var citation: String
  /// What the place is about, in words of the source: a section's heading or a question asked.
  var topic: String?
  /// An earlier step already chose exactly these sentences.
  var isFixed = false
  var standing = Standing.body
  /// Position among all passages; sources are in the order of their names.
  var order = 0
  /// Which of its passage's sentences an excerpt begins with.
  var start = 0
  /// How far into its source it stands, 0…1.
  var place = 0.0

  enum Standing: Hashable, Sendable { case opening, body, reserve }

  struct Speaker: Hashable, Sendable {
    var name: String
    var role: String?
  }

  /// The order in which a reader of the sources would meet it.
  static func precedes(_ left: Passage, _ right: Passage) -> Bool {
    (left.order, left.start, left.text) < (right.order, right.start, right.text)
  }

  /// Prose before the first heading of a source.
  var isPreamble: Bool { speaker == nil && topic == nil && place == 0 }

  var text: String { sentences.joined(separator: " ") }
  var words: Int { sentences.reduce(0) { $0 + Words.count(in: $1) } }
}
