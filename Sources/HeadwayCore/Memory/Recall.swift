/// Which memory documents a task is given: pinned ones first, then by BM25, within a budget.
package enum Recall {
  /// One document that was considered, and what became of it.
  package struct Candidate: Hashable, Sendable {
    package let path: FilePath
    package let blob: BlobID
    package let isPinned: Bool
    /// The BM25 score of the best passage, in millionths: the record has no rounding to argue about.
    package let score: Int64
    /// What was chosen: the whole text, or its best passage where the whole did not fit.
    package let text: String?
    package let tokens: Int
    package let verdict: Verdict

    package var isChosen: Bool { text != nil }
  }

  package enum Verdict: Hashable, Sendable {
    case whole
    case bestPassage
    case noMatch
    case overBudget(needed: Int, left: Int)
    case notYetValid, noLongerValid
    case sameText(as: FilePath)

    /// Why a document was left out, `nil` for one that was chosen.
    package var whyNot: String? {
      switch self {
      case .whole, .bestPassage: nil
      case .noMatch: "no word of the query occurs in it"
      case .overBudget(let needed, let left): "needs \(needed) tokens, \(left) were left"
      case .notYetValid: "not yet valid"
      case .noLongerValid: "no longer valid"
      case .sameText(let path): "the same text as \(path)"
      }
    }
  }

  /// Every document, in the order in which it was considered; the same for any order of
  /// `documents`.
  package static func choose(
    query: String, documents: [MemoryDocument], tokenBudget: Int, at now: Instant
  ) -> [Candidate] {
    let index = PassageIndex(documents)
    let scored = documents.enumerated().map { offset, document in
      (document: document, best: index.best(in: offset, for: query))
    }
    let sorted = scored.sorted { left, right in
      let (one, other) = (left.document, right.document)
      if one.isPinned != other.isPinned { return one.isPinned }
      if one.isPinned, one.importance != other.importance {
        return one.importance > other.importance
      }
      if left.best.score != right.best.score { return left.best.score > right.best.score }
      if one.importance != other.importance { return one.importance > other.importance }
      return one.path < other.path
    }
    var left = max(0, tokenBudget)
    var seen: [BlobID: FilePath] = [:]
    return sorted.map { document, best in
      let (text, verdict) = judge(document, best, left: left, seen: seen, now)
      let tokens = text.map(TokenEstimate.tokens) ?? 0
      left -= tokens
      if text != nil { seen[document.blob] = document.path }
      return Candidate(
        path: document.path, blob: document.blob, isPinned: document.isPinned, score: best.score,
        text: text, tokens: tokens, verdict: verdict)
    }
  }

  private static func judge(
    _ document: MemoryDocument, _ best: PassageIndex.Best, left: Int, seen: [BlobID: FilePath],
    _ now: Instant
  ) -> (text: String?, verdict: Verdict) {
    if let from = document.validFrom, now.milliseconds < from.milliseconds {
      return (nil, .notYetValid)
    }
    if let end = document.validTo, now.milliseconds > end.milliseconds {
      return (nil, .noLongerValid)
    }
    if let twin = seen[document.blob] { return (nil, .sameText(as: twin)) }
    guard document.isPinned || best.score > 0 else { return (nil, .noMatch) }
    let needed = TokenEstimate.tokens(in: document.text)
    if needed <= left { return (document.text, .whole) }
    if best.score > 0, TokenEstimate.tokens(in: best.passage) <= left {
      return (best.passage, .bestPassage)
    }
    return (nil, .overBudget(needed: needed, left: left))
  }
}

extension Recall.Candidate {
  /// The entry of an attempt's record.
  package var record: JSONValue {
    var fields: [String: JSONValue] = [
      "candidate": .string(path.text), "blob": .string(blob.hex), "pinned": .bool(isPinned),
      "scores": .object(["bm25": .optional(number: JSONNumber(scoreText))]),
    ]
    if let why = verdict.whyNot {
      fields["whyNot"] = .string(why)
    } else {
      fields["chosen"] = .string(verdict == .whole ? "whole" : "best passage")
      fields["tokens"] = .integer(tokens)
    }
    return .object(fields)
  }

  private var scoreText: String {
    let digits = String(score % 1_000_000)
    return "\(score / 1_000_000).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
  }
}

extension JSONValue {
  fileprivate static func optional(number: JSONNumber?) -> JSONValue {
    number.map(Self.number) ?? .null
  }
}
