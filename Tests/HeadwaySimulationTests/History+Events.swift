import Git
import HeadwayCore
import HeadwayTestSupport

@testable import HeadwayEngine

extension History {
  /// The one thing that happens next while the tick rests; whether it was told to stop.
  mutating func event(_ steps: Int) async -> Bool {
    let seats = world.read { state in
      state.seats.map { (id: $0.key, order: $0.value.order, hasBegun: $0.value.hasBegun) }
        .sorted { $0.id < $1.id }
    }
    noteOrders()
    let hurries = isCalm || steps > 25
    if !hurries, random.onceIn(3) {
      do { return try await disturb() } catch {
        fault("while the tick rested: \(error)")
        return false
      }
    }
    if let seat = seats.isEmpty ? nil : random.pick(seats) {
      if seat.hasBegun { end(seat.order) } else { await begin(seat.order) }
      return false
    }
    if !hurries || steps < 60, let alarm = world.nextAlarm, alarm - world.now < .hours(30) {
      tell("the alarm at \(alarm) rings")
      world.turn(by: alarm - world.now)
      return false
    }
    tell("told to stop")
    world.stop()
    return true
  }

  /// Orders may only come after the decision is durable.
  private mutating func noteOrders() {
    let seats = world.read { state in state.seats.map { (id: $0.key, seat: $0.value) } }
    for (id, seat) in seats where orders[id] == nil {
      orders[id] = seat.order
      unproven.append((id, seat.tip))
    }
  }

  private mutating func begin(_ order: WorkOrder) async {
    tell("\(order.attempt) begins")
    count("begin")
    world.tell(order.attempt, .begin)
    await world.stillness()
    let hasBegun = world.read { $0.seats[order.attempt]?.hasBegun ?? false }
    guard hasBegun, order.isExternal, !order.isQuestion else { return }
    do { try await audit() } catch { fault("\(error)") }
    if let wrong = outside.begin(order.key, words: auditor.words[order.key, default: 0]) {
      fault("\(order.attempt): \(wrong)")
    }
  }

  private mutating func end(_ order: WorkOrder) {
    let outcome = order.isQuestion ? answer(to: order) : outcome(of: order)
    tell("\(order.attempt) ends: \(outcome.word)")
    count(outcome.word)
    world.tell(order.attempt, .end(outcome))
  }

