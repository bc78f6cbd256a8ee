import HeadwayCore
import Testing

/// A text that looks like a secret is a person's to judge.
@Suite struct AllowTests {
  private func suspicious(
    _ stage: Stage, _ name: String, _ findings: [String], also other: Bool = false
  ) throws -> AttemptRecord {
    let task = try stage.task(name)
    let dispatch = try #require(task.dispatched)
    var checks = findings.map {
      AttemptRecord.CheckFinding(
        check: "out.md: secrets", pass: false, finding: "may be", suspect: $0)
    }
    if other { checks.append(.init(check: "out.md: words >= 5", pass: false, finding: "has 2")) }
    return AttemptRecord(
      id: AttemptID(task: task.id, number: dispatch.attempt), taskKey: task.key, key: "k",
      effect: task.specification.effect, fingerprint: dispatch.fingerprint,
      executor: task.specification.executor, isolation: "none", model: nil, inputs: [],
      recalled: [], rendered: nil, started: dispatch.at, finished: stage.now, outcome: .failed,
      failure: Failure(.badOutput, "no"), outputs: [:], usage: nil, cost: nil, checks: checks,
      confidence: nil, decision: dispatch.decision, runner: "test/1", log: nil)
  }

  private func settle(_ stage: inout Stage, _ attempt: AttemptRecord) throws {
    try stage.append(
      stage.board.settling(
        Settlement(attempt: attempt, outputs: [:], cause: Stage.commit("one"), policies: nil)))
  }

  private static let one = "0123456789ab"
  private static let two = "ba9876543210"

  @Test func itHoldsAtOnceAndIsDoneAgainWhenAllOfItIsAllowed() throws {
    var stage = try Stage([try .named("text"), try .named("other")])
    try stage.settleDown()
    try settle(&stage, try suspicious(stage, "text", [Self.two, Self.one]))
    try settle(&stage, try suspicious(stage, "other", [Self.one]))
    #expect(try stage.verdict("text") == "hold secret")
    try stage.settleDown()
    let reason = try #require(try stage.task("text").reason)
    #expect(reason.clears == .event("headway allow \(Self.one) \(Self.two)"))
    #expect(stage.board.suspicious.map(\.findings) == [[Self.one, Self.two], [Self.one]])
    stage.wait(.minutes(1))
    try stage.say(.allow(finding: Self.one))
    #expect(try stage.state("text") == .held && stage.state("other") == .pending)
    try stage.say(.allow(finding: Self.two))
    #expect(try stage.verdict("text") == "start")
    #expect(stage.board.main?.allowed.keys.sorted() == [Self.one, Self.two])
    #expect(stage.board.main?.allowed[Self.one]?.by == "dana")
    try stage.settleDown()
    try stage.settle("text")
    #expect(try stage.state("text") == .succeeded)
  }

  @Test func nothingIsAllowedInAdvance() throws {
    var stage = try Stage([try .named("text")])
    #expect(throws: VerbRefusal.self) { try stage.say(.allow(finding: Self.one)) }
    #expect(stage.board.main?.allowed == [:])
  }

  @Test func whatIsWrongOtherwiseIsAskedForAgain() throws {
    var stage = try Stage([try .named("text")])
    try stage.settleDown()
    try settle(&stage, try suspicious(stage, "text", [Self.one], also: true))
    #expect(try stage.verdict("text") == "start")
  }

  @Test func anEffectIsNotRepeatedBecauseItsReceiptIsAllowed() throws {
    var stage = try Stage([try .named("send", "publisher")])
    try stage.settleDown()
    let key = try #require(try stage.task("send").dispatched?.effectKey)
    var attempt = try suspicious(stage, "send", [Self.one])
    attempt = try AttemptRecord(json: attempt.json.replacing("key", with: .string(key)))
    try settle(&stage, attempt)
    try stage.settleDown()
    #expect(try stage.task("send").reason?.code == .secret)
    try stage.say(.allow(finding: Self.one))
    #expect(try stage.verdict("send") == "hold uncertain")
  }
}

extension JSONValue {
  fileprivate func replacing(_ key: String, with value: JSONValue) -> JSONValue {
    guard case .object(var fields) = self else { return self }
    fields[key] = value
    return .object(fields)
  }
}
