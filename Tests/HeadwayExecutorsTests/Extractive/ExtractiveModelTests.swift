import Foundation
import HeadwayCore
import Testing

@testable import HeadwayExecutors

private typealias Fixture = ExtractiveFixture

@Suite struct ExtractiveModelTests {
  @Test func writesNothingThatIsNotInTheSources() throws {
    let texts = try Fixture.chain()
    var inputs = try Fixture.sources().map { (name: $0.name, bytes: $0.bytes) }
    inputs.append((name: "brief.md", bytes: Array(Fixture.brief.utf8)))
    inputs.append((name: "title", bytes: Array(Fixture.title.utf8)))
    let source = inputs.flatMap { MarkdownText($0.bytes).blocks }.map {
      Words.folded($0.text).joined(separator: " ")
    }
    .joined(separator: " | ")
    for name in ["notes.md", "outline.md", "draft.md", "article.md"] {
      let text = try #require(texts[name])
      #expect(Grounding(inputs: inputs).missing(in: Array(text.utf8)).isEmpty, "\(name)")
      for block in MarkdownText(text).blocks where block.kind == .paragraph || block.kind == .item {
        let quoted = block.text.firstRange(of: ": “").map {
          String(block.text[$0.upperBound...].dropLast())
        }
        for sentence in Sentences.split(quoted ?? block.text) {
          let words = Words.folded(sentence).joined(separator: " ")
          #expect(source.contains(words), "\(name): \(sentence)")
        }
        #expect(!block.citations.isEmpty)
      }
    }
  }

  @Test func writesAnArticleOfTheLengthAskedFor() throws {
    let texts = try Fixture.chain()
    let article = Array(try #require(texts["article.md"]).utf8)
    let words = OutputChecks.count(.words, in: article)
    #expect((800...1_150).contains(words))
    let rules = StyleRules(voices: [try Fixture.template("memory/brand-voice.md")])
    #expect(rules.check(article).finding == nil)
    let text = MarkdownText(article)
    #expect(text.blocks.count { $0.kind == .heading(2) } >= 4)
    #expect(text.definitions.count >= 6)
    let paragraphs = text.blocks.filter { $0.kind == .paragraph }.map(\.text)
    #expect(Set(paragraphs).count == paragraphs.count)
    for name in ["Mara Lindqvist", "Jonas Abernathy", "Priya Raman"] {
      #expect(paragraphs.contains { $0.hasPrefix(name) })
    }
  }

  @Test func keepsPostsShort() throws {
    let posts = try #require(try Fixture.chain()["posts.md"])
    let bodies = MarkdownText(posts).blocks.filter { $0.kind == .paragraph }.map(\.text)
    #expect(bodies.count == 5)
    for body in bodies {
      #expect(body.count <= 280)
      #expect(body.hasSuffix("[link]"))
    }
  }

  @Test func writesTheSameBytesForAnyOrderOfInputs() throws {
    let sources = try Fixture.sources()
    let first = try Fixture.complete(Fixture.order("draft", output: "draft.md", inputs: sources))
    for inputs in [sources, sources.reversed(), [sources[1], sources[2], sources[0]]] {
      let order = try Fixture.order("draft", output: "draft.md", inputs: inputs)
      #expect(try Fixture.complete(order) == first)
    }
  }

  @Test func writesFromInterviewsAlone() throws {
    let order = try Fixture.order(
      "draft", output: "draft.md", inputs: [try Fixture.sources()[0]], words: 500)
    let text = try Fixture.complete(order)
    #expect(text.contains("founder of a design studio of four people, says: “"))
    #expect(text.contains("## "))
    #expect(!text.contains("Interviewer"))
  }

  @Test func followsFeedback() throws {
    let plain = try #require(try Fixture.chain()["draft.md"])
    let shorter = try #require(try Fixture.chain(feedback: "Please make it shorter.")["draft.md"])
    #expect(shorter.utf8.count < plain.utf8.count * 85 / 100)
    let longer = try #require(try Fixture.chain(feedback: "Too short, more detail.")["draft.md"])
    #expect(longer.utf8.count > plain.utf8.count)
    let dropped = try #require(
      try Fixture.chain(feedback: "Drop the part about euros.")["draft.md"])
    #expect(plain.contains("euros") && !dropped.contains("euros"))
  }