  /// Whoever looks tells the truth, or nothing that anybody can use.
  private mutating func answer(to order: WorkOrder) -> Outcome {
    let hasHappened = outside.look(order.key, happened: random.onceIn(2))
    let report = Outcome.Report(cost: .zero(.usd))
    let kind = isCalm ? 9 : random.below(10)
    var outputs: [String: [UInt8]] = [:]
    var (word, key) = (hasHappened ? "done" : "notDone", order.key)
    switch kind {
    case 0: return Outcome(.failure(Failure(.transient, "nobody home")), report: report)
    case 1: word = "unknown"
    case 2: key = "another"
    case 3: outputs["answer.json"] = Array("notDone".utf8)
    case 4: return .empty
    default: if hasHappened { outputs = self.outputs(of: order) }
    }
    count("look: \(kind < 4 ? "no answer" : word)")
    if kind != 3 {
      outputs["answer.json"] = Array(#"{ "answer": "\#(word)", "key": "\#(key)" }"#.utf8)
    }
    return Outcome(.success(outputs), report: report)
  }

  private mutating func outcome(of order: WorkOrder) -> Outcome {
    let cost =
      order.isPaid
      ? random.pick([nil, Money(micros: Int64(random.below(300_000)), currency: .usd)])
      : .zero(.usd)
    let report = Outcome.Report(cost: cost, log: random.onceIn(8) ? Array("log\n".utf8) : nil)
    let kind = isCalm ? 9 : random.below(14)
    switch kind {
    case 0: return failure(.transient, order, report)
    case 1: return failure(.timeout, order, report)
    case 2: return failure(.rateLimited, order, report)
    case 3: return failure(random.pick(FailureClass.allCases), order, report)
    case 4:
      // It did its work and delivered nothing of what was promised.
      if order.isExternal { outside.succeed(order.key) }
      return Outcome(.success([:]), report: report)
    default:
      if order.isExternal { outside.succeed(order.key) }
      return Outcome(.success(outputs(of: order)), report: report)
    }
  }

  private mutating func failure(
    _ kind: FailureClass, _ order: WorkOrder, _ report: Outcome.Report
  ) -> Outcome {
    let isUncertain = kind == .timeout || kind == .cancelled
    if order.isExternal, !isUncertain { outside.fail(order.key) }
    let pause = random.onceIn(3) ? Span.minutes(Int64(random.below(90))) : nil
    return Outcome(
      .failure(Failure(kind, "the script says so", retryAfter: pause)), report: report)
  }

  private mutating func outputs(of order: WorkOrder) -> [String: [UInt8]] {
    var outputs: [String: [UInt8]] = [:]
    for output in order.outputs {
      let text =
        output.name.hasSuffix(".txt")
        ? Papers.items.filter { _ in random.onceIn(2) }.map { "\($0)\n" }.joined() + "\n"
        : output.name.hasSuffix(".json")
          ? "{ \"amount\": \(random.below(4)) }"
          : "# \(order.title)\n\nVersion \(random.below(3)) of \(order.attempt.task.task).\n"
      outputs[output.name] = Array(text.utf8)
    }
    return outputs
  }

  /// Something from outside; whether the tick was told to stop.
  private mutating func disturb() async throws -> Bool {
    switch random.below(16) {
    case 0..<3:
      let times = 1 + random.below(3)
      tell("nudged \(times) times")
      count("nudge")
      for _ in 0..<times { try touch() }
      world.nudge(times)
    case 3..<6:
      let span = Span.seconds(Int64(1 + random.below(90)))
      tell("\(span) pass")
      world.turn(by: span)
    case 6:
      let span = Span.minutes(Int64(random.below(600)) - 60)
      tell("the clock jumps by \(span)")
      count("clock jump")
      world.turn(by: span)
    case 7..<11:
      try await personActs()
      try touch()
      world.nudge()
    case 11..<13:
      try await contend()
    case 13:
      try block("running")
    case 14:
      tell("told to stop")
      count("stop")
      world.stop()
      return true
    default: break
    }
    return false
  }

  /// A hook, or somebody at the keyboard; the lock is held, so it only leaves its nudge.
  private mutating func contend() async throws {
    tell("another tick comes")
    count("contender")
    let site = try await Site.find(from: home.folder.path)
    let world = world
    let tick = Tick(
      site: site, options: .init(),
      surroundings: Scheduler.Surroundings(
        adapters: Adapters(command: world, model: world), secrets: SecretStore(environment: [:]),
        timekeeper: world.timekeeper, runner: RunnerName(host: "bench", pid: 2),
        cache: home.folder.path + "/cache",
        git: try GitProgram(environment: ["PATH": "/usr/bin:/bin", "HOME": home.folder.path]),
        tools: .system, report: { _ in }))
    let end = try await tick.run(.leaves)
    if end != .leftToAnother { fault("two ticks at once: \(end)") }
  }

  func touch() throws { try NudgeFile(path: home.caches.path + "/nudged").touch() }
}

extension WorkOrder {
  var executorName: String {
    switch executor {
    case .command(let setup): setup.name.text
    case .model(let setup): setup.name.text
    }
  }

  var isExternal: Bool { executorName == "publisher" }
  /// Whether it only asks what became of an effect.
  var isQuestion: Bool { outputs.contains { $0.name == EffectAnswer.file } }
  var isPaid: Bool { executorName == "writer" }
}

extension Outcome {
  var word: String {
    switch result {
    case .success(let outputs): outputs.isEmpty ? "empty" : "success"
    case .failure(let failure): failure.kind.rawValue
    }
  }
}
