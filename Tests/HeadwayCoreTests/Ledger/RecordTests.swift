import HeadwayCore
import Testing

@Suite struct RecordTests {
  @Test(arguments: 0..<100)
  func everyRecordComesBackFromItsBytes(_ seed: Int) throws {
    var generator = RecordGenerator(seed: seed)
    for file in generator.files() {
      let bytes = file.json.canonical
      let read = try #require(try LedgerFile(path: file.path, json: JSONReader.read(bytes).json))
      #expect(read == file, "seed \(seed): RecordGenerator(seed: \(seed)).files()")
      #expect(read.json.canonical == bytes, "seed \(seed)")
      #expect(LedgerFile.isRecord(file.path))
    }
  }

  /// Takes each field away and gives each a value of a wrong kind: never a default, never a trap.
  @Test(arguments: 0..<20)
  func everyFieldIsReadStrictly(_ seed: Int) throws {
    var generator = RecordGenerator(seed: seed)
    for file in generator.files() {
      let fields = try #require(file.json.fields)
      for (key, value) in fields {
        var damaged = fields
        damaged[key] = nil
        try Self.expectRefused(damaged, key, of: file, unless: true)
        damaged[key] = value.flag == nil ? true : .string("true")
        try Self.expectRefused(damaged, key, of: file, unless: false)
        damaged[key] = ["no": ["such": "thing"]]
        // An object of anything is what parameters and reasons' values are.
        let takesObjects = value.fields != nil
        try Self.expectRefused(damaged, key, of: file, unless: takesObjects)
      }
    }
  }

  /// A member that only readers other than Headway use, and that follows from others.
  static let derived: Set<String> = ["counts"]

  static func expectRefused(
    _ fields: [String: JSONValue], _ key: String, of file: LedgerFile, unless mayPass: Bool
  ) throws {
    do throws(RecordFault) {
      _ = try LedgerFile(path: file.path, json: .object(fields))
      if !mayPass, !Self.derived.contains(key) {
        Issue.record("\(file.path): `\(key)` as \(fields[key] ?? .null) was taken")
      }
    } catch {
      #expect(!error.kind.isEmpty)
      #expect(!error.problem.isEmpty)
    }
  }

  static let damages: [(String, JSONValue, String)] = [
    ("format", 2, "task: `format` is 2, not 1"),
    ("format", "1", "task: `format` is not an integer"),
    ("state", "done", "task: `state` is not one of the known words"),
    ("ordinal", -1, "task: `ordinal` is not a count"),
    ("after", ["draft", 7], "task: `after` is not a list of names"),
    ("admitted", "2026-11-23", "task: `admitted` is not an instant"),
    ("retry", ["attempts": 1], "task.retry: `base` is missing"),
    ("fingerprint", nil, "task: `fingerprint` is missing"),
    (
      "outputs", ["a": ["checks": [7], "schema": nil, "optional": false, "binary": false]],
      "task: `outputs` is not an object of output rules"
    ),
    (
      "outputs", ["a": ["checks": [], "schema": "x", "optional": false, "binary": false]],
      "task: `outputs` is not an object of output rules"
    ),
  ]

  @Test(arguments: damages)
  func aFaultNamesTheFieldAndTheTrouble(
    _ key: String, _ value: JSONValue, _ told: String
  ) throws {
    let stage = try Stage([try .named("draft")])
    var fields = try #require(try stage.task("draft").json.fields)
    fields[key] = value
    do throws(RecordFault) {
      _ = try TaskRecord(json: .object(fields))
      Issue.record("`\(key)` was taken")
    } catch { #expect(error.description == told) }
  }

  @Test func aRecordIsReadOnlyAtItsOwnPath() throws {
    for seed in 0..<20 {
      var generator = RecordGenerator(seed: seed)
      let files = generator.files()
      for file in files {
        for other in files where other.path != file.path {
          #expect(throws: RecordFault.self, "\(file.path) at \(other.path)") {
            try LedgerFile(path: other.path, json: file.json)
          }
        }
      }
    }
  }

  @Test func aTasksRecordsStayInItsFolder() throws {
    var stage = try Stage([try .named("draft")])
    try stage.perform("draft")
    let folder = try #require(stage.board[stage.id("draft")]).folder
    for file in [LedgerFile.task(try stage.task("draft"), folder: folder)]
      + stage.files.values.filter({ if case .attempt = $0 { true } else { false } })
    {
      let name = try #require(file.path.split(separator: "/").last)
      let hour = stage.now.hourFolder
      #expect(try LedgerFile(path: "\(folder)/\(name)", json: file.json) == file)
      for wrong in [
        "runs/\(hour)/launch-3f9c2a/tasks/00/other/\(name)",
        "runs/\(hour)/other-3f9c2a/tasks/00/draft/\(name)",
      ] {
        #expect(throws: RecordFault.self) { try LedgerFile(path: wrong, json: file.json) }
      }
    }
    #expect(throws: RecordFault.self, "ordinal 0 lies on shelf 00") {
      try LedgerFile(
        path: folder.dropLast("00/draft".count) + "01/draft/task.json",
        json: stage.task("draft").json)
    }
  }

  static let strangers = [
    "", "brief.md", "runs/2026/11/23/10/a-000000/brief.md", "memory/x.json",
    "runs/2026/11/23/10/a-000000/tasks/00/draft/out/task.json",
    "runs/2026/11/23/10/a-000000/tasks/00/draft/attempt-1.log", "runs/run.json", "x/ledger.json",
  ]

  @Test(arguments: strangers)
  func otherFilesAreNoRecords(_ path: String) throws {
    #expect(!LedgerFile.isRecord(path))
    #expect(try LedgerFile(path: path, json: nil) == nil)
  }

  @Test func twoSpellingsOfOneLetterInMainDoNotTrap() throws {
    let file = MainRecord.TrustedFile(mode: "100644", blob: Stage.blob("x"))
    let record = MainRecord(
      branch: "main", judged: Stage.commit("m"), observed: Instant(milliseconds: 0),
      trusted: [
        try FilePath("people/\u{e9}.json"): file, try FilePath("people/e\u{301}.json"): file,
      ])
    #expect(record.trusted.count == 2)
    #expect(try MainRecord(json: record.json).trusted.count == 1)
    #expect(record.json.canonical == record.json.canonical)
  }

  @Test func aDecisionsNameTellsItsHourAndContent() throws {
    var generator = RecordGenerator(seed: 7)
    let record = generator.decisionRecord()
    let text = record.path.text
    #expect(text.hasPrefix("decisions/\(record.moment.time.hourFolder)/"))
    #expect(text.hasSuffix("-\(Digest(of: record.json.canonical).prefix(8)).json"))
  }
}
