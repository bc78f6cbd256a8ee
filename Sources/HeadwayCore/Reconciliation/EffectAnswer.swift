/// What somebody who looked says of an effect whose fate nobody knew.
package enum EffectAnswer: String, Hashable, Sendable, CaseIterable {
  case done, notDone, unknown

  /// The file in which a program that is asked gives its answer.
  package static let file = "answer.json"
}

/// An answer as a program gave it: exactly one, about exactly the effect that was asked about.
package struct GivenAnswer: Hashable, Sendable {
  package let answer: EffectAnswer
  package let message: String

  /// Why what was given is no answer.
  package struct Fault: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
  }

  private static let limit = 64 << 10

  /// A program that does not say which effect it looked for may have looked for none.
  package init(_ bytes: [UInt8], about key: String) throws(Fault) {
    guard bytes.count <= Self.limit else {
      throw Fault("the answer is larger than \(Self.limit) bytes")
    }
    let json: JSONValue
    do { json = try JSONReader.read(bytes).json } catch {
      throw Fault("the answer is no JSON: \(error)")
    }
    guard let fields = json.fields else { throw Fault("the answer is no object") }
    let stray = Set(fields.keys).subtracting(["answer", "key", "message"])
    if let name = stray.min() {
      throw Fault("the answer has a field `\(name.oneLine(40))`")
    }
    guard let answer = fields["answer"]?.text.flatMap(EffectAnswer.init) else {
      let words = EffectAnswer.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
      throw Fault("`answer` is none of \(words)")
    }
    guard fields["key"]?.text == key else {
      throw Fault("`key` is not the key that was asked about")
    }
    let message = fields["message"] ?? ""
    guard let text = message.text else { throw Fault("`message` is no text") }
    (self.answer, self.message) = (answer, text.oneLine(500))
  }
}

/// One time that somebody was asked whether an effect of unknown fate happened.
package struct Inquiry: Hashable, Sendable {
  /// The attempt whose effect it was about.
  package let attempt: Int
  /// `nil` where there was no usable answer.
  package let answer: EffectAnswer?
  package let message: String
  package let at: Instant

  package init(attempt: Int, answer: EffectAnswer?, message: String, at: Instant) {
    self.attempt = attempt
    self.answer = answer
    self.message = message
    self.at = at
  }

  /// `notDone: no such page`, in the words of the ledger.
  package var sentence: String {
    let word = answer?.rawValue ?? "no answer"
    return message.isEmpty ? word : "\(word): \(message)"
  }
}

extension Inquiry {
  var json: JSONValue {
    [
      "attempt": .integer(attempt), "answer": .optional(answer?.rawValue),
      "message": .string(message), "at": .text(at),
    ]
  }

  init(_ fields: RecordFields) throws(RecordFault) {
    var answer: EffectAnswer?
    if try fields.textIfAny("answer") != nil {
      answer = try fields.choice("answer", EffectAnswer.self)
    }
    self.init(
      attempt: try fields.count("attempt"), answer: answer, message: try fields.text("message"),
      at: try fields.instant("at"))
  }
}

extension TaskRecord {
  /// Whether somebody looked, and what that attempt was to do outside has not happened.
  package func isKnownNotDone(_ attempt: Int) -> Bool {
    inquiries.contains { $0.attempt == attempt && $0.answer == .notDone }
  }

  /// Whether nobody knows what the attempt did outside.
  func isInDoubt(_ attempt: AttemptSummary) -> Bool {
    specification.effect == .external && attempt.isFateUnknown && !isKnownNotDone(attempt.number)
  }
}
