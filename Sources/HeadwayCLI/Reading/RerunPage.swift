internal import HeadwayCore
internal import HeadwayEngine

/// What a new run of an earlier one would do, and what is different from then.
struct RerunPage: Sendable {
  private let rerun: Rerun
  /// Files of main that decide how work is done and that changed meanwhile.
  private let files: [RunDifference]
  /// The most that it may cost.
  private let price: Money?
  private let doneEffects: [Name]
  /// Main as it was looked at.
  let main: CommitID

  init(
    _ earlier: BoardRun, from: Name?, in view: LedgerView, at now: Instant
  ) async throws {
    guard let record = view.board.main, let anchor = view.board.opening?.anchor else {
      throw EngineError.noLedger
    }
    guard earlier.record.state != .active else {
      throw Complaint.Carrier(
        Complaint(
          "\(earlier.record.id) is not finished",
          hint: "headway retry tries its tasks again; headway cancel \(earlier.record.id) ends it"))
    }
    main = record.judged
    let reader = MainReader(store: view.site.store)
    let snapshot = try await reader.snapshot(
      record.judged, briefs: EarlierOccasion.briefs(of: earlier.record))
    let occasion = try await Self.occasion(of: earlier.record, snapshot, in: view)
    let plan = try Self.expand(occasion, earlier.record, anchor: anchor, snapshot)
    let admission = Admission(plan: plan, commit: record.judged, at: max(now, view.board.latest))
    guard let rerun = Rerun(earlier, as: admission, from: from) else {
      let names = plan.tasks.map(\.name.text)
      throw Complaint.Carrier(
        Complaint(
          "\(plan.pipeline) has no task `\(from?.text ?? "")` now",
          hints: [
            from.flatMap { Nearest.hint(for: $0.text, among: names, listing: "its tasks are") }
          ].compactMap { $0 }, status: .usage))
    }
    self.rerun = rerun
    files = try await Self.changedFiles(since: earlier.record, snapshot, reader)
    price = Self.price(of: rerun, Rules(snapshot.project, at: now))
    doneEffects = rerun.tasks.filter { part in
      if case .takenOver = part.fate { return false }
      let old = earlier.tasks[part.task]?.record
      return old?.specification.effect == .external && old?.state == .succeeded
    }.map(\.task)
  }

  private static func occasion(
    of earlier: RunRecord, _ snapshot: MainSnapshot, in view: LedgerView
  ) async throws -> Occasion {
    var parent: BoardRun?
    if let id = earlier.cause.parent { parent = try await view.run(id.text) }
    let found = try await EarlierOccasion(store: view.site.store, snapshot: snapshot)
      .find(of: earlier, parent: parent)
    switch found {
    case .success(let occasion): return occasion
    case .failure(let refusal): throw Self.refused(earlier, refusal)
    }
  }

  private static func expand(
    _ occasion: Occasion, _ earlier: RunRecord, anchor: CommitID, _ snapshot: MainSnapshot
  ) throws -> RunPlan {
    let identity = RunIdentity(
      anchor: anchor, source: earlier.cause.path, generation: earlier.generation + 1)
    do {
      return try Expansion(
        project: snapshot.project, identity: identity, programs: snapshot.programs
      ).expand(occasion)
    } catch { throw refused(earlier, error) }
  }

  private static func refused(
    _ earlier: RunRecord, _ refusal: Expansion.Refusal
  ) -> Complaint.Carrier {
    Complaint.Carrier(
      Complaint(
        "main has nothing in it now that \(earlier.id) could be done again for:\n"
          + refusal.diagnostics.map(\.description).joined(separator: "\n"),
        hint: "mend it on main and commit, then try again"))
  }

  /// Executors, programs, prompts, models and policies, as they stood then and as they stand now.
  private static func changedFiles(
    since earlier: RunRecord, _ now: MainSnapshot, _ reader: MainReader
  ) async throws -> [RunDifference] {
    guard let commit = earlier.revisions.last?.commit else { return [] }
    let then = try await reader.snapshot(commit, briefs: .only([]))
    let (old, new) = (then.protectedFiles, now.protectedFiles)
    return Set(old.keys).union(new.keys).sorted().compactMap { path in
      guard ["executors", "models", "policies"].contains(where: { path.isUnder($0) }),
        old[path]?.blob != new[path]?.blob
      else { return nil }
      return RunDifference(
        path.text, then: old[path]?.blob.short, now: new[path]?.blob.short)
    }
  }

  private static func price(of rerun: Rerun, _ rules: Rules?) -> Money? {
    guard let rules else { return nil }
    var sum = Money.zero(rules.currency)
    for part in rerun.tasks {
      guard case .runs = part.fate,
        let executor = rerun.admission.plan.task(part.task)?.executor,
        case .upTo(let most) = rules.executors[executor]?.cost
      else { continue }
      sum = sum.adding(most) ?? sum
    }
    return sum.micros > 0 ? sum : nil
  }

  func write(to output: Output, on terminal: Terminal) {
    let earlier = rerun.earlier.record
    output.line(
      terminal.styled("\(earlier.id) again, at main \(main.short)".visible, .bold))
    var changes = Columns()
    for difference in rerun.differences + files {
      changes.add(
        .init(difference.what), .init(difference.then ?? "not there"), "→",
        .init(difference.now ?? "gone"))
    }
    if changes.isEmpty {
      output.line(
        "Nothing is different from then: brief, pipeline, inputs and executors are the same.")
    } else {
      output.line(terminal.styled("Different from then", .yellow))
      changes.write(to: output, on: terminal, indent: 2)
    }
    var rows = Columns()
    for part in rerun.tasks { rows.add(.init(part.task.text), .init(part.fate.sentence)) }
    output.line(terminal.styled("Tasks", .bold))
    rows.write(to: output, on: terminal, indent: 2)
    for name in doneEffects {
      output.line(
        "The effect of \(name) was done already: where it is the same one, it is held for "
          + "headway repeat or headway adopt.")
    }
    if let price { output.line("It may cost up to \(price), within your budgets.") }
  }

  var facts: JSONValue {
    [
      "run": .string(rerun.earlier.record.id.text), "main": .string(main.hex),
      "differences": .array(
        (rerun.differences + files).map {
          ["what": .string($0.what), "then": .optional($0.then), "now": .optional($0.now)]
        }),
      "tasks": .array(rerun.tasks.map(\.facts)), "cost": price?.json ?? .null,
    ]
  }
}

extension Rerun.Fate {
  fileprivate var sentence: String {
    switch self {
    case .takenOver(let attempt): "keeps the result of \(attempt)"
    case .runs(.asked): "runs"
    case .runs(.changed): "runs: its work is not the same as then"
    case .runs(.upstream): "runs: something before it does"
    case .runs(.signature): "is put before people: a signature speaks for its own run"
    case .runs(.unfinished): "runs: there is no result to keep"
    }
  }
}

extension Rerun.Part {
  fileprivate var facts: JSONValue {
    var fields: [String: JSONValue] = ["task": .string(task.text)]
    switch fate {
    case .takenOver(let attempt): fields["takenOver"] = .string(attempt.description)
    case .runs(let why): fields["runs"] = .string(why.rawValue)
    }
    return .object(fields)
  }
}
