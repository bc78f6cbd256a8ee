internal import Git
internal import HeadwayCore

extension Scheduler {
  /// Between two messages of one daemon, so that a busy minute is one message.
  private static let noticePause = Span.minutes(1)

  /// Sends everything new in one message through the executor that `notify` names; whether
  /// nobody is left to be told.
  ///
  /// A message that could not be sent stops nothing; it is tried again with the next tick.
  func sendNotices() async throws(EngineError) -> Bool {
    let now = await moment()
    if let last = lastNotice, now - last < Self.noticePause { return false }
    let board = await ledger.board
    guard let main = board.main else { return true }
    let snapshot = try await reader.snapshot(main.judged, briefs: .only([]))
    guard let name = snapshot.project.settings?.notify, let rules = Rules(snapshot.project, at: now)
    else { return true }
    let notices = board.notices(rules: rules, at: now)
    let told = ToldNotices(path: site.folders.told)
    let known = try told.read()
    let new = notices.filter { !known.contains($0.id) }
    guard !new.isEmpty else { return true }
    lastNotice = now
    let failure = try await send(new, through: name, snapshot: snapshot, at: now)
    report(.notified(count: new.count, failure: failure))
    guard failure == nil else { return false }
    try told.write(Set(notices.map(\.id)))
    return true
  }

  private func send(
    _ notices: [Notice], through name: Name, snapshot: MainSnapshot, at now: Instant
  ) async throws(EngineError) -> Failure? {
    let setup: ExecutorSetup
    switch try await catalogue(snapshot).setup(of: name, at: now) {
    case .failure(let refusal): return refusal.failure
    case .success(let found): setup = found.setup
    }
    guard case .command = setup, let order = Self.order(notices, setup: setup, at: now) else {
      return Failure(.invalidRequest, "`notify` names `\(name)`, which is no command")
    }
    let mark = RunningMark(folder: site.folders.running, attempt: order.attempt)
    let outcome = await adapters.adapter(for: setup).execute(order, observer: mark)
    try mark.remove()
    if case .failure(let failure) = outcome.result { return failure }
    return nil
  }

  /// A work order of its own kind: no run stands behind it, and it has no outputs.
  private static func order(
    _ notices: [Notice], setup: ExecutorSetup, at now: Instant
  ) -> WorkOrder? {
    guard let run = RunID("notices"), let task = Name("notify") else { return nil }
    let lines = notices.map { notice in
      "* \(notice.text)" + (notice.answer.map { "\n  `\($0)`" } ?? "")
    }
    let text = Array((lines.joined(separator: "\n") + "\n").utf8)
    let facts = JSONValue.array(notices.map(\.json)).canonical
    let blob = BlobID(unchecked: "")
    return WorkOrder(
      attempt: AttemptID(task: TaskID(run: run, task: task), number: 1),
      key: Digest(parts: notices.map(\.id)).hex, intent: "Tell people what is new.", brief: "",
      title: "\(notices.count) notices", parameters: [:],
      inputs: [
        .init(name: "notices.md", blob: blob, bytes: text),
        .init(name: "notices.json", blob: blob, bytes: facts),
      ], recalled: [], outputs: [], deadline: now + .minutes(1),
      limits: .init(wall: .minutes(1), output: 0), executor: setup)
  }
}
