import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Tasks for the items of a list that an earlier task delivers, from a commit to the last result.
@Suite(.timeLimit(.minutes(10))) struct ListRunTests {
  static let pipeline = """
    { "name": "claims", "publishes": ["content/"],
      "tasks": {
        "triage": { "executor": "writer", "outputs": { "claims.json": {}, "note.md": { "optional": true } } },
        "answer": { "each": { "output": "triage/claims.json:open" }, "max": 4,
                    "executor": "editor", "intent": "Answer {{item.id}}: {{item.text}}",
                    "outputs": { "answer.md": {} } },
        "report": { "after": ["answer"], "executor": "editor", "outputs": { "report.md": {} } } } }
    """

  static let brief = Project.brief("claims", "Claims", "Answer them.")

  static func shop(
    _ pipeline: String = pipeline, delivering content: String
  ) async throws -> Workshop {
    let shop = try await Workshop(adding: ["pipelines/claims.json": pipeline])
    deliver(content, in: shop)
    return shop
  }

  static func deliver(_ content: String, in shop: Workshop) {
    shop.staff.script("writer") { _ in .delivering(["claims.json": Array(content.utf8)]) }
  }

  static func list(_ claims: (String, String)...) -> String {
    let items = claims.map { #"{ "id": "\#($0.0)", "text": "\#($0.1)" }"# }
    return #"{ "open": [\#(items.joined(separator: ", "))] }"#
  }

  @Test func eachItemBecomesATaskOnceTheListIsThere() async throws {
    let shop = try await Self.shop(delivering: Self.list(("a-17", "late"), ("b", "broken")))
    try await shop.submit("c", Self.brief)
    #expect(shop.staff.asked.first == "triage" && shop.staff.asked.last == "report")
    #expect(Set(shop.staff.asked) == ["triage", "answer-a-17", "answer-b", "report"])
    let order = try #require(
      shop.staff.orders.first { $0.attempt.task.task.text == "answer-a-17" })
    #expect(order.intent == "Answer a-17: late")
    // It reads its item and not the whole list, or one item's change would be everybody's.
    #expect(order.inputs.map(\.name) == ["brief.md"])
    let report = try #require(shop.staff.orders.last)
    #expect(
      report.inputs.map(\.name) == ["brief.md", "answer/a-17/answer.md", "answer/b/answer.md"])
    let run = try await shop.run("c")
    #expect(run.record.state == .succeeded)
    let fan = try await shop.task("c/answer").record
    let list = try #require(try await shop.task("c/triage").record.results["claims.json"])
    #expect(fan.listed == list)
    // What nobody paid for is not of unknown cost.
    #expect(fan.attempts.map(\.cost) == [.zero(.usd)])
    let message = try await shop.git(
      "log", "-1", "--grep=Headway-Event: expanded", "--format=%B", "headway/ledger")
    #expect(message.contains("has 2 items"), "\(message)")
    #expect(message.contains("Headway-Input: triage/claims.json \(list)"), "\(message)")
    #expect(message.contains("reopened answer-b: new"), "\(message)")
  }

  @Test func anotherListDoesOnlyWhatIsOther() async throws {
    let shop = try await Self.shop(
      delivering: Self.list(("a", "late"), ("b", "broken"), ("c", "lost")))
    try await shop.submit("c", Self.brief)
    let asked = shop.staff.asked.count
    // One stays, one says something else, one is gone, one is new; and their order is another.
    Self.deliver(Self.list(("d", "new"), ("b", "very broken"), ("a", "late")), in: shop)
    let triage = try await shop.id(of: "c/triage")
    #expect(try await shop.type(.retry(triage)) == .done)
    let since = shop.staff.asked.dropFirst(asked)
    #expect(since.first == "triage" && since.last == "report")
    #expect(Set(since) == ["triage", "answer-b", "answer-d", "report"])
    let run = try await shop.run("c")
    #expect(run.record.state == .succeeded)
    let gone = try await shop.task("c/answer-c").record
    #expect(gone.isRemoved && gone.state == .succeeded)
    let report = try #require(shop.staff.orders.last)
    #expect(
      report.inputs.map(\.name).dropFirst() == [
        "answer/d/answer.md", "answer/b/answer.md", "answer/a/answer.md",
      ])
    // What comes back stands as it was.
    Self.deliver(Self.list(("a", "late"), ("c", "lost")), in: shop)
    #expect(try await shop.type(.retry(triage)) == .done)
    #expect(shop.staff.asked.filter { $0 == "answer-c" }.count == 1)
    #expect(try await shop.state(of: "c/answer-c") == "succeeded")
    #expect(try await shop.task("c/answer-d").record.isRemoved)
    try await shop.auditReplay()
  }

  @Test func theSameListAgainDoesNothingAgain() async throws {
    let shop = try await Self.shop(delivering: Self.list(("a", "late")))
    try await shop.submit("c", Self.brief)
    let triage = try await shop.id(of: "c/triage")
    #expect(try await shop.type(.retry(triage)) == .done)
    #expect(shop.staff.asked == ["triage", "answer-a", "report", "triage"])
    #expect(try await shop.run("c").record.state == .succeeded)
  }

  @Test func aForecastEndsWithoutKnowingTheList() async throws {
    let shop = try await Self.shop(delivering: Self.list())
    shop.staff.script("writer") { _ in .failing(.transient, "not now") }
    try await shop.submit("c", Self.brief)
    let view = try await LedgerView.open(try await Site.find(from: shop.repository.path))
    let forecasts = try #require(try await view.forecasts(at: shop.clock.timekeeper.now()))
    let forecast = try #require(forecasts[.usual])
    #expect(forecast.isComplete)
    #expect(forecast.tasks.map(\.id.task.text) == ["triage", "answer", "report"])
    #expect(forecast.tasks.allSatisfy { $0.finish != nil }, "\(forecast.tasks.map(\.end))")
  }

  @Test func anEmptyListLeavesNothingToWaitFor() async throws {
    let shop = try await Self.shop(delivering: Self.list())
    try await shop.submit("c", Self.brief)
    #expect(shop.staff.asked == ["triage", "report"])
    #expect(try await shop.run("c").record.state == .succeeded)
    try await shop.auditReplay()
  }

  @Test func tooLongAListIsHeldAndNeverCut() async throws {
    let five = (1...5).map { ("n\($0)", "late") }
    let shop = try await Self.shop(
      delivering: Self.list(five[0], five[1], five[2], five[3], five[4]))
    try await shop.submit("c", Self.brief)
    #expect(shop.staff.asked == ["triage"])
    #expect(try await shop.state(of: "c/answer") == "held tooManyItems")
    let reason = try #require(try await shop.task("c/answer").record.reason)
    #expect(reason.values["count"] == 5 && reason.values["most"] == 4)
    #expect(reason.values["limit"] == "max")
    let triage = try await shop.id(of: "c/triage")
    #expect(reason.clears == .event("headway retry \(triage)"))
    // A shorter list is looked at by itself.
    Self.deliver(Self.list(five[0]), in: shop)
    #expect(try await shop.type(.retry(triage)) == .done)
    #expect(shop.staff.asked == ["triage", "triage", "answer-n1", "report"])
    try await shop.auditReplay()
  }

  @Test func aRunHasNoMoreTasksThanItMay() async throws {
    let shop = try await Workshop(adding: [
      "pipelines/claims.json": Self.pipeline,
      "headway.json": Project.settings.replacing("2,", with: "2, \"tasksPerRun\": 4,"),
    ])
    Self.deliver(Self.list(("a", "1"), ("b", "2")), in: shop)
    try await shop.submit("c", Self.brief)
    #expect(try await shop.state(of: "c/answer") == "held tooManyItems")
    let reason = try #require(try await shop.task("c/answer").record.reason)
    #expect(reason.values["limit"] == "tasksPerRun" && reason.values["count"] == 5)
  }

  @Test func whatIsNoListIsBadOutput() async throws {
    let shop = try await Self.shop(delivering: #"{ "open": "a, b" }"#)
    try await shop.submit("c", Self.brief)
    #expect(try await shop.task("c/triage").record.attempts.last?.failure == .badOutput)
    #expect(Set(shop.staff.asked) == ["triage"])
  }

  /// Lists that are lists and yet cannot become tasks, and what is said of them.
  static let wrong = [
    (#"{ "open": [null] }"#, "an item is null"),
    (#"{ "open": [{ "id": "a", "text": "1" }, { "id": "a", "text": "2" }] }"#, "both called `a`"),
    (
      #"{ "open": [{ "id": "x", "text": "\#(String(repeating: "y", count: 17_000))" }] }"#, "larger"
    ),
    (#"{ "open": ["no object"] }"#, "no such name"),
  ]

  @Test(arguments: wrong)
  func itemsThatCannotBecomeTasksAreHeld(_ content: String, _ expected: String) async throws {
    let shop = try await Self.shop(delivering: content)
    try await shop.submit("c", Self.brief)
    #expect(try await shop.state(of: "c/answer") == "held badItems")
    let message = try await shop.task("c/answer").record.reason?.values["message"]?.text
    #expect(message?.contains(expected) == true, "\(message ?? "")")
    #expect(shop.staff.asked == ["triage"])
  }

  /// What a model might put into a list so as to leave the folder, or to say it twice.
  @Test(arguments: ["../../etc/passwd", "/etc/passwd", ".git/config", "a/../../b"])
  func anItemIsNoWayOutOfTheFolder(_ item: String) async throws {
    let pipeline = """
      { "name": "claims", "publishes": ["content/"],
        "tasks": {
          "triage": { "executor": "writer", "outputs": { "claims.json": {} } },
          "answer": { "each": { "output": "triage/claims.json" }, "executor": "editor",
                      "outputs": { "answer.md": {} } },
          "approve": { "each": { "output": "triage/claims.json" }, "after": ["answer"],
                       "executor": "creator", "propose": { "answer.md": "content/{{item}}" },
                       "approval": {} } } }
      """
    let shop = try await Self.shop(pipeline, delivering: #"["\#(item)"]"#)
    try await shop.submit("c", Self.brief)
    #expect(try await shop.state(of: "c/answer") == "held badItems")
    #expect(shop.staff.asked == ["triage"])
    #expect(!(try await shop.git("branch", "--list", "headway/proposals/*")).contains("approve"))
  }

  @Test func linesOfATextAreItemsAndGoOnOneByOne() async throws {
    let pipeline = """
      { "name": "claims", "publishes": ["content/"],
        "tasks": {
          "triage": { "executor": "writer", "outputs": { "claims.txt": {} } },
          "answer": { "each": { "output": "triage/claims.txt" }, "executor": "editor",
                      "outputs": { "answer.md": {} } },
          "check": { "each": { "output": "triage/claims.txt" }, "after": ["answer"],
                     "executor": "editor", "outputs": { "check.md": {} } } } }
      """
    let shop = try await Workshop(adding: ["pipelines/claims.json": pipeline])
    shop.staff.script("writer") { _ in
      .delivering(["claims.txt": Array("north\r\n\n  far away \nnorth\n".utf8)])
    }
    try await shop.submit("c", Self.brief)
    #expect(try await shop.run("c").record.state == .succeeded)
    let check = try #require(
      shop.staff.orders.first { $0.attempt.task.task.text == "check-north" })
    #expect(check.inputs.map(\.name) == ["brief.md", "answer/north/answer.md"])
    #expect(check.parameters["item"] == "north")
    #expect(shop.staff.asked.count == 5)
    #expect(shop.staff.orders.contains { $0.parameters["item"] == "far away" })
  }

  @Test func anEditKeepsTheTasksThatAListMade() async throws {
    let shop = try await Self.shop(delivering: Self.list(("a", "late"), ("b", "broken")))
    shop.staff.script("editor") { order in
      order.attempt.task.task.text == "answer-b"
        ? .failing(.invalidRequest, "no such claim") : .delivering(Staff.outputs(of: order))
    }
    try await shop.submit("c", Self.brief)
    #expect(try await shop.state(of: "c/answer-b") == "held invalidRequest")
    shop.staff.script("editor", nil)
    let asked = shop.staff.asked.count
    // Only its priority is another, so nothing is done again.
    try await shop.submit("c", Project.brief("claims", "Claims", "Answer them.", ["priority: 80"]))
    #expect(shop.staff.asked.count == asked)
    #expect(try await shop.task("c/answer-b").record.specification.priority == 80)
    #expect(!(try await shop.task("c/answer-a").record.isRemoved))
    let held = try await shop.id(of: "c/answer-b")
    #expect(try await shop.type(.retry(held)) == .done)
    #expect(shop.staff.asked.dropFirst(asked) == ["answer-b", "report"])
  }

  @Test func aListThatNeverCameLeavesItsTasksOut() async throws {
    let pipeline = Self.pipeline.replacing(
      "\"triage\": { ", with: "\"triage\": { \"onExhausted\": \"fail\", ")
    let shop = try await Self.shop(pipeline, delivering: "{}")
    shop.staff.script("writer") { _ in .failing(.badOutput, "no") }
    try await shop.submit("c", Self.brief)
    #expect(try await shop.state(of: "c/answer") == "skipped upstream")
    #expect(try await shop.state(of: "c/report") == "skipped upstream")
    #expect(try await shop.run("c").record.state == .failed)
    #expect(Set(shop.staff.asked) == ["triage"])
  }

  @Test func whatAnotherTriggerGaveIsThereWhenTheListComes() async throws {
    let pipeline = """
      { "name": "claims", "on": { "paths": "claims/*.json", "identity": "{{json.id}}" },
        "tasks": {
          "triage": { "executor": "writer", "outputs": { "claims.json": {} } },
          "answer": { "each": { "output": "triage/claims.json" }, "executor": "editor",
                      "intent": "{{json.amount}} for {{item}}", "outputs": { "answer.md": {} } } } }
      """
    let shop = try await Self.shop(pipeline, delivering: #"["a"]"#)
    try await shop.tick()
    try await shop.repository.commit(
      "Claim", ["claims/one.json": #"{ "id": "c-1", "amount": 40 }"#])
    try await shop.tick()
    shop.clock.advance(by: .minutes(2))
    try await shop.tick()
    #expect(shop.staff.orders.last?.intent == "40 for a")
    #expect(shop.staff.orders.last?.inputs.map(\.name) == ["files/claims/one.json"])
  }

  @Test func aPersonMaySupplyTheListAndMayKeepItBack() async throws {
    let shop = try await Self.shop(delivering: "{}")
    shop.staff.script("writer") { _ in .failing(.refused, "no") }
    try await shop.submit("c", Self.brief)
    let (triage, answer) = try await (shop.id(of: "c/triage"), shop.id(of: "c/answer"))
    #expect(try await shop.type(.hold(answer)) == .done)
    let list = Array(Self.list(("a", "late")).utf8)
    #expect(try await shop.type(.adopt(triage, outputs: ["claims.json": list])) == .done)
    #expect(try await shop.state(of: "c/answer") == "held byPerson")
    #expect(shop.staff.asked == ["triage"])
    guard case .refused(let why)? = try await shop.type(.adopt(answer, outputs: [:])) else {
      Issue.record("nobody can adopt what is not executed")
      return
    }
    #expect(why.contains("stands for the items of a list"), "\(why)")
    #expect(try await shop.type(.release(answer)) == .done)
    #expect(shop.staff.asked == ["triage", "answer-a", "report"])
    try await shop.auditReplay()
  }

  @Test func aListThatNobodyGoesOverAnyMoreTakesItsTasksAlong() async throws {
    let shop = try await Self.shop(delivering: Self.list(("a", "late"), ("b", "broken")))
    shop.staff.script("editor") { order in
      order.attempt.task.task.text == "answer-b"
        ? .failing(.invalidRequest, "no such claim") : .delivering(Staff.outputs(of: order))
    }
    try await shop.submit("c", Self.brief)
    let one = Self.pipeline.replacing(
      "\"each\": { \"output\": \"triage/claims.json:open\" }, \"max\": 4,", with: ""
    ).replacing("Answer {{item.id}}: {{item.text}}", with: "Answer all.")
    shop.staff.script("editor", nil)
    try await shop.repository.commit("One answer", ["pipelines/claims.json": one])
    try await shop.submit("c", Project.brief("claims", "Claims", "Answer them at once."))
    let run = try await shop.run("c")
    #expect(run.record.state == .succeeded)
    #expect(try await shop.task("c/answer-b").record.isRemoved)
    #expect(!(try await shop.task("c/answer").record.isFan))
    #expect(shop.staff.asked.suffix(3).contains("answer"))
    try await shop.auditReplay()
  }

  @Test func doneAgainItMakesItsOwnTasks() async throws {
    let shop = try await Self.shop(delivering: Self.list(("a", "late")))
    try await shop.submit("c", Self.brief)
    let earlier = try await shop.run("c").record
    let seen = try #require(try await shop.board().main?.judged)
    let asked = shop.staff.asked.count
    let shown = try await shop.process("rerun", "c", "--dry-run").output
    #expect(shown.contains("again, at main") && !shown.contains("Different from then"), "\(shown)")
    #expect(
      try await shop.type(.rerun(earlier.id, from: Name("report"), seen: seen)) == .done)
    // What delivered the list is taken over; the tasks of it are of this run.
    #expect(shop.staff.asked.dropFirst(asked) == ["answer-a", "report"])
    #expect(try await shop.run("c").record.generation == 2)
    #expect(try await shop.run("c").record.state == .succeeded)
    try await shop.auditReplay()
  }
}
