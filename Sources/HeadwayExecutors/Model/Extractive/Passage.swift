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
  var document = 0
  /// How far into its source it stands, 0…1.
  var place = 0.0

  enum Standing: Hashable, Sendable { case opening, body, reserve }

  struct Speaker: Hashable, Sendable {
    var name: String
    var role: String?
  }

  var text: String { sentences.joined(separator: " ") }
  var words: Int { sentences.reduce(0) { $0 + Words.count(in: $1) } }
}
