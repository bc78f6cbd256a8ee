import HeadwayCore
import Testing

@Suite struct FanOutTests {
  /// A pipeline that does something for each source, puts each before a person, and sums up.
  static let pipeline = """
    {
      "name": "article",
      "publishes": ["content/"],
      "parameters": { "audience": { "type": "integer" }, "sources": { "type": "array" } },
      "tasks": {
        "sum": { "after": ["answer"], "executor": "writer", "outputs": { "sum.md": {} } },
        "answer": { "each": "{{sources}}", "max": 3, "executor": "writer",
                    "intent": "Answer {{item}}.", "inputs": [{ "files": "{{item}}" }],
                    "outputs": { "answer.md": {} } },
        "approve": { "each": "{{sources}}", "after": ["answer"], "executor": "creator",
                     "propose": { "answer.md": "content/{{instance}}.md" }, "approval": {},
                     "onReject": { "retry": "answer" } }
      }
    }
    """

  static let tree = SampleTree().with("pipelines/article.json", pipeline)

  static func sources(_ list: String) -> SampleTree {
    tree.replacing("[sources/one.md, \"sources/two.md\"]", with: list, in: "briefs/launch.md")
  }

  /// Item, and what its task is called after the name of its template.
  static let names: [(String, String)] = [
    ("a-17", "a-17"), ("17", "17"), ("sources/one.md", "sources-one-md-"), ("A-17", "a-17-"),
    ("日本", ""), ("run", "run"), (String(repeating: "x", count: 60), "x"),
  ]

  @Test(arguments: names)
  func tasksAreCalledByWhatTheirItemIs(_ item: String, _ expected: String) throws {
    let alone = try plan(with: [item])
    let among = try plan(with: ["other", item, "more"])
    let name = try #require(alone.first?.name.text)
    #expect(among.contains { $0.name.text == name })
    #expect(name.hasPrefix("answer-\(expected)"), "\(name)")
    #expect(Name(name) != nil)
    let isItself = RunIdentity.slug(of: item) == item && item.count < 40
    #expect(isItself == (name == "answer-\(item)"))
  }

  /// The instances of a task that reads no file.
  private func plan(with items: [String]) throws -> [PlannedTask] {
    let list = items.map { "\"\($0)\"" }.joined(separator: ", ")
    return try Self.sources("[\(list)]")
      .replacing(
        ", \"inputs\": [{ \"files\": \"{{item}}\" }]", with: "", in: "pipelines/article.json"
      )
      .replacing(
        "\"inputs\": [{ \"files\": \"{{item}}\" }],", with: "", in: "pipelines/article.json"
      )
      .plan().tasks.filter { $0.item?.template == Name("answer") }
  }

  @Test func makesATaskForEachItem() throws {
    let plan = try Self.tree.plan()
    let answers = plan.tasks.filter { $0.item?.template == Name("answer") }
    #expect(answers.count == 2)
    #expect(answers.map(\.intent) == ["Answer sources/one.md.", "Answer sources/two.md."])
    #expect(answers.allSatisfy { $0.inputs.count == 1 && $0.key == "article/answer" })
    #expect(plan.tasks.map(\.ordinal) == Array(0..<5))
    // Whoever names the template waits for all; over the same items it goes item by item.
    #expect(plan.tasks.first?.after == answers.map(\.name))
    let approvals = plan.tasks.filter { $0.item?.template == Name("approve") }
    #expect(approvals.map(\.after) == answers.map { [$0.name] })
    #expect(approvals.map { $0.propose.map(\.task) } == answers.map { [$0.name] })
    #expect(approvals.map(\.onReject?.retry) == answers.map(\.name))
    #expect(Set(approvals.flatMap(\.propose).map(\.target)).count == 2)
  }

  @Test func anotherItemLeavesTheOthersAsTheyWere() throws {
    let before = try Self.tree.plan().tasks
    let after = try Self.sources("[sources/three.md, sources/two.md, sources/one.md]")
      .with("sources/three.md", "Three.\n").plan().tasks
    for task in before where task.item != nil {
      let same = try #require(after.first { $0.name == task.name })
      #expect(same.fingerprint == task.fingerprint)
    }
    #expect(after.count == before.count + 2)
  }

  @Test func nothingToDoIsNoMistake() throws {
    let plan = try Self.sources("[]").plan()
    #expect(plan.tasks.map(\.name.text) == ["sum"])
    #expect(plan.tasks.first?.after == [])
  }

  @Test func equalItemsAreOne() throws {
    let plan = try Self.sources("[sources/one.md, sources/one.md]").plan()
    #expect(plan.tasks.count == 3)
  }

