import HeadwayCore
import Testing

@Suite struct ProjectTests {
  @Test func theSampleHasNothingWrong() throws {
    #expect(try SampleTree().diagnostics() == [])
  }

  @Test func readsTheFieldsOfABrief() throws {
    let project = try SampleTree().project()
    let brief = try #require(project.briefs[try FilePath("briefs/launch.md")])
    #expect(brief.title == "Yes")
    #expect(brief.priority == 70)
    // The last second of the day in Berlin, an hour before UTC's.
    #expect(brief.due == Instant(iso: "2026-12-01T22:59:59Z"))
    #expect(brief.body == "A short article.")
  }

  /// File, what is replaced in it by what, and everything that is told.
  static let mistakes: [(String, String, String, [String])] = [
    (
      "headway.json", "\"solo\"", "\"sole\"",
      ["headway.json:1:63: unknown field `sole`\nhint: did you mean `solo`?"]
    ),
    (
      "headway.json", "Europe/Berlin", "Europe/Berlinn",
      [
        "headway.json:1:46: `timeZone`: `Europe/Berlinn` is not a time zone\n"
          + "hint: write an IANA name, like `Europe/Berlin`"
      ]
    ),
    (
      "headway.json", "\"format\": 1", "\"format\": 2",
      ["headway.json:1:13: `format`: 2 is not between 1 and 1"]
    ),
    (
      "headway.json", "\"solo\": true", "\"trust\": \"signed\"",
      [
        "headway.json:1:72: `trust`: `signed` is not built yet\n"
          + "hint: use `open`; approvals are signed in both modes"
      ]
    ),
    (
      "briefs/launch.md", "priority: 70", "priority: 170",
      ["briefs/launch.md:5:11: `priority`: 170 is not between 0 and 100"]
    ),
    (
      "briefs/launch.md", "priority: 70", "priority: high",
      ["briefs/launch.md:5:11: `priority`: `high` is not an integer in range"]
    ),
    (
      "briefs/launch.md", "due: 2026-12-01", "due: 2026-02-30",
      [
        "briefs/launch.md:4:6: `due`: `2026-02-30` is not a date or a moment\n"
          + "hint: write it like `2026-12-01` or `2026-12-01T17:00:00+01:00`"
      ]
    ),
    (
      "briefs/launch.md", "priority: 70", "budget: 2.00 EUR",
      [
        "briefs/launch.md:5:9: `budget`: EUR is not the project's currency\n"
          + "hint: `currency` in `headway.json` is USD"
      ]
    ),
    (
      "briefs/launch.md", "pipeline: article", "pipeline: artcle",
      [
        "briefs/launch.md:2:11: `pipeline`: no pipeline is called `artcle`\n"
          + "hint: did you mean `article`?"
      ]
    ),
    (
      "briefs/launch.md", "audience: 12000", "audiense: 12000",
      [
        "briefs/launch.md:6:1: unknown field `audiense`: `article` has no such parameter\n"
          + "hint: did you mean `audience`?"
      ]
    ),
    (
      "briefs/launch.md", "audience: 12000", "audience: many",
      ["briefs/launch.md:6:11: `audience`: expected an integer, found text"]
    ),
    (
      "pipelines/article.json", "[\"draft\"]", "[\"drafd\"]",
      [
        "pipelines/article.json:12:28: `after`: no task is called `drafd`\n"
          + "hint: did you mean `draft`?",
        "pipelines/article.json:13:43: `propose`: no earlier task makes `draft.md`",
        "pipelines/article.json:15:41: `retry`: `draft` does not come before this task",
      ]
    ),
    (
      "pipelines/article.json", "\"draft\": { \"executor\"",
      "\"draft\": { \"after\": [\"publish\"], \"executor\"",
      [
        "pipelines/article.json:9:25: `after`: these tasks wait for each other: "
          + "draft → publish → approve → draft"
      ]
    ),
    (
      "pipelines/article.json", "words >= 600", "words is fine",
      [
        "pipelines/article.json:11:54: `checks`: `words is fine` needs the expression engine, "
          + "which is not built yet\nhint: today a check is a name or like `words >= 600`"
      ]
    ),
    (
      "pipelines/article.json", "\"grounded\"", "\"groundet\"",
      [
        "pipelines/article.json:11:70: `checks`: no check is called `groundet`\n"
          + "hint: did you mean `grounded`?"
      ]
    ),
    (
      "pipelines/article.json", "{{title}} for", "{{titel}} for",
      [
        "pipelines/article.json:9:48: `intent`: `{{titel}}`: no such name\n"
          + "hint: did you mean `title`?"
      ]
    ),
    (
      "pipelines/article.json", "content/{{slug}}.md", "content/{{> slug}}.md",
      ["pipelines/article.json:13:43: `propose`: templates have no partials"]
    ),
    (
      "pipelines/article.json", "\"publishes\": [\"content/\"]", "\"publishes\": [\"people/\"]",
      ["pipelines/article.json:3:17: `publishes`: `people/` is a protected path"]
    ),
    (
      "executors/writer.json", "builtin/extractive", "builtin/extractve",
      [
        "executors/writer.json:1:49: `models`: no model is called `builtin/extractve`\n"
          + "hint: did you mean `builtin/extractive`?"
      ]
    ),
    (
      "executors/writer.json", "prompts/writer.md", "prompts/writr.md",
      [
        "executors/writer.json:2:13: `system`: there is no file `prompts/writr.md`\n"
          + "hint: did you mean `prompts/writer.md`?"
      ]
    ),
    (
      "executors/publish.json", "\"kind\": \"command\"", "\"kind\": \"http\"",
      [
        "executors/publish.json:1:30: `kind`: `http` is not built yet\n"
          + "hint: what works today: `command`, `model`, `person`",
        "pipelines/article.json:16:52: `executor`: `executors/publish.json` has errors of its own\n"
          + "hint: mend that file first",
      ]
    ),
    (
      "people/dana.json", "AAAAC3NzaC1lZDI1NTE5AAAAIAbc", "nonsense",
      [
        "people/dana.json:2:21: `ssh`: not a public key\n"
          + "hint: copy the line of your `.pub` file, like `ssh-ed25519 AAAA…`",
        "executors/creator.json:1:48: `role`: nobody in `people/` holds `creator`",
      ]
    ),
  ]

