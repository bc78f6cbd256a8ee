import HeadwayCore
import Testing

@Suite struct ExpansionTests {
  @Test func makesAPlanOfABrief() throws {
    let plan = try SampleTree().plan()
    #expect(plan.id.text.hasPrefix("launch-"))
    #expect(plan.id.text.count == "launch-".count + 6)
    #expect(plan.slug == "launch")
    #expect(plan.tasks.map(\.name.text) == ["draft", "approve", "publish"])
    #expect(plan.tasks.map(\.ordinal) == [0, 1, 2])
    let draft = plan.tasks[0]
    #expect(draft.key == "article/draft")
    #expect(draft.intent == "Write Yes for 12000 people.")
    #expect(
      draft.inputs == [
        .file(path: try FilePath("sources/one.md"), blob: SampleTree.blob("One.\n")),
        .file(path: try FilePath("sources/two.md"), blob: SampleTree.blob("Two.\n")),
        .recall(query: "Yes", tokens: 300),
      ])
    #expect(draft.outputs.map(\.rule.checks) == [["words >= 600", "grounded"]])
    #expect(draft.priority == 70)
    #expect(draft.deadline == plan.due)
    let approve = plan.tasks[1]
    #expect(approve.isPerson)
    #expect(approve.propose.map(\.target.text) == ["content/launch.md"])
    #expect(approve.approval?.role == Name("creator"))
    #expect(approve.risk == .medium)
    #expect(plan.tasks[2].once == "publish:launch")
    #expect(plan.tasks[2].effect == .external)
    #expect(try SampleTree().plan() == plan)
  }

  @Test func aTakenIdGetsLonger() throws {
    let short = try SampleTree().plan()
    let long = try SampleTree().plan { $0 == short.id }
    #expect(long.id.text.count == short.id.text.count + 6)
    #expect(long.id.text.hasPrefix(short.id.text))
  }

  static let slugs: [(String, String)] = [
    ("briefs/launch.md", "launch"),
    ("briefs/2026/Über uns & Co..md", "2026-uber-uns-co"),
    ("briefs/straße--œuvre_.md", "strasse-oeuvre"),
    ("briefs/日本.md", "run"),
    (
      "briefs/" + String(repeating: "ab ", count: 40) + ".md",
      String(repeating: "ab-", count: 16).dropLast() + ""
    ),
    ("refund:42/7", "refund-42-7"),
  ]

  @Test(arguments: slugs)
  func slugsAreShortAndPlain(_ source: String, _ slug: String) {
    let identity = RunIdentity(anchor: SampleTree.anchor, source: source, generation: 1)
    #expect(identity.slug == slug)
  }

  /// File, what is replaced in it by what, and which tasks then are other work.
  static let edits: [(String, String, String, [String])] = [
    ("briefs/launch.md", "priority: 70", "priority: 5", []),
    ("briefs/launch.md", "due: 2026-12-01", "due: 2026-12-24", []),
    ("briefs/launch.md", "A short", "A long", ["draft", "approve", "publish"]),
    ("briefs/launch.md", "audience: 12000", "audience: 9", ["draft"]),
    ("briefs/launch.md", ", \"sources/two.md\"", "", ["draft"]),
    ("sources/one.md", "One", "Uno", ["draft"]),
    ("prompts/writer.md", "plainly", "boldly", ["draft"]),
    ("executors/writer.json", "\"models\"", "\"output\": 9, \"models\"", ["draft"]),
    ("executors/publish.json", "SITE_TOKEN", "OTHER_TOKEN", ["publish"]),
    ("people/dana.json", "dana@example.org", "d@example.org", []),
  ]

  @Test(arguments: edits)
  func fingerprintsChangeWithTheWork(
    file: String, old: String, new: String, changed: [String]
  ) throws {
    let before = try SampleTree().plan()
    let after = try SampleTree().replacing(old, with: new, in: file).plan()
    let other = zip(before.tasks, after.tasks).filter { $0.fingerprint != $1.fingerprint }
    #expect(other.map(\.0.name.text) == changed)
  }

  @Test func resultsOfEarlierTasksAreWorkToo() throws {
    let task = try SampleTree().plan().tasks[2]
    let (one, two) = (SampleTree.blob("1"), SampleTree.blob("2"))
    #expect(task.fingerprint(with: [:]) == task.fingerprint)
    #expect(task.fingerprint(with: ["a": one]) != task.fingerprint(with: ["a": two]))
    #expect(task.fingerprint(with: ["a": one]) != task.fingerprint(with: ["b": one]))
  }

  /// What is replaced in the brief or pipeline, and what then stands in the way.
  static let refusals: [(String, String, String, String)] = [
    (
      "briefs/launch.md", "sources/one.md", "sources/on.md",
      "pipelines/article.json:10:26: `draft`: `files`: there is no file `sources/on.md`\n"
        + "hint: did you mean `sources/one.md`?"
    ),
    (
      "briefs/launch.md", "sources/one.md", "../secret",
      "pipelines/article.json:10:26: `draft`: `files`: `../secret` climbs with `.` or `..`"
    ),
    (
      "briefs/launch.md", "sources/one.md", "sources/*.txt",
      "pipelines/article.json:10:26: `draft`: `files`: no file matches `sources/*.txt`"
    ),
    (
      "pipelines/article.json", "content/{{slug}}.md", "{{title}}/x.md",
      "pipelines/article.json:13:29: `approve`: `propose`: `Yes/x.md` lies outside of what the "
        + "pipeline publishes\nhint: folders: `content/`"
    ),
    (
      "pipelines/article.json", "content/{{slug}}.md", "content/../people/dana.json",
      "pipelines/article.json:13:29: `approve`: `propose`: `content/../people/dana.json` climbs with "
        + "`.` or `..`"
    ),
    (
      "pipelines/article.json", "content/{{slug}}.md", "content/.github/x.md",
      "pipelines/article.json:13:29: `approve`: `propose`: `content/.github/x.md` lies in a folder, "
        + "or is a file, that starts with a dot"
    ),
    (
      "pipelines/article.json", "content/{{slug}}.md", "People/dana.json",
      "pipelines/article.json:13:29: `approve`: `propose`: `People/dana.json` is a protected path"
    ),
    (
      "pipelines/article.json", "\"executor\": \"publish\"", "\"executor\": \"publisch\"",
      "pipelines/article.json:16:52: `executor`: no executor is called `publisch`\n"
        + "hint: did you mean `publish`?"
    ),
    (
      "headway.json", "\"solo\": true", "\"limits\": { \"tasksPerRun\": 2 }",
      "pipelines/article.json:1:1: 3 tasks are more than `tasksPerRun` allows, 2"
    ),
    (
      "pipelines/article.json", "publish:{{slug}}", "{{#due}}{{/due}}",
      "pipelines/article.json:16:71: `publish`: `once` is empty, or not one line of visible text"
    ),
  ]

  @Test(arguments: refusals)
  func refuses(file: String, old: String, new: String, expected: String) throws {
    let tree = SampleTree().replacing(old, with: new, in: file)
    #expect(try tree.refusal() == [expected])
  }

  @Test(arguments: ["Content/other.md", "content/Launch.md", "content/launch.md/below.md"])
  func refusesTargetsThatClashOnDisk(_ existing: String) throws {
    let refusal = try SampleTree().with(existing, "x").refusal()
    #expect(refusal.first?.contains("differs from `\(existing)` on main only by case") == true)
  }

  @Test func refusesATargetThatAProtectedFileNames() throws {
    let tree = SampleTree().replacing("prompts/", with: "content/", in: "executors/writer.json")
      .with("content/writer.md", "x")
      .replacing("content/{{slug}}.md", with: "content/writer.md", in: "pipelines/article.json")
    #expect(try tree.refusal().first?.contains("named by a protected file") == true)
  }

  @Test func linksAreNotInputs() throws {
    var tree = SampleTree()
    tree.modes["sources/one.md"] = .symlink
    #expect(
      try tree.refusal() == [
        "pipelines/article.json:10:26: `draft`: `files`: `sources/one.md` is a link or submodule"
      ])
  }

  static let patterns: [(String, String, Bool)] = [
    ("sources/*.md", "sources/a.md", true), ("sources/*.md", "sources/a/b.md", false),
    ("sources/**", "sources/a/b.md", true), ("**/*.md", "a.md", true),
    ("**/*.md", "a/b/c.md", true), ("a*b*c.md", "aXbYbc.md", true), ("a*", "b", false),
    ("*", "a/b", false),
  ]

  @Test(arguments: patterns)
  func patternsMatch(_ pattern: String, _ path: String, _ expected: Bool) throws {
    #expect(PathPattern(pattern).matches(try FilePath(path)) == expected)
  }

  @Test func hostilePatternsEndSoon() throws {
    let pattern = PathPattern(String(repeating: "*a", count: 400))
    #expect(!pattern.matches(try FilePath(String(repeating: "a", count: 1_000) + "b")))
  }
}
