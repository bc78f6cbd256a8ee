internal import HeadwayCore
internal import HeadwayEngine

/// What an undo would touch, effect by effect in the order of undoing.
struct RadiusPage: Sendable {
  private let radius: BlastRadius
  /// The runs that undo some of it already, by id.
  private let undos: [RunID: BoardRun]
  private let isUndo: Bool

  init(_ run: BoardRun, from task: Name?, in view: LedgerView) async throws {
    try await self.init(run, run.blastRadius(from: task), in: view)
  }

  /// Of one task alone.
  init(_ run: BoardRun, of task: Name, in view: LedgerView) async throws {
    let radius = run.blastRadius(from: task)
    let own = BlastRadius(
      run: radius.run, steps: radius.steps.filter { $0.task.task == task },
      underWay: radius.underWay.filter { $0 == task })
    try await self.init(run, own, in: view)
  }

  private init(_ run: BoardRun, _ radius: BlastRadius, in view: LedgerView) async throws {
    self.radius = radius
    isUndo = run.record.cause.kind == .compensation
    var undos: [RunID: BoardRun] = [:]
    for id in Set(radius.steps.compactMap(\.proposed)) {
      undos[id] = try await view.run(id.text)
    }
    self.undos = undos
  }

  /// What a person is asked before it is undone; nothing to undo is for the ledger's writer to
  /// refuse, with its reason.
  var intent: Intent {
    Intent(
      "compensate", radius.steps.map(cells),
      consequences: isUndo ? ["What was proposed goes on."] : [], asks: hasWork)
  }

  /// Whether there is something that a person could let happen.
  private var hasWork: Bool {
    isUndo
      || radius.steps.contains { step in
        step.isOpen || step.proposed.map { undos[$0]?.record.state == .active } == true
      }
  }

  var facts: JSONValue {
    [
      "run": .string(radius.run.text),
      "underWay": .array(radius.underWay.map { .string($0.text) }),
      "effects": .array(
        radius.steps.map { step in
          [
            "task": .string(step.task.description), "attempt": .integer(step.attempt),
            "at": .string(step.at.description),
            "certain": .bool(step.isCertain), "once": .optional(step.once),
            "compensation": .optional(step.compensation?.name.text),
            "executor": .optional(step.compensation?.executor.text),
            "undoneBy": .optional(step.proposed?.text),
            "undone": .optional(step.proposed.flatMap { undos[$0]?.record.state.rawValue }),
          ]
        }),
    ]
  }

  func write(in context: CommandContext) {
    var page = Page(context)
    guard !radius.steps.isEmpty else {
      page.line("Nothing of \(radius.run) had an effect outside.")
      return
    }
    var rows = Columns()
    for step in radius.steps { rows.add(cells(step)) }
    page.section("Effects of \(radius.run), in the order of undoing", rows)
    for name in radius.underWay {
      page.line("The effect of \(name) is under way: wait for it, or cancel its run.", .yellow)
    }
  }

  private func cells(_ step: BlastRadius.Step) -> [Columns.Cell] {
    [
      .init("\(step.task.task).\(step.attempt)"), .init(step.at.minute),
      .init(step.isCertain ? "happened" : "may have happened", step.isCertain ? nil : .yellow),
      .init(step.once.map { "once \($0)" } ?? ""), .init(undo(of: step)),
    ]
  }

  /// How the task's effect is or would be undone; `nil` where it had none.
  func undo(of task: Name) -> String? {
    radius.steps.first { $0.task.task == task }.map(undo)
  }

  private func undo(of step: BlastRadius.Step) -> String {
    guard let compensation = step.compensation else { return "no compensation: undo it by hand" }
    let how = "\(compensation.name) by \(compensation.executor)"
    guard let id = step.proposed else { return how }
    switch undos[id]?.record.state {
    case .succeeded: return "compensated by \(id)"
    case .active, nil: return "\(how), proposed as \(id)"
    case .failed, .cancelled: return "\(how), tried by \(id)"
    }
  }
}