  @Test(arguments: mistakes)
  func tells(file: String, old: String, new: String, expected: [String]) throws {
    let tree = SampleTree().replacing(old, with: new, in: file)
    // Files that depend on the broken one may have something to say too.
    let told = try tree.diagnostics()
    for line in expected { #expect(told.contains(line), "\(told)") }
    #expect(told.filter { $0.hasPrefix(file) } == expected.filter { $0.hasPrefix(file) })
  }

  @Test func anExternalEffectNeedsItsName() throws {
    let tree = SampleTree().replacing(
      ", \"once\": \"publish:{{slug}}\"", with: "", in: "pipelines/article.json")
    #expect(
      try tree.diagnostics() == [
        "pipelines/article.json:16:16: `once` is missing: `publish` has an external effect\n"
          + "hint: name the effect, like `\"once\": \"publish:{{slug}}\"`"
      ])
  }

  @Test func oneBadFileNeverStopsTheOthers() throws {
    let tree = SampleTree().with("briefs/bad.md", "---\ntitle: [\n---\n")
      .with("executors/bad.json", "{").with("people/erik.json", "nope")
    let project = try tree.project()
    #expect(project.briefs.count == 1)
    #expect(project.executors.count == 3)
    #expect(
      Set(project.diagnostics.map(\.file)) == [
        "briefs/bad.md", "executors/bad.json", "people/erik.json",
      ])
    #expect(try tree.plan().tasks.count == 3)
  }

  @Test func tellsEveryMistakeOfAFileAtOnce() throws {
    let tree = SampleTree().with(
      "executors/odd.json",
      #"{ "name": "Odd", "kind": "command", "effect": "extern", "sandbox": 3, "extra": 1 }"#)
    let told = try tree.project().errors(in: "executors/odd.json")
    #expect(told.map(\.column) == [1, 11, 47, 68, 71])
    #expect(told.first?.message == "`run` is missing")
  }

  @Test func aMissingFieldIsLookedForAmongTheParametersOfABrief() throws {
    let tree = SampleTree().with("briefs/slip.md", "---\npipline: article\ntitle: X\n---\nText")
    let told = try tree.project().errors(in: "briefs/slip.md")
    #expect(
      told.map(\.description) == [
        "briefs/slip.md:2:1: `pipeline` is missing\nhint: did you mean it by `pipline`?"
      ])
  }

  @Test func aFileHasTheNameThatItStates() throws {
    let tree = SampleTree().with(
      "executors/other.json", #"{ "name": "another", "kind": "person", "role": "creator" }"#)
    #expect(
      try tree.diagnostics() == [
        "executors/other.json:1:11: `name`: `another` is not the file's name\n"
          + "hint: call the file `another.json`, or change `name` to `other`"
      ])
  }

  @Test func aKeyBelongsToOnePerson() throws {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbc other comment"
    let tree = SampleTree().with(
      "people/erik.json", "{ \"name\": \"erik\", \"keys\": [{ \"ssh\": \"\(key)\" }] }")
    #expect(
      try tree.diagnostics() == [
        "people/erik.json:1:28: `keys`: `dana` has the same key\n"
          + "hint: a key is one person's identity; make a new one"
      ])
  }

  @Test(arguments: [FileMode.symlink, .gitlink, .executable])
  func configurationIsAPlainFile(_ mode: FileMode) throws {
    var tree = SampleTree()
    tree.modes["pipelines/article.json"] = mode
    let project = try tree.project()
    #expect(project.pipelines.isEmpty)
    #expect(project.diagnostics.contains { $0.file == "pipelines/article.json" })
    #expect(try !tree.refusal().isEmpty)
  }

  @Test func pathsThatDifferOnlyByCaseAreTold() throws {
    let tree = SampleTree().with("people/Dana.json", "{}")
    #expect(
      try tree.diagnostics().contains {
        $0.hasPrefix("people/dana.json: differs from `people/Dana.json` only by case")
      })
  }

  @Test func withoutSettingsNothingStartsButEverythingIsRead() throws {
    let tree = SampleTree().with("headway.json", nil)
    #expect(
      try tree.diagnostics() == ["headway.json: missing\nhint: `headway init` writes one"])
    #expect(try tree.project().briefs.count == 1)
    #expect(try tree.refusal().count == 1)
  }

  private static let looks = "\"reconcile\": [\"python3\", \"executors/find.py\"], \"effect\""

  @Test func whatLooksForAnEffectIsAProgramLikeAnyOther() throws {
    var tree = SampleTree().replacing("\"effect\"", with: Self.looks, in: "executors/publish.json")
    #expect(
      try tree.diagnostics().contains { $0.contains("there is no file `executors/find.py`") })
    tree.files["executors/find.py"] = "print('looking')\n"
    #expect(try tree.diagnostics().isEmpty)
    let project = try tree.project()
    #expect(project.protected.contains(try FilePath("executors/find.py")))
    guard case .command(let command)? = try project.executors[#require(Name("publish"))]?.kind
    else {
      Issue.record("publish is a command")
      return
    }
    #expect(command.reconcile == ["python3", "executors/find.py"])
    let rendered = tree.replacing(
      "executors/find.py\"]", with: "{{slug}}\"]", in: "executors/publish.json")
    #expect(try rendered.diagnostics().isEmpty, "an argument is a text, whatever it looks like")
    let program = tree.replacing(
      "\"reconcile\": [\"python3\"", with: "\"reconcile\": [\"{{slug}}\"",
      in: "executors/publish.json")
    #expect(try program.diagnostics().contains { $0.contains("`reconcile` is never rendered") })
  }

  @Test func onlyAnExternalEffectIsLookedFor() throws {
    var tree = SampleTree().replacing("\"effect\"", with: Self.looks, in: "executors/publish.json")
    tree.files["executors/find.py"] = "print('looking')\n"
    let pure = tree.replacing("external", with: "idempotent", in: "executors/publish.json")
    #expect(
      try pure.diagnostics().contains { $0.contains("`reconcile` belongs to an external effect") })
    let clash = tree.replacing(
      "\"once\": \"publish:{{slug}}\"",
      with: "\"once\": \"publish:{{slug}}\", \"outputs\": { \"answer.json\": {} }",
      in: "pipelines/article.json")
    #expect(
      try clash.diagnostics().contains { $0.contains("`answer.json` is where `reconcile`") })
  }

  @Test func protectedFilesIncludeWhatTheyName() throws {
    let project = try SampleTree().project()
    #expect(project.protected.contains(try FilePath("prompts/writer.md")))
    #expect(project.protected.contains(try FilePath("executors/publish.py")))
    #expect(!project.protected.contains(try FilePath("sources/one.md")))
    var tree = SampleTree()
    tree.files["sources/one.md"] = "changed"
    let same = try tree.project()
    #expect(
      same.protected.digest(of: same.listing) == project.protected.digest(of: project.listing))
    tree.files["prompts/writer.md"] = "changed"
    let other = try tree.project()
    #expect(
      other.protected.digest(of: other.listing) != project.protected.digest(of: project.listing))
  }

  struct KeyMistake: CustomTestStringConvertible {
    let settings: String
    /// Without places; `nil` where nothing is told.
    let told: String?

    var testDescription: String { settings }
  }

  static let keyMistakes = [
    KeyMistake(
      settings: #""limits": { "keys": { "executr:writer": 1 } }"#,
      told: "`keys`: `executr:writer` limits nothing: no task names it; "
        + "did you mean `executor:writer`?"),
    KeyMistake(
      settings: #""limits": { "keys": { "executor:wirter": 1 } }"#,
      told: "`keys`: `executor:wirter` limits nothing: there is no such executor; "
        + "did you mean `writer`?"),
    KeyMistake(
      settings: #""limits": { "keys": { "provider:biultin": 1 } }"#,
      told: "`keys`: `provider:biultin` limits nothing: there is no such provider; "
        + "did you mean `builtin`?"),
    KeyMistake(
      settings: #""limits": { "keys": { "model:builtin/extractive": 1, "customer:42": 2 } }"#,
      told: nil),
    KeyMistake(settings: #""limits": { "keys": { "pipeline:article": 1, "x": 2 } }"#, told: nil),
    KeyMistake(
      settings: #""fairness": { "by": "audiense" }"#,
      told: "`by`: no pipeline has a parameter `audiense`, so each run counts to its pipeline; "
        + "did you mean `audience`?"),
    KeyMistake(settings: #""fairness": { "by": "audience", "weights": { "5": 2 } }"#, told: nil),
    KeyMistake(
      settings: #""fairness": { "weights": { "artikle": 2, "article": 3 } }"#,
      told: "`weights`: there is no pipeline `artikle`; did you mean `article`?"),
  ]

  @Test(arguments: keyMistakes)
  func keysThatNameNothingAreToldAndNothingElse(_ mistake: KeyMistake) throws {
    let text = #"{ "format": 1, "name": "studio", "solo": true, \#(mistake.settings) }"#
    let found = try SampleTree().with("headway.json", text).project().diagnostics
    #expect(found.allSatisfy { $0.severity == .warning && $0.mark != nil })
    #expect(
      found.map { "\($0.message)" + ($0.hint.map { "; \($0)" } ?? "") }
        == [mistake.told].compactMap { $0 })
  }

  @Test func aKeyThatATaskNamesIsNoMistake() throws {
    let text = #"{ "format": 1, "name": "studio", "limits": { "keys": { "mode:42": 1 } } }"#
    let tree = SampleTree().with("headway.json", text)
    #expect(try tree.diagnostics().count == 1)
    let named = tree.replacing(
      #""draft": { "executor""#,
      with: #""draft": { "limits": { "concurrency": { "mode:{{audience}}": 1 } }, "executor""#,
      in: "pipelines/article.json")
    #expect(try named.diagnostics() == [])
  }
}
