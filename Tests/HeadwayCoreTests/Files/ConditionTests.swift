import HeadwayCore
import Testing

/// `if`: what a condition can say, and what a pipeline may ask with it.
@Suite struct ConditionTests {
  static let pipeline = """
    {
      "name": "article",
      "parameters": { "audience": { "type": "integer" }, "sources": { "type": "array" } },
      "tasks": {
        "triage": { "executor": "writer", "outputs": { "claim.json": {}, "more.json": { "optional": true } } },
        "pay": { "after": ["triage"], "if": "triage/claim.json:claim.amount >= 100",
                 "executor": "writer", "outputs": { "pay.md": {} } },
        "tell": { "after": ["triage"], "if": "triage/claim.json:kind == \\"refund\\"",
                  "executor": "writer", "outputs": { "tell.md": {} } },
        "boast": { "if": "audience > 10000", "executor": "writer", "outputs": { "boast.md": {} } }
      }
    }
    """

  static let tree = SampleTree().with("pipelines/article.json", pipeline)

  static let readings: [(String, JSONValue, Bool)] = [
    ("n > 5", 6, true), ("n > 5", 5, false), ("n >= 5.0", 5, true), ("n<=1e3", 1_000, true),
    ("n < -1", -2, true), ("n == 1.0", 1, true), ("n != 1", "1", true),
    ("n > 5", "6", false), ("a == \"x y\"", "x y", true), ("a == \"x\"", "y", false),
    ("a != \"x\"", "y", true), ("a == true", true, true), ("a == null", nil, true),
    ("a.b-c == \"> 5\"", "> 5", true), ("t/o.json:a.b == \"a:b\"", "a:b", true),
  ]

  @Test(arguments: readings)
  func holds(_ text: String, _ value: JSONValue, _ expected: Bool) throws {
    let condition = try Condition(text)
    #expect(condition.holds(for: value) == expected)
    #expect(try Condition(condition.description) == condition)
  }

  static let others = [
    "", "n", "> 5", "n >", "n = 5", "n => 5", "n == 5 && m == 6", "n == x", "n > \"5\"",
    "n < true", "n == [1]", "n == {}", "n == 5 6", "not n == 5", "a b == 1", "{{n}} == 1",
    "t/:a == 1", "T/o.json:a == 1", "t/../o:a == 1", "t/o.json: == 1", "t/o.json:a..b == 1",
    "len(n) > 5", "n == 05", String(repeating: "n", count: 1_100) + " == 1",
  ]

  @Test(arguments: others)
  func anythingElseNeedsExpressions(_ text: String) {
    #expect(throws: Condition.NeedsExpressions.self) { try Condition(text) }
  }

  @Test func parametersArePinnedAndFieldsAreDemanded() throws {
    let plan = try Self.tree.plan()
    let boast = try #require(plan.tasks.first { $0.name.text == "boast" }?.condition)
    #expect(boast.source == .value(12_000))
    let triage = try #require(plan.tasks.first { $0.name.text == "triage" })
    let rule = try #require(triage.outputs.first { $0.name == "claim.json" }?.rule)
    #expect(rule.fields == ["claim.amount": .number, "kind": .scalar])
    #expect(triage.parts.values["field claim.json:claim.amount"] == "number")
    let findings = OutputChecks.fields(
      rule.fields, in: ["claim": ["amount": "much"], "kind": ["refund"]])
    #expect(findings.map(\.passes) == [false, false])
    #expect(OutputChecks.fields(rule.fields, in: [:]).map(\.passes) == [false, false])
    #expect(
      OutputChecks.fields(rule.fields, in: ["claim": ["amount": 3], "kind": nil])
        .map(\.passes) == [true, true])
  }

  /// What stands in the condition of `boast`, and what is said of it.
  static let refusals: [(String, String)] = [
    ("audience > 5 or audience < 3", "needs the expression engine"),
    ("audienc > 5", "`{{audienc}}`: no such name"), ("sources == 1", "not a single value"),
    ("title > 5", "`title` is not a number"), ("item == 1", "no such name"),
    ("triage/claim.json:a == 1", "`triage` does not come right before this task"),
  ]

  @Test(arguments: refusals)
  func refuses(_ condition: String, _ expected: String) throws {
    let tree = Self.tree.replacing(
      "audience > 10000", with: condition, in: "pipelines/article.json")
    let told = try tree.diagnostics() + tree.refusal()
    #expect(told.contains { $0.contains(expected) }, "\(told)")
  }

  @Test(arguments: [
    ("triage/claims.json:a == 1", "`triage` makes no `claims.json`"),
    ("triage/more.json:a == 1", "may be missing"),
  ])
  func refusesWhatIsNeverThere(_ condition: String, _ expected: String) throws {
    let tree = Self.tree.replacing(
      "triage/claim.json:claim.amount >= 100", with: condition, in: "pipelines/article.json")
    let told = try tree.diagnostics()
    #expect(told.contains { $0.contains(expected) }, "\(told)")
  }

  @Test func manyItemsAreReadItemByItem() throws {
    let each = "\"each\": \"{{sources}}\", \"executor\": \"writer\", \"outputs\": { \"claim.json\""
    let tree = Self.tree.replacing(
      "\"executor\": \"writer\", \"outputs\": { \"claim.json\"", with: each,
      in: "pipelines/article.json")
    #expect(try tree.diagnostics().contains { $0.contains("`triage` is done once for each item") })
    let paired = tree.replacing(
      "\"pay\": {", with: "\"pay\": { \"each\": \"{{sources}}\",", in: "pipelines/article.json"
    ).replacing(
      "\"tell\": {", with: "\"tell\": { \"each\": \"{{sources}}\",", in: "pipelines/article.json")
    for task in try paired.plan().tasks where task.item?.template == Name("pay") {
      guard case .field(let earlier, _, _)? = task.condition?.source else {
        Issue.record("\(task.name) reads no field")
        continue
      }
      #expect(task.after == [earlier])
    }
  }
}
