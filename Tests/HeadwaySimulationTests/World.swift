import HeadwayCore
import HeadwayEngine
import Synchronization

/// Everything that surrounds one tick: the clock, the executors, and where the process dies.
///
/// Nothing happens by itself. The engine runs until it rests, and then the history decides the one
/// thing that happens next; so the order of all events comes from the seed, however many threads
/// there are.
final class World: Sendable {
  /// Where the process is to end, or a write is to fail.
  struct Mishap: Hashable, CustomStringConvertible {
    enum Kind: String, Hashable { case crash, fault }
    let kind: Kind
    let point: WritePoint
    let hit: Int

    var description: String { "\(kind) at \(point) \(hit)" }
  }

  /// An attempt that the engine has handed over.
  struct Seat {
    let order: WorkOrder
    /// Its process is on record, and works.
    var hasBegun = false
    /// The ledger's tip at the moment of the order.
    let tip: String
    fileprivate var chair: CheckedContinuation<Instruction, Never>?
  }

  enum Instruction: Sendable { case begin, end(Outcome), vanish }

  struct Said: Sendable {
    let progress: Progress
    let tip: String
  }

  fileprivate struct Sleeper {
    let until: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  struct State {
    var now: Instant
    fileprivate var sleepers: [Int: Sleeper] = [:]
    fileprivate var cancelledSleeps: Set<Int> = []
    fileprivate var nextSleep = 0

    var seats: [AttemptID: Seat] = [:]
    var underWay: Set<AttemptID> = []
    /// Told to begin, and not yet back in its seat.
    fileprivate var moving: AttemptID?
    var scheduler: Scheduler?
    /// Whether the tick looked further than at what the last one left.
    var hasLooked = false

    // What has to have happened before the next event may.
    fileprivate var rests = 0
    fileprivate var stimuli = 1
    fileprivate var alarm: Instant?
    fileprivate var alarms = 0
    fileprivate var sleeps = 0
    var end: Result<Tick.End, EngineError>?
    fileprivate var waiter: CheckedContinuation<Void, Never>?

    var isDead = false
    fileprivate var isFailing = false
    var mishap: Mishap?
    var hits: [WritePoint: Int] = [:]
    var said: [Said] = []

    var isStill: Bool {
      if end != nil { return true }
      return rests >= stimuli && moving == nil && alarms == sleeps
        && Set(seats.keys) == underWay && seats.values.allSatisfy { $0.chair != nil }
    }
  }

  let state: Mutex<State>
  /// The ledger's tip as it lies on the disk.
  private let tip: @Sendable () -> String
  /// Keeps what a killed process would leave behind.
  private let keep: @Sendable () -> Void

  init(
    at now: Instant, tip: @escaping @Sendable () -> String, keep: @escaping @Sendable () -> Void
  ) {
    state = Mutex(State(now: now))
    self.tip = tip
    self.keep = keep
  }

  /// Changes the state and lets the history go on if the engine is at rest now.
  func change<Value: Sendable>(_ body: (inout sending State) -> sending Value) -> Value {
    let (value, waiter) = state.withLock { state in
      let value = body(&state)
      guard state.isStill else { return (value, CheckedContinuation<Void, Never>?.none) }
      let waiter = state.waiter
      state.waiter = nil
      return (value, waiter)
    }
    waiter?.resume()
    return value
  }

  func read<Value: Sendable>(_ body: (inout sending State) -> sending Value) -> Value {
    state.withLock(body)
  }

  /// Returns when the engine can do nothing more before something happens, or the tick is over.
  func stillness() async {
    await withCheckedContinuation { continuation in
      let isStill = state.withLock { state in
        if state.isStill { return true }
        state.waiter = continuation
        return false
      }
      if isStill { continuation.resume() }
    }
  }

  /// Begins a tick that meets `mishap`.
  func open(_ mishap: Mishap?) {
    state.withLock { state in
      state.mishap = mishap
      state.end = nil
      (state.isDead, state.isFailing, state.hasLooked) = (false, false, false)
      (state.seats, state.underWay, state.moving) = ([:], [], nil)
      state.hits = [:]
      state.begin()
    }
  }

  /// The tick under way meets `kind` the next time it comes to `point`, unless it has met with
  /// something already.
  func strike(_ kind: Mishap.Kind, at point: WritePoint) {
    state.withLock { state in
      let hasMet = state.mishap.map { state.hits[$0.point, default: 0] >= $0.hit } ?? false
      guard state.end == nil, !hasMet else { return }
      state.mishap = Mishap(kind: kind, point: point, hit: state.hits[point, default: 0] + 1)
    }
  }

  func ready(_ scheduler: Scheduler) {
    state.withLock { state in
      state.scheduler = scheduler
      state.hasLooked = true
      state.begin()
    }
  }

  func close(_ end: Result<Tick.End, EngineError>) {
    change { state in
      state.end = end
      state.scheduler = nil
    }
  }
}

extension World.State {
  /// A new scheduler has not rested yet, and has set no alarm.
  fileprivate mutating func begin() {
    (rests, stimuli, alarm, alarms, sleeps) = (0, 1, nil, 0, 0)
  }

  /// The next event: the engine has to rest again as often as it is woken.
  fileprivate mutating func expect(_ count: Int) {
    (rests, stimuli) = (0, count)
  }
}

// MARK: time

extension World {
  var timekeeper: Timekeeper {
    Timekeeper(
      now: { self.state.withLock { $0.now } }, sleep: { try await self.doze($0) })
  }

  var now: Instant { state.withLock { $0.now } }

  /// When the next sleeper of this tick is due.
  var nextAlarm: Instant? { state.withLock { $0.sleepers.values.map(\.until).min() } }

