internal import HeadwayCore

/// What a reviewer's message asks for, as far as a selection of sentences can follow it.
struct Feedback: Hashable, Sendable {
  /// What the length is multiplied with.
  private(set) var lengthFactor = 1.0
  /// An exact length that was asked for.
  private(set) var words: Int?
  /// Terms to write more about.
  private(set) var wanted: [String] = []
  /// Groups of terms; a sentence with all terms of a group is left out.
  private(set) var unwanted: [Set<String>] = []

  private static let removing = [
    "drop", "remove", "cut", "delete", "omit", "without", "avoid", "leave out", "less about",
    "don't mention", "do not mention", "no more", "lose", "take out",
  ]
  private static let shorter = [
    "shorter", "too long", "shorten", "tighten", "trim", "half the length",
  ]
  private static let longer = ["longer", "too short", "more detail", "expand", "lengthen"]
  private static let filler = Set(
    Words.contentTerms(
      of: """
        part section paragraph passage sentence piece stuff bit article text draft quote mention \
        please make shorter longer detail length long short shorten tighten trim expand word words \
        add write include want needs need focus talk explain drop remove cut delete omit avoid lose \
        too reads read feel good great start end stronger weak clear clearer
        """))

  init(_ text: String) {
    for clause in Self.clauses(of: text) {
      let lower = clause.lowercased()
      words = words ?? Assignment.wordCount(in: clause)
      if Self.shorter.contains(where: lower.contains) { lengthFactor *= 0.7 }
      if Self.longer.contains(where: lower.contains) { lengthFactor *= 1.3 }
      let verb = Self.removing.compactMap { lower.firstRange(of: $0) }
        .min { $0.lowerBound < $1.lowerBound }
      if let verb {
        wanted += Self.subject(of: String(lower[..<verb.lowerBound]))
        remove(String(lower[verb.upperBound...]))
      } else {
        wanted += Self.subject(of: clause)
      }
    }
    lengthFactor = max(0.4, min(lengthFactor, 2))
  }

  private mutating func remove(_ text: String) {
    // Quoted phrases are taken as they stand; otherwise the clause's subject is meant.
    let quoted = text.split(omittingEmptySubsequences: false) { "\"“”".contains($0) }
    let phrases =
      quoted.count > 2
      ? quoted.indices.filter { $0 % 2 == 1 }.map { String(quoted[$0]) } : [text]
    for phrase in phrases {
      let terms = Set(Self.subject(of: phrase))
      if (1...6).contains(terms.count) { unwanted.append(terms) }
    }
  }

  private static func subject(of text: String) -> [String] {
    Words.contentTerms(of: text).filter { !filler.contains($0) && $0.utf8.first?.isDigit != true }
  }

  /// Sentences, and their parts around `but`, `and` and `;`, each with one wish.
  private static func clauses(of text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).flatMap { Sentences.split(String($0)) }
      .flatMap { sentence in
        sentence.replacing(" but ", with: ";").replacing(" and ", with: ";")
          .replacing(", ", with: ";").split(separator: ";").map(String.init)
      }
  }
}
