import HeadwayCore
import Testing

/// What `check` says of pipelines that nobody's brief sets going, and of their schedules.
@Suite struct TriggerCheckTests {
  static func pipeline(
    _ name: String, on trigger: String, inputs: String = "[]", _ more: String = ""
  ) -> String {
    """
    { "name": "\(name)", "on": \(trigger), \(more)
      "tasks": { "sum": { "executor": "writer", "intent": "Sum up.", "inputs": \(inputs),
                          "outputs": { "sum.md": {} } } } }
    """
  }

  static func schedule(_ more: String = "", cron: String = "0 9 * * mon") -> String {
    #"{ "name": "weekly", "cron": "\#(cron)", "timeZone": "Europe/London" \#(more) }"#
  }

  static let words = #""parameters": { "words": { "type": "integer" } },"#

  struct Mistake: CustomTestStringConvertible {
    let testDescription: String
    var files: [String: String]
    /// All that is told, without places.
    let told: [String]
  }

  static let mistakes = [
    Mistake(
      testDescription: "a schedule that there is not",
      files: ["pipelines/report.json": pipeline("report", on: #"{ "schedule": "weekley" }"#)],
      told: [
        "pipelines/report.json: `schedule`: no schedule is called `weekley`; did you mean `weekly`?",
        "schedules/weekly.json: no pipeline is set going by `weekly`; "
          + #"write `"on": { "schedule": "weekly" }` in a pipeline"#,
      ]),
    Mistake(
      testDescription: "a schedule with errors",
      files: ["schedules/weekly.json": schedule(cron: "0 25 * * *")],
      told: [
        "pipelines/report.json: `schedule`: `schedules/weekly.json` has errors of its own; "
          + "mend that file first",
        "schedules/weekly.json: `cron`: hour 25 is not between 0 and 23",
      ]),
    Mistake(
      testDescription: "two pipelines of one schedule",
      files: ["pipelines/zeta.json": pipeline("zeta", on: #"{ "schedule": "weekly" }"#)],
      told: [
        "pipelines/zeta.json: `schedule`: `weekly` sets `report` going already; "
          + "a schedule starts one run at each instant; make another one"
      ]),
    Mistake(
      testDescription: "parameters that the pipeline has not",
      files: ["schedules/weekly.json": schedule(#", "parameters": { "wrods": 5 }"#)],
      told: [
        "schedules/weekly.json: unknown field `wrods`: `report` has no such parameter"
      ]),
    Mistake(
      testDescription: "a parameter of another type",
      files: [
        "schedules/weekly.json": schedule(#", "parameters": { "words": "many" }"#),
        "pipelines/report.json": pipeline("report", on: #"{ "schedule": "weekly" }"#, words),
      ],
      told: ["schedules/weekly.json: `words`: expected an integer, found text"]),
    Mistake(
      testDescription: "a parameter that is missing",
      files: ["pipelines/report.json": pipeline("report", on: #"{ "schedule": "weekly" }"#, words)],
      told: ["schedules/weekly.json: `words` is missing: `report` needs an integer"]),
    Mistake(
      testDescription: "a pipeline that there is not",
      files: ["pipelines/digest.json": pipeline("digest", on: #"{ "run": "artcle" }"#)],
      told: [
        "pipelines/digest.json: `run`: no pipeline is called `artcle`; did you mean `article`?"
      ]),
    Mistake(
      testDescription: "a pipeline that follows itself",
      files: ["pipelines/digest.json": pipeline("digest", on: #"{ "run": "digest" }"#)],
      told: [
        "pipelines/digest.json: `run`: these pipelines set each other going: digest → digest"
      ]),
    Mistake(
      testDescription: "a circle, and a pipeline that hangs on it",
      files: [
        "pipelines/digest.json": pipeline("digest", on: #"{ "run": "echo" }"#),
        "pipelines/echo.json": pipeline("echo", on: #"{ "run": "digest" }"#),
        "pipelines/tail.json": pipeline("tail", on: #"{ "run": "echo" }"#),
      ],
      told: [
        "pipelines/digest.json: `run`: these pipelines set each other going: "
          + "digest → echo → digest",
        "pipelines/echo.json: `run`: these pipelines set each other going: echo → digest → echo",
      ]),
    Mistake(
      testDescription: "a parameter that the pipeline before has not",
      files: ["pipelines/digest.json": pipeline("digest", on: #"{ "run": "article" }"#, words)],
      told: [
        "pipelines/digest.json: `words` needs a `default`: "
          + "`article` has no such parameter of that type"
      ]),
    Mistake(
      testDescription: "a parameter of that name and another type",
      files: [
        "pipelines/digest.json": pipeline(
          "digest", on: #"{ "run": "article" }"#, words.replacing("words", with: "sources"))
      ],
      told: [
        "pipelines/digest.json: `sources` needs a `default`: "
          + "`article` has no such parameter of that type"
      ]),
    Mistake(
      testDescription: "a result that is never delivered",
      files: [
        "pipelines/digest.json": pipeline(
          "digest", on: #"{ "run": "article" }"#, inputs: #"[{ "result": "drat.md" }]"#)
      ],
      told: [
        "pipelines/digest.json: `result`: `article` delivers no `drat.md`; "
          + "did you mean `draft.md`?"
      ]),
    Mistake(
      testDescription: "a parameter that no changed file can give",
      files: [
        "pipelines/refund.json": pipeline(
          "refund", on: #"{ "paths": "claims/*.json", "identity": "{{json.id}}" }"#, words)
      ],
      told: [
        "pipelines/refund.json: `words` needs a `default`: a changed file gives no parameters; "
          + "templates may name what the file holds, like `{{json.id}}`"
      ]),
  ]

  private func sample() -> SampleTree {
    SampleTree().with("schedules/weekly.json", Self.schedule()).with(
      "pipelines/report.json", Self.pipeline("report", on: #"{ "schedule": "weekly" }"#))
  }

  private func told(_ tree: SampleTree) throws -> [String] {
    try tree.project().diagnostics.map { diagnostic in
      "\(diagnostic.file): \(diagnostic.message)" + (diagnostic.hint.map { "; \($0)" } ?? "")
    }
  }

  @Test(arguments: mistakes) func tellsAMistake(_ mistake: Mistake) throws {
    let tree = mistake.files.reduce(sample()) { $0.with($1.key, $1.value) }
    #expect(try told(tree) == mistake.told)
  }

  @Test func findsNothingWrongWithSoundTriggers() throws {
    let tree = sample()
      .with("schedules/weekly.json", Self.schedule(#", "parameters": { "words": 600 }"#))
      .with(
        "pipelines/report.json",
        Self.pipeline("report", on: #"{ "schedule": "weekly" }"#, Self.words)
      )
      .with(
        "pipelines/digest.json",
        Self.pipeline(
          "digest", on: #"{ "run": "article", "when": "failed" }"#,
          inputs: #"[{ "result": "draft/draft.md" }]"#,
          #""parameters": { "sources": { "type": "array" } },"#))
    #expect(try told(tree) == [])
  }

  /// A broken pipeline holds back what may be its own, and nothing else.
  @Test func knowsWhatAPipelineWouldBeSetGoingBy() throws {
    let (weekly, daily) = (try #require(Name("weekly")), try #require(Name("daily")))
    let report = try #require(Name("report"))
    let unknown = try sample().with("pipelines/report.json", "{").project()
    #expect(unknown.awaits(weekly) && unknown.awaits(daily))
    #expect(unknown.brokenPipelines(that: "run", name: daily) == [report])
    let known = try sample().replacing(
      "\"tasks\"", with: "\"taks\"", in: "pipelines/report.json"
    ).project()
    #expect(known.awaits(weekly) && !known.awaits(daily))
    #expect(known.brokenPipelines(that: "run", name: daily) == [])
  }
}
