import Git
import HeadwayCore
import HeadwayTestSupport
import Testing

@testable import HeadwayEngine

/// Whole ticks over an effect of unknown fate whose executor can look for it.
@Suite(.timeLimit(.minutes(10))) struct ReconciliationTests {
  static let publish = """
    { "name": "publish", "kind": "command", "run": ["sh", "executors/publish.sh"],
      "reconcile": ["sh", "executors/find.sh", "--once"], "effect": "external",
      "environment": { "RECORDER": { "from": "RECORDER" } } }

    """

  /// The first attempt has its effect and is cut off; looks are answered by `answer`.
  private func shop(
    losing lost: Int = 1, _ answer: @escaping @Sendable (WorkOrder) -> Outcome
  ) async throws -> Workshop {
    let shop = try await Workshop(
      adding: ["executors/publish.json": Self.publish, "executors/find.sh": "exit 1\n"])
    let staff = shop.staff
    staff.script("publish") { order in
      if order.isQuestion { return answer(order) }
      if order.attempt.number > lost { return staff.usual(order) }
      do { try staff.record(order) } catch { return .failing(.internal, "\(error)") }
      return .failing(.timeout, "took too long")
    }
    try await shop.submit("n", Project.brief("announce", "News"))
    return shop
  }

  static func says(
    _ answer: String, _ order: WorkOrder, _ more: [String: [UInt8]] = [:], message: String = "so"
  ) -> Outcome {
    let text = #"{ "answer": "\#(answer)", "key": "\#(order.key)", "message": "\#(message)" }"#
    return .delivering(more.merging(["answer.json": Array(text.utf8)]) { $1 }, log: "looked\n")
  }

  private static let receipt = Array("{ \"done\": true }\n".utf8)

  private func questions(_ shop: Workshop) -> [WorkOrder] { shop.staff.orders.filter(\.isQuestion) }

  private func published(_ shop: Workshop) -> Int {
    shop.staff.orders.count { $0.executor.name == "publish" && !$0.isQuestion }
  }

  @Test func doneIsTakenOverWithItsOutputs() async throws {
    let shop = try await shop { Self.says("done", $0, ["receipt.json": Self.receipt]) }
    let task = try await shop.task("n/publish").record
    #expect(task.state == .succeeded && task.accepted == 2)
    #expect(published(shop) == 1 && questions(shop).count == 1)
    #expect(try shop.effects.count == 1)
    let question = try #require(questions(shop).first)
    #expect(question.key == shop.staff.orders.first { $0.executor.name == "publish" }?.key)
    guard case .command(let setup) = question.executor else {
      Issue.record("a question is put to a program")
      return
    }
    #expect(setup.arguments == ["sh", "executors/find.sh", "--once"])
    #expect(setup.environment["HEADWAY_ONCE"]?.value == "announce:n")
    #expect(question.attempt.number == 1)
    #expect(setup.environment["RECORDER"]?.value == shop.staff.recorder)
    let record = try await shop.git("log", "-1", "--grep=^reconciled: ", "headway/ledger")
    #expect(record.contains("n-") && record.contains("/publish.1 was done"))
    #expect(record.contains("Headway-Effect: \(question.key)"))
    #expect(record.contains("Headway-State: succeeded"))
    let out = try await shop.git(
      "show", "headway/ledger:\(try await folder(shop))/out/receipt.json")
    #expect(out.contains("done"))
    try await shop.requireReplay()
  }

  private func folder(_ shop: Workshop) async throws -> String {
    try await shop.task("n/publish").folder
  }

  @Test func notDoneIsTriedAgain() async throws {
    let shop = try await shop { Self.says("notDone", $0) }
    #expect(try await shop.state(of: "n/publish") == "pending backOff")
    #expect(questions(shop).count == 1)
    shop.clock.advance(by: .minutes(1))
    try await shop.tick()
    let task = try await shop.task("n/publish").record
    #expect(task.state == .succeeded && task.attempts.count == 2)
    #expect(published(shop) == 2 && questions(shop).count == 1)
    let keys = Set(shop.staff.orders.filter { $0.executor.name == "publish" }.map(\.key))
    #expect(keys.count == 1, "the other side hears one key, whatever is asked")
    try await shop.requireReplay()
  }

  @Test func unknownIsAskedAgainLaterAndStaysHeld() async throws {
    let shop = try await shop { Self.says("unknown", $0, message: "try later") }
    #expect(try await shop.state(of: "n/publish") == "held uncertain")
    try await shop.tick()
    #expect(questions(shop).count == 1, "not before its time")
    shop.clock.advance(by: .minutes(1))
    try await shop.tick()
    #expect(questions(shop).count == 2)
    let task = try await shop.task("n/publish").record
    #expect(task.state == .held && published(shop) == 1)
    #expect(task.reason?.values["answer"]?.text == "unknown: try later")
    for _ in 1...9 {
      shop.clock.advance(by: .hours(1))
      try await shop.tick()
    }
    #expect(questions(shop).count == 5 && published(shop) == 1)
    try await shop.requireReplay()
  }

  /// Whatever comes instead of an answer, nothing is started again.
  private static let hostile: [@Sendable (WorkOrder) -> Outcome] = [
    { _ in .delivering([:]) },
    { _ in .failing(.transient, "exit 1") },
    { _ in .failing(.cancelled, "the program was ended by signal 9") },
    { _ in .delivering(["answer.json": []]) },
    { says("NOTDONE", $0) },
    { _ in
      .delivering(["answer.json": Array(#"{ "answer": "notDone", "key": "another" }"#.utf8)])
    },
    { says("notDone", $0, ["receipt.json": receipt]) },
    { says("notDone", $0, ["stray.txt": receipt]) },
    { says("done", $0) },
    { says("done", $0, ["receipt.json": Array("{ not json".utf8)]) },
    { says("done", $0, ["receipt.json": receipt, "stray.txt": receipt]) },
  ]

  @Test(arguments: hostile.indices) func aBadAnswerIsNone(_ index: Int) async throws {
    let shop = try await shop(Self.hostile[index])
    let task = try await shop.task("n/publish").record
    #expect(task.story == "held uncertain")
    #expect(task.inquiries.count == 1 && task.inquiries.first?.answer == nil)
    #expect(task.inquiries.first?.message.isEmpty == false)
    #expect(task.attempts.count == 1 && published(shop) == 1)
    try await shop.requireReplay()
  }

  @Test func anAnswerKeepsSecretsToItself() async throws {
    let secret = "sk-live-51H8s0mething-very-secret"
    let other = try await Workshop(
      secrets: ["SITE_TOKEN": secret],
      adding: ["executors/publish.json": Self.publish, "executors/find.sh": "exit 1\n"])
    let staff = other.staff
    staff.script("publish") { order in
      order.isQuestion
        ? Self.says("unknown", order, message: "token \(secret)") : .failing(.timeout, "late")
    }
    try await other.submit("n", Project.brief("announce", "News"))
    let task = try await other.task("n/publish").record
    #expect(task.inquiries.first?.message.contains(secret) == false)
    #expect(try await other.git("log", "-p", "headway/ledger").contains(secret) == false)
  }

  @Test func whatAPersonHasSettledIsNotAskedAbout() async throws {
    let shop = try await shop { _ in .failing(.transient, "nobody home") }
    let id = try await shop.id(of: "n/publish")
    let answer = try await shop.type(
      .adopt(id, outputs: ["receipt.json": Self.receipt]))
    #expect(answer != nil)
    shop.clock.advance(by: .hours(1))
    try await shop.tick()
    #expect(try await shop.state(of: "n/publish") == "succeeded")
    #expect(questions(shop).count == 1, "what is settled is not asked about")
  }

  /// The attempt that a person asked for runs on while the answer comes in, and is not touched.
  @Test func anAnswerThatComesAfterAPersonsWordChangesNothing() async throws {
    let (asked, ask) = AsyncStream<Void>.makeStream()
    let (started, start) = AsyncStream<Void>.makeStream()
    let shop = try await Workshop(
      adding: ["executors/publish.json": Self.publish, "executors/find.sh": "exit 1\n"])
    let staff = shop.staff
    staff.script("publish") { order in
      guard order.isQuestion else {
        if order.attempt.number == 1 { return .failing(.timeout, "took too long") }
        start.finish()
        return staff.usual(order)
      }
      ask.finish()
      for await _ in started {}
      return Self.says("done", order, ["receipt.json": Self.receipt])
    }
    async let ticking: Void = shop.submit("n", Project.brief("announce", "News"))
    for await _ in asked {}
    let id = try await shop.id(of: "n/publish")
    let site = try await Site.find(from: shop.repository.path)
    try Requests(folder: site.folders.requests)
      .put(.init(id: "1", verb: .retry(id), by: "dana", reason: "I looked myself"))
    try await ticking
    let task = try await shop.task("n/publish").record
    #expect(task.state == .succeeded && task.accepted == 2)
    #expect(task.attempts.map(\.failure) == [.timeout, nil])
    #expect(task.inquiries.isEmpty && published(shop) == 2)
    try await shop.requireReplay()
  }

  @Test func nobodyIsAskedWhileDispatchIsFrozen() async throws {
    let shop = try await shop { Self.says("unknown", $0) }
    #expect(try await shop.type(.freeze) != nil)
    shop.clock.advance(by: .hours(1))
    try await shop.tick()
    #expect(questions(shop).count == 1)
    #expect(try await shop.type(.thaw) != nil)
    #expect(questions(shop).count == 2)
  }
}

extension WorkOrder {
  var isQuestion: Bool { outputs.contains { $0.name == "answer.json" } }
}
