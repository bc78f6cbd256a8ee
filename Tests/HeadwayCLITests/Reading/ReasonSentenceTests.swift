import HeadwayCore
import Testing

@testable import HeadwayCLI

/// Whatever keeps a task, people get a sentence and a next step.
struct ReasonSentenceTests {
  /// Everything that a sentence may ask for.
  private static let values: [String: JSONValue] = [
    "tasks": ["draft"], "attempt": 1, "attempts": 3, "executor": "writer", "task": "run/draft",
    "budget": Money(micros: 1_000_000, currency: .usd).json,
    "needs": Money(micros: 500_000, currency: .usd).json,
    "committed": Money(micros: 600_000, currency: .usd).json,
    "incident": "2026/11/24/100400-writer",
    "role": "creator", "count": 1, "by": "ada", "on": "2026-11-24", "reason": "wait",
    "at": "run/draft",
    "limit": "1h", "code": "brand", "message": "no", "why": "it was rejected", "key": "customer",
  ]

  @Test(arguments: ReasonCode.allCases)
  func everyCodeHasASentenceAndANextStep(_ code: ReasonCode) throws {
    let task = try #require(TaskID("run-3f9c2a/draft"))
    let now = Instant(milliseconds: 1_795_514_400_000)
    for clears in [Reason.Clearing.event("headway retry run-3f9c2a/draft"), .at(now)] {
      let sentence = ReasonSentence(
        Reason(code, values: Self.values, since: now, clears: clears), of: task)
      #expect(!sentence.text.isEmpty && !sentence.clearing.isEmpty)
      #expect(sentence.text.first?.isUppercase == false, "it stands inside other sentences")
      #expect(sentence.text.last != ".")
    }
  }
}