  @Test func readsFeedbackAsWishes() {
    let feedback = Feedback(
      "Good start, but leave out \"the newsletter\". More about mornings; 600 words.")
    #expect(feedback.unwanted == [["newslett"]])
    #expect(feedback.wanted.contains("morn"))
    #expect(feedback.words == 600)
    #expect(Feedback("").lengthFactor == 1)
  }

  @Test func fillsARecordOrRefuses() throws {
    let source = Fixture.input(
      "files/claim.md", "---\namount: 25.40\nreason: Broken on arrival\n---\nThe parcel was wet.")
    let schema: JSONValue = [
      "type": "object", "required": ["amount", "reason", "currency"],
      "properties": [
        "amount": ["type": "number"], "reason": ["type": "string"], "currency": ["const": "EUR"],
      ],
    ]
    let order = try Fixture.order("triage", output: "claim.json", inputs: [source], schema: schema)
    #expect(
      try Fixture.complete(order)
        == "{\n  \"amount\": 25.40,\n  \"currency\": \"EUR\",\n  \"reason\": \"Broken on arrival\"\n}\n"
    )
    let asking: JSONValue = [
      "type": "object", "required": ["verdict"], "properties": ["verdict": ["type": "string"]],
    ]
    let refused = try Fixture.order(
      "triage", output: "claim.json", inputs: [source], schema: asking)
    let outcome = ExtractiveModel().complete(refused, setup: Fixture.setup)
    guard case .failure(let failure) = outcome.result else {
      Issue.record("a verdict was invented")
      return
    }
    #expect(failure.kind == .badOutput && failure.message.contains("must have `verdict`"))
  }

  @Test func costsNothingAndSaysWhoWrote() throws {
    let order = try Fixture.order("draft", output: "draft.md", inputs: try Fixture.sources())
    let report = ExtractiveModel().complete(order, setup: Fixture.setup).report
    #expect(report.model == "builtin/extractive" && report.usage == nil)
    #expect(report.cost == .zero(.usd))
    #expect((500...1_000).contains(report.confidence ?? 0))
  }

  static let hostile: [[UInt8]] = [
    [], [0x00, 0x00, 0xFF, 0xFE, 0xC3, 0x28],
    Array(repeating: UInt8(ascii: "x"), count: 10_000_000),
    Array(String(repeating: "word ", count: 100_000).utf8),
    Array("# Only a heading\n\n| a | b |\n".utf8),
    Array("[^1]: \n[^1]: a\n- [^1]\n".utf8), Array(String(repeating: "> ", count: 50_000).utf8),
    Array(String(repeating: "A: b?\n", count: 5_000).utf8),
  ]

  @Test(arguments: hostile.indices)
  func refusesWhatHasNoSentences(_ index: Int) throws {
    for name in ["files/a.md", "research/notes.md"] {
      let order = try Fixture.order(
        "draft", output: "draft.md", inputs: [Fixture.input(name, Self.hostile[index])])
      let outcome = ExtractiveModel().complete(order, setup: Fixture.setup)
      guard case .failure(let failure) = outcome.result else {
        Issue.record("wrote something from nothing")
        continue
      }
      #expect(failure.kind == .badOutput && failure.message.contains("no sentences"))
    }
  }

  @Test func writesFromOtherScripts() throws {
    let arabic = String(
      repeating: "نكتب التقارير في الليل ونقرأها في الصباح الباكر كل يوم. ", count: 2)
    let order = try Fixture.order(
      "draft", output: "draft.md", inputs: [Fixture.input("files/a.md", arabic)])
    #expect(try Fixture.complete(order).contains("نكتب"))
  }

  @Test func honoursTheOutputLimit() throws {
    let order = try Fixture.order(
      "draft", output: "draft.md", inputs: try Fixture.sources(), largest: 100)
    let outcome = ExtractiveModel().complete(order, setup: Fixture.setup)
    #expect(throws: Failure.self) { try outcome.result.get() }
  }

  @Test func manySentencesStayBounded() throws {
    var text = ""
    for number in 0..<3_000 {
      text +=
        "The team number \(number) planned its night work with care and read \(number % 7) results. \n\n"
    }
    let order = try Fixture.order(
      "draft", output: "draft.md", inputs: [Fixture.input("files/a.md", text)])
    #expect(try !Fixture.complete(order).isEmpty)
  }
}
