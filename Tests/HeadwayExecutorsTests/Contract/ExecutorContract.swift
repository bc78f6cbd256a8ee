import HeadwayCore
import Testing

@testable import HeadwayExecutors

/// The promises of `Executor`, asked of every implementation and of the fake alike.
@Suite struct ExecutorContract {
  private static func outcome(
    of subject: ContractSubject, _ behaviour: Behaviour, wall: Span = .seconds(30)
  ) async throws -> Outcome {
    let bench = try await subject.bench(behaviour)
    let order = try Orders.make(bench.setup, wall: wall)
    let outcome = await bench.executor.execute(order, observer: bench.observer)
    #expect(bench.leftovers() == [])
    #expect(bench.observer.processes.count <= 1)
    try await bench.tearDown()
    return outcome
  }

  @Test(arguments: ContractSubject.all)
  func deliversWhatWasDeclared(subject: ContractSubject) async throws {
    let outcome = try await Self.outcome(of: subject, .deliverText)
    #expect(try outcome.result.get() == ["out.txt": Array("text".utf8)])
    #expect(outcome.report.cost != nil)
  }

  @Test(arguments: ContractSubject.all.filter { $0.behaviours.contains(.deliverBinary) })
  func deliversBytesAsTheyAre(subject: ContractSubject) async throws {
    let outcome = try await Self.outcome(of: subject, .deliverBinary)
    #expect(try outcome.result.get() == ["out.txt": [0, 0xFF]])
  }

  @Test(
    arguments: ContractSubject.all, [Behaviour.missing, .undeclared, .oversized])
  func callsABrokenPromiseBadOutput(subject: ContractSubject, behaviour: Behaviour) async throws {
    guard subject.behaviours.contains(behaviour) else { return }
    let failure = try await Self.outcome(of: subject, behaviour).failure
    #expect(failure?.kind == .badOutput)
    #expect(failure?.message.isEmpty == false)
    #expect(failure?.message.contains("\n") == false)
  }

  @Test(arguments: ContractSubject.all)
  func returnsWithinItsTimeAndGrace(subject: ContractSubject) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = try await Self.outcome(of: subject, .hang, wall: .milliseconds(500))
    #expect(outcome.failure?.kind == .timeout)
    #expect(clock.now - start < .seconds(400))
  }

  @Test(arguments: ContractSubject.all)
  func endsWhenItIsCancelled(subject: ContractSubject) async throws {
    let bench = try await subject.bench(.hang)
    let order = try Orders.make(bench.setup, wall: .seconds(60))
    let task = Task { await bench.executor.execute(order, observer: bench.observer) }
    // At whatever point of its work this meets it.
    try await Task.sleep(for: .milliseconds(150))
    task.cancel()
    #expect(await task.value.failure?.kind == .cancelled)
    #expect(bench.leftovers() == [])
    try await bench.tearDown()
  }

  @Test(arguments: ContractSubject.all)
  func startsNothingWhenItIsCancelledBefore(subject: ContractSubject) async throws {
    let bench = try await subject.bench(.hang)
    let order = try Orders.make(bench.setup, wall: .seconds(60))
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await bench.executor.execute(order, observer: bench.observer)
    }
    task.cancel()
    #expect(await task.value.failure?.kind == .cancelled)
    #expect(bench.observer.processes.isEmpty)
    #expect(bench.leftovers() == [])
    try await bench.tearDown()
  }

  @Test(arguments: ContractSubject.all)
  func tellsWhatWentWrongWithoutSecrets(subject: ContractSubject) async throws {
    let outcome = try await Self.outcome(of: subject, .breakDown)
    #expect(outcome.failure?.kind == .transient)
    for text in [outcome.failure?.message ?? "", outcome.logText] {
      #expect(!text.contains(ContractSubject.secret))
      #expect(!text.contains(ChatRun.key))
    }
  }
}