  /// Turns the clock, forward or back, and wakes who is due.
  func turn(by span: Span) {
    let due = change { state in
      state.now = state.now + span
      let now = state.now
      let due = state.sleepers.filter { $0.value.until <= now }
      for id in due.keys { state.sleepers[id] = nil }
      if !due.isEmpty { state.expect(due.count) }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }

  private func doze(_ span: Span) async throws {
    let id = state.withLock { state in
      state.nextSleep += 1
      return state.nextSleep
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { lieDown(id, span, $0) }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.cancelledSleeps.insert(id)
        return state.sleepers.removeValue(forKey: id)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  private func lieDown(
    _ id: Int, _ span: Span, _ continuation: CheckedContinuation<Void, any Error>
  ) {
    enum Answer { case sleeps, isCancelled, isOver }
    let answer = change { state -> Answer in
      state.sleeps += 1
      if state.cancelledSleeps.remove(id) != nil { return .isCancelled }
      guard span > .zero else {
        state.stimuli += 1
        return .isOver
      }
      state.sleepers[id] = Sleeper(until: state.now + span, continuation: continuation)
      return .sleeps
    }
    switch answer {
    case .sleeps: break
    case .isCancelled: continuation.resume(throwing: CancellationError())
    case .isOver: continuation.resume()
    }
  }
}

// MARK: executors

extension World: Executor {
  func execute(_ order: WorkOrder, observer: any AttemptObserver) async -> Outcome {
    // A message about what is new goes at once; it is no attempt.
    if order.attempt.task.run.text == "notices" { return .empty }
    let tip = tip()
    let id = order.attempt
    let isTaken = state.withLock { state in
      state.seats.updateValue(Seat(order: order, tip: tip), forKey: id) != nil
    }
    precondition(!isTaken, "\(id) is under way twice")
    var instruction = await sit(id)
    if case .begin = instruction {
      do {
        // No process has this number.
        try await observer.started(process: ProcessIdentity(pid: 99_999_999, startTicks: 1))
      } catch {
        let failure = Failure(.internal, "the start could not be recorded")
        return leave(id, Outcome(.failure(failure), report: .init()))
      }
      state.withLock { $0.seats[id]?.hasBegun = true }
      instruction = await sit(id)
    }
    guard case .end(let outcome) = instruction else { return leave(id, .vanished) }
    return leave(id, outcome)
  }

  private func sit(_ id: AttemptID) async -> Instruction {
    await withCheckedContinuation { continuation in
      let vanishes = change { state in
        if state.moving == id { state.moving = nil }
        if state.isFailing { return true }
        state.seats[id]?.chair = continuation
        return false
      }
      if vanishes { continuation.resume(returning: .vanish) }
    }
  }

  private func leave(_ id: AttemptID, _ outcome: Outcome) -> Outcome {
    change { state in
      if state.moving == id { state.moving = nil }
      state.seats[id] = nil
    }
    return outcome
  }

  /// Lets an attempt go on, by one step.
  func tell(_ id: AttemptID, _ instruction: Instruction) {
    let chair = state.withLock { state in
      let chair = state.seats[id]?.chair
      state.seats[id]?.chair = nil
      if case .begin = instruction { state.moving = id } else { state.expect(1) }
      return chair
    }
    chair?.resume(returning: instruction)
  }

  /// Wakes the tick `count` times.
  func nudge(_ count: Int = 1) {
    let scheduler = state.withLock { state in
      state.expect(count)
      return state.scheduler
    }
    for _ in 0..<count { scheduler?.nudged() }
  }

  func stop() {
    let scheduler = state.withLock { state in
      state.expect(1)
      return state.scheduler
    }
    scheduler?.stop()
  }
}

// MARK: seams

extension World {
  func rest(_ rest: Rest) {
    switch rest {
    case .waiting(let underWay, let alarm, let woken):
      change { state in
        // The first rest is no answer to anything.
        state.rests += max(1, woken)
        state.underWay = underWay
        if alarm != state.alarm {
          state.alarm = alarm
          state.alarms += 1
        }
      }
    case .failing:
      let chairs = state.withLock { state in
        state.isFailing = true
        let chairs = state.seats.values.compactMap(\.chair)
        for id in state.seats.keys { state.seats[id]?.chair = nil }
        return chairs
      }
      for chair in chairs { chair.resume(returning: .vanish) }
    }
  }

  /// What was made to happen together is taken together, however it arrives.
  func gathers(_ count: Int) -> Bool { state.withLock { count >= $0.stimuli - $0.rests } }

  func reach(_ point: WritePoint) throws(EngineError) {
    let mishap = state.withLock { state -> Mishap? in
      let hit = (state.hits[point] ?? 0) + 1
      state.hits[point] = hit
      // After a crash nobody is there who could write.
      if state.isDead { return Mishap(kind: .crash, point: point, hit: hit) }
      guard let mishap = state.mishap, mishap.point == point, mishap.hit == hit else { return nil }
      if mishap.kind == .crash {
        state.isDead = true
        keep()
      }
      return mishap
    }
    guard let mishap else { return }
    if mishap.kind == .crash { throw .notPossible("killed at \(point)") }
    throw .file(path: "\(point)", operation: "write", code: mishap.hit % 2 == 0 ? 5 : 28)
  }

  func report(_ progress: Progress) {
    let tip = tip()
    state.withLock { $0.said.append(Said(progress: progress, tip: tip)) }
  }
}

extension Outcome {
  static var empty: Outcome { Outcome(.success([:]), report: .init(cost: .zero(.usd))) }
  /// Nobody is there any more who could hear it.
  static var vanished: Outcome {
    Outcome(.failure(Failure(.cancelled, "gone")), report: .init(cost: .zero(.usd)))
  }
}