  @Test func filesAreItemsByWhatTheirPatternLeavesOpen() throws {
    let tree = Self.tree.replacing(
      "\"{{sources}}\"", with: "{ \"files\": \"sources/*.md\" }", in: "pipelines/article.json")
    let names = try tree.plan().tasks.map(\.name.text)
    #expect(names == ["sum", "answer-one", "answer-two", "approve-one", "approve-two"])
    let nothing = tree.replacing("sources/*", with: "none/*", in: "pipelines/article.json")
    #expect(try nothing.plan().tasks.map(\.name.text) == ["sum"])
  }

  /// What is replaced in the pipeline, and what then stands in the way.
  static let refusals: [(String, String, String)] = [
    ("\"max\": 3", "\"max\": 1", "2 items are more than `max` allows, 1"),
    ("\"{{sources}}\"", "\"{{audience}}\"", "`{{audience}}` is not a list parameter"),
    ("\"{{sources}}\"", "\"{{sorces}}\"", "did you mean `{{sources}}`"),
    (
      "\"max\": 3, \"executor\": \"writer\",", "\"executor\": \"publish\", \"once\": \"x\",",
      "`once` names no item"
    ),
    ("content/{{instance}}.md", "content/all.md", "clashes"),
    ("\"approve\": { \"each\": \"{{sources}}\",", "\"approve\": {", "is done once for each item"),
    ("\"sum\": {", "\"sum\": { \"intent\": \"{{item}}\",", "no such name"),
    ("\"sum\": {", "\"sum\": { \"max\": 3,", "`max` without `each`"),
    (
      "\"sum\": {", "\"" + String(repeating: "s", count: 42) + "\": { \"each\": \"{{sources}}\",",
      "at most 41 characters"
    ),
  ]

  @Test(arguments: refusals)
  func refuses(_ old: String, _ new: String, _ expected: String) throws {
    let tree = Self.tree.replacing(old, with: new, in: "pipelines/article.json")
    let told = try tree.refusal() + tree.diagnostics()
    #expect(told.contains { $0.contains(expected) }, "\(told)")
  }

  /// A list of an earlier task: what is replaced, and what then is told, and where.
  static let lists: [(String, String, String)] = [
    (
      "\"answer\": { \"each\": \"{{sources}}\"", #""answer": { "each": { "output": "sum/sum.md" }"#,
      "wait for each other"
    ),
    (
      "\"each\": \"{{sources}}\", \"max\"", #""each": { "output": "fnd/found.json" }, "max""#,
      "did you mean `find`"
    ),
    (
      "\"each\": \"{{sources}}\", \"max\"", #""each": { "output": "find/fond.json" }, "max""#,
      "did you mean `found.json`"
    ),
    (
      "\"each\": \"{{sources}}\", \"max\"", #""each": { "output": "find" }, "max""#,
      "names no output of a task"
    ),
    (
      "\"each\": \"{{sources}}\", \"max\"", #""each": { "outputs": "find/found.json" }, "max""#,
      "did you mean `output`"
    ),
    (
      "\"each\": \"{{sources}}\", \"max\"", #""each": { "output": "find/maybe.json" }, "max""#,
      "may be missing"
    ),
    (
      "\"each\": \"{{sources}}\", \"max\"", #""each": { "output": "find/found.txt:a" }, "max""#,
      "it has no fields"
    ),
    (
      "\"each\": \"{{sources}}\", \"max\"", #""each": { "output": "answer/answer.md" }, "max""#,
      "no other task is called `answer`"
    ),
    (
      "\"each\": \"{{sources}}\", \"after\"", #""each": { "output": "answer/answer.md" }, "after""#,
      "is done once for each item itself"
    ),
  ]

  @Test(arguments: lists)
  func refusesAListThatNobodyDelivers(_ old: String, _ new: String, _ expected: String) throws {
    let find =
      #""find": { "executor": "writer", "outputs": { "found.json": {}, "found.txt": {}, "maybe.json": { "optional": true } } },"#
    let tree = Self.tree
      .replacing("\"sum\": {", with: "\(find) \"sum\": {", in: "pipelines/article.json")
    let before = try tree.diagnostics()
    let told = try tree.replacing(old, with: new, in: "pipelines/article.json").diagnostics()
      .filter { !before.contains($0) }
    #expect(told.contains { $0.contains(expected) }, "\(told)")
    #expect(told.contains { $0.hasPrefix("pipelines/article.json:") }, "\(told)")
  }

  @Test func refusesMoreThanARunMayHave() throws {
    let tree = Self.tree.replacing(
      "\"solo\": true", with: "\"limits\": { \"tasksPerRun\": 4 }", in: "headway.json")
    #expect(try tree.refusal().first?.contains("5 tasks are more than") == true)
  }

  @Test func refusesANameThatIsTaken() throws {
    let tree = Self.sources("[one]").replacing(
      "\"inputs\": [{ \"files\": \"{{item}}\" }],", with: "", in: "pipelines/article.json"
    ).replacing("\"sum\"", with: "\"answer-one\"", in: "pipelines/article.json")
    #expect(try tree.refusal().first?.contains("two tasks would be called `answer-one`") == true)
  }
}
